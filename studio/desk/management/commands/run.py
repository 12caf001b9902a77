import signal
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from studio.settings import is_loopback, own_hosts


class Command(BaseCommand):
    help = "Starts the studio: pages, live view, the engine and the Demo gateway, on this machine's own data folder."
    requires_migrations_checks = False

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--host", default=settings.BIND_HOST, help="address to listen on (default %(default)s)")
        parser.add_argument("--port", type=port, default=settings.BIND_PORT, help="port (default %(default)s, 0: any)")

    def handle(self, *args: Any, host: str, **options: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's `&` hands it down as ignored
        settings.BIND_HOST = host
        settings.ALLOWED_HOSTS = own_hosts(host)
        settings.SETUP_NEEDS_TOKEN = bool(settings.PUBLIC_URL) or not is_loopback(host)

        from studio.desk.server import AlreadyRunning, DataLock, serve

        lock = DataLock()
        try:
            lock.take()
        except AlreadyRunning as error:
            raise CommandError(
                f"A studio already runs on {settings.STUDIO_DATA_DIR} ({error}).\n"
                "Stop it first, or give this one a data folder of its own with STUDIO_DATA_DIR."
            ) from error
        call_command("migrate", interactive=False, verbosity=0)

        from studio.asgi import application

        def listening(bound: str, number: int) -> None:
            address = self.address(bound, number)
            settings.BIND_PORT = number
            lock.say_where(address)
            self.stdout.write(f"\n  Studio is ready at  {address}\n")
            self.stdout.write(f"  Data lives in       {settings.STUDIO_DATA_DIR}\n")
            self.say_token()
            self.stdout.write("  Stop it with Ctrl-C.\n\n")
            self.stdout.flush()

        problem = serve(application, host, options["port"], listening)
        if problem:
            raise CommandError(f"Could not listen on {host}:{options['port']}: {problem}")
        self.stdout.write("Studio stopped.")

    def address(self, bound: str, number: int) -> str:
        if settings.PUBLIC_URL:
            return settings.PUBLIC_URL
        shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bound, f"[{bound}]" if ":" in bound else bound)  # noqa: S104
        return f"http://{shown}:{number}/"

    def say_token(self) -> None:
        from studio.workspaces.models import User

        if not settings.SETUP_NEEDS_TOKEN or User.objects.exists():
            return
        from studio.workspaces.actions import setup_token

        self.stdout.write(f"  First visit needs   {setup_token()}\n")


def port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise ValueError(f"{number} is no port")
    return number
