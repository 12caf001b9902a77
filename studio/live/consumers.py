"""The socket. A message in is a wish to watch something; a message out is HTML that names its own target."""

import asyncio
import logging
from typing import Any

import orjson
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from studio.live.kinds import Message, kind_named
from studio.live.rows import read
from studio.live.viewer import Viewer
from studio.workspaces.access import membership_of
from studio.workspaces.models import User

log = logging.getLogger(__name__)

SIGNED_OUT, NO_LONGER_A_MEMBER, UNREADABLE = 4401, 4403, 4400
LOOK_AGAIN_SECONDS = 5.0  # rights are read again and a lost bell is healed
MESSAGE_MAX_BYTES = 64 * 1024
WATCHES_MAX = 8  # subjects one page may watch at once


class LiveConsumer(AsyncWebsocketConsumer):
    """``{"watch": kind, "subject": str, "positions": {key: seq}, "language": "en"}`` starts or restarts a watch."""

    user: User | None = None

    async def connect(self) -> None:
        self.viewers: dict[tuple[str, str], tuple[Viewer, asyncio.Task[None]]] = {}
        self.watchman: asyncio.Task[None] | None = None
        await self.accept()
        user = self.scope.get("user")
        if user is None or not user.is_authenticated:
            return await self.close(SIGNED_OUT)
        self.user = user
        self.watchman = asyncio.create_task(self.keep_watch(user))

    async def disconnect(self, code: int) -> None:
        tasks = [task for _, task in self.viewers.values()] + ([self.watchman] if self.watchman else [])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if self.user is None:
            return
        wish = read_wish(text_data)
        kind = kind_named(wish["watch"]) if wish else None
        if wish is None or kind is None:
            return await self.close(UNREADABLE)
        subject, key = wish["subject"], (wish["watch"], wish["subject"])
        topic = await read(kind.topic_for, self.user, subject)
        if topic is None:
            return await self.send(orjson.dumps({"gone": subject}).decode())
        if key in self.viewers:
            self.viewers.pop(key)[1].cancel()
        elif len(self.viewers) >= WATCHES_MAX:
            return await self.close(UNREADABLE)
        viewer = Viewer(self.user, kind, subject, topic, wish["positions"], wish["language"], self.show)
        self.viewers[key] = viewer, asyncio.create_task(self.run(viewer))

    async def run(self, viewer: Viewer) -> None:
        try:
            await viewer.pump()
        except asyncio.CancelledError:
            raise
        except Exception:
            log.exception("a viewer of %s broke; its page reconnects and reads the rows", viewer.subject)
            await self.close(1011)

    async def show(self, key: str, seq: int, message: Message) -> None:
        envelope: dict[str, Any] = {"key": key, "seq": seq, "content": message.content, "swap": "none"}
        if message.announce:
            envelope["announce"] = message.announce
        if message.event:
            envelope["event"] = message.event
        await self.send(orjson.dumps(envelope).decode())

    async def keep_watch(self, user: User) -> None:
        """Rights may go while a page is open; a bell may be lost when its process dies between commit and ring."""
        while True:
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
            if not await read(still_welcome, user, self.scope.get("session")):
                return await self.close(NO_LONGER_A_MEMBER)
            for (_, subject), (viewer, _task) in list(self.viewers.items()):
                if await read(viewer.kind.topic_for, user, subject) != viewer.topic:
                    return await self.close(NO_LONGER_A_MEMBER)
                viewer.look_again()


def still_welcome(user: User, session: Any) -> bool:
    fresh = User.objects.filter(pk=user.pk).first()
    if fresh is None or membership_of(fresh) is None:
        return False
    if session is None or not session.session_key:
        return True
    stored = session.__class__(session.session_key)  # a fresh read: the handshake's copy would never change
    return stored.get("_auth_user_hash") == fresh.get_session_auth_hash()


def read_wish(text: str | None) -> dict[str, Any] | None:
    """The message as {"watch", "subject", "positions", "language"}, or None when it is not one."""
    if text is None or len(text) > MESSAGE_MAX_BYTES:
        return None
    try:
        wish = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    if not isinstance(wish, dict):
        return None
    positions, language = wish.get("positions", {}), wish.get("language")
    named = isinstance(wish.get("watch"), str) and isinstance(wish.get("subject"), str)
    numbered = isinstance(positions, dict) and all(type(seq) is int and seq >= -1 for seq in positions.values())
    if not (named and numbered):
        return None
    known = language in dict(settings.LANGUAGES)
    return {
        "watch": wish["watch"],
        "subject": wish["subject"],
        "positions": positions,
        "language": language if known else settings.LANGUAGE_CODE,
    }
