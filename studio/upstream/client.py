"""The one HTTP client of a process: sends a request once, reads what comes, never retries.

Whatever goes wrong on the way ends as a Failed event and a Reading, never as an exception: the caller's story has one
shape. ``sent`` says whether bytes of the request may have left; before that nothing can have been spent.
"""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import httpx
import orjson

from studio.upstream.addresses import endpoint, origin_of
from studio.upstream.events import Piece
from studio.upstream.failures import Failure
from studio.upstream.guard import GuardedBackend, PrivateAddress, local_origins
from studio.upstream.reader import Reader, Reading
from studio.upstream.status import JobStatus, parse_status

CONNECT_SECONDS = 15.0
AFTER_FINISH_SECONDS = 5.0  # a usage chunk may follow the finish reason; then enough is enough
ANSWER_MAX_BYTES = 64 * 1024 * 1024
STATUS_MAX_BYTES = 1024 * 1024
STATUS_SECONDS = 20.0


@dataclass(frozen=True, slots=True)
class Gateway:
    """Where and how to ask. ``local``: its own origin may be a private address (an owner ticked it)."""

    base_url: str
    key: str = field(default="", repr=False)
    headers: dict[str, str] = field(default_factory=dict)
    local: bool = False
    frame_timeout_s: float = 180.0
    total_timeout_s: float = 45 * 60.0

    def at(self, base_url: str) -> "Gateway":
        return replace(self, base_url=base_url)


class Client:
    """Made inside the running loop, closed with ``aclose``. Safe for any number of exchanges at once."""

    def __init__(self, verify: ssl.SSLContext | bool = True) -> None:
        transport = httpx.AsyncHTTPTransport(
            verify=verify,
            trust_env=False,
            # No kept-alive connections: one opened to a provider's own private origin must not serve another's link.
            limits=httpx.Limits(max_connections=None, max_keepalive_connections=0),
        )
        transport._pool._network_backend = GuardedBackend()  # httpx has no door for it; a test holds this in place
        self.http = httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False)

    async def aclose(self) -> None:
        await self.http.aclose()

    def exchange(self, gateway: Gateway, body: dict[str, Any]) -> "Exchange":
        """One POST to the gateway's chat completions, not yet begun: iterate over it."""
        return Exchange(self.http, gateway, body)

    async def poll(self, gateway: Gateway, url: str) -> JobStatus:
        """Asks a status page once. Whatever is not an answer is state "unknown"."""
        try:
            async with asyncio.timeout(STATUS_SECONDS):
                response = await get(self.http, gateway, url)
                async with aclosing(response):
                    body = await read_up_to(response, STATUS_MAX_BYTES)
        except (httpx.HTTPError, httpx.InvalidURL, TimeoutError, TooMuch, ValueError):
            return JobStatus()
        return parse_status(body, gateway.base_url) if response.status_code == 200 else JobStatus()

    async def fetch(self, url: str, into: Path, *, gateway: Gateway, max_bytes: int, told: Any = None) -> Any:
        """The video behind a link, into a file: see ``fetch.fetch``."""
        from studio.upstream.fetch import fetch

        return await fetch(self.http, url, into, gateway=gateway, max_bytes=max_bytes, told=told)

    async def test(self, gateway: Gateway, model: str = "") -> Any:
        """What is wrong with a gateway, found without starting a job: see ``trial.trial``."""
        from studio.upstream.trial import trial

        return await trial(self.http, gateway, model)


class TooMuch(Exception):
    """More bytes than anybody needs."""


class Exchange:
    """``async for piece in exchange`` yields what was said; afterwards ``reading()`` is what it came to."""

    def __init__(self, http: httpx.AsyncClient, gateway: Gateway, body: dict[str, Any]):
        self.http, self.gateway, self.body = http, gateway, body
        self.status: int | None = None
        self.sent = False
        self.reader = Reader(gateway.base_url)

    def reading(self) -> Reading:
        return self.reader.reading()

    async def __aiter__(self) -> AsyncIterator[Piece]:
        outside: Failure | None = None
        size = 0
        try:
            async with asyncio.timeout(self.gateway.total_timeout_s):
                async with allowed(self.gateway):
                    response = await self._send()
                try:
                    async for data in self._bytes(response):
                        size += len(data)
                        piece = self.reader.feed(data)
                        if piece.raw or piece.events:
                            yield piece
                        if self.reader.finished or size > ANSWER_MAX_BYTES:
                            break
                finally:
                    with suppress(Exception):
                        await response.aclose()
        except TimeoutError:
            outside = self._outside("cut", "The gateway did not finish in time.", "check_again")
        except httpx.HTTPError as error:
            outside = self._failure_of(error)
        yield self.reader.close(failure=outside)

    async def _send(self) -> httpx.Response:
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            "User-Agent": "Studio",
            **self.gateway.headers,
        }
        if self.gateway.key:
            headers["Authorization"] = f"Bearer {self.gateway.key}"
        frame = self.gateway.frame_timeout_s if self.body.get("stream") else self.gateway.total_timeout_s
        request = self.http.build_request(
            "POST",
            endpoint(self.gateway.base_url, "chat/completions"),
            content=orjson.dumps(self.body),
            headers=headers,
            timeout=httpx.Timeout(frame, connect=CONNECT_SECONDS, pool=None),
            extensions={"trace": self._trace},
        )
        response = await self.http.send(request, stream=True)
        self.status = response.status_code
        self.reader = Reader(
            self.gateway.base_url,
            status=response.status_code,
            content_type=response.headers.get("content-type", ""),
            headers=response.headers,
        )
        return response

    async def _trace(self, name: str, _info: dict[str, Any]) -> None:
        if name.endswith("send_request_headers.started"):
            self.sent = True

    async def _bytes(self, response: httpx.Response) -> AsyncIterator[bytes]:
        chunks = response.aiter_bytes()
        while True:
            try:
                if self.reader.has_finish_reason:
                    yield await asyncio.wait_for(anext(chunks), AFTER_FINISH_SECONDS)
                else:
                    yield await anext(chunks)
            except StopAsyncIteration:
                return
            except TimeoutError:
                if self.reader.has_finish_reason:
                    return
                raise

    def _failure_of(self, error: httpx.HTTPError) -> Failure:
        if caused_by(error, PrivateAddress):
            return Failure("network", "The address is in a private network.", "none", "allow_private")
        if caused_by(error, ssl.SSLError):
            return Failure("network", f"The certificate is not valid: {_tls_words(error)}", "none", "check_address")
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout) or not self.sent:
            return Failure("network", _words(error) or "No connection to the gateway.", "none", "check_address")
        if isinstance(error, httpx.ReadTimeout):
            quiet = int(self.gateway.frame_timeout_s)
            return self._outside("cut", f"The gateway said nothing for {quiet} seconds.", "check_again")
        if isinstance(error, httpx.RemoteProtocolError) and self.status is None:
            if "disconnected" in str(error).lower():
                return self._outside("cut", "The gateway closed the connection without an answer.", "check_again")
            return Failure("network", "What answers at this address does not speak HTTP.", "possible", "check_address")
        return self._outside("cut", "The connection broke.", "check_again")

    def _outside(self, code: str, message: str, advice: str) -> Failure:
        return Failure("network", message, "possible" if self.sent else "none", advice, code=code)


class allowed:
    """While it lasts, connections of this task may go to the gateway's own origin though it is private."""

    def __init__(self, gateway: Gateway):
        _, host, port = origin_of(gateway.base_url)
        self.origins = frozenset({(host, port)}) if gateway.local else frozenset()

    async def __aenter__(self) -> None:
        self.token = local_origins.set(self.origins)

    async def __aexit__(self, *exc: object) -> None:
        with suppress(ValueError):  # a generator closed from another context
            local_origins.reset(self.token)


async def get(
    http: httpx.AsyncClient, gateway: Gateway, url: str, headers: dict[str, str] | None = None
) -> httpx.Response:
    """One guarded GET, redirects not followed. The key goes only to the gateway's own origin."""
    sent = {"User-Agent": "Studio", "Accept": "*/*", "Accept-Encoding": "identity", **(headers or {})}
    if gateway.key and origin_of(url) == origin_of(gateway.base_url):
        sent["Authorization"] = f"Bearer {gateway.key}"
    timeout = httpx.Timeout(60.0, connect=CONNECT_SECONDS, pool=None)
    async with allowed(gateway):
        return await http.send(http.build_request("GET", url, headers=sent, timeout=timeout), stream=True)


async def read_up_to(response: httpx.Response, limit: int) -> bytes:
    body = bytearray()
    async for data in response.aiter_bytes():
        body += data
        if len(body) > limit:
            raise TooMuch
    return bytes(body)


def caused_by(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def _words(error: Exception) -> str:
    text = str(error)
    return "" if text.startswith("[Errno") or "All connection attempts failed" in text else text[:300]


def _tls_words(error: BaseException) -> str:
    found: BaseException | None = error
    while found is not None and not isinstance(found, ssl.SSLError):
        found = found.__cause__ or found.__context__
    return str(getattr(found, "verify_message", "") or getattr(found, "reason", "") or "")[:200]
