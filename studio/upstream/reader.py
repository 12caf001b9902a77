"""Any bytes of the family to events, and at the end to one Reading. Pure: no socket, no clock, no database."""

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.upstream.chunks import Answer
from studio.upstream.events import End, Event, Failed, Piece, RequestId, Unknown
from studio.upstream.failures import Failure, classify, from_html, from_object
from studio.upstream.framing import Frames, Lines, _parse

BODY_MAX_CHARS = 16 * 1024 * 1024  # of an answer that is no stream
UNKNOWN_KINDS_MAX = 50
REQUEST_ID_HEADERS = ("x-request-id", "x-oneapi-request-id", "request-id", "cf-ray")


@dataclass(slots=True)
class Reading:
    """What one answer came to. ``outcome`` is judged from this answer alone.

    "ready": a result link was told. "failed": the gateway (or the way to it) said no. "interrupted": it ended without
    either; where ``poll_urls`` or ``task_id`` is known, the job may still be asked about.
    """

    outcome: str = "interrupted"
    video_urls: list[str] = field(default_factory=list)
    preview_urls: list[str] = field(default_factory=list)
    thumbnail_urls: list[str] = field(default_factory=list)
    download_urls: list[str] = field(default_factory=list)
    poll_urls: list[str] = field(default_factory=list)
    progress: list[int] = field(default_factory=list)
    phase: str | None = None
    task_id: str | None = None
    remix_id: str | None = None
    request_id: str | None = None
    usage: dict[str, Any] | None = None
    failure: Failure | None = None
    envelope: dict[str, Any] = field(default_factory=dict)
    finish_reasons: dict[int, str] = field(default_factory=dict)
    contents: dict[int, str] = field(default_factory=dict)
    reasoning: dict[int, str] = field(default_factory=dict)
    unknown: dict[str, int] = field(default_factory=dict)
    done_marker: bool = False


class Reader:
    """Feed it bytes as they come, close it when they end. ``base_url`` resolves relative links."""

    def __init__(
        self, base_url: str, *, status: int = 200, content_type: str = "", headers: Mapping[str, str] | None = None
    ):
        self.status = status
        self.content_type = content_type
        self.answer = Answer(base_url)
        self.done_marker = False
        self.unknown: dict[str, int] = {}
        self._lines, self._frames = Lines(), Frames()
        self._shape = ""  # "sse", "json" or "html", once the first character is seen
        self._body: list[str] = []
        self._body_size = 0
        self._headers = {name.lower(): value for name, value in (headers or {}).items()}
        self._failure: Failure | None = None
        self._closed = False
        self._broken_told = 0

    @property
    def finished(self) -> bool:
        """The gateway has said its last thing; what would follow is not worth waiting for."""
        return self.done_marker or (self._failure is not None and self._shape == "sse")

    @property
    def has_finish_reason(self) -> bool:
        return bool(self.answer.finish_reasons)

    def feed(self, data: bytes) -> Piece:
        lines = self._lines.feed(data)
        return Piece("".join(lines), tuple(self._take(lines)))

    def close(self, *, failure: Failure | None = None) -> Piece:
        """Ends the answer; ``failure`` is what ended it from outside (a broken connection, silence)."""
        lines = self._lines.feed(b"", final=True)
        events = list(self._take(lines))
        events += self._finish(failure)
        return Piece("".join(lines), tuple(events))

    def _take(self, lines: list[str]) -> Iterator[Event]:
        for line in lines:
            if not self._shape:
                self._shape = shape_of(line)
            if self._shape in ("json", "html"):
                self._keep(line)
            elif self._shape == "sse":
                yield from self._frame(line)
        if self._lines.dropped:
            self._lines.dropped = 0
            yield self._count("line too long")

    def _frame(self, line: str) -> Iterator[Event]:
        frame = self._frames.line(line)
        if self._frames.broken > self._broken_told:
            self._broken_told = self._frames.broken
            yield self._count("broken frame")
        if frame is None or self._closed:
            return
        if frame.is_done:
            self.done_marker = True
        elif frame.is_error:
            yield from self._fail(from_object(frame.value, started=True))
        else:
            yield from self._chunk(frame.value)

    def _chunk(self, chunk: Any) -> Iterator[Event]:
        for event in self.answer.chunk(chunk):
            if isinstance(event, Unknown):
                yield self._count(event.what)
            elif isinstance(event, Failed):
                yield from self._fail(event.failure)
            else:
                yield event

    def _fail(self, failure: Failure) -> Iterator[Event]:
        if self._failure is None:
            self._failure = failure
            yield Failed(failure)

    def _keep(self, line: str) -> None:
        self._body_size += len(line)
        if self._body_size <= BODY_MAX_CHARS:
            self._body.append(line)

    def _finish(self, outside: Failure | None) -> Iterator[Event]:
        body = "".join(self._body)
        if self._shape == "json":
            yield from self._json(body)
        elif self._shape == "html":
            yield from self._fail(from_html(body, self.status if self.status >= 400 else None))
        for event in self.answer.close():
            yield from self._fail(event.failure) if isinstance(event, Failed) else (event,)
        if self.status >= 400 and self._failure is None:
            yield from self._fail(self._refused())
        if outside is not None and not self.answer.links.results:
            yield from self._fail(outside)
        if self._failure is None and not self.answer.links.results:
            reason = self.answer.failure()
            if reason is not None:
                yield from self._fail(reason)
        request_id = self._request_id()
        if request_id:
            yield RequestId(request_id)
        self._closed = True
        yield End(self.done_marker)

    def _json(self, body: str) -> Iterator[Event]:
        value, ok = _parse(body.strip())
        if ok:
            if self.status >= 400:
                yield from self._fail(from_object(value, status=self.status, retry_after=self._retry_after()))
            else:
                yield from self._chunk(value)
            return
        for line in body.splitlines():  # one JSON value a line, without the stream's framing
            value, ok = _parse(line)
            if ok:
                yield from self._chunk(value)
            elif line.strip():
                yield self._count("broken frame")

    def _refused(self) -> Failure:
        words = "".join(self.answer.contents().values()) or "".join(self._body)
        told = re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]*>", " ", words))).strip()[:500]
        message = told if str(self.status) in told else f"HTTP {self.status}: {told}".rstrip(": ")
        return classify(message, status=self.status, retry_after=self._retry_after())

    def _retry_after(self) -> float | None:
        try:
            return float(self._headers.get("retry-after", ""))
        except ValueError:
            return None

    def _request_id(self) -> str | None:
        if self._failure is not None and self._failure.request_id:
            return self._failure.request_id
        return next((self._headers[name][:200] for name in REQUEST_ID_HEADERS if self._headers.get(name)), None)

    def _count(self, what: str) -> Unknown:
        if what in self.unknown or len(self.unknown) < UNKNOWN_KINDS_MAX:
            self.unknown[what] = self.unknown.get(what, 0) + 1
        return Unknown(what)

    def reading(self) -> Reading:
        answer, links = self.answer, self.answer.links
        failure = None if links.results else self._failure
        outcome = "ready" if links.results else "interrupted" if failure is None or is_cut(failure) else "failed"
        return Reading(
            outcome=outcome,
            video_urls=list(links.results),
            preview_urls=list(links.previews),
            thumbnail_urls=list(links.covers),
            download_urls=list(links.downloads),
            poll_urls=list(links.polls),
            progress=list(answer.progress),
            phase=answer.phase,
            task_id=answer.task_id,
            remix_id=answer.remix_id,
            request_id=self._request_id(),
            usage=answer.usage,
            failure=failure,
            envelope=dict(answer.envelope),
            finish_reasons=dict(answer.finish_reasons),
            contents=answer.contents(),
            reasoning=answer.reasoning(),
            unknown=dict(self.unknown),
            done_marker=self.done_marker,
        )


def is_cut(failure: Failure) -> bool:
    """A connection that broke after the gateway had taken the job: not a refusal, the job may go on."""
    return failure.code == "cut"


def shape_of(line: str) -> str:
    """What an answer is by its first visible character, whatever its headers say; "" while there is none."""
    first = line.lstrip()[:1]
    if not first:
        return ""
    return {"{": "json", "[": "json", "<": "html"}.get(first, "sse")
