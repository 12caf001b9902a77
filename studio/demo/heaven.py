"""What is above: sky, clouds, sun or moon, stars, and open space with a planet."""

import numpy as np

from studio.demo.canvas import Field, Picture, Random, bloom, dot, noise, smooth, stamp
from studio.demo.cast import Cast

SKY_PER_SECOND = 8  # what is far drifts by less than a pixel between two of these; painting each frame cost 10 ms
DOTS = {size: dot(size) for size in (2, 3, 4, 6)}


class Sky:
    """``paint(t)`` gives a fresh frame, painted down to the horizon. The sun stands at ``sun`` (x, y in pixels, t = 0)."""

    def __init__(self, cast: Cast, width: int, height: int, horizon: float, random: Random):
        self.cast, self.width, self.height, self.random = cast, width, height, random
        self.deep, self.middle, self.light, self.glow = (np.array(colour, np.float32) for colour in cast.palette)
        self.x = np.arange(width, dtype=np.float32)
        self.rows = min(height, int(horizon) + 2)
        self.y = np.arange(self.rows, dtype=np.float32)[:, None]
        self.unit = min(width, height)
        self.sun = (width * random.uniform(0.24, 0.76), horizon * random.uniform(0.3, 0.5 if cast.night else 0.78))
        self.base = self._gradient(horizon)
        self.cloud = noise(random, height, width * 2, 1.9, 4.5)[: self.rows]
        self.cover = random.uniform(0.43, 0.5) if cast.air not in ("rain", "snow") else 0.34
        self.tick = -1
        self.stars = random.random((150 if cast.night else 0, 4)).astype(np.float32)

    def paint(self, t: float) -> Picture:
        tick = int(t * SKY_PER_SECOND)
        if tick != self.tick:
            self.tick, self.painted = tick, self.base.copy()
            self._clouds(self.painted, t, self._sunlight(self.painted, t))
        image = np.zeros((self.height, self.width, 3), np.float32)
        image[: self.rows] = self.painted
        for x, y, size, phase in self.stars:
            twinkle = 0.35 + 0.65 * abs(np.sin(t * (0.6 + phase) + phase * 9))
            stamp(
                image, x * self.width, y * self.height * 0.6, DOTS[2 if size < 0.85 else 4], self.glow, twinkle * size
            )
        return image

    def _gradient(self, horizon: float) -> Picture:
        share = np.clip(self.y / horizon, 0, 1)[..., None]
        lower = self.middle + (self.light - self.middle) * smooth(0.35, 1.0, share)
        sky = self.deep + (lower - self.deep) * smooth(-0.25, 0.75, share)
        return np.broadcast_to(sky, (self.rows, self.width, 3)).astype(np.float32)

    def _sunlight(self, image: Picture, t: float) -> Field:
        """In place; gives each pixel's distance from the sun's middle in frame units."""
        x, y = self.sun[0] + 0.004 * self.width * t, self.sun[1] - 0.002 * self.height * t
        far = np.sqrt((self.x - x) ** 2 + (self.y - y) ** 2) / self.unit
        if self.cast.night:
            disc = np.clip((0.05 - far) * self.unit / 1.6, 0, 1)
            seas = 0.86 + 0.3 * (np.roll(self.cloud, 40, 1)[:, : self.width] - 0.5)
            halo = np.exp(-far * 7) * 0.32 + np.exp(-far * 24) * 0.25
            image += (self.glow - image) * halo[..., None]
            image += (self.glow * seas[..., None] - image) * disc[..., None]
        else:
            halo = np.exp(-far * 3.0) * 0.3 + np.exp(-far * 10) * 0.34 + np.clip((0.058 - far) * 70, 0, 1)
            image += (self.glow - image) * np.clip(halo, 0, 1)[..., None]
        return far

    def _clouds(self, image: Picture, t: float, far: Field) -> None:
        """Slow banks, lit near the sun, thinner towards the top of the frame."""
        drift = int(t * self.width * 0.012)
        field = np.roll(self.cloud, -drift, 1)[:, : self.width]
        bank = smooth(self.cover, self.cover + 0.26, field) * (0.35 + 0.5 * np.clip(self.y / self.height / 0.6, 0, 1))
        body = self.middle * 0.45 + self.light * 0.55 if not self.cast.night else self.middle * 0.8 + self.light * 0.1
        lit = np.exp(-far * 3.4)[..., None] * (0.2 if self.cast.night else 0.75)
        colour = body + (self.glow - body) * lit
        image += (colour - image) * (bank * 0.72)[..., None]


class Space:
    """Nebula, three depths of stars, and a planet with weather that turns under its terminator."""

    def __init__(self, cast: Cast, width: int, height: int, random: Random):
        self.width, self.height, self.unit = width, height, min(width, height)
        self.deep, self.middle, self.light, self.glow = (np.array(colour, np.float32) for colour in cast.palette)
        self.gas = noise(random, height, width * 2, 2.4, 1.6)
        self.dust = noise(random, height, width * 2, 1.9, 1.5)
        self.stars = random.random((260, 4)).astype(np.float32)
        self.tick = -1
        self.side = 0.76 if cast.seed % 2 else 0.24
        self.radius = self.unit * random.uniform(0.3, 0.4)
        self.weather = noise(random, 256, 512, 2.0, 0.45)
        self._look_at_globe()

    def paint(self, t: float) -> Picture:
        tick = int(t * SKY_PER_SECOND)
        if tick != self.tick:
            self.tick, self.painted = tick, self._nebula(t)
        image = self.painted.copy()
        for x, y, size, phase in self.stars:
            twinkle = 0.4 + 0.6 * abs(np.sin(t * (0.5 + phase) + phase * 9))
            across = (x * self.width - t * self.width * (0.004 + 0.014 * size**3)) % self.width
            kernel = DOTS[2 if size < 0.8 else 3 if size < 0.97 else 6]
            stamp(image, across, y * self.height, kernel, self.glow, twinkle * (0.3 + 0.7 * size))
        self._planet(image, t)
        bloom(image, 0.7)
        return image

    def _nebula(self, t: float) -> Picture:
        gas = np.roll(self.gas, -int(t * self.width * 0.008), 1)[:, : self.width]
        dust = np.roll(self.dust, -int(t * self.width * 0.013), 1)[:, : self.width]
        cloud = smooth(0.42, 0.78, gas)[..., None]
        image = self.deep * (0.35 + 0.3 * gas[..., None]) + self.middle * cloud * 0.75
        image += self.light * (cloud * smooth(0.5, 0.8, dust)[..., None]) * 0.8
        nebula: Picture = image * (0.55 + 0.45 * smooth(0.3, 0.52, dust))[..., None]
        return nebula

    def _look_at_globe(self) -> None:
        """Where each pixel of the planet's square looks onto its map, and how the sun falls there; once."""
        edge = int(self.radius * 1.35)
        at = np.arange(-edge, edge, dtype=np.float32) / self.radius
        dx, dy = np.broadcast_arrays(at, at[:, None])
        self.far = np.hypot(dx, dy)
        dz = np.sqrt(np.clip(1 - self.far**2, 0, 1))
        self.map_row = np.clip((np.arcsin(np.clip(dy, -1, 1)) / np.pi + 0.5) * 255, 0, 255).astype(int)
        self.map_column = (np.arctan2(dx, dz + 1e-6) / (2 * np.pi) * 512).astype(int)
        toward = 1 if self.side < 0.5 else -1  # the light comes from the frame's middle
        self.lit = np.clip(0.04 + 1.05 * (dx * 0.72 * toward - dy * 0.42 + dz * 0.42), 0.02, 1.1)
        self.face = np.clip((1 - self.far) * self.radius / 1.5, 0, 1)
        rim = np.exp(-np.abs(self.far - 1) * 16) * np.clip(dx * toward - dy * 0.5 + 0.35, 0, 1)
        self.rim = np.where(self.far > 1, rim, rim * 0.7)

    def _planet(self, image: Picture, t: float) -> None:
        map_value = self.weather[self.map_row, (self.map_column + int(t * 9)) % 512][..., None]
        ground = self.middle * 0.5 + self.light * 0.3
        colour = ground + (self.light * 0.9 + self.glow * 0.1 - ground) * smooth(0.35, 0.68, map_value)
        edge = self.far.shape[0] // 2
        x = int(self.width * self.side + (0.5 - self.side) * self.width * 0.01 * t)
        y = int(self.height * 0.45)
        top, left = y - edge, x - edge
        rows = slice(max(0, top), min(self.height, y + edge))
        columns = slice(max(0, left), min(self.width, x + edge))
        here = (slice(rows.start - top, rows.stop - top), slice(columns.start - left, columns.stop - left))
        part = image[rows, columns]
        part += ((colour * self.lit[..., None])[here] - part) * self.face[here][..., None]
        part += self.glow * (self.rim[here] * 0.55)[..., None]
