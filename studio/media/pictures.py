"""Poster, sprite and hover preview, gathered while the frames pass by once; only small pictures are kept."""

from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.video.frame import VideoFrame
from av.video.reformatter import Colorspace
from PIL import Image, ImageStat

TILES, TILE_COLUMNS, TILE_SIDE = 20, 5, 192  # sprite: pixels of a tile's long side
POSTER_SIDE = 1280
PREVIEW_SIDE, PREVIEW_SECONDS, PREVIEW_FPS = 360, 3.0, 12
DARK = 18.0  # mean brightness (0-255) below which a frame is no poster while there is another
LIVELY = 12.0  # spread of brightness from which a frame is good enough: the earliest such frame wins
UNSPECIFIED = 2  # AVCOL_SPC_UNSPECIFIED
THREADS = "2"  # for encoders; a thread per core of a large machine costs more memory than it saves time


class Shape:
    """How the film is shown: its first frame's size, pixel shape and rotation. Later frames are brought to it."""

    def __init__(self, first: VideoFrame, pixel_shape: Fraction | None):
        self.rotation = -int(first.rotation or 0) % 360  # degrees clockwise
        stretch = float(pixel_shape) if pixel_shape and Fraction(1, 4) <= pixel_shape <= 4 else 1.0
        self.coded = (max(1, round(first.width * stretch)), first.height)
        self.shown = self.coded[::-1] if self.rotation in (90, 270) else self.coded

    def within(self, side: int | None = None) -> tuple[int, int]:
        """Width and height before rotation, even, the long side at most ``side`` pixels."""
        scale = min(1.0, side / max(self.coded)) if side else 1.0
        return max(2, int(self.coded[0] * scale) // 2 * 2), max(2, int(self.coded[1] * scale) // 2 * 2)


def colours_of(frame: VideoFrame) -> Colorspace | None:
    """None is what the frame says of itself. Browsers take untagged films of 720 lines and more as BT.709."""
    return Colorspace.ITU709 if frame.colorspace == UNSPECIFIED and frame.height >= 720 else None


def still(frame: VideoFrame, shape: Shape, side: int) -> Image.Image:
    width, height = shape.within(side)
    small = frame.reformat(width, height, "rgb24", src_colorspace=colours_of(frame), threads=1)
    image = small.to_image()
    return image.rotate(-shape.rotation, expand=True) if shape.rotation else image


class Pictures:
    def __init__(self, into: Path, shape: Shape, duration_s: float, frames: int):
        """``duration_s`` and ``frames`` as the container promises them; ``frames`` is 0 where it does not."""
        self.into, self.shape = into, shape
        self.wanted = min(TILES, frames or TILES)
        self.step_s = max(duration_s, 0.001) / self.wanted
        self.tiles: list[Image.Image] = []
        self.poster: Image.Image | None = None
        self.poster_worth = -1.0
        self.preview = Preview(into / "preview.mp4", shape)

    def take(self, frame: VideoFrame, start_s: float, end_s: float) -> None:
        """Tile n is what is on screen at n steps, so a place in the film is a place in the sprite, at any frame rate."""
        due = 0
        while len(self.tiles) + due < self.wanted and (len(self.tiles) + due) * self.step_s < end_s:
            due += 1
        if due:
            small = still(frame, self.shape, TILE_SIDE)
            self.tiles += [small] * due
            self.consider(frame, small)
        if start_s < PREVIEW_SECONDS:
            self.preview.take(frame, start_s)

    def consider(self, frame: VideoFrame, small: Image.Image) -> None:
        light = ImageStat.Stat(small.convert("L"))
        worth = light.stddev[0] if light.mean[0] > DARK else light.mean[0] / DARK
        if self.poster is None or self.poster_worth < min(LIVELY, worth):
            self.poster, self.poster_worth = still(frame, self.shape, POSTER_SIDE), worth

    def save(self) -> dict[str, int]:
        """Writes the files; returns the sprite's grid: tiles, columns, width and height of a tile in pixels."""
        assert self.poster is not None, "at least one frame was taken"
        self.preview.close()
        self.poster.save(self.into / "poster.webp", quality=82, method=2)
        width, height = self.tiles[0].size
        columns = min(TILE_COLUMNS, len(self.tiles))
        sheet = Image.new("RGB", (width * columns, height * -(-len(self.tiles) // columns)))
        for at, tile in enumerate(self.tiles):
            sheet.paste(tile, (at % columns * width, at // columns * height))
        sheet.save(self.into / "sprite.webp", quality=70, method=2)
        return {"tiles": len(self.tiles), "columns": columns, "width": width, "height": height}


class Preview:
    """A few small silent seconds for hovering, at the film's own pace."""

    def __init__(self, path: Path, shape: Shape):
        self.width, self.height = shape.within(PREVIEW_SIDE)
        self.output = av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"})
        options = {"preset": "veryfast", "crf": "28", "threads": THREADS}
        self.stream: Any = self.output.add_stream("libx264", rate=PREVIEW_FPS, options=options)
        self.stream.width, self.stream.height, self.stream.pix_fmt = self.width, self.height, "yuv420p"
        self.stream.set_display_rotation(-shape.rotation)
        self.slot = -1  # the last twelfth of a second that has its picture

    def take(self, frame: VideoFrame, at_s: float) -> None:
        slot = int(at_s * PREVIEW_FPS + 0.001)
        if slot <= self.slot:
            return
        self.slot = slot
        # Browsers take untagged films below 720 lines as BT.601.
        small = frame.reformat(
            self.width,
            self.height,
            "yuv420p",
            src_colorspace=colours_of(frame),
            dst_colorspace=Colorspace.ITU601,
            threads=1,
        )
        small.pts, small.time_base = slot, Fraction(1, PREVIEW_FPS)
        self.output.mux(self.stream.encode(small))

    def close(self) -> None:
        self.output.mux(self.stream.encode(None))
        self.output.close()
