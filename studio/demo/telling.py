"""One answer as it is told: pieces of text per choice while the films are made, then frames or a whole."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from studio.demo.catalogue import order_of
from studio.demo.dialect import DONE, REFUSAL, Speaker, closing, echo, error, opening, usage_of, words_for
from studio.demo.jobs import Job, forget, start
from studio.demo.links import film_link
from studio.upstream.words import REMIX

SLOW_SECONDS = 20.0
QUEUE_DOT_SECONDS = 0.4
STOP, BROKEN = "stop", "broken"


@dataclass(frozen=True, slots=True)
class Told:
    """A piece of ``choice``'s text; or, without text, an end: ``stop``, or ``broken`` (a frame no parser takes)."""

    choice: int
    text: str = ""
    end: str = ""


class Cut(Exception):
    """The connection is to break here."""


async def films(body: dict[str, Any], origin: str, fault: str | None) -> AsyncIterator[Told]:
    """The texts of all choices, interleaved as they come. Leaving early stops the rendering nobody waits for."""
    order = order_of(body)
    count = body.get("n") or 1
    jobs = [start(order) for _ in range(count)]
    heard: asyncio.Queue[Told | None] = asyncio.Queue()
    speakers = [asyncio.create_task(_one(choice, job, body, origin, fault, heard)) for choice, job in enumerate(jobs)]
    try:
        left = count
        while left:
            told = await heard.get()
            if told is None:
                left -= 1
            else:
                yield told
        for speaker in speakers:
            speaker.result()
    finally:
        for speaker in speakers:
            speaker.cancel()
        await asyncio.gather(*speakers, return_exceptions=True)


async def _one(
    choice: int, job: Job, body: dict[str, Any], origin: str, fault: str | None, heard: asyncio.Queue[Told | None]
) -> None:
    try:
        async for text in _text(job, body, origin, fault):
            heard.put_nowait(Told(choice, end=BROKEN) if text == BROKEN else Told(choice, text))
        heard.put_nowait(Told(choice, end=STOP))
    finally:
        heard.put_nowait(None)


async def _text(job: Job, body: dict[str, Any], origin: str, fault: str | None) -> AsyncIterator[str]:
    words = words_for(job.order.prompt)
    for piece in echo(job.order, _earlier_sid(body)):
        yield piece
    yield opening(job, origin, words)
    if fault == "moderation":
        job.task.cancel()
        yield f"\n\n❌ {'生成失败' if words['done'] == '生成完成' else 'Generation failed'}: {REFUSAL}"
        return
    if fault in ("cut", "nolink"):
        forget(job)  # nobody can be asked about it afterwards
    if fault == "ack":
        return  # the job goes on without anybody listening
    counting = False
    async for state, percent in job.updates():
        if state == "queued":
            await asyncio.sleep(QUEUE_DOT_SECONDS)
            yield "."
        elif state == "running" and not counting:
            counting = True
            yield f"\n> {words['render']}."
            yield f"\n\n>🏃 {words['progress']} {percent}.."
        elif state == "running":
            yield f"{percent}.."
            if percent >= 40:
                async for piece in _halfway(fault):
                    yield piece
                fault = None if fault in ("slow", "badjson") else fault
        if state == "failed":
            yield "\n\n❌ Generation failed: the renderer gave up."
            return
    if fault == "moderation-late":
        yield f"91..\n\n❌ Generation failed: {REFUSAL}"
    elif fault != "nolink":
        yield closing(job, origin, words, film_link(origin, job, fault))


async def _halfway(fault: str | None) -> AsyncIterator[str]:
    if fault == "cut":
        raise Cut
    if fault == "stall":
        await asyncio.sleep(settings.DEMO_STALL_SECONDS)
    if fault == "slow":
        await asyncio.sleep(SLOW_SECONDS)
    if fault == "badjson":
        yield BROKEN


def _earlier_sid(body: dict[str, Any]) -> str | None:
    """The sid of the film a change builds on, as told in an earlier answer."""
    said = [str(turn.get("content", "")) for turn in body["messages"] if turn.get("role") == "assistant"]
    found = [sid for text in said for sid in REMIX.findall(text)]
    return found[-1] if found else None


async def frames(body: dict[str, Any], origin: str, fault: str | None, speaker: Speaker) -> AsyncIterator[bytes]:
    """The answer as Server-Sent Events."""
    contents = [""] * (body.get("n") or 1)
    for choice in range(len(contents)):
        yield speaker.frame(choice, {"role": "assistant", "content": ""})
    if fault == "load":
        broke = error(
            "Sora generation failed: heavy_load, we are under heavy load, please try again later",
            "upstream_error",
            None,
        )
        yield b"event: error\n" + speaker.data(broke) + DONE
        return
    if fault == "error-object":
        yield speaker.data(error("The upstream job broke.", "server_error", "generation_failed")) + DONE
        return
    async for told in films(body, origin, fault):
        if told.end == STOP:
            yield speaker.frame(told.choice, {}, "stop")
        elif told.end == BROKEN:
            yield b'data: {"choices":[{"index":0,"delta":{"content":"?"},"finish_reason":null}]]}\n\n'
        else:
            contents[told.choice] += told.text
            yield speaker.say(told.choice, told.text)
    if (body.get("stream_options") or {}).get("include_usage"):
        yield speaker.usage(usage_of(body, contents))
    yield DONE


async def whole(body: dict[str, Any], origin: str, fault: str | None, speaker: Speaker) -> dict[str, Any]:
    """The answer in one piece."""
    contents = [""] * (body.get("n") or 1)
    async for told in films(body, origin, fault):
        contents[told.choice] += told.text
    return speaker.whole(contents, usage_of(body, contents))
