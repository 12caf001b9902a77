"""One request and everything that is said to it. Whatever goes wrong on the way ends as a Failed event and a Reading,
never as an exception: the caller's story has one shape."""

import asyncio
import json
import ssl
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from typing import Any

import httpx
import orjson

from studio.upstream.addresses import endpoint
from studio.upstream.events import Piece
from studio.upstream.failures import Failure
from studio.upstream.gateway import CONNECT_SECONDS, USER_AGENT, Gateway, allowed, caused_by
from studio.upstream.guard import PrivateAddress
from studio.upstream.reader import Reader, Reading

AFTER_FINISH_SECONDS = 5.0  # a usage chunk may follow the finish reason; then enough is enough
ANSWER_MAX_BYTES = 64 * 1024 * 1024


class Exchange:
    """``async for piece in exchange`` yields what was said; afterwards ``reading()`` is what it came to.

    ``status`` is HTTP's, None without an answer. ``sent`` says whether bytes of the request may have left: before that
    nothing can have been spent. Sent once, never again.
    """

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
            async with aclosing(self._answer()) as answer:
                async for data in answer:
                    piece = self.reader.feed(data)
                    if piece.raw or piece.events:
                        yield piece
                    size += len(data)
                    if self.reader.finished:
                        break
                    if size > ANSWER_MAX_BYTES:
                        outside = self._ended("too_much", "The gateway said more than anybody can use.")
                        break
        except TimeoutError:
            outside = self._ended("timeout", "The gateway did not finish in time.")
        except httpx.HTTPError as error:
            outside = self._failure_of(error)
        except (httpx.InvalidURL, ValueError) as error:  # a header or an address that cannot be written down
            outside = Failure("unsupported", str(error)[:200], "none", "check_address", code="not_sent")
        yield self.reader.close(failure=outside)

    async def _answer(self) -> AsyncGenerator[bytes, None]:
        """The body's bytes. The limits stand around each wait, never around a yield: there they would cancel whatever
        the caller is doing at that moment."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + self.gateway.total_timeout_s
        async with asyncio.timeout_at(deadline):
            response = await self._send()
        try:
            chunks = response.aiter_bytes()
            while True:
                limit = deadline
                if self.reader.has_finish_reason:
                    limit = min(deadline, loop.time() + AFTER_FINISH_SECONDS)
                try:
                    async with asyncio.timeout_at(limit):
                        data = await anext(chunks, None)
                except TimeoutError:
                    if limit < deadline:
                        return
                    raise
                if data is None:
                    return
                yield data
        finally:
            with suppress(Exception):
                await response.aclose()

    async def _send(self) -> httpx.Response:
        address = endpoint(self.gateway.base_url, "chat/completions")
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            "User-Agent": USER_AGENT,
            **self.gateway.headers,
        }
        if self.gateway.key:
            headers["Authorization"] = f"Bearer {self.gateway.key}"
        frame = self.gateway.frame_timeout_s if self.body.get("stream") else self.gateway.total_timeout_s
        request = self.http.build_request(
            "POST",
            address,
            content=written(self.body),
            headers=headers,
            timeout=httpx.Timeout(frame, connect=CONNECT_SECONDS, pool=None),
            extensions={"trace": self._trace},
        )
        with allowed(self.gateway, address):
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

    def _failure_of(self, error: httpx.HTTPError) -> Failure:
        if caused_by(error, PrivateAddress):
            return _unreached("private_address", "The address is in a private network.", "allow_private")
        if caused_by(error, ssl.SSLError) and not self.sent:
            return _unreached("tls", f"The certificate is not valid: {_tls_words(error)}")
        if isinstance(error, httpx.ConnectTimeout):
            return _unreached("no_connection", "The gateway did not take the connection.")
        if isinstance(error, httpx.ConnectError) or not self.sent:
            return _unreached("no_connection", _words(error) or "No connection to the gateway.")
        if isinstance(error, httpx.TimeoutException):
            return self._ended("silence", f"The gateway said nothing for {self.gateway.frame_timeout_s:g} seconds.")
        if isinstance(error, httpx.RemoteProtocolError) and self.status is None:
            if "disconnected" in str(error).lower():
                return self._ended("cut", "The gateway closed the connection without an answer.")
            words = "What answers at this address does not speak HTTP."
            return Failure("network", words, "possible", "check_address", code="not_http")
        return self._ended("cut", "The connection broke.")

    def _ended(self, code: str, words: str) -> Failure:
        return Failure("network", words, "possible" if self.sent else "none", "check_again", code=code)


def written(body: dict[str, Any]) -> bytes:
    """The body as JSON. orjson refuses lone surrogates and numbers beyond 64 bits; the slower writer takes both."""
    try:
        return orjson.dumps(body)
    except TypeError:
        return json.dumps(body).encode()


def _unreached(code: str, words: str, advice: str = "check_address") -> Failure:
    return Failure("network", words, "none", advice, code=code)


def _words(error: Exception) -> str:
    text = str(error)
    return "" if text.startswith("[Errno") or "All connection attempts failed" in text else text[:300]


def _tls_words(error: BaseException) -> str:
    found: BaseException | None = error
    while found is not None and not isinstance(found, ssl.SSLError):
        found = found.__cause__ or found.__context__
    return str(getattr(found, "verify_message", "") or getattr(found, "reason", "") or "")[:200]
