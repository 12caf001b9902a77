"""One video byte at a time: ranges for players, whole files for downloads, rights checked by the view before each.

Django's FileResponse under ASGI knows no Range and reads whole files into memory. An open-ended range is answered with at
most 1 MiB (a 206 may be shorter than asked; players ask on), which bounds what a slow reader costs.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.files.storage import Storage
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse

RANGE_MAX_BYTES = 1024 * 1024
CHUNK_BYTES = 128 * 1024
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})$")


@dataclass(frozen=True, slots=True)
class Span:
    start: int
    stop: int  # exclusive


def span_of(header: str, size: int) -> Span | None:
    """The bytes asked for, capped; None when the header is not one satisfiable range. Raises ValueError for 416."""
    found = RANGE.match(header.strip())
    if found is None or found[1] == found[2] == "":
        return None
    if found[1] == "":
        start, stop = max(0, size - int(found[2])), size
    else:
        start = int(found[1])
        stop = min(size, int(found[2]) + 1) if found[2] else size
        if found[2] and int(found[2]) < start:
            return None
    if start >= size or start >= stop:
        raise ValueError("not satisfiable")
    return Span(start, min(stop, start + RANGE_MAX_BYTES))


async def serve(
    request: HttpRequest,
    storage: Storage,
    name: str,
    *,
    content_type: str,
    etag: str,
    filename: str,
    attachment: bool = False,
) -> HttpResponseBase:
    """The file ``name`` of ``storage``. ``etag`` is its hash, unquoted. Http404 when the storage lost it."""
    try:
        size = await sync_to_async(storage.size, thread_sensitive=False)(name)
    except (FileNotFoundError, OSError) as error:
        raise Http404 from error
    quoted = f'"{etag}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": quoted,
        "Cache-Control": "private, no-cache",  # asked again each time, so that a lost right counts at once
        "Content-Disposition": disposition(filename, attachment),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if request.headers.get("If-None-Match") in (quoted, "*"):
        return HttpResponse(status=304, headers=headers)
    wanted = request.headers.get("Range", "")
    if wanted and request.headers.get("If-Range", quoted) == quoted:
        try:
            span = span_of(wanted, size)
        except ValueError:
            return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
        if span is not None:
            headers["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
            body = (
                b""
                if request.method == "HEAD"
                else await sync_to_async(_read, thread_sensitive=False)(storage, name, span)
            )
            answer = HttpResponse(body, status=206, content_type=content_type, headers=headers)
            answer["Content-Length"] = str(span.stop - span.start)
            return answer
    headers["Content-Length"] = str(size)
    if request.method == "HEAD":
        return HttpResponse(content_type=content_type, headers=headers)
    file = await sync_to_async(storage.open, thread_sensitive=False)(name, "rb")
    return StreamingHttpResponse(_chunks(file), content_type=content_type, headers=headers)


def disposition(filename: str, attachment: bool) -> str:
    """Content-Disposition for any name: plain letters for old readers, RFC 5987 for the rest."""
    kind = "attachment" if attachment else "inline"
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", filename).strip("-") or "video"
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _read(storage: Storage, name: str, span: Span) -> bytes:
    with storage.open(name, "rb") as file:
        file.seek(span.start)
        return file.read(span.stop - span.start)


async def _chunks(file: IO[Any]) -> AsyncIterator[bytes]:
    try:
        while piece := await sync_to_async(file.read, thread_sensitive=False)(CHUNK_BYTES):
            yield piece
    finally:
        file.close()
