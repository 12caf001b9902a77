"""The one writer of a process: a thread, a connection, group commit."""

import asyncio
import logging
import queue
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.db import close_old_connections, connection

from studio.generations.log import Step, write

log = logging.getLogger(__name__)
T = TypeVar("T")

COMMIT_SECONDS = 0.016  # at most one commit per browser frame; no delay for a step that comes alone
CONNECTION_CHECK_SECONDS = 30.0


class Writer:
    """Started and stopped on the loop whose coroutines await it. Steps of one stream keep their order."""

    def __init__(self) -> None:
        self._inbox: queue.SimpleQueue[tuple[Step | Callable[[], Any] | None, asyncio.Future[Any] | None]]
        self._inbox = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="engine-writer", daemon=True)
        self._loop = asyncio.get_running_loop()
        self._thread.start()

    async def step(self, step: Step) -> bool:
        """Resolves after the commit: True if it counted, False if it was fenced or refused."""
        return await self._put(step)

    async def do(self, work: Callable[[], T]) -> T:
        """Runs other writing in the same thread and connection, between two commits."""
        return await self._put(work)

    async def stop(self) -> None:
        """Writes what is queued, then ends the thread."""
        self._inbox.put((None, None))
        await asyncio.to_thread(self._thread.join)

    def _put(self, work: Step | Callable[[], Any]) -> asyncio.Future[Any]:
        answer = self._loop.create_future()
        self._inbox.put((work, answer))
        return answer

    def _work(self) -> None:
        checked = time.monotonic()
        going_on = True
        while going_on:
            gathered = [self._inbox.get()]
            while not self._inbox.empty():
                gathered.append(self._inbox.get())
            started = time.monotonic()
            if started - checked > CONNECTION_CHECK_SECONDS:
                close_old_connections()
                checked = started
            going_on = all(work is not None for work, _ in gathered)
            self._commit([(work, answer) for work, answer in gathered if work is not None and answer is not None])
            spare = COMMIT_SECONDS - (time.monotonic() - started)
            if spare > 0 and going_on:
                time.sleep(spare)
        connection.close()

    def _commit(self, gathered: list[tuple[Any, asyncio.Future[Any]]]) -> None:
        steps: list[tuple[Step, asyncio.Future[Any]]] = []
        for work, answer in gathered:
            if isinstance(work, Step):
                steps.append((work, answer))
            else:  # keeps the order between a stream's steps and other work
                self._write(steps)
                steps = []
                self._answer(answer, work)
        self._write(steps)

    def _write(self, steps: list[tuple[Step, asyncio.Future[Any]]]) -> None:
        if not steps:
            return
        try:
            counted = write([step for step, _ in steps])
        except Exception as error:
            if len(steps) == 1:
                log.exception("a step of %s could not be written", steps[0][0].generation_id)
                return self._resolve(steps[0][1], error=error)
            close_old_connections()
            for step in steps:  # one culprit must not take the other streams along
                self._write([step])
            return
        for (_, answer), result in zip(steps, counted, strict=True):
            self._resolve(answer, result)

    def _answer(self, answer: asyncio.Future[Any], work: Callable[[], Any]) -> None:
        try:
            self._resolve(answer, work())
        except Exception as error:
            self._resolve(answer, error=error)

    def _resolve(self, answer: asyncio.Future[Any], result: Any = None, error: Exception | None = None) -> None:
        def settle() -> None:
            if answer.done():
                return  # whoever waited was cancelled
            if error is None:
                answer.set_result(result)
            else:
                answer.set_exception(error)

        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(settle)
