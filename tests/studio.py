"""A real studio in a child process: the README's command on a data folder of its own."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent
READY = re.compile(r"Studio is ready at\s+(\S+)")
START_SECONDS = 60.0


class Studio:
    """``address`` ends without a slash. ``stop`` sends SIGTERM and returns the exit status, ``kill`` is kill -9."""

    def __init__(self, data: Path, *, port: int = 0, arguments: tuple[str, ...] = (), **environment: str):
        self.data = data
        self.arguments = arguments
        self.environment = environment
        self.port = port

    def start(self) -> "Studio":
        self.log = self.data.parent / f"{self.data.name}.log"
        self.out = self.log.open("a+")
        already = self.out.tell()
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "run", "--port", str(self.port), *self.arguments],
            cwd=ROOT,
            env={
                **os.environ,
                "STUDIO_DATA_DIR": str(self.data),
                "DJANGO_SETTINGS_MODULE": "studio.settings",
                **self.environment,
            },
            stdout=self.out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            said = self.log.read_text()[already:]
            if found := READY.search(said):
                self.address = found[1].rstrip("/")
                self.port = int(self.address.rsplit(":", 1)[1])
                return self
            if self.process.poll() is not None:
                raise RuntimeError(f"the studio ended with {self.process.returncode}:\n{said}")
            time.sleep(0.05)
        raise RuntimeError(f"the studio did not start:\n{self.log.read_text()}")

    def stop(self, number: int = signal.SIGTERM, wait: float = 15.0) -> int:
        self.process.send_signal(number)
        return self.process.wait(wait)

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)

    def restart(self) -> "Studio":
        return self.start()

    def __enter__(self) -> "Studio":
        return self.start()

    def __exit__(self, *exc: object) -> None:
        if self.process.poll() is None:
            try:
                self.stop()
            except subprocess.TimeoutExpired:
                self.kill()
        self.out.close()

    def set_up(self, username: str = "ana", password: str = "ana-secret-words") -> httpx.Client:
        """Makes the owner's account as a browser would; the client is signed in."""
        client = httpx.Client(base_url=self.address, follow_redirects=True, headers={"Referer": self.address})
        page = client.get("/setup/")
        fields = {"username": username, "name": username.capitalize(), "workspace": "Atelier"}
        fields |= {"password1": password, "password2": password, "csrfmiddlewaretoken": csrf_of(page.text)}
        answer = client.post("/setup/", data=fields)
        assert answer.status_code == 200, answer.text[:2000]
        return client


def csrf_of(html: str) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', html)
    assert found, html[:500]
    return found[1]
