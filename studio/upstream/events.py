"""What a gateway can tell, in our own words."""

from dataclasses import dataclass
from typing import Any, Literal

from studio.upstream.failures import Failure

Stage = Literal["queued", "rendering", "finishing", "saving"]
Role = Literal["result", "preview", "cover", "download", "poll"]


@dataclass(frozen=True, slots=True)
class Phase:
    stage: Stage


@dataclass(frozen=True, slots=True)
class Progress:
    percent: int  # as told, decimals floored; may fall, may reach 100 before the end


@dataclass(frozen=True, slots=True)
class Text:
    piece: str
    choice: int = 0
    channel: Literal["content", "reasoning"] = "content"


@dataclass(frozen=True, slots=True)
class TaskId:
    value: str


@dataclass(frozen=True, slots=True)
class RemixId:
    value: str


@dataclass(frozen=True, slots=True)
class RequestId:
    value: str


@dataclass(frozen=True, slots=True)
class VideoLink:
    """A link as soon as it is seen. Its last word on roles is the Reading: a later, better result demotes this one."""

    url: str
    role: Role
    choice: int = 0


@dataclass(frozen=True, slots=True)
class Usage:
    counts: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Finish:
    choice: int
    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    failure: Failure


@dataclass(frozen=True, slots=True)
class Unknown:
    what: str


@dataclass(frozen=True, slots=True)
class End:
    done_marker: bool


Event = Phase | Progress | Text | TaskId | RemixId | RequestId | VideoLink | Usage | Finish | Failed | Unknown | End


@dataclass(frozen=True, slots=True)
class Piece:
    """What one read brought: the stream verbatim (whole lines until the end), and what it means."""

    raw: str
    events: tuple[Event, ...]
