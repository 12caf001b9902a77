"""A second gateway, independent of the Demo one: plays any recorded answer over real HTTP and counts what it was asked.

The model's name chooses what is played: the name of a file in tests/upstream/samples, or a script put in by a test.
"""

import asyncio
import contextlib
import json
import socket
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SAMPLES = Path(__file__).parent / "upstream" / "samples"
PLACEHOLDER = b"http://cdn.example.test"

# A script is a list of steps: bytes to send, a float to wait (seconds), or "cut" to reset the connection.
Step = bytes | float | str


@dataclass
class Answer:
    steps: list[Step]
    status: int = 200
    content_type: str = "text/event-stream"
    headers: dict[str, str] = field(default_factory=dict)


class FakeGateway:
    """Use as a context manager; ``address`` is its base URL, ``posts`` the request bodies it got, oldest first."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.answers: dict[str, Answer] = {}
        self.files: dict[str, Answer] = {}
        self.closed_early = 0

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def address(self) -> str:
        return f"{self.origin}/v1"

    def play(self, model: str, *steps: Step, **how: Any) -> None:
        self.answers[model] = Answer(list(steps), **how)

    def play_sample(self, name: str, video: bytes | None = None) -> None:
        """The sample's bytes, its placeholder host replaced by this gateway; its result link serves ``video``."""
        expected = json.loads((SAMPLES / "expected.json").read_text())[name]
        body = (SAMPLES / name).read_bytes().replace(PLACEHOLDER, self.origin.encode())
        self.answers[name] = Answer([body], expected["http_status"], expected["content_type"])
        for url in expected["video_urls"]:
            path = url.replace(PLACEHOLDER.decode(), "")
            if video is not None:
                self.serve(path, video)

    def serve(self, path: str, content: bytes, content_type: str = "video/mp4", **how: Any) -> None:
        headers = {"Content-Length": str(len(content))} | how.pop("headers", {})
        self.files[path] = Answer([content], content_type=content_type, headers=headers, **how)

    def __enter__(self) -> "FakeGateway":
        self.loop = asyncio.new_event_loop()
        ready = threading.Event()
        self.thread = threading.Thread(target=self._serve, args=(ready,), daemon=True)
        self.thread.start()
        ready.wait(10)
        return self

    def __exit__(self, *exc: object) -> None:
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)

    def _serve(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self.loop)
        server = self.loop.run_until_complete(asyncio.start_server(self._answer, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        self.loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self.loop):
            task.cancel()
        self.loop.run_until_complete(asyncio.sleep(0))

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await self._converse(reader, writer)
        with contextlib.suppress(Exception):
            writer.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, path, _ = head[0].split(" ", 2)
        headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        if method == "POST":
            raw = await reader.readexactly(int(headers.get("content-length", 0)))
            body = json.loads(raw or b"{}")
            self.posts.append(body)
            self.headers.append(headers)
            answer = self.answers.get(body.get("model", "")) or self.error(404, "model_not_found")
        elif path == "/v1/models":
            listed = json.dumps({"object": "list", "data": [{"id": name, "object": "model"} for name in self.answers]})
            answer = Answer([listed.encode()], content_type="application/json")
        else:
            answer = self.files.get(path) or self.error(404, "not_found")
        await self._play(answer, writer, reader)

    async def _play(self, answer: Answer, writer: asyncio.StreamWriter, reader: asyncio.StreamReader) -> None:
        lines = [f"HTTP/1.1 {answer.status} Played", f"Content-Type: {answer.content_type}", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in answer.headers.items()]
        writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
        await writer.drain()
        gone = asyncio.ensure_future(reader.read())
        for step in answer.steps:
            if step == "cut":  # a reset, as a crashed gateway or a proxy sends it; a plain close is only an early end
                raw = writer.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                writer.transport.abort()
            elif isinstance(step, bytes):
                writer.write(step)
                await writer.drain()
            elif isinstance(step, int | float):
                await asyncio.wait([gone], timeout=step)
            if gone.done():
                self.closed_early += 1
                return
        gone.cancel()

    def error(self, status: int, code: str) -> Answer:
        told = json.dumps({"error": {"message": code, "type": "invalid_request_error", "param": None, "code": code}})
        return Answer([told.encode()], status, "application/json")


@contextlib.contextmanager
def fake_gateway() -> Iterator[FakeGateway]:
    with FakeGateway() as gateway:
        yield gateway


def chunk(text: str, *, finish: str | None = None, model: str = "sora-2") -> bytes:
    """One SSE frame of the family's plainest form."""
    frame = {
        "id": "chatcmpl-fake",
        "object": "chat.completion.chunk",
        "created": 1_760_000_000,
        "model": model,
        "choices": [{"index": 0, "delta": {"content": text} if text else {}, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(frame, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"
