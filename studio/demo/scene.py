"""What the film shows: a landscape of light, drawn from the words of the prompt. numpy, no randomness but the seed."""

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Picture = NDArray[np.float32]  # height × width × 3, 0..1

# (name, words) — the first two found decide the ground and what moves in the air
GROUNDS = (
    ("space", r"space|galaxy|star|planet|astronaut|comet|nebula|cosm|orbit|太空|宇宙|星|宇航|银河|月球"),
    ("sea", r"\bsea\b|ocean|wave|beach|boat|ship|lake|river|water|island|海|浪|湖|河|船|水|沙滩"),
    ("city", r"city|street|town|neon|tokyo|paris|york|building|skyline|car|taxi|城|街|楼|霓虹|都市"),
    ("forest", r"forest|tree|wood|jungle|garden|leaf|bamboo|park|森林|树|林|竹|花园"),
    ("desert", r"desert|sand|dune|camel|mars|canyon|沙漠|沙丘|火星"),
    ("hills", r"mountain|hill|valley|field|meadow|horse|cow|dog|cat|山|谷|草|田|马|狗|猫|柴犬"),
)
AIRS = (
    ("snow", r"snow|winter|ice|blizzard|雪|冬|冰"),
    ("rain", r"rain|storm|umbrella|雨|暴风|伞"),
    ("sparks", r"fire|lantern|firefl|candle|magic|spark|灯|火|萤|烛"),
    ("petals", r"petal|blossom|sakura|spring|flower|花|樱|春"),
)
PALETTES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"night|midnight|dark|moon|夜|月|黑", ("#070b1c", "#14244d", "#3d5a8c", "#e9edff")),
    (r"sunset|dusk|evening|golden|warm|黄昏|日落|傍晚|夕阳|金色", ("#2a1840", "#a3405c", "#f09a5b", "#fff0c2")),
    (r"dawn|sunrise|morning|pink|清晨|日出|早晨|粉", ("#33457a", "#b77f9f", "#f6c9a8", "#fff6e4")),
    (r"red|blood|mars|红", ("#260910", "#7a1f26", "#d9694b", "#ffe2c0")),
    (r"green|forest|jungle|spring|绿|春", ("#0c2622", "#2d6a53", "#a9c98b", "#fbf6d4")),
    (r"snow|ice|winter|cold|雪|冰|冬", ("#223650", "#6f93b5", "#cfe0ea", "#ffffff")),
    (r"sea|ocean|blue|海|蓝", ("#0a2540", "#1f6d93", "#8cc7cf", "#fdf6df")),
    (r"retro|vintage|film|70s|80s|复古|胶片", ("#2b2130", "#8a4a55", "#e0a96d", "#f7e7c3")),
)
FALLBACKS = (
    ("#141432", "#4b3c80", "#d98a8f", "#ffe9d0"),
    ("#0b2330", "#2a6470", "#d8b37c", "#fff3d9"),
    ("#1c1b2e", "#5b4a7a", "#9fb8cf", "#f6f4ff"),
    ("#231815", "#7a5140", "#d9b48a", "#fff4e0"),
)


@dataclass(frozen=True, slots=True)
class Cast:
    """What the words decided."""

    ground: str
    air: str
    palette: tuple[tuple[float, float, float], ...]  # deep, middle, light, glow
    seed: int


def cast_of(prompt: str, seed: int | None) -> Cast:
    digest = hashlib.sha256(f"{prompt}|{seed if seed is not None else ''}".encode()).digest()
    number = int.from_bytes(digest[:8])
    ground = _said(GROUNDS, prompt) or ("hills", "sea", "desert", "space", "forest")[number % 5]
    air = _said(AIRS, prompt) or ("", "sparks", "", "petals")[number // 5 % 4]
    colours = next(
        (hexes for words, hexes in PALETTES if re.search(words, prompt, re.IGNORECASE)), FALLBACKS[number // 20 % 4]
    )
    if ground == "space" and air in ("snow", "rain", "petals"):
        air = "sparks"
    return Cast(ground, air, tuple(_rgb(colour) for colour in colours), number)


def _said(table: Any, prompt: str) -> str | None:
    """The row whose word comes first; the hills, where animals live, only when nothing else is said."""
    found = [
        (name == "hills", at.start(), name) for name, words in table if (at := re.search(words, prompt, re.IGNORECASE))
    ]
    return min(found)[2] if found else None


def _rgb(colour: str) -> tuple[float, float, float]:
    return tuple(int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))  # type: ignore[return-value]


class Scene:
    """Frames of one film at half resolution; ``frame(t)`` with t in seconds."""

    def __init__(self, cast: Cast, width: int, height: int, backdrop: Picture | None = None):
        self.cast, self.width, self.height, self.backdrop = cast, width, height, backdrop
        self.random = np.random.default_rng(cast.seed)
        self.deep, self.middle, self.light, self.glow = (np.array(c, np.float32) for c in cast.palette)
        self.x = np.arange(width, dtype=np.float32)
        self.y = np.arange(height, dtype=np.float32)[:, None]
        self.horizon = height * (0.62 if cast.ground in ("sea", "desert") else 0.7)
        self.sky = self._sky()
        self.vignette = self._vignette()
        self.grain = self.random.normal(0, 0.012, (height, width, 1)).astype(np.float32)
        self.ridges = [self._ridge(layer) for layer in range(4)]
        self.motes = self.random.random((170, 4)).astype(np.float32)
        self.nebula = self._clouds(3) if cast.ground == "space" else None

    def frame(self, t: float) -> Picture:
        image = self._backdrop(t) if self.backdrop is not None else self._world(t)
        self._air(image, t)
        image *= self.vignette
        image += np.roll(self.grain, (int(t * 997) % self.height, int(t * 613) % self.width), (0, 1))
        return np.clip(image, 0, 1, out=image)

    # -- parts

    def _world(self, t: float) -> Picture:
        image = self.sky.copy()
        if self.nebula is not None:
            return self._space(image, t)
        self._sun(image, t)
        if self.cast.ground == "sea":
            self._sea(image, t)
        else:
            for layer, ridge in enumerate(self.ridges):
                self._land(image, t, layer, ridge)
        return image

    def _sky(self) -> Picture:
        share = np.clip(self.y / self.horizon, 0, 1)[..., None]
        low = self.middle * (1 - share) + self.light * share
        sky = self.deep * (1 - share) ** 1.5 + low * (1 - (1 - share) ** 1.5)
        return np.broadcast_to(sky, (self.height, self.width, 3)).astype(np.float32)

    def _vignette(self) -> Picture:
        across = (self.x / self.width - 0.5) * 2
        down = (self.y / self.height - 0.5) * 2
        return np.clip(1.06 - 0.3 * (across**2 + down**2), 0.4, 1)[..., None].astype(np.float32)

    def _sun(self, image: Picture, t: float) -> None:
        place = 0.25 + 0.5 * (self.cast.seed % 97) / 97
        cx = self.width * (place + 0.012 * t)
        cy = self.horizon * (0.62 - 0.02 * t)
        far = np.sqrt((self.x - cx) ** 2 + (self.y - cy) ** 2) / min(self.width, self.height)
        disc = np.clip((0.085 - far) * 90, 0, 1)
        halo = np.exp(-far * 5.0) * 0.55
        strength = np.maximum(disc, halo)[..., None]
        image += (self.glow - image) * strength

    def _ridge(self, layer: int) -> list[tuple[float, float, float]]:
        """(wave number, phase, height) of a ridge's waves; wave numbers in radians per half-resolution pixel."""
        waves = 7 if self.cast.ground in ("hills", "forest") else 4
        return [
            ((0.004 + 0.0045 * n) * (1 + layer * 0.35), self.random.uniform(0, 6.28), 1.0 / (n + 1.4))
            for n in range(waves)
        ]

    def _land(self, image: Picture, t: float, layer: int, ridge: list[tuple[float, float, float]]) -> None:
        depth = (layer + 1) / 4  # 1 is nearest
        along = self.x + t * (6 + 46 * depth**2)
        tall = self.height * (0.06 + 0.05 * (4 - layer)) * (0.55 if self.cast.ground == "desert" else 1.0)
        top = sum(np.sin(along * k + phase) * size for k, phase, size in ridge)
        sway = 0.0 if self.cast.ground == "city" else 0.42
        edge = self.horizon + self.height * 0.085 * layer - top * tall * sway
        if self.cast.ground == "city" and layer < 3:
            edge = edge - self._blocks(along, layer) * tall * 1.4
        elif self.cast.ground == "forest" and layer > 0:
            edge = edge - np.abs((along * (0.05 + 0.02 * layer)) % 2 - 1) ** 1.6 * tall * 0.75
        colour = self.light * (1 - depth) * 0.75 + self.deep * (0.35 + 0.65 * depth) * (1.15 - 0.35 * depth)
        cover = np.clip(self.y - edge, 0, 1)[..., None]
        shade = np.clip(1.0 - (self.y - edge) / self.height * 0.5, 0.55, 1.0)[..., None]
        image += (colour * shade - image) * cover
        if self.cast.ground == "city" and layer < 3:
            self._windows(image, along, edge, depth, t)

    def _blocks(self, along: NDArray[np.float32], layer: int) -> NDArray[np.float32]:
        number = np.floor(along / (22 + 12 * layer)).astype(np.int64)
        return ((number * 2654435761 + layer * 40503) % 1000 / 1000).astype(np.float32)

    def _windows(self, image: Picture, along: Any, edge: Any, depth: float, t: float) -> None:
        rows = (self.y / 6).astype(np.int64)
        columns = (along / 6).astype(np.int64)
        lit = (rows * 7919 + columns * 104729 + int(t / 2 + depth * 3) * 13) % 23 == 0
        inside = (self.y > edge + 4) & (self.y < edge + self.height * 0.3) & (self.y % 6 > 2) & (along % 6 > 2)
        image[lit & inside] = self.glow * (0.6 + 0.4 * depth)

    def _sea(self, image: Picture, t: float) -> None:
        below = self.y > self.horizon
        depth = np.clip((self.y - self.horizon) / (self.height - self.horizon), 0.001, 1)
        colour = self.light * (1 - depth[..., None]) * 0.8 + self.deep * (0.3 + 0.7 * depth[..., None])
        near = 1 / (0.06 + depth)
        swell = np.sin(self.x * 0.055 * near * 0.28 + np.sin(depth * 60 - t * 1.4) * 2.0 + t * 0.9)
        swell = swell + np.sin(depth * 150 * near * 0.16 - t * 2.6 + self.x * 0.012)
        place = self.width * (0.25 + 0.5 * (self.cast.seed % 97) / 97 + 0.012 * t)
        path = np.exp(-(((self.x - place) / (self.width * (0.05 + 0.22 * depth))) ** 2))
        glitter = np.clip(swell - 0.55, 0, 1) * (0.12 + 0.85 * path) * (1.1 - depth * 0.6)
        water = colour + (self.glow - colour) * glitter[..., None]
        image += (water - image) * below[..., None]

    def _clouds(self, octaves: int) -> NDArray[np.float32]:
        field = np.zeros((self.height, self.width), np.float32)
        for octave in range(octaves):
            for _ in range(4):
                k = self.random.normal(0, 0.009 * 2**octave, 2)
                turns = max(1, round(abs(k[0]) * self.width / 6.2832))  # whole waves: the field joins its own end
                across = self.x * (turns * 6.2832 / self.width)
                field += np.sin(across + self.y * k[1] + self.random.uniform(0, 6.28)) / 2**octave
        return (field - field.min()) / (np.ptp(field) + 1e-6)

    def _space(self, image: Picture, t: float) -> Picture:
        assert self.nebula is not None
        drift = np.roll(self.nebula, int(t * 9), 1)[..., None]
        other = np.roll(self.nebula, -int(t * 5) + self.width // 3, 1)[..., None]
        image[:] = self.deep * 0.28 + self.middle * drift**2 * 0.75 + self.light * (other * drift) ** 3 * 0.6
        for at, (sx, sy, size, phase) in enumerate(self.motes):
            column = int((sx * self.width + t * (4 + 22 * size)) % self.width)
            row = int(sy * self.height)
            twinkle = 0.45 + 0.55 * abs(np.sin(t * (1 + phase * 2) + phase * 9))
            reach = 2 if at % 11 == 0 else 1
            image[row : row + reach, column : column + reach] = self.glow * twinkle
        radius = min(self.width, self.height) * 0.24
        cx, cy = self.width * (0.72 - 0.014 * t), self.height * 0.46
        dx, dy = (self.x - cx) / radius, (self.y - cy) / radius
        far = dx**2 + dy**2
        lit = np.clip(0.16 + 0.95 * (-dx * 0.7 - dy * 0.45 + 0.25), 0.05, 1)
        bands = 0.82 + 0.18 * np.sin(dy * 16 + np.sin(dx * 3 + t * 0.25) * 1.2)
        planet = (self.middle * 0.5 + self.light * 0.6) * (lit * bands)[..., None]
        image += (planet - image) * np.clip((1 - far) * 40, 0, 1)[..., None]
        image += self.glow * (np.exp(-np.abs(far - 1) * 9) * 0.16 * (far > 0.98))[..., None]
        return image

    def _backdrop(self, t: float) -> Picture:
        """The person's picture, larger than the frame, moved slowly across."""
        assert self.backdrop is not None
        spare_y, spare_x = self.backdrop.shape[0] - self.height, self.backdrop.shape[1] - self.width
        share = 0.5 - 0.5 * np.cos(min(t / 12, 1) * np.pi)
        top, left = int(spare_y * (1 - share)), int(spare_x * share)
        return self.backdrop[top : top + self.height, left : left + self.width].copy()

    def _air(self, image: Picture, t: float) -> None:
        kinds = {"snow": (26, 9, 2), "rain": (420, 30, 1), "sparks": (-16, 12, 2), "petals": (22, 34, 2)}
        if self.cast.air not in kinds:
            return
        fall, drift, size = kinds[self.cast.air]
        colour = self.light if self.cast.air == "petals" else self.glow
        for sx, sy, weight, phase in self.motes:
            speed = 0.5 + weight
            row = int((sy * self.height + t * fall * speed) % self.height)
            column = int((sx * self.width + t * drift * speed + np.sin(t * 1.3 + phase * 6.28) * 7) % self.width)
            tall = 9 if self.cast.air == "rain" else size
            strength = (0.18 if self.cast.air == "rain" else 0.75) * (0.4 + 0.6 * weight)
            if self.cast.air == "sparks":
                strength *= 0.35 + 0.65 * abs(np.sin(t * 2 + phase * 6.28))
            part = image[row : row + tall, column : column + size]
            part += (colour - part) * strength
