"""Any bytes of the family to events, and at the end to one Reading. Pure: no socket, no clock, no database."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from studio.upstream.chunks import Answer
from studio.upstream.events import End, Event, Failed, Piece, RequestId, Unknown
from studio.upstream.failures import Failure, classify
from studio.upstream.framing import DROPPED, Frame, Frames, Lines, clean, parse_json
from studio.upstream.refusals import from_html, from_object, from_redirect, from_words, seconds_of

BODY_MAX_CHARS = 16 * 1024 * 1024  # of an answer that is no stream
UNKNOWN_KINDS_MAX = 50
STREAM_FIELDS = ("", "data", "event", "id", "retry")
ENDED_ON_THE_WAY = ("cut", "silence", "timeout", "too_much")  # codes that the client gives
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
        self.shape = ""  # "sse", "json" or "html", once the first character is seen
        self._lines, self._frames = Lines(), Frames()
        self._body: list[str] = []  # of an answer that is no stream, or the words where frames should be
        self._body_size = 0
        self._headers = {name.lower(): value for name, value in (headers or {}).items()}
        self._failure: Failure | None = None
        self._broken_told = 0

    @property
    def finished(self) -> bool:
        """The gateway has said its last thing; what would follow is not worth waiting for."""
        return self.done_marker or (self._failure is not None and self.shape == "sse")

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
        events += self._read(self._frames.blank())
        events += self._finish(failure)
        return Piece("".join(lines), tuple(events))

    def _take(self, lines: list[str]) -> Iterator[Event]:
        for line in lines:
            if line == DROPPED:
                yield self._count("line too long")
                continue
            self.shape = self.shape or shape_of(line)
            if self.shape in ("json", "html") or (self.shape == "sse" and not is_stream_line(line)):
                self._keep(line)
            if self.shape == "sse":
                yield from self._read(self._frames.line(line))

    def _read(self, frames: list[Frame]) -> Iterator[Event]:
        if self._frames.broken > self._broken_told:
            self._broken_told = self._frames.broken
            yield self._count("broken frame")
        for frame in frames:
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
        if 300 <= self.status < 400:
            yield from self._fail(from_redirect(self.status, self._headers.get("location", "")))
        elif self.shape == "json":
            yield from self._json(body)
        elif self.shape == "html":
            yield from self._fail(from_html(body, self.status if self.status >= 400 else None))
        for event in self.answer.close():
            yield from self._fail(event.failure) if isinstance(event, Failed) else (event,)
        yield from self._why_no_video(outside, body)
        request_id = self._request_id()
        if request_id:
            yield RequestId(request_id)
        yield End(self.done_marker)

    def _why_no_video(self, outside: Failure | None, body: str) -> Iterator[Event]:
        """What the gateway said itself comes before how the connection ended."""
        retry_after = seconds_of(self._headers.get("retry-after"))
        if self.status >= 400:
            words = "".join(self.answer.contents().values()) or body
            yield from self._fail(from_words(words, self.status, retry_after))
        if self.answer.links.results:
            return
        if reason := self.answer.failure(was_cut=outside is not None):
            yield from self._fail(reason)
        if outside is not None:
            yield from self._fail(outside)
        if body.strip() and self.shape == "sse" and self.content_type.startswith("text/plain"):
            if not self.answer.content:  # words and nothing else, in place of a stream
                yield from self._fail(classify(" ".join(body.split()), started=True))

    def _json(self, body: str) -> Iterator[Event]:
        value, ok = parse_json(body.strip())
        if ok:
            if self.status >= 400:
                retry_after = seconds_of(self._headers.get("retry-after"))
                yield from self._fail(from_object(value, status=self.status, retry_after=retry_after))
            else:
                yield from self._chunk(value)
            return
        for line in body.splitlines():  # one JSON value a line, without the stream's framing
            value, ok = parse_json(line)
            if ok:
                yield from self._chunk(value)
            elif line.strip():
                yield self._count("broken frame")

    def _request_id(self) -> str | None:
        if self._failure is not None and self._failure.request_id:
            return self._failure.request_id
        return next((clean(self._headers[name][:200]) for name in REQUEST_ID_HEADERS if self._headers.get(name)), None)

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
    """It ended on the way, after the gateway may have taken the job: not a refusal, the job may go on."""
    return failure.code in ENDED_ON_THE_WAY


def shape_of(line: str) -> str:
    """What an answer is by its first visible character, whatever its headers say; "" while there is none."""
    first = line.lstrip()[:1]
    if not first:
        return ""
    return {"{": "json", "[": "json", "<": "html"}.get(first, "sse")


def is_stream_line(line: str) -> bool:
    """Blank, a comment, or one of the fields of Server-Sent Events."""
    return not line.strip() or line.split(":", 1)[0].strip() in STREAM_FIELDS
