"""The main path without a browser: an intent, its run, and what happened, told line by line.

Where a studio runs on the data folder the intent is handed over: its row is the message, and this process only follows
the log. Otherwise this process runs it with an engine of its own, and serves the Demo gateway where that is wanted.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connections
from django.db.migrations.executor import MigrationExecutor

from studio.engine.draft import Draft, fold
from studio.engine.embedded import Engine
from studio.generations import actions, queries
from studio.generations.actions import Wish
from studio.generations.models import Generation
from studio.generations.states import FINAL, State
from studio.live.rows import read
from studio.providers.actions import drop_one_off_key, make_demo_provider
from studio.providers.models import Provider
from studio.providers.queries import set_demo_base_url
from studio.upstream.client import Client, Gateway
from studio.upstream.reader import Reading
from studio.web.ids import uuid7
from studio.workspaces.models import Membership, Role, User, Workspace

FOLLOW_SECONDS = 0.15
LINK_LISTS = ("video_urls", "preview_urls", "thumbnail_urls", "download_urls", "poll_urls")


class Refused(Exception):
    """What the person asked for cannot be sent; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that happened: event "state", "progress" or "text"."""

    event: str
    value: Any

    def as_json(self) -> dict[str, Any]:
        name = {"state": "state", "progress": "percent", "text": "text"}[self.event]
        return {"event": self.event, name: self.value}


def tables_are_missing() -> bool:
    executor = MigrationExecutor(connections["default"])
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def home_of(username: str | None) -> tuple[Workspace, User | None]:
    """Whose studio this saves into: the named person's, else the first owner's, else an ownerless workspace."""
    if username:
        membership = Membership.objects.filter(user__username=username).select_related("workspace", "user").first()
        if membership is None:
            raise Refused(f"There is no member called {username}.")
        return membership.workspace, membership.user
    membership = Membership.objects.filter(role=Role.OWNER).select_related("workspace", "user").order_by("pk").first()
    if membership is not None:
        return membership.workspace, membership.user
    workspace = Workspace.objects.filter(members=None).order_by("created_at").first()
    if workspace is None:
        workspace = Workspace.objects.create(name="Studio")
    make_demo_provider(workspace)
    return workspace, None


def provider_named(workspace: Workspace, name: str | None) -> Provider:
    usable = Provider.objects.filter(workspace=workspace, is_one_off=False)
    if name:
        found = usable.filter(name__iexact=name).first()
        if found is None:
            known = ", ".join(usable.values_list("name", flat=True)) or "none"
            raise Refused(f"There is no provider called {name}. Known: {known}.")
        if not found.enabled:
            raise Refused(f"The provider {found} is switched off.")
        return found
    found = usable.filter(enabled=True).order_by("is_demo", "created_at").first()
    if found is None:
        raise Refused("No provider is switched on. Add one in Settings → Providers, or give --base-url.")
    return found


def wish_of(provider: Provider, prompt: str, model_id: str | None, **asked: Any) -> Wish:
    model = provider.models.filter(enabled=True, **({"model_id": model_id} if model_id else {})).first()
    if model is None and model_id is None and not provider.is_one_off:
        raise Refused(f"{provider} has no model. Add one in Settings → Providers, or give --model.")
    name = model.model_id if model else model_id or "sora-2"
    return Wish(prompt=prompt, provider=provider, model=model, model_name=name, **asked)


async def saved(workspace: Workspace, author: User | None, wish: Wish, studio_runs: bool) -> AsyncIterator[Line]:
    """Queues the wish and tells its story to the end. The last line's value is the generation's id, event "end"."""
    [generation] = await read(actions.request_generations, workspace, author, wish, f"cli-{uuid7()}")
    try:
        if studio_runs:
            async for line in follow(generation.pk):
                yield line
        else:
            async with own_engine(wish.provider, generation.pk):
                async for line in follow(generation.pk):
                    yield line
    finally:
        if wish.provider.is_one_off:
            await read(drop_one_off_key, wish.provider)
    yield Line("end", generation.pk)


@asynccontextmanager
async def own_engine(provider: Provider, pk: UUID) -> AsyncIterator[None]:
    async with demo_gateway() if provider.is_demo and not settings.INTERNAL_URL else nothing():
        engine = Engine("generate", only={pk})
        await engine.start()
        try:
            yield
        finally:
            await engine.stop()


@asynccontextmanager
async def nothing() -> AsyncIterator[None]:
    yield


@asynccontextmanager
async def demo_gateway() -> AsyncIterator[str]:
    """The Demo gateway on a loopback port of its own; it ends when this process does, however that happens."""
    manage = Path(settings.BASE_DIR) / "manage.py"
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, str(manage), "demo-gateway", "--port", "0", "--until-stdin-closes"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "STUDIO_DATA_DIR": str(settings.STUDIO_DATA_DIR)},
        start_new_session=True,  # Ctrl-C is for us: the gateway goes when we have read its last word
    )
    assert process.stdin is not None
    assert process.stdout is not None
    try:
        said = (await asyncio.wait_for(process.stdout.readline(), 30)).decode().split()
        if len(said) != 2 or said[0] != "listening":
            raise Refused("The Demo gateway did not start; its reason is above.")
        set_demo_base_url(said[1])
        yield said[1]
    finally:
        process.stdin.close()
        with suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), 5)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def follow(pk: UUID) -> AsyncIterator[Line]:
    """The generation's log, as it grows, until it ends. Ctrl-C cancels it and waits for its end."""
    interrupts = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, interrupts.set)
    seq, asked = 0, False
    while True:
        state, events = await read(_since, pk, seq)
        for event in events:
            seq = event.seq
            for line in lines_of(event.kind, event.body):
                yield line
        if state in FINAL:
            return
        if interrupts.is_set() and not asked:
            asked = True
            await read(_cancel, pk)
        await asyncio.sleep(FOLLOW_SECONDS)


def _since(pk: UUID, seq: int) -> tuple[State, list[Any]]:
    generation = Generation.objects.get(pk=pk)
    return State(generation.state), list(queries.events_of(generation, after=seq).filter(seq__lte=generation.seq))


def _cancel(pk: UUID) -> None:
    actions.cancel(Generation.objects.get(pk=pk))


def lines_of(kind: str, body: dict[str, Any]) -> list[Line]:
    lines = []
    if kind == "state" and "state" in body:
        lines.append(Line("state", body["state"]))
    if body.get("text"):
        lines.append(Line("text", body["text"]))
    if body.get("percent") is not None:
        lines.append(Line("progress", body["percent"]))
    return lines


async def unsaved(gateway: Gateway, body: dict[str, Any], demo: bool) -> AsyncIterator[Line]:
    """Reads the stream and keeps nothing. The last line's value is the Reading, event "end"."""
    async with demo_gateway() if demo else nothing() as address:
        client = Client()
        target = gateway if address is None else gateway.at(address)
        draft = Draft()
        try:
            exchange = client.exchange(target, body)
            yield Line("state", State.SENDING)
            async for piece in exchange:
                new, text = fold(draft, piece.events)
                if new.state != draft.state and piece.raw:
                    yield Line("state", new.state)
                if text:
                    yield Line("text", text)
                if new.percent is not None and new.percent != draft.percent:
                    yield Line("progress", new.percent)
                draft = new
            yield Line("end", exchange.reading())
        finally:
            await client.aclose()


def story_of(generation: Generation) -> dict[str, Any]:
    """The last line of ``--json`` for a saved generation."""
    item = generation.items.filter(deleted_at=None).first()
    failed = generation.state != State.READY
    told = generation.failure_kind or generation.failure_message
    error = (
        {"kind": generation.failure_kind or "unknown", "message": message_of(generation)} if failed and told else None
    )
    return {
        "outcome": str(generation.state),
        **{name: generation.links.get(name, []) for name in LINK_LISTS},
        "progress": generation.response.get("progress", []),
        "task_id": generation.task_id or None,
        "remix_id": generation.remix_id or None,
        "usage": generation.response.get("usage"),
        "error": error,
        "item": str(item.pk) if item else None,
        "file": item.original.path if item else None,
    }


def message_of(generation: Generation) -> str:
    """The gateway's words and ours: a program that reads only this line still learns what to do."""
    from studio.generations.words import trouble_of

    trouble = trouble_of(generation)
    if trouble is None:
        return generation.failure_message
    return generation.failure_message or f"{trouble.title}: {trouble.money} {trouble.advice}".strip()


def reading_story(reading: Reading) -> dict[str, Any]:
    """The same for ``--no-save``, from the stream alone."""
    failure = reading.failure
    return {
        "outcome": reading.outcome,
        **{name: list(getattr(reading, name)) for name in LINK_LISTS},
        "progress": list(reading.progress),
        "task_id": reading.task_id,
        "remix_id": reading.remix_id,
        "usage": reading.usage,
        "error": {"kind": failure.kind, "message": failure.message} if failure else None,
        "item": None,
        "file": None,
    }
