"""Decoding a whole file once: facts, poster, sprite and preview come out of the same pass. Runs in the child only."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import av.error
from av.container import InputContainer
from av.video.frame import VideoFrame
from PIL import Image, ImageStat

from studio.media.facts import Facts
from studio.media.proxy import make_proxy, plays_in_browsers

# Demuxers that read one file and nothing else. No hls, concat, image or text formats.
CONTAINERS = "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts,flv,ogg,asf,mpeg"
OPTIONS = {"protocol_whitelist": "file", "format_whitelist": CONTAINERS}

TILES, TILE_COLUMNS, TILE_SIDE = 20, 5, 192  # sprite: pixels of a tile's long side
POSTER_SIDE = 1280
PREVIEW_SIDE, PREVIEW_SECONDS, PREVIEW_FPS = 360, 3.0, 12
CUT_SHARE = 0.9  # of the promised frames or duration; less means the end is missing
DARK = 18.0  # mean brightness (0-255) below which a frame makes no poster


class Refused(Exception):
    def __init__(self, code: str, detail: str = ""):
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def read(original: Path, into: Path, limits: dict[str, Any]) -> dict[str, Any]:
    try:
        with av.open(str(original), options=OPTIONS) as container:
            return _read(container, original, into, limits)
    except Refused:
        raise
    except av.error.InvalidDataError as error:
        code = (
            "cut"
            if b"moov" in _edges(original) or (original.stat().st_size > 1024 and _looks_like_mp4(original))
            else "not_video"
        )
        raise Refused(code, str(error)[:200]) from error
    except (av.error.FFmpegError, ValueError, OSError) as error:
        if isinstance(error, MemoryError) or "Cannot allocate memory" in str(error):
            raise Refused("out_of_memory") from error
        raise Refused("not_video" if isinstance(error, OSError | ValueError) else "broken", str(error)[:200]) from error


def _edges(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(4096)


def _looks_like_mp4(path: Path) -> bool:
    return _edges(path)[4:8] == b"ftyp"


def _read(container: InputContainer, original: Path, into: Path, limits: dict[str, Any]) -> dict[str, Any]:
    if not container.streams.video:
        raise Refused("no_frames" if container.streams.audio else "not_video")
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    context = stream.codec_context
    if context.width * context.height > limits["pixels"]:
        raise Refused("too_large_picture", f"{context.width}×{context.height}")
    promised = _promised_seconds(container, stream)
    if promised > limits["duration_seconds"]:
        raise Refused("too_long", f"{promised:.0f} s")
    pass_ = _Pass(into, promised)
    for frame in _frames(container, stream):
        pass_.take(frame)
        if pass_.end_s > limits["duration_seconds"]:
            raise Refused("too_long", f"more than {limits['duration_seconds']:.0f} s")
    pass_.finish()
    _check_whole(pass_, stream.frames, promised)
    facts = pass_.facts(container, stream, original)
    plays = plays_in_browsers(facts)
    if not plays:
        make_proxy(original, into / "proxy.mp4", OPTIONS)
    webm = facts.container == "webm" and plays
    return {
        "facts": facts.as_dict(),
        "proxy": not plays,
        "content_type": "video/webm" if webm else "video/mp4",
        "sprite": pass_.grid,
    }


def _promised_seconds(container: InputContainer, stream: Any) -> float:
    if stream.duration and stream.time_base:
        return float(stream.duration * stream.time_base)
    return container.duration / av.time_base if container.duration else 0.0


def _frames(container: InputContainer, stream: Any) -> Iterator[VideoFrame]:
    try:
        yield from container.decode(stream)
    except av.error.EOFError:
        return
    except av.error.InvalidDataError:
        return  # what is missing is judged by what came


def _check_whole(pass_: "_Pass", promised_frames: int, promised_seconds: float) -> None:
    if not pass_.count:
        raise Refused("no_frames")
    if promised_frames > 2 and pass_.count < promised_frames * CUT_SHARE - 1:
        raise Refused("cut", f"{pass_.count} of {promised_frames} frames")
    if promised_seconds > 1 and pass_.end_s < promised_seconds * CUT_SHARE - 0.5:
        raise Refused("cut", f"{pass_.end_s:.1f} of {promised_seconds:.1f} s")


class _Pass:
    """Takes each frame once, in order; keeps only small pictures."""

    def __init__(self, into: Path, promised: float):
        self.into, self.promised = into, promised
        self.count = 0
        self.end_s = 0.0
        self.first_s: float | None = None
        self.gaps: set[int] = set()
        self.tiles: list[Image.Image] = []
        self.poster: Image.Image | None = None
        self.poster_light = -1.0
        self.rotation = 0
        self.size = (0, 0)
        self.preview = _Preview(into / "preview.mp4")

    def take(self, frame: VideoFrame) -> None:
        at = float(frame.time) if frame.time is not None else self.count / 24
        if self.first_s is None:
            self.first_s = at
            self.rotation = -int(getattr(frame, "rotation", 0) or 0) % 360
            turned = self.rotation in (90, 270)
            self.size = (frame.height, frame.width) if turned else (frame.width, frame.height)
        at -= self.first_s
        if self.count and len(self.gaps) < 64:
            self.gaps.add(round((at - self.end_s) * 1000))
        self.count += 1
        self.end_s = max(self.end_s, at)
        step = max(self.promised, 0.001) / TILES
        if len(self.tiles) < TILES and at >= len(self.tiles) * step:
            self.tile(frame)
        self.preview.take(frame, at, self)

    def picture(self, frame: VideoFrame, side: int) -> Image.Image:
        """The frame as shown, its long side at most ``side`` pixels."""
        scale = min(1.0, side / max(frame.width, frame.height))
        width, height = max(2, round(frame.width * scale / 2) * 2), max(2, round(frame.height * scale / 2) * 2)
        image = frame.reformat(width=width, height=height, format="rgb24").to_image()
        return image.rotate(-self.rotation, expand=True) if self.rotation else image

    def tile(self, frame: VideoFrame) -> None:
        small = self.picture(frame, TILE_SIDE)
        self.tiles.append(small)
        light = ImageStat.Stat(small.convert("L"))
        worth = light.stddev[0] if light.mean[0] > DARK else 0.0
        if self.poster is None or (self.poster_light < 12.0 and worth > self.poster_light):
            self.poster, self.poster_light = self.picture(frame, POSTER_SIDE), worth

    def finish(self) -> None:
        self.preview.close()
        if not self.tiles or self.poster is None:
            return
        width, height = self.tiles[0].size
        rows = -(-len(self.tiles) // TILE_COLUMNS)
        sheet = Image.new("RGB", (width * min(TILE_COLUMNS, len(self.tiles)), height * rows))
        for at, tile in enumerate(self.tiles):
            sheet.paste(tile, (at % TILE_COLUMNS * width, at // TILE_COLUMNS * height))
        sheet.save(self.into / "sprite.webp", quality=70, method=2)
        self.poster.save(self.into / "poster.webp", quality=82, method=2)
        self.grid = {
            "tiles": len(self.tiles),
            "columns": min(TILE_COLUMNS, len(self.tiles)),
            "width": width,
            "height": height,
        }

    def facts(self, container: InputContainer, stream: Any, original: Path) -> Facts:
        audio = container.streams.audio[0].codec_context.name if container.streams.audio else None
        mean = self.end_s / (self.count - 1) if self.count > 1 and self.end_s else 0.0
        duration = self.end_s + mean or self.promised
        size = original.stat().st_size
        return Facts(
            container=_container_name(container.format.name, original),
            video_codec=stream.codec_context.name,
            pixel_format=stream.codec_context.pix_fmt or "",
            audio_codec=audio,
            width=self.size[0],
            height=self.size[1],
            rotation=self.rotation,
            fps=round(1 / mean, 3) if mean else 0.0,
            variable_rate=bool(self.gaps) and max(self.gaps) - min(self.gaps) > 2,
            frames=self.count,
            duration_s=round(duration, 3),
            bit_rate=int(size * 8 / duration) if duration else 0,
            size_bytes=size,
        )


def _container_name(name: str, original: Path) -> str:
    if "mp4" in name:
        return "mov" if _edges(original)[8:10] == b"qt" else "mp4"
    if "webm" in name:
        return "webm" if b"webm" in _edges(original)[:64] else "matroska"
    return name.split(",")[0]


class _Preview:
    """A few small silent seconds for hovering, encoded as the frames pass by."""

    def __init__(self, path: Path):
        self.output = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        self.stream: Any = None
        self.count = 0

    def take(self, frame: VideoFrame, at: float, pass_: _Pass) -> None:
        if at > PREVIEW_SECONDS or at < self.count / PREVIEW_FPS:
            return
        image = pass_.picture(frame, PREVIEW_SIDE)
        if self.stream is None:
            self.stream = self.output.add_stream(
                "libx264", rate=PREVIEW_FPS, options={"preset": "veryfast", "crf": "28"}
            )
            self.stream.width, self.stream.height = image.width // 2 * 2, image.height // 2 * 2
            self.stream.pix_fmt = "yuv420p"
        small = VideoFrame.from_image(image.crop((0, 0, self.stream.width, self.stream.height)))
        small.pts = self.count
        self.count += 1
        self.output.mux(self.stream.encode(small))

    def close(self) -> None:
        if self.stream is not None:
            self.output.mux(self.stream.encode(None))
            self.output.close()
