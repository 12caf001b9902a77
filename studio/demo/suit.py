"""An astronaut, drawn flat and then lit: whoever the prompt names looks out of the helmet."""

import numpy as np
from PIL import Image, ImageDraw

from studio.demo.cast import Cast
from studio.demo.figures import OVERSAMPLE, Figure
from studio.demo.land import ink

TALL = 0.42  # of the frame's shorter side
FUR = {"dog": ((214, 160, 96), (150, 98, 52)), "cat": ((150, 146, 150), (98, 94, 102))}


def astronaut(cast: Cast, unit: int, light_from_left: bool) -> Figure:
    side = int(unit * TALL)
    canvas = Image.new("RGBA", (side * OVERSAMPLE,) * 2, (0, 0, 0, 0))
    pen = Pen(ImageDraw.Draw(canvas), side * OVERSAMPLE)
    _, middle, light, glow = (np.array(colour, np.float32) for colour in cast.palette)
    _body(pen, ink(glow * 0.8 + 0.16), ink(light * 0.45 + 0.32), ink(middle * 0.8))
    _helmet(pen, cast, ink(glow * 0.8 + 0.16))
    canvas = canvas.rotate(14 if light_from_left else -14, Image.Resampling.BICUBIC)
    pixels = np.asarray(canvas.resize((side, side), Image.Resampling.BOX), np.float32) / 255
    pixels = np.pad(pixels, ((1, 1), (1, 1), (0, 0)))
    across = np.linspace(1.08, 0.3, pixels.shape[1], dtype=np.float32)
    lit = (across if light_from_left else across[::-1])[None, :, None]
    lit = lit * np.linspace(1.05, 0.8, pixels.shape[0], dtype=np.float32)[:, None, None]
    cover = pixels[..., 3:]
    return Figure((pixels[..., :3] * lit * cover).astype(np.float32), cover.copy())


class Pen:
    """Draws in a unit square."""

    def __init__(self, draw: ImageDraw.ImageDraw, side: int):
        self.draw, self.side = draw, side

    def limb(self, fill: tuple[int, ...], width: float, *points: tuple[float, float]) -> None:
        at = [(x * self.side, y * self.side) for x, y in points]
        self.draw.line(at, fill=fill, width=int(width * self.side), joint="curve")
        for x, y in at:
            reach = width * self.side / 2
            self.draw.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)

    def oval(self, fill: tuple[int, ...], x: float, y: float, wide: float, tall: float) -> None:
        s = self.side
        self.draw.ellipse(((x - wide) * s, (y - tall) * s, (x + wide) * s, (y + tall) * s), fill=fill)

    def block(self, fill: tuple[int, ...], left: float, top: float, right: float, bottom: float, soft: float) -> None:
        s = self.side
        self.draw.rounded_rectangle((left * s, top * s, right * s, bottom * s), radius=soft * s, fill=fill)

    def shape(self, fill: tuple[int, ...], *points: tuple[float, float]) -> None:
        self.draw.polygon([(x * self.side, y * self.side) for x, y in points], fill=fill)


def _body(pen: Pen, suit: tuple[int, ...], shade: tuple[int, ...], accent: tuple[int, ...]) -> None:
    pen.block(shade, 0.31, 0.36, 0.69, 0.68, 0.07)  # the pack
    pen.limb(shade, 0.115, (0.44, 0.68), (0.4, 0.8), (0.36, 0.9))
    pen.limb(suit, 0.115, (0.56, 0.68), (0.62, 0.79), (0.6, 0.91))
    pen.limb(suit, 0.1, (0.39, 0.47), (0.26, 0.55), (0.2, 0.45))
    pen.limb(shade, 0.1, (0.61, 0.47), (0.74, 0.56), (0.82, 0.52))
    for x, y in ((0.2, 0.44), (0.825, 0.52)):
        pen.oval(accent, x, y, 0.058, 0.058)
    for x, y in ((0.345, 0.92), (0.6, 0.93)):
        pen.oval(accent, x, y, 0.072, 0.05)
    pen.block(suit, 0.36, 0.4, 0.64, 0.73, 0.1)
    pen.block(shade, 0.42, 0.53, 0.58, 0.62, 0.02)
    pen.block(accent, 0.44, 0.555, 0.49, 0.595, 0.01)
    pen.oval((235, 120, 90, 255), 0.545, 0.575, 0.016, 0.016)


def _helmet(pen: Pen, cast: Cast, suit: tuple[int, ...]) -> None:
    pen.oval(suit, 0.5, 0.265, 0.2, 0.195)
    pen.oval((20, 24, 44, 255), 0.5, 0.27, 0.165, 0.155)
    if cast.figure in FUR:
        _face(pen, *FUR[cast.figure], pointed=cast.figure == "cat")
    else:
        pen.oval(ink(np.array(cast.palette[1], np.float32) * 0.8), 0.5, 0.315, 0.15, 0.1)
        pen.oval((20, 24, 44, 255), 0.5, 0.26, 0.158, 0.1)
    pen.limb((255, 255, 255, 150), 0.016, (0.385, 0.235), (0.4, 0.195), (0.43, 0.165))


def _face(pen: Pen, fur: tuple[int, int, int], ear: tuple[int, int, int], pointed: bool) -> None:
    """Seen from the front. A dog's ears hang, a cat's stand."""
    pale = tuple(min(255, part + 46) for part in fur)
    if pointed:
        pen.shape(ear, (0.405, 0.24), (0.41, 0.135), (0.48, 0.19))
        pen.shape(ear, (0.595, 0.24), (0.59, 0.135), (0.52, 0.19))
    pen.oval(fur, 0.5, 0.275, 0.098, 0.1)
    if not pointed:
        pen.limb(ear, 0.05, (0.42, 0.215), (0.393, 0.27), (0.4, 0.315))
        pen.limb(ear, 0.05, (0.58, 0.215), (0.607, 0.27), (0.6, 0.315))
    pen.oval(pale, 0.5, 0.325, 0.056, 0.044)
    pen.oval((30, 22, 22), 0.5, 0.302, 0.02 if not pointed else 0.012, 0.014 if not pointed else 0.009)
    pen.limb((70, 45, 40), 0.006, (0.5, 0.315), (0.5, 0.335))
    pen.limb((70, 45, 40), 0.006, (0.475, 0.34), (0.5, 0.335), (0.525, 0.34))
    for x in (0.46, 0.54):
        pen.oval((32, 24, 24), x, 0.258, 0.015, 0.017)
        pen.oval((255, 255, 255), x - 0.004, 0.252, 0.005, 0.005)
