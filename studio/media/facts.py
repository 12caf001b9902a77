from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Facts:
    """What the probe measured. Width and height as shown (rotation applied); ``fps`` is the mean over the file."""

    container: str
    video_codec: str
    pixel_format: str
    audio_codec: str | None
    width: int
    height: int
    rotation: int  # degrees clockwise
    fps: float
    variable_rate: bool
    frames: int
    duration_s: float
    bit_rate: int  # bits per second
    size_bytes: int

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
