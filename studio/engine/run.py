"""The story of one generation: send, listen, settle, save. The same coroutine runs it in every mode."""

import asyncio
import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from studio.engine.claims import Claim
from studio.engine.draft import Draft, changed, fold
from studio.engine.saving import NotKept, keep
from studio.engine.writer import Writer
from studio.generations.log import Step
from studio.generations.models import Money
from studio.generations.states import State
from studio.upstream.client import Client
from studio.upstream.failures import Failure
from studio.upstream.reader import Reading

log = logging.getLogger(__name__)

ASK_AGAIN_SECONDS = 5.0  # between two looks at a job's status page
ASK_AGAIN_LIMIT_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class Crew:
    """What a run works with."""

    writer: Writer
    client: Client
    scratch: Path
    why_stopped: Callable[[Claim], str]  # "cancel" when a person asked, "shutdown" when the studio stops


class Fenced(Exception):
    """The row moved on without us: somebody else owns it now, or a person ended it."""


async def run(claim: Claim, crew: Crew) -> None:
    """Runs a claim to its end. Raises nothing: whatever happens is written down, or belongs to somebody else by now."""
    try:
        reading: Reading | None = None
        links = claim.links
        if claim.body is not None:
            reading = await listen(claim, claim.body, crew)
            links = links_of(reading)
            if reading.outcome == "failed" or not (links["video_urls"] or links["poll_urls"]):
                return await settle(claim, crew, reading)
            await step(claim, crew, State.SAVING, percent=None, phase="")
        await save(claim, crew, links, reading)
    except Fenced:
        log.info("generation %s belongs to somebody else now", claim.generation_id)
    except asyncio.CancelledError:
        await asyncio.shield(stopped(claim, crew))
    except Exception:
        log.exception("generation %s broke", claim.generation_id)
        await end(claim, crew, State.INTERRUPTED, "unknown", "studio_error", money=Money.POSSIBLE)
    finally:
        shutil.rmtree(folder_of(claim, crew), ignore_errors=True)


async def listen(claim: Claim, body: dict[str, Any], crew: Crew) -> Reading:
    """Sends the one POST and writes down what comes, until the gateway has said its last thing."""
    draft = Draft()
    exchange = crew.client.exchange(claim.gateway, body)
    first = True
    async for piece in exchange:
        new, text = fold(draft, piece.events)
        if not piece.raw:
            new = replace(new, state=draft.state)  # nothing arrived: a refused connection is no answer
        fields = changed(draft, new)
        moved = new.state if new.state != draft.state else None
        if first and piece.raw:
            fields["first_frame_at"] = timezone.now()
            first = False
        draft = new
        if not (piece.raw or fields or moved):
            continue
        shown = {"percent": draft.percent, "phase": draft.phase} | ({"text": text} if text else {})
        await write(
            crew,
            Step(
                claim.generation_id,
                shown,
                kind="frames",
                raw=piece.raw,
                attempt=claim.attempt,
                owner=claim.owner,
                fields=fields,
            ),
        )
        if moved:
            await step(claim, crew, moved)
    reading = exchange.reading()
    await write(
        crew,
        Step(
            claim.generation_id,
            {"percent": draft.percent, "phase": draft.phase},
            kind="frames",
            attempt=claim.attempt,
            owner=claim.owner,
            fields={
                "response": response_of(reading),
                "links": links_of(reading),
                "stream_ended_at": timezone.now(),
                "task_id": (reading.task_id or "")[:200],
                "remix_id": (reading.remix_id or "")[:200],
                "request_id": (reading.request_id or "")[:200],
            },
            attempt_fields={"status": exchange.status, "ended_at": timezone.now(), "outcome": reading.outcome},
        ),
    )
    return reading


async def settle(claim: Claim, crew: Crew, reading: Reading) -> None:
    """The stream ended without anything to save."""
    failure = reading.failure
    if reading.outcome == "failed" and failure is not None:
        return await fail(claim, crew, failure)
    if failure is not None:
        return await fail(claim, crew, failure, State.INTERRUPTED)
    await end(claim, crew, State.INTERRUPTED, "gateway", "no_video", money=Money.POSSIBLE)


async def save(claim: Claim, crew: Crew, links: dict[str, list[str]], reading: Reading | None) -> None:
    """Fetches, checks and keeps every video; where only a status page is known, asks there first."""
    if not links.get("video_urls") and links.get("poll_urls"):
        found = await ask_at(claim, crew, links)
        if found is None:
            return
        links = found
    folder = folder_of(claim, crew)
    try:
        for choice, url in enumerate(links["video_urls"]):
            await keep(claim, crew.client, url, choice, folder / str(choice), links)
    except NotKept as problem:
        return await end(claim, crew, State.FAILED, "gateway", problem.advice, problem.detail, money=Money.POSSIBLE)
    await end(claim, crew, State.READY, percent=100)


async def ask_at(claim: Claim, crew: Crew, links: dict[str, list[str]]) -> dict[str, list[str]] | None:
    """Asks the job's status page until it has a video, has failed, or patience ends. None when the run ended here."""
    await step(claim, crew, None, phase="checking", percent=None)
    deadline = asyncio.get_running_loop().time() + ASK_AGAIN_LIMIT_SECONDS
    while True:
        status = await crew.client.poll(claim.gateway, links["poll_urls"][0])
        if status.state == "ready" and status.video_urls:
            found = {**links, "video_urls": list(status.video_urls)}
            await step(claim, crew, None, links=found, phase="", percent=None)
            return found
        if status.state == "failed" and status.failure is not None:
            await fail(claim, crew, status.failure)
            return None
        if status.state != "running" or asyncio.get_running_loop().time() > deadline:
            await end(claim, crew, State.INTERRUPTED, "gateway", "check_again", money=Money.POSSIBLE)
            return None
        await step(claim, crew, None, percent=status.progress)
        await asyncio.sleep(ASK_AGAIN_SECONDS)


async def stopped(claim: Claim, crew: Crew) -> None:
    """A person cancelled, or the studio stops: what was said stays, and the card tells what may still happen."""
    shutil.rmtree(folder_of(claim, crew), ignore_errors=True)
    if crew.why_stopped(claim) == "cancel":
        await end(claim, crew, State.CANCELLED, "", "cancelled_late", money=Money.POSSIBLE)
    else:
        await end(claim, crew, State.INTERRUPTED, "network", "studio_stopped", money=Money.POSSIBLE)


async def fail(claim: Claim, crew: Crew, failure: Failure, state: State = State.FAILED) -> None:
    refused = failure.kind in ("moderation", "quota", "auth", "load", "unsupported")
    free = failure.money == "none" or (refused and not claim.failures_billed)
    await end(
        claim,
        crew,
        state,
        failure.kind,
        failure.advice,
        failure.message,
        money=Money.NONE if free else Money.POSSIBLE,
        request_id=(failure.request_id or "")[:200],
    )


async def end(
    claim: Claim, crew: Crew, state: State, kind: str = "", advice: str = "", message: str = "", **fields: Any
) -> None:
    if state == State.READY:
        fields["money"] = Money.SPENT
    if not fields.get("request_id", True):
        del fields["request_id"]
    fields |= {"failure_kind": kind, "failure_advice": advice, "failure_message": message}
    try:
        await step(claim, crew, state, finished_at=timezone.now(), phase="", **fields)
    except Fenced:
        log.info("generation %s had already ended otherwise", claim.generation_id)


async def step(claim: Claim, crew: Crew, move: State | None, **fields: Any) -> None:
    body: dict[str, Any] = (
        {"state": move} if move else {name: fields[name] for name in ("percent", "phase") if name in fields}
    )
    await write(
        crew,
        Step(claim.generation_id, body, move=move, attempt=claim.attempt, owner=claim.owner, fields=fields),
    )


async def write(crew: Crew, step: Step) -> None:
    if not await crew.writer.step(step):
        raise Fenced


def folder_of(claim: Claim, crew: Crew) -> Path:
    return crew.scratch / f"{claim.generation_id}-{claim.attempt}"


def links_of(reading: Reading) -> dict[str, list[str]]:
    names = ("video_urls", "preview_urls", "thumbnail_urls", "download_urls", "poll_urls")
    return {name: list(getattr(reading, name)) for name in names}


def response_of(reading: Reading) -> dict[str, Any]:
    """Every field of the spec's response, as told; what the gateway never said is absent."""
    choices = [
        {"index": index, "finish_reason": reading.finish_reasons.get(index), "content": reading.contents.get(index, "")}
        for index in sorted(reading.contents.keys() | reading.finish_reasons.keys())
    ]
    return {
        **dict(reading.envelope or {}),
        "choices": choices,
        "usage": reading.usage,
        "reasoning": {str(index): text for index, text in reading.reasoning.items()},
        "progress": list(reading.progress),
        "unknown": dict(reading.unknown),
        "done_marker": reading.done_marker,
    }


def scratch_root() -> Path:
    return Path(settings.SCRATCH_DIR)
