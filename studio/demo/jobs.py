"""Jobs of this process: rendering children, two at a time, the others truly waiting."""

import asyncio
import json
import secrets
import sys
import weakref
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from django.conf import settings

from studio.demo.catalogue import Order

RENDERS_AT_ONCE = 2
JOBS_REMEMBERED = 500
FILES_KEPT = 200
RENDER_SECONDS = 300.0

_turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = weakref.WeakKeyDictionary()
_jobs: "OrderedDict[str, Job]" = OrderedDict()


def folder() -> Path:
    path = Path(settings.STUDIO_DATA_DIR) / "demo"
    path.mkdir(parents=True, exist_ok=True)
    return path


class Job:
    """One film being made. ``state``: queued, running, done or failed."""

    def __init__(self, order: Order):
        self.order = order
        self.id = f"task_{secrets.token_hex(13)}"
        self.sid = f"s_{secrets.token_hex(16)}"
        self.name = secrets.token_hex(16)
        self.state = "queued"
        self.percent = 0
        self.changed = asyncio.Event()
        self.watchers = 0
        self.task = asyncio.create_task(self._work())

    @property
    def film(self) -> Path:
        return folder() / f"{self.name}.mp4"

    async def updates(self) -> AsyncIterator[tuple[str, int]]:
        """(state, percent) now and after every change until the end. The last watcher to leave stops the work."""
        self.watchers += 1
        try:
            while True:
                yield self.state, self.percent
                if self.state in ("done", "failed"):
                    return
                self.changed.clear()
                await self.changed.wait()
        finally:
            self.watchers -= 1
            if self.watchers == 0 and self.state not in ("done", "failed"):
                self.task.cancel()

    def _move(self, state: str, percent: int) -> None:
        self.state, self.percent = state, percent
        self.changed.set()

    async def _work(self) -> None:
        try:
            async with _turns.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(RENDERS_AT_ONCE)):
                self._move("running", 0)
                async with asyncio.timeout(RENDER_SECONDS):
                    good = await self._render()
            self._move("done" if good else "failed", 100)
        except (asyncio.CancelledError, TimeoutError, OSError):
            self._move("failed", self.percent)
            self.film.unlink(missing_ok=True)
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
                word, _, told = line.decode().partition(" ")
                if word == "progress":
                    self._move("running", int(told))
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


def job_named(task_id: str) -> Job | None:
    return _jobs.get(task_id)


def forget(job: Job) -> None:
    """The job's status page knows nothing any more."""
    _jobs.pop(job.id, None)


def tidy() -> None:
    """Keeps the newest films; whoever wanted an older one has fetched it."""
    films = sorted(folder().glob("*.mp4"), key=lambda path: path.stat().st_mtime, reverse=True)
    for old in films[FILES_KEPT:]:
        old.unlink(missing_ok=True)
        old.with_suffix(".webp").unlink(missing_ok=True)
