import asyncio
import os
import signal
import sys
import threading
from argparse import ArgumentParser
from typing import Any

from daphne.server import reactor  # first: it installs the asyncio reactor
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.management.base import BaseCommand, CommandError

from studio.web.daphne import Server


class Command(BaseCommand):
    help = "Serves only the Demo gateway, on loopback."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--port", type=int, default=0, help="0 takes any free one")
        parser.add_argument("--until-stdin-closes", action="store_true", help="end when whoever started it is gone")

    def handle(self, *args: Any, port: int, until_stdin_closes: bool, **options: Any) -> None:
        settings.ROOT_URLCONF = "studio.demo.door"
        settings.MIDDLEWARE = []
        problems: list[str] = []
        say = self.stdout

        class DemoServer(Server):
            def listen_success(self, listening: Any) -> None:
                super().listen_success(listening)
                say.write(f"listening http://127.0.0.1:{listening.getHost().port}/demo/v1")
                say.flush()

            def listen_error(self, failure: Any) -> None:
                problems.append(failure.getErrorMessage())
                self.stop()

        server = DemoServer(
            application=get_asgi_application(),
            endpoints=[f"tcp:port={port}:interface=127.0.0.1"],
            signal_handlers=False,
            verbosity=0,
            application_close_timeout=2,
        )

        def watch() -> None:
            loop = asyncio.get_event_loop()
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.add_signal_handler(number, server.stop)
            if until_stdin_closes:
                threading.Thread(target=wait_for_end, args=(loop, server), daemon=True).start()

        reactor.callWhenRunning(watch)
        server.run()
        if problems:
            raise CommandError(problems[0])


def wait_for_end(loop: asyncio.AbstractEventLoop, server: Server) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    loop.call_soon_threadsafe(server.stop)
