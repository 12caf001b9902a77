"""The bell of this process: topics, and who listens."""

import asyncio
from collections import defaultdict
from typing import Protocol

from studio.live.kinds import Change


class Listener(Protocol):
    def offer(self, change: Change) -> None:
        """Takes or drops the change at once; never waits."""


class Hub:
    """Rung from any thread, listened to on one event loop. Holds nothing: who was not listening reads the rows."""

    def __init__(self) -> None:
        self._listeners: dict[str, set[Listener]] = defaultdict(set)
        self._loop: asyncio.AbstractEventLoop | None = None

    def listen(self, topic: str, listener: Listener) -> None:
        self._loop = asyncio.get_running_loop()
        self._listeners[topic].add(listener)

    def leave(self, topic: str, listener: Listener) -> None:
        self._listeners[topic].discard(listener)
        if not self._listeners[topic]:
            del self._listeners[topic]

    def ring(self, changes: list[Change]) -> None:
        loop = self._loop
        if loop is None or loop.is_closed():
            return  # nobody ever listened here
        loop.call_soon_threadsafe(self._tell, changes)

    def _tell(self, changes: list[Change]) -> None:
        for change in changes:
            for listener in tuple(self._listeners.get(change.topic, ())):
                listener.offer(change)


hub = Hub()
