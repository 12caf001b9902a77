"""Chunks to an answer: whatever object a frame or a body holds, read into texts, links, handles and failures."""

from collections.abc import Iterator
from typing import Any

from studio.upstream.events import (
    Event,
    Failed,
    Finish,
    Phase,
    Progress,
    RemixId,
    TaskId,
    Text,
    Unknown,
    Usage,
    VideoLink,
)
from studio.upstream.failures import Failure, classify, from_object
from studio.upstream.framing import _parse, clean
from studio.upstream.links import Links, fenced_json, find_links, links_in_json
from studio.upstream.words import LineWords, failure_text

TEXT_MAX_CHARS = 8 * 1024 * 1024  # of one choice; what follows is counted and left out
CHOICES_MAX = 16
ENVELOPE = ("id", "object", "created", "model", "system_fingerprint")
FAILED_STATUSES = {"failed", "failure", "error", "cancelled", "canceled", "expired", "rejected", "blocked", "timeout"}
KNOWN = {*ENVELOPE, "choices", "usage", "error", "provider", "service_tier"}
ROLES = (
    ("results", "result"),
    ("previews", "preview"),
    ("covers", "cover"),
    ("downloads", "download"),
    ("polls", "poll"),
)


class Channel:
    """One text as it grows: content or reasoning of one choice. Lines are read once, the last one as it stands."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.size = 0
        self.tail = ""  # the unfinished line
        self.words = LineWords()
        self.in_json = False
        self.in_fence = False

    def add(self, piece: str) -> Iterator[Event]:
        self.parts.append(piece)
        self.size += len(piece)
        *lines, self.tail = (self.tail + piece).split("\n")
        for line in lines:
            yield from self._line(line)
        if not self.in_json and not self.tail.lstrip("> ").startswith("```"):
            yield from self.words.partial(self.tail)

    def close(self) -> Iterator[Event]:
        line, self.tail = self.tail, ""
        yield from self._line(line)

    def _line(self, line: str) -> Iterator[Event]:
        bare = line.lstrip("> \t\r")
        if bare.startswith("```"):
            if self.in_fence:
                self.in_fence = self.in_json = False
            else:
                self.in_fence = "```" not in bare[3:]
                self.in_json = self.in_fence and bare[3:].strip().lower().startswith(("json", "{", "["))
                if not self.in_json:
                    yield from self.words.line(bare[3:])
        elif not self.in_json:
            if self.in_fence and bare.startswith(("{", "[")):
                self.in_json = True
                return
            yield from self.words.line(line)

    @property
    def text(self) -> str:
        return "".join(self.parts)


class Answer:
    """Everything one answer has said so far."""

    def __init__(self, base_url: str):
        self.base_url = base_url
        self.content: dict[int, Channel] = {}
        self.thinking: dict[int, Channel] = {}
        self.links = Links()
        self.envelope: dict[str, Any] = {}
        self.finish_reasons: dict[int, str] = {}
        self.usage: dict[str, Any] | None = None
        self.progress: list[int] = []
        self.phase: str | None = None
        self.task_id: str | None = None
        self.remix_id: str | None = None
        self._fields = Links()
        self._told: set[tuple[str, str]] = set()

    def contents(self) -> dict[int, str]:
        return {choice: channel.text for choice, channel in sorted(self.content.items())}

    def reasoning(self) -> dict[int, str]:
        return {choice: channel.text for choice, channel in sorted(self.thinking.items()) if channel.parts}

    # -- reading

    def chunk(self, chunk: Any) -> Iterator[Event]:
        if isinstance(chunk, list):
            for entry in chunk[:1000]:
                yield from self.chunk(entry)
            return
        if not isinstance(chunk, dict):
            yield Unknown("chunk")
            return
        for name in ENVELOPE:
            if chunk.get(name) not in (None, ""):
                self.envelope.setdefault(name, chunk[name])
        usage = chunk.get("usage")
        if isinstance(usage, dict) and "total_tokens" in usage:
            self.usage = usage
            yield Usage(usage)
        choices = chunk.get("choices")
        if isinstance(choices, list):
            for choice in choices:
                yield from self._choice(choice)
            yield from self._named_links(chunk, 0)
        elif not _tells_error(chunk):
            yield from self._job(chunk)
        if _tells_error(chunk):
            yield Failed(from_object(chunk, started=bool(self.envelope or self.content)))
        for name in chunk.keys() - KNOWN:
            yield Unknown(f"field {name}"[:80])

    def _choice(self, choice: Any) -> Iterator[Event]:
        if not isinstance(choice, dict):
            yield Unknown("choice")
            return
        index = choice.get("index")
        index = index if type(index) is int and 0 <= index < CHOICES_MAX else 0
        self.content.setdefault(index, Channel())
        for name in ("delta", "message"):
            if isinstance(choice.get(name), dict):
                yield from self._message(choice[name], index)
        if isinstance(choice.get("text"), str):
            yield from self._say(self.content, index, choice["text"], "content")
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            self.finish_reasons[index] = reason
            yield Finish(index, reason)

    def _message(self, message: dict[str, Any], index: int) -> Iterator[Event]:
        for name in ("reasoning_content", "reasoning"):
            if isinstance(message.get(name), str) and message[name]:
                yield from self._say(self.thinking, index, message[name], "reasoning")
        content = message.get("content")
        if isinstance(content, list):
            for part in content:
                if isinstance(part, dict) and isinstance(part.get("text"), str):
                    yield from self._say(self.content, index, part["text"], "content")
                else:
                    yield from self._named_links(part, index, deep=True)
        elif isinstance(content, str) and content:
            yield from self._say(self.content, index, content, "content")
        yield from self._named_links(message, index)
        if isinstance(stage := message.get("wm"), dict):
            if isinstance(stage.get("task_id"), str):
                yield from self._take(TaskId(clean(stage["task_id"])[:200]))
        if message.get("tool_calls"):
            yield Unknown("tool_calls")

    def _say(self, channels: dict[int, Channel], index: int, piece: str, channel: Any) -> Iterator[Event]:
        said = channels.setdefault(index, Channel())
        if said.size > TEXT_MAX_CHARS:
            yield Unknown("text too long")
            return
        piece = clean(piece)
        yield Text(piece, index, channel)
        for event in said.add(piece):
            yield from self._take(event)
        if (
            channel == "content"
            and "\n" in piece
            and ("http" in piece or "](" in piece or "src=" in piece or said.size < 4000)
        ):
            yield from self._peek(said, index)

    def _peek(self, said: Channel, index: int) -> Iterator[Event]:
        """Links told so far, early: a status page is worth knowing before the stream breaks. Bounded to a first part."""
        if said.size <= 20_000:
            yield from self._tell(find_links(said.text, self.base_url), index)

    def _named_links(self, told: Any, index: int, deep: bool = False) -> Iterator[Event]:
        """Results in fields of their own: ``delta.output[].url``, ``media_url(s)``, parts that hold a video."""
        names = ("output", "media_url", "media_urls", "video_url", "video_urls", "videos", "video")
        named = {name: told[name] for name in names if name in told} if isinstance(told, dict) else {}
        if named:
            yield from self._fields_found(links_in_json(named, self.base_url), index)

    def _job(self, job: dict[str, Any]) -> Iterator[Event]:
        """An object that is no chat answer: a job that was queued, goes on, has failed or has its video."""
        status = str(job.get("status") or job.get("state") or "").lower()
        for name in ("task_id", "id"):
            if isinstance(job.get(name), str) and job[name] and (status or name == "task_id"):
                yield from self._take(TaskId(clean(job[name])[:200]))
                break
        percent = percent_of(job.get("progress"))
        if percent is not None:
            yield from self._take(Progress(percent))
        found = links_in_json(job, self.base_url)
        if status in FAILED_STATUSES:
            yield Failed(from_object(job, started=True))
        elif found.results or found.covers:
            yield from self._fields_found(found, 0)
        elif not status:
            yield Unknown("object")

    def _fields_found(self, found: Links, index: int) -> Iterator[Event]:
        for url in found.results:
            if url not in self._fields.results:
                self._fields.results.append(url)
        for url in found.covers:
            if url not in self._fields.covers:
                self._fields.covers.append(url)
        yield from self._tell(found, index)

    def _take(self, event: Event) -> Iterator[Event]:
        match event:
            case Progress(percent=percent):
                self.progress.append(percent)
            case Phase(stage=stage):
                self.phase = stage
            case TaskId(value=value):
                if self.task_id is not None:
                    return
                self.task_id = value
            case RemixId(value=value):
                if value == self.remix_id:
                    return
                self.remix_id = value
        yield event

    def _tell(self, links: Links, index: int) -> Iterator[Event]:
        for name, role in ROLES:
            for url in getattr(links, name):
                if (role, url) not in self._told:
                    self._told.add((role, url))
                    yield VideoLink(url, role, index)  # type: ignore[arg-type]

    # -- the end

    def close(self) -> Iterator[Event]:
        """Reads the unfinished lines, then judges all links of the whole texts."""
        for channels in (self.content, self.thinking):
            for channel in channels.values():
                for event in channel.close():
                    yield from self._take(event)
        merged = Links()
        for index, channel in sorted(self.content.items()):
            text = channel.text
            found = find_links(text, self.base_url)
            for told in _json_in(text):
                yield from self._job(told)
            if self._fields.results and index == 0:
                found.results = []
            yield from self._tell(found, index)
            for name, _ in ROLES:
                _merge(getattr(merged, name), getattr(found, name))
        if self._fields.results:
            merged.results = [
                *self._fields.results,
                *(url for url in merged.results if url not in self._fields.results),
            ]
        _merge(merged.covers, self._fields.covers)
        self.links = merged

    def failure(self) -> Failure | None:
        """Why there is no video, as the texts tell it; None when they only end."""
        for text in self.contents().values():
            reason = failure_text(text)
            if reason is not None:
                return classify(reason, started=True)
        if any(reason.lower() == "content_filter" for reason in self.finish_reasons.values()):
            return classify("content_filter", code="content_filter", started=True)
        said = " ".join(text.strip() for text in self.contents().values()).strip()
        thoughts = [reason for text in self.reasoning().values() if (reason := failure_text(text))]
        if thoughts and not said:
            return classify(thoughts[-1], started=True)
        heard_of_a_job = self.task_id or self.links.polls or self.progress or self.phase
        if said and self.finish_reasons and not heard_of_a_job:
            judged = classify(said[:300])
            streaming = judged.advice == "turn_on_streaming"
            return Failure(
                "unsupported",
                said[:300],
                "none" if streaming else "possible",
                judged.advice if streaming else "choose_video_model",
            )
        return None


def percent_of(told: Any) -> int | None:
    """A percentage told as 45, 45.5, "45%", or 0.45."""
    if isinstance(told, str):
        told = told.strip().rstrip("%")
        try:
            told = float(told)
        except ValueError:
            return None
    if isinstance(told, bool) or not isinstance(told, int | float) or not 0 <= told <= 100:
        return None
    return int(told * 100) if isinstance(told, float) and 0 < told < 1 else int(told)


def _tells_error(chunk: dict[str, Any]) -> bool:
    if chunk.get("error"):
        return str(chunk.get("status") or "").lower() not in (
            "queued",
            "in_progress",
            "processing",
            "running",
            "completed",
        )
    if "choices" in chunk:
        return False
    if chunk.get("object") == "error" or "detail" in chunk:
        return True
    code = chunk.get("code")
    return (
        isinstance(chunk.get("message"), str)
        and code not in (None, 0, 200, "0", "200", "success", "ok")
        and not chunk.get("data")
    )


def _json_in(text: str) -> list[dict[str, Any]]:
    """Objects that stand in place of an answer: the whole content, or a fenced block that is no echo of the prompt."""
    whole = text.strip()
    bodies = [whole] if whole[:1] in ("{", "[") else fenced_json(text) if "```" in text else []
    found = [value for body in bodies for value, ok in [_parse(body)] if ok]
    flat = [entry for value in found for entry in (value if isinstance(value, list) else [value])]
    return [entry for entry in flat if isinstance(entry, dict) and "prompt" not in entry]


def _merge(into: list[str], more: list[str]) -> None:
    into.extend(url for url in more if url not in into)
