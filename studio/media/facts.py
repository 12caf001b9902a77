from dataclasses import asdict, dataclass
from typing import Any

EIGHT_BIT = ("yuv420p", "yuvj420p")


@dataclass(frozen=True, slots=True)
class Facts:
    """What the probe measured. Width and height as shown (rotation and pixel shape applied); ``fps`` is the mean."""

    container: str  # mp4, mov, webm, matroska, or FFmpeg's word
    video_codec: str
    pixel_format: str
    audio_codec: str | None  # of the first sound track; "unknown" when nothing here decodes it
    width: int
    height: int
    rotation: int  # degrees clockwise
    fps: float
    variable_rate: bool
    frames: int
    duration_s: float
    bit_rate: int  # bits per second, of the whole file
    size_bytes: int
    faststart: bool = False  # the index comes before the film: it plays while it loads

    @property
    def has_audio(self) -> bool:
        return self.audio_codec is not None

    @property
    def picture_plays(self) -> bool:
        return self.video_codec == "h264" and self.pixel_format in EIGHT_BIT

    @property
    def sound_plays(self) -> bool:
        """In an MP4; None is silence."""
        return self.audio_codec in (None, "aac", "mp3")

    @property
    def plays_in_browsers(self) -> bool:
        """H.264 8-bit 4:2:0 with AAC or MP3 in MP4 or MOV, VP8 or VP9 with Opus or Vorbis in WebM.

        AV1 is not among them: Safari plays it only where the chip does.
        """
        if self.container in ("mp4", "mov"):
            return self.picture_plays and self.sound_plays
        if self.container == "webm":
            picture = self.video_codec in ("vp8", "vp9") and self.pixel_format in EIGHT_BIT
            return picture and self.audio_codec in (None, "opus", "vorbis")
        return False

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
