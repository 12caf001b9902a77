"""One answer as it is told: pieces of text per choice while the films are made, then frames or a whole."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any

from django.conf import settings

from studio.demo import dialect
from studio.demo.catalogue import Order, order_of
from studio.demo.dialect import DONE, GAVE_UP, REFUSAL, Speaker, error, failure, usage_of
from studio.demo.jobs import ENDED, Job, forget, start
from studio.demo.links import Links
from studio.upstream.words import REMIX

SLOW_SECONDS = 20.0
HALFWAY_PERCENT = 40
HEAVY_LOAD = "Sora generation failed: heavy_load, we are under heavy load, please try again later"
BROKEN_FRAME = b'data: {"choices":[{"index":0,"delta":{"content":"?"},"finish_reason":null}]]}\n\n'


class Mark(Enum):
    """Frames without text: an empty delta in the middle, one no parser takes, and the end of a choice."""

    PAUSE = "pause"
    BROKEN = "broken"
    STOP = "stop"


Piece = str | Mark


@dataclass(frozen=True, slots=True)
class Told:
    choice: int
    piece: Piece


class Cut(Exception):
    """The connection is to break here."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A valid request, the fault it wants, and where its links lead."""

    body: dict[str, Any]
    fault: str | None
    links: Links

    @property
    def choices(self) -> int:
        count: int = self.body.get("n") or 1
        return count

    def orders(self) -> list[Order]:
        """One per choice. With a seed the films come out the same again; without one they never do."""
        order = order_of(self.body)
        seed = secrets.randbits(48) if order.seed is None else order.seed
        seconds = 0 if self.fault == "zeroframes" else order.seconds
        return [replace(order, seed=seed + choice, seconds=seconds) for choice in range(self.choices)]


async def films(ask: Ask) -> AsyncGenerator[Told, None]:
    """The texts of all choices, interleaved as they come. Leaving early stops the rendering nobody waits for."""
    heard: asyncio.Queue[Told | None] = asyncio.Queue()
    jobs = [start(order) for order in ask.orders()]
    speakers = [asyncio.create_task(_one(choice, job, ask, heard)) for choice, job in enumerate(jobs)]
    try:
        left = len(speakers)
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


async def _one(choice: int, job: Job, ask: Ask, heard: asyncio.Queue[Told | None]) -> None:
    try:
        async with aclosing(_pieces(job, ask)) as pieces:
            async for piece in pieces:
                heard.put_nowait(Told(choice, piece))
        heard.put_nowait(Told(choice, Mark.STOP))
    finally:
        heard.put_nowait(None)


async def _pieces(job: Job, ask: Ask) -> AsyncGenerator[Piece, None]:
    words = dialect.words_for(job.order.prompt)
    for piece in dialect.echo(job.order, _earlier_sid(ask.body)):
        yield piece
    yield Mark.PAUSE
    yield dialect.opening(job, ask.links, words)
    if ask.fault == "moderation":
        job.stop(REFUSAL)
        yield failure(words, REFUSAL)
        return
    if ask.fault in ("cut", "nolink"):
        forget(job)  # nobody can be asked about it afterwards
    if ask.fault == "ack":
        return  # the job goes on without anybody listening
    async with aclosing(_progress(job, ask.fault, words)) as progress:
        async for said in progress:
            yield said
    if job.state == "failed":
        yield failure(words, job.reason or GAVE_UP)
    elif ask.fault == "moderation-late":
        job.stop(REFUSAL)
        yield f"91..{failure(words, REFUSAL)}"
    elif ask.fault != "nolink":
        yield dialect.closing(job, ask.links, words, ask.fault)


async def _progress(job: Job, fault: str | None, words: dict[str, str]) -> AsyncGenerator[Piece, None]:
    """Dots of the queue, then the encoder's numbers; faults of the middle come once, half-way or at the latest at the end."""
    counting, told_to = False, 90 if fault == "moderation-late" else 100
    yield "."
    async with aclosing(job.updates()) as updates:
        async for state, percent in updates:
            if state == "queued":
                yield "."
            elif not counting:
                counting = True
                yield f"\n> {words['render']}"
                yield "."
                yield f"\n\n>🏃 {words['progress']} {percent}.."
            elif state == "running" and percent <= told_to:
                yield f"{percent}.."
            if percent >= HALFWAY_PERCENT or state in ENDED:
                due, fault = fault, None
                if due == "badjson":
                    yield Mark.BROKEN
                await _break(due)


async def _break(fault: str | None) -> None:
    if fault == "cut":
        raise Cut
    if fault == "stall":
        await asyncio.sleep(settings.DEMO_STALL_SECONDS)
    if fault == "slow":
        await asyncio.sleep(SLOW_SECONDS)


def _earlier_sid(body: dict[str, Any]) -> str | None:
    """The sid of the film a change builds on, as told in an earlier answer."""
    said = [str(turn.get("content", "")) for turn in body["messages"] if turn.get("role") == "assistant"]
    found = [sid for text in said for sid in REMIX.findall(text)]
    return found[-1] if found else None


async def frames(ask: Ask, speaker: Speaker) -> AsyncGenerator[bytes, None]:
    """The answer as Server-Sent Events. Raises Cut where the connection is to break."""
    contents = [""] * ask.choices
    for choice in range(ask.choices):
        yield speaker.frame(choice, {"role": "assistant", "content": ""})
    if ask.fault == "load":
        yield b"event: error\n" + speaker.data(error(HEAVY_LOAD, "upstream_error", None)) + DONE
        return
    if ask.fault == "error-object":
        yield speaker.data(error("The upstream job broke.", "server_error", "generation_failed")) + DONE
        return
    async with aclosing(films(ask)) as telling:
        async for told in telling:
            match told.piece:
                case str(text):
                    contents[told.choice] += text
                    yield speaker.say(told.choice, text)
                case Mark.PAUSE:
                    yield speaker.frame(told.choice, {})
                case Mark.STOP:
                    yield speaker.frame(told.choice, {}, "stop")
                case Mark.BROKEN:
                    yield BROKEN_FRAME
    if ask.body.get("stream_options", {}).get("include_usage"):
        yield speaker.usage(usage_of(ask.body, contents))
    yield DONE


async def whole(ask: Ask, speaker: Speaker) -> dict[str, Any]:
    """The answer in one piece. Raises Cut where the connection is to break."""
    contents = [""] * ask.choices
    async with aclosing(films(ask)) as telling:
        async for told in telling:
            if isinstance(told.piece, str):
                contents[told.choice] += told.piece
    return speaker.whole(contents, usage_of(ask.body, contents))
