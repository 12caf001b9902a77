"""Chunks to an answer: whatever object a frame or a body holds, read into texts, links, handles and failures."""

from collections.abc import Iterator
from typing import Any, Literal

from studio.upstream.channel import Channel
from studio.upstream.events import (
    Event,
    Failed,
    Finish,
    Phase,
    Progress,
    RemixId,
    Role,
    TaskId,
    Text,
    Unknown,
    Usage,
    VideoLink,
)
from studio.upstream.failures import Failure
from studio.upstream.fields import links_in_json
from studio.upstream.framing import clean, keepable, parse_json
from studio.upstream.links import Links, find_links
from studio.upstream.refusals import from_object
from studio.upstream.verdict import FAILED_STATUSES, percent_of, tells_error, why_no_video

TEXT_MAX_CHARS = 8 * 1024 * 1024  # of one channel; what follows is counted and left out
CHOICES_MAX = 16
LINKS_MAX = 200  # of one kind, kept of one answer
NESTED_MAX = 3  # lists of chunks in lists of chunks
EARLY_LOOKS = 8  # how many times its own length of a text is read again for links while it grows
EARLY_LOOKS_CHARS = 64_000  # and this much of it in any case
ENVELOPE = ("id", "object", "created", "model", "system_fingerprint")
KNOWN = {*ENVELOPE, "choices", "usage", "error", "provider", "service_tier"}
FIELD_NAMES = ("output", "media_url", "media_urls", "video_url", "video_urls", "videos", "video")
ROLES: tuple[tuple[str, Role], ...] = (
    ("results", "result"),
    ("previews", "preview"),
    ("covers", "cover"),
    ("downloads", "download"),
    ("polls", "poll"),
)


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
        self._told: set[tuple[Role, str]] = set()
        self._looked: dict[int, int] = {}  # characters of a choice's text read early

    def contents(self) -> dict[int, str]:
        return {choice: channel.text for choice, channel in sorted(self.content.items())}

    def reasoning(self) -> dict[int, str]:
        return {choice: channel.text for choice, channel in sorted(self.thinking.items()) if channel.size}

    # -- reading

    def chunk(self, chunk: Any, depth: int = NESTED_MAX) -> Iterator[Event]:
        if isinstance(chunk, list) and depth:
            for entry in chunk[:1000]:
                yield from self.chunk(entry, depth - 1)
            return
        if not isinstance(chunk, dict):
            yield Unknown("chunk")
            return
        yield from self._around(chunk)
        choices = chunk.get("choices")
        if isinstance(choices, list):
            for choice in choices:
                yield from self._choice(choice)
            yield from self._named_links(chunk, 0)
        elif not tells_error(chunk):
            yield from self._job(chunk)
        if tells_error(chunk):
            yield Failed(from_object(chunk, started=bool(self.envelope or self.content)))
        for name in sorted(chunk.keys() - KNOWN):
            yield Unknown(clean(f"field {name}"[:80]))

    def _around(self, chunk: dict[str, Any]) -> Iterator[Event]:
        for name in ENVELOPE:
            if chunk.get(name) not in (None, "") and name not in self.envelope:
                self.envelope[name] = keepable(chunk[name])
        usage = chunk.get("usage")
        if isinstance(usage, dict) and "total_tokens" in usage:
            self.usage = keepable(usage)
            yield Usage(self.usage or {})

    def _choice(self, choice: Any) -> Iterator[Event]:
        if not isinstance(choice, dict):
            yield Unknown("choice")
            return
        index = choice.get("index")
        if type(index) is int and not 0 <= index < CHOICES_MAX:
            yield Unknown("choice index")
            return
        index = index if type(index) is int else 0
        self.content.setdefault(index, Channel())
        for name in ("delta", "message"):
            if isinstance(choice.get(name), dict):
                yield from self._message(choice[name], index)
        if isinstance(choice.get("text"), str):
            yield from self._say(self.content, index, choice["text"], "content")
        reason = choice.get("finish_reason")
        if isinstance(reason, str) and reason:
            self.finish_reasons[index] = clean(reason[:100])
            yield Finish(index, self.finish_reasons[index])

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
                    yield from self._named_links(part, index)
        elif isinstance(content, str) and content:
            yield from self._say(self.content, index, content, "content")
        yield from self._named_links(message, index)
        stage = message.get("wm")  # a fork's own progress object
        if isinstance(stage, dict) and isinstance(stage.get("task_id"), str):
            yield from self._take(TaskId(clean(stage["task_id"][:200])))
        if message.get("tool_calls"):
            yield Unknown("tool_calls")

    def _say(
        self, channels: dict[int, Channel], index: int, piece: str, channel: Literal["content", "reasoning"]
    ) -> Iterator[Event]:
        said = channels.setdefault(index, Channel())
        if said.size + len(piece) > TEXT_MAX_CHARS:
            yield Unknown("text too long")
            return
        piece = clean(piece)
        yield Text(piece, index, channel)
        for event in said.add(piece):
            yield from self._take(event)
        if channel == "content" and said.has_new_link:
            yield from self._look(said, index)

    def _look(self, said: Channel, index: int) -> Iterator[Event]:
        """Links told so far, early: a status page is worth knowing before the stream breaks."""
        said.has_new_link = False
        looked = self._looked.get(index, 0) + said.size
        if looked <= EARLY_LOOKS * said.size + EARLY_LOOKS_CHARS:
            self._looked[index] = looked
            yield from self._tell(find_links(said.said(), self.base_url), index)

    def _named_links(self, told: Any, index: int) -> Iterator[Event]:
        """Results in fields of their own: ``delta.output[].url``, ``media_url(s)``, parts that hold a video."""
        named = {name: told[name] for name in FIELD_NAMES if name in told} if isinstance(told, dict) else {}
        if named:
            yield from self._fields_found(links_in_json(named, self.base_url), index)

    def _job(self, job: dict[str, Any]) -> Iterator[Event]:
        """An object that is no chat answer: a job that was queued, goes on, has failed or has its video."""
        status = str(job.get("status") or job.get("state") or "").lower()
        for name in ("task_id", "id"):
            if isinstance(job.get(name), str) and job[name] and (status or name == "task_id"):
                yield from self._take(TaskId(clean(job[name][:200])))
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
        _merge(self._fields.results, found.results)
        _merge(self._fields.covers, found.covers)
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
                    yield VideoLink(url, role, index)

    # -- the end

    def close(self) -> Iterator[Event]:
        """Reads the unfinished lines, then judges all links of the whole texts."""
        for channels in (self.content, self.thinking):
            for channel in channels.values():
                for event in channel.close():
                    yield from self._take(event)
        merged = Links()
        for index, channel in sorted(self.content.items()):
            for told in _answers_in(channel):
                if tells_error(told):
                    yield Failed(from_object(told, started=True))
                else:
                    yield from self._job(told)
            found = find_links(channel.said(), self.base_url)
            if self._fields.results and index == 0:
                found.results = []
            yield from self._tell(found, index)
            for name, _ in ROLES:
                _merge(getattr(merged, name), getattr(found, name))
        self.links = merged
        merged.results = list(dict.fromkeys([*self._fields.results, *merged.results]))
        _merge(merged.covers, self._fields.covers)

    def failure(self, *, was_cut: bool) -> Failure | None:
        """Why there is no video, as the texts tell it; None when they only end. Thoughts cut short prove nothing."""
        return why_no_video(
            said=[channel.said() for _, channel in sorted(self.content.items())],
            thought=[] if was_cut else [channel.said() for _, channel in sorted(self.thinking.items())],
            finish_reasons=list(self.finish_reasons.values()),
            has_begun=bool(self.task_id or self.links.polls or self.progress or self.phase),
        )


def _answers_in(channel: Channel) -> list[dict[str, Any]]:
    """Objects that stand in place of an answer: the whole content, or a fenced block that is no echo of the prompt."""
    whole = channel.text.strip()
    bodies = [whole] if whole[:1] in ("{", "[") else channel.bodies
    found = [value for body in bodies for value, ok in [parse_json(body)] if ok]
    flat = [entry for value in found for entry in (value[:100] if isinstance(value, list) else [value])]
    return [entry for entry in flat if isinstance(entry, dict) and "prompt" not in entry]


def _merge(into: list[str], more: list[str]) -> None:
    into.extend(url for url in more[: LINKS_MAX - len(into)] if url not in into)
