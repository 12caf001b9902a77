"""Layers of ground, far to near: hills, dunes, woods, streets. Each is drawn once, wider than the frame, and panned."""

import numpy as np
from PIL import Image, ImageDraw

from studio.demo.canvas import Field, Picture, Random, Strip, noise, profile
from studio.demo.cast import Cast

LAYERS = 5
PAN_PER_SECOND = 0.03  # of the frame's width, the nearest layer; the farthest hardly moves
MIST = 0.34


class Land:
    """Builds the strips of one film. ``horizon`` is the row where sky and ground meet; all sizes in drawn pixels."""

    def __init__(self, cast: Cast, width: int, height: int, seconds: float, horizon: float, random: Random):
        self.cast, self.height, self.horizon, self.random = cast, height, horizon, random
        self.deep, self.middle, self.light, self.glow = (np.array(colour, np.float32) for colour in cast.palette)
        self.pan = width * PAN_PER_SECOND
        self.width = width + int(self.pan * seconds) + 2
        self.unit = min(width, height)

    def strips(self) -> list[Strip]:
        layers = (1, 2, 3, 4) if self.cast.ground == "city" else range(LAYERS)
        return [self.strip(layer) for layer in layers]

    def strip(self, layer: int) -> Strip:
        depth = (layer + 1) / LAYERS
        match self.cast.ground:
            case "city":
                return self._street(layer, depth)
            case "forest" if layer:
                edge = self._woods(layer, depth)
            case "desert":
                edge = self._rolling(layer, waves=1.6, tall=0.13, rough=3.0)
            case _:
                edge = self._rolling(layer, waves=3.0, tall=0.2 - 0.022 * layer, rough=1.6 + 0.25 * layer)
        return self._filled(edge, depth)

    def shore(self) -> Strip:
        """A low bank in front of water."""
        return self._filled(self.height * 0.9 - profile(self.random, self.width, 2, 2.0) * self.unit * 0.035, 1.0)

    def islands(self) -> Strip:
        """Far land behind water: it ends at the horizon."""
        tall = np.clip(profile(self.random, self.width, 1.4, 1.7) * 1.3 - 0.25, 0, 1) * self.unit * 0.1
        strip = self._filled(self.horizon - tall, 0.3)
        return Strip(strip.colour[: int(self.horizon) - strip.top], strip.cover[: int(self.horizon) - strip.top],
                     strip.top, strip.speed)  # fmt: skip

    # -- edges: one row number per column

    def _rolling(self, layer: int, waves: float, tall: float, rough: float) -> Field:
        line = profile(self.random, self.width, waves * self.width / (self.unit * 1.8), rough)
        base = self.horizon + (self.height - self.horizon) * 0.21 * layer
        return (base - self.unit * (0.02 + tall * (0.5 + 0.5 * line))).astype(np.float32)

    def _woods(self, layer: int, depth: float) -> Field:
        """Conifers on a rolling floor, bigger and farther apart as they come near."""
        floor = self._rolling(layer, waves=2, tall=0.07, rough=2.0) + self.unit * 0.05 * depth
        edge = floor.copy()
        at = np.arange(self.width, dtype=np.float32)
        tall = self.unit * (0.09 + 0.3 * depth**1.7)
        x = -tall
        while x < self.width + tall:
            height = tall * self.random.uniform(0.5, 1.1)
            half = height * self.random.uniform(0.17, 0.23)
            away = np.abs(at - x) / half
            near = away < 1
            boughs = 0.075 * ((away[near] * 6.5) % 1)
            foot = floor[min(max(int(x), 0), self.width - 1)] + height * 0.06
            edge[near] = np.minimum(edge[near], foot - height * np.clip((1 - away[near]) ** 1.08 - boughs, 0, 1))
            x += half * self.random.uniform(0.75, 2.6 if layer < 4 else 5.0)
        return edge

    # -- fillings

    def _filled(self, edge: Field, depth: float) -> Strip:
        """Ground below ``edge``: air lies between us and what is far, and mist in the hollows."""
        top = max(0, int(edge.min()) - 2)
        row = np.arange(top, self.height, dtype=np.float32)[:, None]
        cover = np.clip(row - edge, 0, 1)[..., None]
        below = np.clip((row - edge) / (self.unit * (0.12 + 0.28 * depth)), 0, 1)[..., None]
        near = self.deep * ((0.62 if self.cast.night else 0.85) - 0.3 * depth)
        far = self.light * 0.72 + self.middle * 0.28
        if self._white(depth):
            far, near = self.middle * 0.8 + self.light * 0.1, self.light * 0.8 + self.glow * 0.12
        colour = far + (near - far) * depth**0.75
        crest = colour + (self.glow - colour) * 0.1 * (1 - below) ** 6
        mist = crest + (self.light - crest) * MIST * (1 - depth) * below
        grained = mist * (0.94 + 0.12 * noise(self.random, len(row), self.width, 1.1, 5.0)[..., None])
        return Strip((grained * cover).astype(np.float32), cover.astype(np.float32), top, self.pan * depth**1.8)

    def _white(self, depth: float) -> bool:
        return self.cast.air == "snow" and (self.cast.ground != "forest" or depth < 0.3)

    def _street(self, layer: int, depth: float) -> Strip:
        """Houses with lit windows, drawn as a city of boxes; their feet stand at the horizon's row."""
        foot = int(self.horizon)
        body = self.light * 0.55 + self.middle * 0.45
        body = body + (self.deep * 0.42 - body) * depth**0.7
        canvas = Image.new("RGBA", (self.width, foot), (0, 0, 0, 0))
        draw = ImageDraw.Draw(canvas)
        x = -20.0
        while x < self.width:
            wide = self.unit * self.random.uniform(0.05, 0.1) * (0.7 + 0.55 * depth)
            tall = foot * (0.2 + 0.62 * self.random.beta(1.6, 3.2)) * (1.22 - 0.42 * depth)
            self._house(draw, x, foot - tall, wide, foot, body * self.random.uniform(0.9, 1.08), depth)
            x += wide * self.random.uniform(0.9, 1.35 + 0.7 * (layer == 4))
        pixels = np.asarray(canvas, np.float32) / 255
        cover = pixels[..., 3:]
        fog = np.linspace(0, 1, foot, dtype=np.float32)[:, None, None] ** 2.5 * MIST * (1.15 - depth)
        colour = pixels[..., :3] + (self.light - pixels[..., :3]) * fog
        return Strip((colour * cover).astype(np.float32), cover.copy(), 0, self.pan * depth**1.8)

    def _house(
        self, draw: ImageDraw.ImageDraw, x: float, top: float, wide: float, foot: int, body: Picture, depth: float
    ) -> None:
        draw.rectangle((x, top, x + wide, foot), fill=ink(body))
        if self.random.random() < 0.5:
            inset = wide * self.random.uniform(0.15, 0.3)
            draw.rectangle((x + inset, top - wide * 0.3, x + wide - inset, top), fill=ink(body))
        if self.random.random() < 0.25:
            draw.line((x + wide / 2, top - wide * 0.8, x + wide / 2, top), fill=ink(body))
        step = max(4.0, self.unit * (0.011 + 0.008 * depth))
        lit = (0.34 if self.cast.night else 0.16) * self.random.uniform(0.3, 1.2)
        warm = self.glow * np.array((1, 0.86, 0.6), np.float32)
        for row in np.arange(top + step, foot - step * 0.5, step * 1.45):
            for column in np.arange(x + step * 0.55, x + wide - step, step):
                if self.random.random() < lit:
                    light = warm if self.random.random() < 0.82 else self.glow
                    shade = body + (light - body) * self.random.uniform(0.35, 1) * (0.35 + 0.65 * depth)
                    draw.rectangle((column, row, column + step * 0.38, row + step * 0.5), fill=ink(shade))
        if self.cast.night and depth > 0.5 and self.random.random() < 0.3:
            sign = np.array(((1, 0.32, 0.45), (0.25, 0.9, 0.95), (1, 0.72, 0.3))[self.random.integers(3)], np.float32)
            left = x + wide * self.random.uniform(0.1, 0.7)
            high = self.random.uniform(top + step, top + (foot - top) * 0.6)
            draw.rectangle((left, high, left + step * 0.6, high + (foot - top) * 0.2), fill=ink(sign))


def ink(colour: Picture) -> tuple[int, int, int, int]:
    red, green, blue = (int(min(max(part, 0.0), 1.0) * 255) for part in colour)
    return red, green, blue, 255
