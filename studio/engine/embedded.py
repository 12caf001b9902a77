"""The engine inside a process: asyncio tasks beside the server, woken by the bell and, in case a bell is lost, by a clock."""

import asyncio
import contextvars
import logging
import time
from collections.abc import Collection
from uuid import UUID

from django.conf import settings

from studio.engine import healing
from studio.engine.claims import Claim, claim_work
from studio.engine.run import Crew, run
from studio.engine.writer import Writer
from studio.generations.models import EngineProcess, Generation
from studio.live.kinds import forget_wake, on_wake
from studio.live.rows import read
from studio.upstream.client import Client

log = logging.getLogger(__name__)

LOOK_SECONDS = 1.0  # work handed over by another process rings no bell here
BEAT_SECONDS = 5.0
STOP_SECONDS = 7.0  # for open streams to write their last line; the process has 10


class Engine:
    """``kind`` is "run" for a studio, "generate" for a command line that runs only its own (``only``)."""

    def __init__(self, kind: str = "run", only: Collection[UUID] | None = None):
        self.kind = kind
        self.only = only
        self.tasks: dict[UUID, tuple[Claim, asyncio.Task[None]]] = {}
        self.cancelled: set[UUID] = set()
        self.stopping = False

    async def start(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.bell = asyncio.Event()
        self.writer = Writer()
        self.client = Client()
        self.me: EngineProcess = await self.writer.do(lambda: healing.begin(self.kind))
        self.crew = Crew(self.writer, self.client, healing.scratch_of(self.me.pk), self.why_stopped)
        healed = await self.writer.do(lambda: healing.heal(self.me))
        if healed:
            log.info("%d generations of a studio that died were put right", healed)
        living = await read(lambda: list(EngineProcess.objects.values_list("pk", flat=True)))
        healing.sweep_scratch(living)
        on_wake(self.wake)
        # An empty context: one copied from a request would carry its executor and break ORM calls at shutdown.
        self.main = self.loop.create_task(self.work(), context=contextvars.Context())

    def wake(self, key: str = "") -> None:
        self.loop.call_soon_threadsafe(self.bell.set)

    async def work(self) -> None:
        beaten = time.monotonic()
        while not self.stopping:
            self.bell.clear()
            try:
                await self.look()
                if time.monotonic() - beaten > BEAT_SECONDS:
                    beaten = time.monotonic()
                    await self.writer.do(lambda: healing.beat(self.me.pk))
                    await self.writer.do(lambda: healing.heal(self.me))
            except Exception:
                log.exception("the engine stumbled; it looks again in %s s", LOOK_SECONDS)
            try:
                await asyncio.wait_for(self.bell.wait(), LOOK_SECONDS)
            except TimeoutError:
                pass

    async def look(self) -> None:
        """Stops what a person cancelled, starts what may run."""
        if self.tasks:
            wanted = await read(cancel_wishes, list(self.tasks))
            for pk in wanted - self.cancelled:
                self.cancelled.add(pk)
                self.tasks[pk][1].cancel()
        room = settings.RUNNING_AT_ONCE - len(self.tasks)
        if room > 0 and not self.stopping:
            for claim in await self.writer.do(lambda: claim_work(self.me.pk, room, self.only)):
                self.begin(claim)

    def begin(self, claim: Claim) -> None:
        task = self.loop.create_task(run(claim, self.crew), context=contextvars.Context())
        self.tasks[claim.generation_id] = claim, task
        task.add_done_callback(lambda _: self.ended(claim))

    def ended(self, claim: Claim) -> None:
        self.tasks.pop(claim.generation_id, None)
        self.cancelled.discard(claim.generation_id)
        self.bell.set()

    def why_stopped(self, claim: Claim) -> str:
        return "cancel" if claim.generation_id in self.cancelled else "shutdown"

    async def stop(self) -> None:
        """No new sends; open streams become interrupted with their text; scratch files gone."""
        self.stopping = True
        forget_wake(self.wake)
        self.bell.set()
        await asyncio.wait([self.main], timeout=STOP_SECONDS / 2)
        running = [task for _, task in self.tasks.values()]
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running, timeout=STOP_SECONDS)
        await self.client.aclose()
        await self.writer.do(lambda: healing.end(self.me.pk))
        healing.sweep_scratch(await read(lambda: list(EngineProcess.objects.values_list("pk", flat=True))))
        await self.writer.stop()


def cancel_wishes(running: list[UUID]) -> set[UUID]:
    return set(
        Generation.objects.filter(pk__in=running, cancel_requested_at__isnull=False).values_list("pk", flat=True)
    )
