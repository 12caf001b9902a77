"""Folding what the gateway says into a generation: pure, no clock, no database."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any

from studio.generations.states import State
from studio.upstream.events import Event, Phase, Progress, RemixId, RequestId, TaskId, Text, VideoLink

LINK_LISTS = {
    "result": "video_urls",
    "preview": "preview_urls",
    "cover": "thumbnail_urls",
    "download": "download_urls",
    "poll": "poll_urls",
}
STATE_OF_PHASE = {"queued": State.WAITING}  # every other phase is work on the picture


@dataclass(frozen=True, slots=True)
class Draft:
    """What is known so far. ``percent`` is as told, held below 100: only saved bytes make a generation complete."""

    state: State = State.SENDING
    percent: int | None = None
    phase: str = ""
    task_id: str = ""
    remix_id: str = ""
    request_id: str = ""
    links: dict[str, list[str]] = field(default_factory=dict)


def fold(draft: Draft, events: Iterable[Event]) -> tuple[Draft, str]:
    """The next draft, and the text that came with these events."""
    pieces: list[str] = []
    for event in events:
        match event:
            case Text(piece=piece):
                pieces.append(piece)
            case Progress(percent=percent):
                draft = replace(draft, percent=max(0, min(percent, 99)), state=State.RENDERING)
            case Phase(stage=stage):
                draft = replace(draft, phase=stage, state=_later(draft.state, stage))
            case TaskId(value=value):
                draft = replace(draft, task_id=value[:200])
            case RemixId(value=value):
                draft = replace(draft, remix_id=value[:200])
            case RequestId(value=value):
                draft = replace(draft, request_id=value[:200])
            case VideoLink(url=url, role=role):
                draft = replace(draft, links=_with_link(draft.links, LINK_LISTS[role], url))
    if draft.state == State.SENDING:
        draft = replace(draft, state=State.WAITING)  # the gateway has spoken
    return draft, "".join(pieces)


def _later(state: State, stage: str) -> State:
    """A queue word after rendering began (a gateway's inner retry) does not move the card back."""
    wanted = STATE_OF_PHASE.get(stage, State.RENDERING)
    return state if state == State.RENDERING else wanted


def _with_link(links: dict[str, list[str]], name: str, url: str) -> dict[str, list[str]]:
    known = links.get(name, [])
    return links if url in known else {**links, name: [*known, url]}


def changed(old: Draft, new: Draft) -> dict[str, Any]:
    """The columns that differ, as the generation's row names them (state moves apart)."""
    names = ("percent", "phase", "task_id", "remix_id", "request_id", "links")
    return {name: getattr(new, name) for name in names if getattr(new, name) != getattr(old, name)}
