"""One Demo gateway in a child process for the whole folder, spoken to over HTTP as any client would."""

import io
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import httpx
import pytest
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[2]
LISTENING = re.compile(r"listening (http://127\.0\.0\.1:\d+)/demo/v1\n")
FILM = re.compile(r"\((http://[^()\s]+/demo/files/[a-z0-9-]+\.mp4)\)")
TASK = re.compile(r"task_[0-9a-f]{26}")
KEY = {"Authorization": "Bearer any-key"}
WAIT_SECONDS = 60.0


def command(data: Path, *arguments: str) -> subprocess.Popen[str]:
    """``manage.py demo-gateway`` on a data folder of its own; its log lies beside that. It ends with its stdin."""
    with data.with_suffix(".log").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "manage.py", "demo-gateway", "--until-stdin-closes", *arguments],
            cwd=ROOT,
            env={**os.environ, "DJANGO_SETTINGS_MODULE": "studio.settings", "STUDIO_DATA_DIR": str(data)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )


@dataclass
class Gateway:
    """``origin`` ends without a slash; ``data`` is its data folder, ``pid`` the serving process."""

    origin: str
    data: Path
    pid: int

    @property
    def base_url(self) -> str:
        return f"{self.origin}/demo/v1"

    @property
    def chat(self) -> str:
        return f"{self.base_url}/chat/completions"

    def renders(self) -> list[int]:
        """The rendering children that live now, zombies left out."""
        return [pid for pid in children(self.pid) if b"studio.demo.render" in command_line(pid)]


def children(parent: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            after_name = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it ended while we looked
        if int(after_name[1]) == parent:
            found.append(int(entry.name))
    return found


def command_line(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def comes_true(claim: Any) -> bool:
    """Whether ``claim()`` becomes true before patience ends."""
    deadline = time.monotonic() + WAIT_SECONDS
    while not (true := claim()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return bool(true)


@pytest.fixture(scope="session")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    data = tmp_path_factory.mktemp("demo-data")
    process = command(data, "--port", "0")
    assert process.stdout is not None and process.stdin is not None
    found = LISTENING.match(process.stdout.readline())
    assert found, "the gateway did not start"
    yield Gateway(found[1], data, process.pid)
    process.stdin.close()
    assert process.wait(20) == 0


@pytest.fixture(scope="session")
def http() -> Iterator[httpx.Client]:
    with httpx.Client(trust_env=False, headers=KEY, timeout=WAIT_SECONDS) as client:
        yield client


def asked(prompt: str, **fields: Any) -> dict[str, Any]:
    """A streaming request. Films of tests are small and a second long, said in words as people do."""
    return {"model": "sora-2", "messages": [{"role": "user", "content": prompt}], "stream": True} | fields


def told(http: httpx.Client, gateway: Gateway, prompt: str, **fields: Any) -> "Told":
    """One whole streamed answer."""
    answer = http.post(gateway.chat, json=asked(prompt, **fields))
    assert answer.status_code == 200, answer.text
    return Told(answer.text)


class Told:
    """A streamed answer, read by line as the simplest client does."""

    def __init__(self, raw: str):
        self.raw = raw
        self.lines = [line for line in raw.split("\n") if line]
        self.payloads = [line.removeprefix("data: ") for line in self.lines if line.startswith("data: ")]

    @property
    def frames(self) -> list[dict[str, Any]]:
        return [json.loads(payload) for payload in self.payloads if payload != "[DONE]"]

    def text(self, choice: int = 0) -> str:
        return "".join(
            entry["delta"].get("content", "")
            for frame in self.frames
            for entry in frame.get("choices", [])
            if entry["index"] == choice
        )

    def film(self, choice: int = 0) -> str:
        links = FILM.findall(self.text(choice))
        assert len(links) == 1, self.text(choice)
        return links[0]

    @property
    def finishes(self) -> list[str]:
        return [entry["finish_reason"] for frame in self.frames for entry in frame["choices"] if entry["finish_reason"]]


def pictures(film: bytes) -> list[NDArray[Any]]:
    """Every frame, height × width × 3."""
    with av.open(io.BytesIO(film)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
