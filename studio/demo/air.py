"""What moves between us and the scene: snow, rain, petals, sparks, and birds."""

import numpy as np
from PIL import Image, ImageDraw

from studio.demo.canvas import Field, Picture, Random, dot, stamp
from studio.demo.cast import Cast

COUNT = {"snow": 190, "rain": 150, "petals": 70, "sparks": 60}


class Air:
    def __init__(self, cast: Cast, width: int, height: int, random: Random):
        self.cast, self.width, self.height, self.unit = cast, width, height, min(width, height)
        _, self.middle, self.light, self.glow = (np.array(colour, np.float32) for colour in cast.palette)
        self.motes = random.random((COUNT.get(cast.air, 0), 4))
        self.birds = random.random((7, 3)) if cast.figure == "birds" else None
        self.kernels = {size: dot(size) for size in range(2, 40)}

    def onto(self, image: Picture, t: float) -> None:
        if self.birds is not None:
            self._birds(image, t)
        match self.cast.air:
            case "rain":
                self._rain(image, t)
            case "snow":
                self._drift(image, t, fall=0.075, side=0.02, sizes=(2, 9), colour=self.glow * 0.25 + 0.75)
            case "petals":
                pink = np.array((0.98, 0.76, 0.8), np.float32)
                self._drift(image, t, fall=0.06, side=0.09, sizes=(3, 9), colour=pink * 0.8 + self.glow * 0.2)
            case "sparks":
                self._sparks(image, t)

    def _drift(
        self, image: Picture, t: float, fall: float, side: float, sizes: tuple[int, int], colour: Picture
    ) -> None:
        """Few large flakes near us fall fast and soft; many small ones far away hang."""
        low, high = sizes
        for x, y, near, phase in self.motes:
            near = near**3
            size = int(low + (high - low) * near) * self.unit // 360 + 1
            down = (y + t * fall * (0.5 + 2.4 * near)) % 1.1 - 0.05
            across = (x + t * side * (0.4 + 2 * near) + np.sin(t * 1.1 + phase * 6.28) * 0.012) % 1.1 - 0.05
            strength = 0.8 - 0.35 * near
            stamp(image, across * self.width, down * self.height, self.kernels[max(2, size)], colour, strength)

    def _sparks(self, image: Picture, t: float) -> None:
        """Lanterns and embers: warm points that rise, each in its own halo."""
        warm = np.array((1.0, 0.74, 0.4), np.float32)
        for x, y, near, phase in self.motes:
            near = near**2.5
            up = (y - t * 0.022 * (0.5 + 2 * near)) % 1.1 - 0.05
            across = x + np.sin(t * 0.5 + phase * 6.28) * 0.012
            pulse = 0.65 + 0.35 * np.sin(t * (1 + phase * 2) + phase * 20)
            core = max(2, int((2 + 6 * near) * self.unit / 360))
            stamp(image, across * self.width, up * self.height, self.kernels[min(39, core * 5)], warm, 0.26 * pulse)
            stamp(image, across * self.width, up * self.height, self.kernels[core], warm * 0.4 + 0.6, pulse)

    def _rain(self, image: Picture, t: float) -> None:
        sheet = Image.new("L", (self.width, self.height), 0)
        draw = ImageDraw.Draw(sheet)
        for x, y, near, _ in self.motes:
            long = self.height * (0.03 + 0.07 * near**2)
            down = (y + t * (1.1 + 1.5 * near**2)) % 1.2 * self.height - long
            across = (x + t * 0.05 - down / self.height * 0.09) % 1.1 * self.width
            draw.line((across, down, across - long * 0.1, down + long), fill=int(24 + 62 * near**2))
        wet: Field = np.asarray(sheet, np.float32)[..., None] / 255
        image += (self.light * 0.4 + 0.55 - image) * wet

    def _birds(self, image: Picture, t: float) -> None:
        """A loose flock, each a pair of wings; drawn twice as large for their fine lines."""
        assert self.birds is not None
        sheet = Image.new("L", (self.width * 2, self.height * 2), 0)
        draw = ImageDraw.Draw(sheet)
        for at, (dx, dy, phase) in enumerate(self.birds):
            x = self.width * (0.18 + 0.06 * at + 0.05 * dx + 0.035 * t) % (self.width * 1.05)
            y = self.height * (0.2 + 0.045 * abs(at - 3) + 0.05 * dy) + np.sin(t + phase * 6) * 3
            span = self.unit * (0.022 + 0.014 * phase)
            lift = np.sin(t * 7 + phase * 12) * span * 0.45
            wing = [(x - span, y - lift), (x - span * 0.4, y - lift * 0.75 - span * 0.1), (x, y), (x + span * 0.4, y - lift * 0.75 - span * 0.1), (x + span, y - lift)]  # fmt: skip
            draw.line([(a * 2, b * 2) for a, b in wing], fill=235, width=max(2, round(self.unit / 130)), joint="curve")
        ink = np.asarray(sheet.resize((self.width, self.height), Image.Resampling.BOX), np.float32)[..., None] / 255
        image += (np.array(self.cast.palette[0], np.float32) * 0.35 - image) * ink
