"""One page's view of one subject: what it shows, what waits for it, and how it catches up. No socket in here."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Mapping

from studio.live.hub import hub
from studio.live.kinds import Change, Kind, Message
from studio.live.rows import read
from studio.workspaces.models import User

QUEUE_CHANGES = 256  # beyond it the viewer is read a snapshot instead; about 50 s of one busy stream


class Viewer:
    def __init__(
        self,
        user: User,
        kind: Kind,
        subject: str,
        topic: str,
        positions: Mapping[str, int],
        language: str,
        send: Callable[[str, int, Message], Awaitable[None]],
    ):
        self.user, self.kind, self.subject, self.topic = user, kind, subject, topic
        self.positions = dict(positions)
        self.language = language
        self.send = send
        self.waiting: deque[Change] = deque()
        self.behind = True  # the first thing a page gets is what it missed
        self.bell = asyncio.Event()
        self.bell.set()

    def offer(self, change: Change) -> None:
        if not self.kind.concerns(self.subject, change):
            return
        if len(self.waiting) >= QUEUE_CHANGES:
            self.waiting.clear()
            self.behind = True
        else:
            self.waiting.append(change)
        self.bell.set()

    def look_again(self) -> None:
        """Reads the rows even without a bell: heals one that was lost."""
        self.behind = True
        self.bell.set()

    async def pump(self) -> None:
        """Runs until cancelled. Listening starts before the first read, so nothing falls between the two."""
        hub.listen(self.topic, self)
        try:
            while True:
                await self.bell.wait()
                self.bell.clear()
                while self.behind or self.waiting:
                    if self.behind:
                        await self.catch_up()
                    else:
                        await self.forward(self.waiting.popleft())
        finally:
            hub.leave(self.topic, self)

    async def catch_up(self) -> None:
        self.behind = False
        for change in await read(self._missed):
            await self.show(change)

    def _missed(self) -> list[Change]:
        changes = list(self.kind.missed(self.user, self.subject, self.positions))
        for change in changes:  # here, because a snapshot needs rows and templates: not on the event loop
            change.rendered[self.language] = self.kind.render(change, self.language)
        return changes

    async def forward(self, change: Change) -> None:
        position = self.positions.get(change.key, -1)
        if change.last <= position:
            return
        if change.body is None or change.first > position + 1 or change.first <= position:
            self.behind = True  # a gap, a newcomer, an overlap or a change of state: the rows know
            return
        await self.show(change)

    async def show(self, change: Change) -> None:
        message = change.rendered.get(self.language)
        if message is None:
            message = change.rendered[self.language] = self.kind.render(change, self.language)
        await self.send(change.key, change.last, message)
        self.positions[change.key] = change.last
