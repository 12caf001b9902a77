"""A video from its link to a file: guarded, capped, sniffed, resumed once where it was cut, never half."""

import asyncio
import hashlib
import re
import ssl
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx

from studio.upstream.gateway import Gateway, caused_by, get
from studio.upstream.guard import PrivateAddress

REDIRECTS_MAX = 3
RESUMES_MAX = 2
TOTAL_SECONDS = 30 * 60.0
SNIFF_BYTES = 512
BLOCK_BYTES = 256 * 1024  # written at once
REFUSED = {"html", "json", "text", "image", "hls", "empty"}

Told = Callable[[int, int | None], None]  # (bytes so far, bytes promised or None)


@dataclass(frozen=True, slots=True)
class Fetched:
    size: int  # bytes
    sha256: str
    content_type: str
    final_url: str


class FetchFailed(Exception):
    """``code``: html, json, text, image, hls, not_video, empty, cut, too_big, private_address, redirects, status,
    timeout, tls, network or bad_url. ``detail``: a short fact such as "HTTP 404"."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


def sniff(first: bytes) -> str:
    """What a file is by its first bytes: video, html, json, hls, image, text or empty. "unknown" is let through to the
    decoder, which has the last word."""
    if not first:
        return "empty"
    if first[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"):
        return "video"
    if first.startswith((b"\x1a\x45\xdf\xa3", b"OggS", b"FLV\x01")) or (
        first[:4] == b"RIFF" and first[8:12] == b"AVI "
    ):
        return "video"
    if first[0] == 0x47 and len(first) > 188 and first[188] == 0x47:
        return "video"
    if first.startswith((b"\x89PNG", b"\xff\xd8\xff", b"GIF8")) or (first[:4] == b"RIFF" and first[8:12] == b"WEBP"):
        return "image"
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"#EXTM3U"):
        return "hls"
    if start.startswith(b"<"):
        return "html"
    if start.startswith((b"{", b"[")):
        return "json"
    control = sum(byte < 9 or 13 < byte < 32 for byte in first)
    return "text" if control == 0 and start else "unknown"


async def fetch(
    http: httpx.AsyncClient,
    url: str,
    into: Path,
    *,
    gateway: Gateway,
    max_bytes: int,
    told: Told | None = None,
) -> Fetched:
    """Writes the video to ``into``. Raises FetchFailed and leaves no file behind otherwise."""
    try:
        async with asyncio.timeout(TOTAL_SECONDS):
            return await _Fetch(http, into, gateway, max_bytes, told).run(url)
    except BaseException as error:
        into.unlink(missing_ok=True)
        if isinstance(error, TimeoutError | httpx.TimeoutException):
            raise FetchFailed("timeout") from error
        if isinstance(error, httpx.HTTPError):
            raise _failed(error) from error
        if isinstance(error, httpx.InvalidURL):
            raise FetchFailed("bad_url") from error
        raise


def _failed(error: httpx.HTTPError) -> FetchFailed:
    if caused_by(error, PrivateAddress):
        return FetchFailed("private_address")
    if caused_by(error, ssl.SSLError):
        return FetchFailed("tls")
    return FetchFailed("network", str(error)[:200])


class _Fetch:
    def __init__(
        self,
        http: httpx.AsyncClient,
        into: Path,
        gateway: Gateway,
        max_bytes: int,
        told: Told | None,
    ):
        self.http, self.into, self.gateway, self.max_bytes, self.told = http, into, gateway, max_bytes, told
        self.size = 0
        self.digest = hashlib.sha256()
        self.first = b""

    async def run(self, url: str) -> Fetched:
        response, final = await self.open(url)
        async with aclosing(response):
            promised = self.check(response)
            kind = response.headers.get("content-type", "").split(";")[0].strip().lower()
            tag = response.headers.get("etag", "")
            can_resume = "bytes" in response.headers.get("accept-ranges", "").lower()
            is_cut = await self.copy(response, promised)
        tag = "" if tag.startswith("W/") else tag
        for _ in range(RESUMES_MAX):
            if not is_cut or not can_resume or not self.size or not (tag or promised):
                break
            is_cut = await self.resume(final, promised, tag)
        if is_cut:
            raise FetchFailed("cut", f"{self.size} bytes")
        return self.done(kind, final)

    async def open(self, url: str) -> tuple[httpx.Response, str]:
        for _ in range(REDIRECTS_MAX + 1):
            try:
                if urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).hostname:
                    raise FetchFailed("bad_url")
                response = await get(self.http, self.gateway, url)
                if response.status_code not in (301, 302, 303, 307, 308):
                    return response, url
                await response.aclose()
                target = response.headers.get("location", "")
                if not target:
                    raise FetchFailed("status", f"HTTP {response.status_code}")
                url = urljoin(url, target)
            except ValueError as error:  # a port beyond 65535, a broken IPv6 number
                raise FetchFailed("bad_url") from error
        raise FetchFailed("redirects")

    def check(self, response: httpx.Response) -> int | None:
        """The promised size in bytes, or None. Refuses by status and by promise, before any byte."""
        if response.status_code != 200:  # 206 too: nobody asked for a part
            raise FetchFailed("status", f"HTTP {response.status_code}")
        length = response.headers.get("content-length", "")
        promised = int(length) if length.isdecimal() and len(length) < 20 else None
        if promised is not None and promised > self.max_bytes:
            raise FetchFailed("too_big", f"{promised} bytes")
        return promised

    async def resume(self, url: str, promised: int | None, tag: str) -> bool:
        """Asks for what is missing. True when it stopped short again, or is no longer the same file."""
        asked = {"Range": f"bytes={self.size}-"} | ({"If-Range": tag} if tag else {})
        try:
            response = await get(self.http, self.gateway, url, asked)
        except httpx.TransportError:
            return True
        async with aclosing(response):
            if response.status_code != 206 or not self.continues(response, promised, tag):
                return True
            return await self.copy(response, promised)

    def continues(self, response: httpx.Response, promised: int | None, tag: str) -> bool:
        found = re.match(r"bytes (\d{1,19})-\d{1,19}/(\d{1,19}|\*)", response.headers.get("content-range", ""))
        if found is None or int(found[1]) != self.size:
            return False
        same_tag = response.headers.get("etag", tag) == tag
        return same_tag and (promised is None or found[2] in ("*", str(promised)))

    async def copy(self, response: httpx.Response, promised: int | None) -> bool:
        """Adds the body to the file. True when it stopped short of what was promised; what came is kept."""
        block = bytearray()
        was_cut = False
        with self.into.open("ab" if self.size else "wb") as file:
            chunks = (
                response.aiter_raw()
            )  # in its own pieces: a larger buffer would be lost where the connection breaks
            while not was_cut:
                try:
                    data = await anext(chunks, None)
                except (httpx.RemoteProtocolError, httpx.ReadError):
                    data, was_cut = b"", True
                if data:
                    self.take(data)
                    block += data
                if block and (len(block) >= BLOCK_BYTES or was_cut or data is None):
                    await asyncio.to_thread(file.write, bytes(block))
                    block.clear()
                    if self.told:
                        self.told(self.size, promised)
                if data is None:
                    break
        return was_cut or (promised is not None and self.size < promised)

    def take(self, data: bytes) -> None:
        self.sniffed(data)
        self.size += len(data)
        if self.size > self.max_bytes:
            raise FetchFailed("too_big")
        self.digest.update(data)

    def sniffed(self, data: bytes) -> None:
        if len(self.first) >= SNIFF_BYTES:
            return
        self.first += data[:SNIFF_BYTES]
        if len(self.first) >= 12 and (kind := sniff(self.first)) in REFUSED:
            raise FetchFailed(kind)

    def done(self, kind: str, final: str) -> Fetched:
        if not self.size:
            raise FetchFailed("empty")
        if (found := sniff(self.first)) in REFUSED:
            raise FetchFailed(found)
        return Fetched(self.size, self.digest.hexdigest(), kind, final)
