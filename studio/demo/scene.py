"""One film's pictures: sky or space, land or water, somebody in it, weather in front, and a lens over all."""

import numpy as np

from studio.demo.air import Air
from studio.demo.canvas import Picture, Strip, bloom, dot, noise, stamp
from studio.demo.cast import Cast
from studio.demo.figures import Figure, silhouette
from studio.demo.heaven import Sky, Space
from studio.demo.land import Land
from studio.demo.suit import astronaut

HORIZON = {"sea": 0.57, "city": 0.74, "desert": 0.56, "forest": 0.62, "hills": 0.58, "space": 1.0}
STANDS_ON = 2  # the layer that carries a figure: below it is the caption, above it too small


class Scene:
    """``frame(t)`` paints the moment t (seconds). A ``backdrop`` (a person's picture) takes the landscape's place."""

    def __init__(self, cast: Cast, width: int, height: int, seconds: float, backdrop: Picture | None = None):
        self.cast, self.width, self.height, self.seconds, self.backdrop = cast, width, height, seconds, backdrop
        random = np.random.default_rng(cast.seed)
        self.horizon = int(height * HORIZON[cast.ground])
        self.unit = min(width, height)
        self.air = Air(cast, width, height, random)
        self.grain = random.normal(0, 0.014, (height, width, 1)).astype(np.float32)
        self.vignette = self._vignette()
        self.strips: list[Strip] = []
        self.figure: Figure | None = None
        if backdrop is not None:
            return
        if cast.ground == "space":
            self.space = Space(cast, width, height, random)
            self.figure = astronaut(cast, self.unit, self.space.side < 0.5) if cast.figure else None
            return
        self.sky = Sky(cast, width, height, self.horizon, random)
        land = Land(cast, width, height, seconds, self.horizon, random)
        self.figure = silhouette(cast, self.unit, self.sky.sun[0] < width / 2)
        if cast.ground == "sea":
            self.far, self.near = land.islands(), land.shore()
        else:
            self.strips = land.strips()
        self.lamp = dot(int(self.unit * 0.5))
        self.ripple = noise(random, 512, 512, 1.0, 1.0)

    def frame(self, t: float) -> Picture:
        if self.backdrop is not None:
            image = self._backdrop(self.backdrop, t)
        elif self.cast.ground == "space":
            image = self._space(t)
        else:
            image = self.sky.paint(t)
            {"sea": self._sea, "city": self._city}.get(self.cast.ground, self._land)(image, t)
            bloom(image, 0.9)
        self.air.onto(image, t)
        image *= self.vignette
        image += np.roll(self.grain, (int(t * 9973) % self.height, int(t * 6131) % self.width), (0, 1))
        image *= np.float32(min(1.0, 0.15 + t * 2.5, 0.1 + (self.seconds - t) * 2.5))  # fades in and out
        return np.clip(image, 0, 1, out=image)

    def _vignette(self) -> Picture:
        across = np.linspace(-1, 1, self.width, dtype=np.float32) ** 2
        down = np.linspace(-1, 1, self.height, dtype=np.float32)[:, None] ** 2
        return np.clip(1.04 - 0.2 * (across + down), 0, 1)[..., None].astype(np.float32)

    # -- places

    def _land(self, image: Picture, t: float) -> None:
        for layer, strip in enumerate(self.strips):
            strip.onto(image, t)
            if layer == STANDS_ON + (self.cast.ground == "forest"):
                self._on_crest(image, strip, t)
        if self.figure is not None and self.cast.figure == "balloon":
            rise = self.height * (0.46 - 0.008 * t)
            self.figure.onto(image, self.width * (0.3 + 0.006 * t) if self.sky.sun[0] > self.width / 2 else self.width * (0.7 + 0.006 * t), rise)  # fmt: skip

    def _on_crest(self, image: Picture, strip: Strip, t: float) -> None:
        """On the highest point of the middle; in a wood in its widest gap, with light behind, or nobody would see it."""
        if self.figure is None or self.cast.figure in ("balloon", "boat"):
            return
        low, high = int(self.width * 0.3), int(self.width * 0.7)
        edge = (strip.top + np.argmax(strip.cover[..., 0] > 0.5, axis=0))[low:high]
        column = int(np.argmax(edge) if self.cast.ground == "forest" else np.argmin(edge))
        x, y = low + column - strip.speed * t, float(edge[column]) + 3
        if self.cast.ground == "forest":
            stamp(image, x, y - self.unit * 0.07, self.lamp, self.sky.light * 0.5 + self.sky.glow * 0.5, 0.6)
        self.figure.onto(image, x, y)

    def _sea(self, image: Picture, t: float) -> None:
        self.far.onto(image, t)
        calm = self.unit * 0.004
        if self.figure is not None and self.cast.figure in ("boat", "balloon"):
            lift = -self.unit * 0.06 if self.cast.figure == "balloon" else self.unit * 0.012
            x = self.width * (0.36 if self.sky.sun[0] > self.width / 2 else 0.64) + self.width * 0.008 * t
            self.figure.onto(image, x, self.horizon + lift + np.sin(t * 0.9) * calm)
        self._mirror(image, t, rough=1.0, dark=0.78)
        self._glitter(image, t)
        if self.figure is not None and self.cast.figure not in ("boat", "balloon"):
            self.near.onto(image, t)
            edge = self.near.top + np.argmax(self.near.cover[..., 0] > 0.5, axis=0)
            column = int(self.width * 0.42)
            self.figure.onto(image, column - self.near.speed * t, float(edge[column]) + 3)

    def _city(self, image: Picture, t: float) -> None:
        for strip in self.strips:
            strip.onto(image, t)
        self._mirror(image, t, rough=0.35, dark=0.5 if self.cast.air == "rain" else 0.34)
        if self.figure is not None:
            foot = self.horizon + (self.height - self.horizon) * 0.3
            x = self.width * (0.44 + 0.004 * t)
            light = self.sky.light * 0.6 + self.sky.glow * 0.4
            stamp(image, x, foot - self.unit * 0.07, self.lamp, light, 0.55)
            self.figure.onto(image, x, foot, strength=0.4, flipped=True)
            self.figure.onto(image, x, foot)

    # -- water and wet streets

    def _mirror(self, image: Picture, t: float, rough: float, dark: float) -> None:
        """Below the horizon lies what is above it, upside down, broken by ripples that grow towards us."""
        rows = np.arange(self.horizon, self.height)
        depth = (rows - self.horizon).astype(np.float32)
        share = depth / (self.height - self.horizon)
        waves = self._waves(t, 0.35) - 0.5
        reach = (2 + 34 * share)[:, None] * rough * self.unit / 360
        source_row = self.horizon - 1 - depth[:, None] * 0.94 - waves * reach * 3.2
        source_row = np.clip(source_row, 0, self.horizon - 1).astype(int)
        columns = np.clip(np.arange(self.width) + waves * reach * 1.4, 0, self.width - 1).astype(int)
        deep = np.array(self.cast.palette[0], np.float32)
        keep = (dark * (1 - 0.45 * share))[:, None, None].astype(np.float32)
        image[self.horizon :] = image[source_row, columns] * keep + deep * (1 - keep) * 0.55

    def _waves(self, t: float, speed: float) -> Picture:
        """The rippled plane in perspective: height × width of the water, around 0.5."""
        share = (np.arange(self.height - self.horizon, dtype=np.float32) + 2) / (self.height - self.horizon)
        away = 26 / (share + 0.055)
        across = (np.arange(self.width, dtype=np.float32) - self.width / 2)[None, :] * (away[:, None] / self.unit * 0.9)
        one = self.ripple[(away * 6 + t * 40 * speed).astype(int)[:, None] % 512, (across + t * 14).astype(int) % 512]
        two = self.ripple[
            (away * 5 - t * 26 * speed).astype(int)[:, None] % 512, (across * 0.8 - t * 11).astype(int) % 512
        ]
        return (one + two) / 2

    def _glitter(self, image: Picture, t: float) -> None:
        glow = np.array(self.cast.palette[3], np.float32)
        share = np.linspace(0, 1, self.height - self.horizon, dtype=np.float32)[:, None]
        path = np.exp(-((((np.arange(self.width) - self.sky.sun[0]) / self.width) / (0.035 + 0.11 * share)) ** 2))
        sparkle = np.clip((self._waves(t, 1.0) - 0.56) * 9, 0, 1) * path * (0.9 - 0.5 * share)
        image[self.horizon :] += (glow - image[self.horizon :]) * sparkle[..., None]

    def _space(self, t: float) -> Picture:
        image = self.space.paint(t)
        if self.figure is not None:
            x = self.width * (0.34 if self.space.side > 0.5 else 0.66) + self.width * 0.006 * t
            self.figure.onto(image, x, self.height * (0.72 - 0.004 * t) + np.sin(t * 0.7) * self.unit * 0.012)
        return image

    def _backdrop(self, picture: Picture, t: float) -> Picture:
        """The person's picture, larger than the frame, moved slowly across."""
        spare_y, spare_x = picture.shape[0] - self.height, picture.shape[1] - self.width
        share = np.float32(0.5 - 0.5 * np.cos(t / self.seconds * np.pi))
        top, left = (spare_y - 1) * (1 - share), (spare_x - 1) * share
        row, column = max(0, int(top)), max(0, int(left))
        down, right = np.float32(top - row), np.float32(left - column)
        part = picture[row : row + self.height + 1, column : column + self.width + 1]
        across = part[:, :-1] * (1 - right) + part[:, 1:] * right
        moved: Picture = across[:-1] * (1 - down) + across[1:] * down
        return moved
