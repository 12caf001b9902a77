"""Jobs of this process: rendering children, two at a time, the others truly waiting."""

import asyncio
import json
import secrets
import sys
import time
import weakref
from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from studio.demo.catalogue import Order

RENDERS_AT_ONCE = 2
WAITING_MAX = 400  # beyond, the gateway says it is overloaded: any key is right here, so anybody may ask
JOBS_REMEMBERED = 1000
FILES_KEPT = 200
RENDER_SECONDS = 300.0
QUEUE_TELLS_SECONDS = 2.0
ENDED = ("done", "failed")

_turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = weakref.WeakKeyDictionary()
_jobs: "OrderedDict[str, Job]" = OrderedDict()


def folder() -> Path:
    path = Path(settings.STUDIO_DATA_DIR) / "demo"
    path.mkdir(parents=True, exist_ok=True)
    return path


class Job:
    """One film being made. ``state``: queued, running, done or failed, then with a ``reason`` when there is one."""

    def __init__(self, order: Order):
        self.order = order
        self.id = f"task_{secrets.token_hex(13)}"
        self.sid = f"s_{secrets.token_hex(16)}"
        self.name = secrets.token_hex(16)
        self.state = "queued"
        self.percent = 0
        self.reason = ""
        self.changed = asyncio.Event()
        self.watchers = 0
        self.task = asyncio.create_task(self._work())

    @property
    def film(self) -> Path:
        return folder() / f"{self.name}.mp4"

    async def updates(self) -> AsyncGenerator[tuple[str, int], None]:
        """(state, percent) now, after every change until the end, and again and again while queued.

        The last watcher to leave stops the work.
        """
        self.watchers += 1
        told: tuple[str, int] | None = None
        try:
            while True:
                changed, now = (
                    self.changed,
                    (self.state, self.percent),
                )  # the event first: nothing is missed while we tell
                if now != told:
                    told = now
                    yield now
                    if now[0] in ENDED:
                        return
                    continue
                try:
                    async with asyncio.timeout(QUEUE_TELLS_SECONDS if now[0] == "queued" else None):
                        await changed.wait()
                except TimeoutError:
                    yield now
        finally:
            self.watchers -= 1
            if self.watchers == 0 and self.state not in ENDED:
                self.stop()

    def stop(self, reason: str = "") -> None:
        """Ends it as a failure, whatever was made."""
        self.task.cancel()
        self._fail(reason)

    def _fail(self, reason: str = "") -> None:
        self.reason = self.reason or reason
        self._move("failed", self.percent)
        for path in (self.film, self.film.with_suffix(".part"), self.film.with_suffix(".webp")):
            path.unlink(missing_ok=True)

    def _move(self, state: str, percent: int) -> None:
        self.state, self.percent = state, percent
        before, self.changed = self.changed, asyncio.Event()
        before.set()

    async def _work(self) -> None:
        try:
            async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(RENDERS_AT_ONCE)):
                self._move("running", 0)
                async with asyncio.timeout(RENDER_SECONDS):
                    good = await self._render()
            if good:
                self._move("done", 100)
            else:
                self._fail()
        except (asyncio.CancelledError, TimeoutError, OSError):
            self._fail()
        tidy()

    async def _render(self) -> bool:
        child = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "studio.demo.render"),
            cwd=settings.BASE_DIR,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            limit=1024 * 1024,
        )
        assert child.stdin is not None
        assert child.stdout is not None
        try:
            child.stdin.write(json.dumps(asdict(self.order) | {"out": str(self.film)}).encode())
            child.stdin.close()
            async for line in child.stdout:
                word, _, told = line.decode().strip().partition(" ")
                if word == "progress":
                    self._move("running", int(told))
                elif word == "refused":
                    self.reason = told
            return await child.wait() == 0
        finally:
            if child.returncode is None:
                with suppress(ProcessLookupError):
                    child.kill()
                await child.wait()


def start(order: Order) -> Job:
    job = Job(order)
    _jobs[job.id] = job
    while len(_jobs) > JOBS_REMEMBERED:
        _jobs.popitem(last=False)
    return job


def waiting() -> int:
    return sum(job.state == "queued" for job in _jobs.values())


def job_named(task_id: str) -> Job | None:
    return _jobs.get(task_id)


def forget(job: Job) -> None:
    """The job's status page knows nothing any more."""
    _jobs.pop(job.id, None)


def tidy() -> None:
    """Keeps the newest films, whoever wanted an older one has fetched it; drops what a killed server left unfinished."""
    films = sorted(folder().glob("*.mp4"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in films[FILES_KEPT:]:
        old.unlink(missing_ok=True)
        old.with_suffix(".webp").unlink(missing_ok=True)
    for part in folder().glob("*.part"):
        if time.time() - part.stat().st_mtime > RENDER_SECONDS:
            part.unlink(missing_ok=True)
