"""What can be watched. Rooms above register here in AppConfig.ready; this room imports none of them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from studio.workspaces.models import User


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one watched thing: its events ``first`` to ``last``, told after they were committed.

    ``body`` is what the kind renders; None means "read the rows", as after a change of state. ``rendered`` keeps the
    HTML per language, so that two hundred viewers cost one rendering.
    """

    topic: str
    key: str
    first: int
    last: int
    body: Any = None
    rendered: dict[str, "Message"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One frame for the page: HTML that names its own targets, and words for screen readers (or none)."""

    content: str
    announce: str = ""
    event: str = ""  # a DOM event for the page's own elements, e.g. "item-ready"


class Kind(Protocol):
    def topic_for(self, user: User, subject: str) -> str | None:
        """The bell to listen to, or None when this person may not see the subject (or it does not exist)."""

    def concerns(self, subject: str, change: Change) -> bool:
        """Whether a change on the topic belongs to what the page shows."""

    def missed(self, user: User, subject: str, positions: Mapping[str, int]) -> Iterable[Change]:
        """The changes between what the page shows and the rows, in order; new things as snapshots."""

    def render(self, change: Change, language: str) -> Message: ...


_kinds: dict[str, Kind] = {}
_wake_ups: list[Callable[[str], None]] = []


def register(name: str, kind: Kind) -> None:
    _kinds[name] = kind


def kind_named(name: str) -> Kind | None:
    return _kinds.get(name)


def on_wake(wake: Callable[[str], None]) -> None:
    """The engine registers how it is woken; rooms below it call ``wake_engine`` without knowing it."""
    _wake_ups.append(wake)


def forget_wake(wake: Callable[[str], None]) -> None:
    _wake_ups.remove(wake)


def wake_engine(key: str = "") -> None:
    """``key`` names the generation that wants attention (a cancel), empty for new work. Safe from any thread."""
    for wake in list(_wake_ups):
        wake(key)
