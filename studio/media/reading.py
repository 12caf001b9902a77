"""Decoding a whole file once: facts, poster, sprite and preview come out of the same pass. Runs in the child only."""

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from studio.media.facts import Facts
from studio.media.outline import Outline, outline_of
from studio.media.pictures import Pictures, Shape
from studio.media.proxy import make_proxy

# Demuxers that read one file and nothing else. No hls, concat, image or text formats.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,flv,ogg,asf,mpeg"
OPTIONS = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}
DECODER_THREADS = min(4, os.cpu_count() or 1)
SHORT_SHARE, SHORT_SECONDS = 0.1, 0.5  # what a film may lack of the told length when no byte is known to be missing
RATES_MAX = 64  # distinct gaps between frames that are remembered; two already say "variable"
GUESSED_FPS = 24  # for the rare file that times no frame


class Refused(Exception):
    """``code`` as in studio.media.prepare.Unplayable."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def read(original: Path, into: Path, limits: dict[str, Any]) -> dict[str, Any]:
    """{"facts", "proxy": bool, "sprite": grid}, the files in ``into``. Raises Refused, and OSError when a disk is full."""
    outline = outline_of(original)
    try:
        with _opened(original, outline) as container:
            film, grid = _watch(container, outline, into, limits)
            facts = film.facts(container, outline, original)
        if not facts.plays_in_browsers:
            make_proxy(original, into / "proxy.mp4", facts, film.shape, OPTIONS)
    except MemoryError as error:
        raise Refused("out_of_memory") from error
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise Refused("too_long", f"what is made of it passes {limits['written_bytes']} bytes") from error
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise Refused("broken", str(error)[:200]) from error
    except (av.error.FFmpegError, ValueError) as error:
        raise Refused("broken", str(error)[:200]) from error
    return {"facts": facts.as_dict(), "proxy": not facts.plays_in_browsers, "sprite": grid}


def _opened(original: Path, outline: Outline) -> InputContainer:
    try:
        return av.open(str(original), options=OPTIONS)
    except MemoryError:
        raise
    except (av.error.FFmpegError, ValueError) as error:
        if outline.missing_bytes or (outline.has_film and not outline.has_index):
            raise Refused("cut", f"{outline.missing_bytes} bytes are missing") from error
        if outline.family and not outline.has_film:
            raise Refused("no_frames", "a container with nothing in it") from error
        raise Refused("broken" if outline.family else "not_video", str(error)[:200]) from error


def _watch(
    container: InputContainer, outline: Outline, into: Path, limits: dict[str, Any]
) -> tuple["Film", dict[str, int]]:
    stream = container.streams.best("video")
    if stream is None or not isinstance(stream, VideoStream):
        raise Refused("no_frames" if container.streams.audio else "not_video", "no picture track")
    if stream.codec_context is None:
        raise Refused("broken", "nothing here decodes its picture")
    _check_size(stream.codec_context.width, stream.codec_context.height, limits)
    promised_s = _promised_seconds(container, stream)
    if promised_s > limits["duration_seconds"]:
        raise Refused("too_long", f"{promised_s:.0f} s")
    film = Film(stream)
    pictures: Pictures | None = None
    for frame in film.frames(container):
        _check_size(frame.width, frame.height, limits)
        if pictures is None:
            film.shape = Shape(frame, stream.sample_aspect_ratio)
            pictures = Pictures(into, film.shape, promised_s, stream.frames)
        pictures.take(frame, film.start_s, film.end_s)
        if film.end_s > limits["duration_seconds"]:
            raise Refused("too_long", f"more than {limits['duration_seconds']:.0f} s")
    if pictures is None:
        raise Refused("cut" if outline.missing_bytes else "no_frames", film.problem)
    _check_whole(film, outline, promised_s)
    return film, pictures.save()


def _check_size(width: int, height: int, limits: dict[str, Any]) -> None:
    """Also of each frame: a stream may grow on its way."""
    if width * height > limits["pixels"]:
        raise Refused("too_large_picture", f"{width}×{height}")


def _promised_seconds(container: InputContainer, stream: VideoStream) -> float:
    """Of the picture track, else of the container, else from the packets: live recordings tell no length."""
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    if container.duration:
        return container.duration / av.time_base
    times = [float(packet.pts * packet.time_base) for packet in container.demux(stream) if packet.pts is not None]
    container.seek(0)
    return max(times) - min(times) if times else 0.0


def _check_whole(film: "Film", outline: Outline, promised_s: float) -> None:
    """Where bytes are missing, a missing frame is a cut. Where none are, the told length may be wrong or edited."""
    short_s = promised_s - film.end_s
    came = f"{film.end_s:.2f} of {promised_s:.2f} s"
    if outline.missing_bytes:
        if film.problem or short_s > 1.5 * film.mean_gap_s or film.count < film.stream.frames - 1:
            raise Refused("cut", f"{came}, {outline.missing_bytes} bytes are missing")
    elif short_s > max(SHORT_SECONDS, promised_s * SHORT_SHARE):
        if film.problem:
            raise Refused("broken", f"{came}: {film.problem}")
        if not outline.is_sized:
            raise Refused("cut", came)


class Film:
    """What is learnt of the picture track while it is decoded. Seconds count from the first frame."""

    shape: Shape

    def __init__(self, stream: VideoStream):
        self.stream = stream
        self.count = 0
        self.start_s = self.end_s = 0.0  # of the frame at hand
        self.gaps_ms: set[int] = set()
        self.problem = ""  # why decoding ended before the end

    @property
    def mean_gap_s(self) -> float:
        if self.count > 1:
            return self.start_s / (self.count - 1)
        return float(1 / self.stream.average_rate) if self.stream.average_rate else 1 / GUESSED_FPS

    def frames(self, container: InputContainer) -> Iterator[VideoFrame]:
        self.stream.thread_type = "AUTO"
        self.stream.codec_context.thread_count = DECODER_THREADS
        first_s: float | None = None
        try:
            for frame in container.decode(self.stream):
                at_s = frame.time if frame.time is not None else self.count / GUESSED_FPS
                first_s = at_s if first_s is None else first_s
                if self.count and len(self.gaps_ms) < RATES_MAX:
                    self.gaps_ms.add(round((at_s - first_s - self.start_s) * 1000))
                self.start_s = max(self.start_s, at_s - first_s)
                self.count += 1
                lasts_s = float(frame.duration * frame.time_base) if frame.duration and frame.time_base else 0.0
                self.end_s = self.start_s + (lasts_s or self.mean_gap_s)
                yield frame
        except (av.error.EOFError, av.error.InvalidDataError) as error:
            self.problem = str(error)[:200]  # what came is judged in the end

    def facts(self, container: InputContainer, outline: Outline, original: Path) -> Facts:
        sound = container.streams.audio[0] if container.streams.audio else None
        size = original.stat().st_size
        return Facts(
            container=outline.family or container.format.name.split(",")[0],
            video_codec=_codec_of(self.stream),
            pixel_format=self.stream.codec_context.pix_fmt or "",
            audio_codec=None if sound is None else _codec_of(sound),
            width=self.shape.shown[0],
            height=self.shape.shown[1],
            rotation=self.shape.rotation,
            fps=round(1 / self.mean_gap_s, 3) if self.mean_gap_s else 0.0,
            variable_rate=bool(self.gaps_ms) and max(self.gaps_ms) - min(self.gaps_ms) > 2,
            frames=self.count,
            duration_s=round(self.end_s, 3),
            bit_rate=int(size * 8 / self.end_s) if self.end_s else 0,
            size_bytes=size,
            faststart=outline.faststart,
        )


def _codec_of(stream: Any) -> str:
    """FFmpeg's name of the format, not of the decoder: "av1", not "libdav1d"."""
    return str(stream.codec_context.codec.canonical_name) if stream.codec_context else "unknown"
