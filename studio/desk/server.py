"""The web process: daphne with the engine beside it, one studio per data folder."""

import asyncio
import fcntl
import json
import os
import signal
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from daphne.server import reactor  # first: it installs the asyncio reactor
from django.conf import settings
from twisted.internet.defer import Deferred

from studio.engine.embedded import Engine
from studio.web.daphne import Server

EXIT_SECONDS = 9.5  # the promise is ten


class AlreadyRunning(Exception):
    """Another studio holds the data folder; the message says where it answers."""


class DataLock:
    """Held while a studio runs on the data folder; the kernel releases it however the process ends."""

    def __init__(self) -> None:
        self.path = Path(settings.STUDIO_DATA_DIR) / "run.lock"
        self.file: IO[str] | None = None

    def take(self) -> None:
        file = self.path.open("a+")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise AlreadyRunning(self.holder()) from error
        self.file = file

    def say_where(self, address: str) -> None:
        assert self.file is not None
        self.file.truncate(0)
        self.file.write(json.dumps({"pid": os.getpid(), "address": address}))
        self.file.flush()

    def is_held(self) -> bool:
        """Whether a studio runs on this data folder, without disturbing it."""
        with self.path.open("a+") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
            return False

    def holder(self) -> str:
        with suppress(OSError, ValueError, KeyError):
            known = json.loads(self.path.read_text())
            return f"process {known['pid']} at {known['address']}"
        return "another process, still starting"


def endpoint_of(host: str, port: int) -> str:
    escaped = host.strip("[]").replace(":", r"\:")
    return f"tcp6:port={port}:interface={escaped}" if ":" in host else f"tcp:port={port}:interface={escaped}"


def serve(application: Any, host: str, port: int, on_listening: Callable[[str, int], None]) -> str | None:
    """Serves until SIGINT or SIGTERM, also where the shell handed them down as ignored. Returns why it could not."""
    engine = Engine("run")
    problems: list[str] = []

    class StudioServer(Server):
        def listen_success(self, listening: Any) -> None:
            super().listen_success(listening)
            bound = listening.getHost()
            on_listening(bound.host, bound.port)

        def listen_error(self, failure: Any) -> None:
            problems.append(failure.getErrorMessage())
            self.stop()

    starting: list[asyncio.Task[None]] = []

    async def stop() -> None:
        if starting:
            await starting[0]
            await engine.stop()

    def begin() -> None:
        loop = asyncio.get_event_loop()
        starting.append(loop.create_task(engine.start()))
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, begin_exit)

    def begin_exit() -> None:
        signal.signal(signal.SIGALRM, lambda *_: os._exit(1))
        signal.setitimer(signal.ITIMER_REAL, EXIT_SECONDS)
        server.stop()

    server = StudioServer(
        application=application,
        endpoints=[endpoint_of(host, port)],
        signal_handlers=False,
        action_logger=None,
        verbosity=1,
        application_close_timeout=5,
    )
    reactor.callWhenRunning(begin)
    reactor.addSystemEventTrigger("before", "shutdown", lambda: Deferred.fromFuture(asyncio.ensure_future(stop())))
    server.run()
    return problems[0] if problems else None
