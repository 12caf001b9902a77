"""Who is seen: small silhouettes against the light, and, in space, somebody in a suit."""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from studio.demo.canvas import Field, Picture
from studio.demo.cast import Cast

Outline = list[tuple[float, float]]
OVERSAMPLE = 4
TALL = {
    "dog": 0.17,
    "cat": 0.15,
    "person": 0.21,
    "horse": 0.2,
    "camel": 0.21,
    "boat": 0.26,
    "balloon": 0.3,
}  # of the frame's shorter side
WIDE = {"horse": 1.3, "camel": 1.3}  # of its height; the others are square

# Outlines in a unit square, y down, feet at 1; the corners are rounded off when drawn.
DOG: Outline = [
    (0.72, 1), (0.60, 1), (0.61, 0.95), (0.595, 0.78), (0.56, 0.82), (0.57, 0.93), (0.60, 1), (0.24, 1), (0.235, 0.88),
    (0.27, 0.74), (0.36, 0.6), (0.44, 0.46), (0.52, 0.33), (0.535, 0.24), (0.54, 0.15), (0.545, 0.03), (0.61, 0.085),
    (0.665, 0.09), (0.705, 0.03), (0.725, 0.12), (0.745, 0.17), (0.8, 0.21), (0.865, 0.225), (0.88, 0.255), (0.85, 0.3),
    (0.76, 0.325), (0.715, 0.36), (0.715, 0.46), (0.705, 0.58), (0.68, 0.68), (0.675, 0.9), (0.69, 0.945), (0.73, 0.96),
]  # fmt: skip
CAT: Outline = [
    (0.3, 1), (0.265, 0.9), (0.28, 0.72), (0.34, 0.56), (0.385, 0.47), (0.36, 0.4), (0.35, 0.28), (0.355, 0.17), (0.37, 0.06),
    (0.44, 0.145), (0.5, 0.135), (0.56, 0.145), (0.63, 0.06), (0.645, 0.17), (0.65, 0.28), (0.64, 0.4), (0.615, 0.47),
    (0.66, 0.56), (0.72, 0.72), (0.735, 0.9), (0.7, 1),
]  # fmt: skip
HORSE: Outline = [
    (0.12, 0.41), (0.2, 0.365), (0.32, 0.37), (0.44, 0.385), (0.55, 0.345), (0.63, 0.24), (0.69, 0.12), (0.705, 0.03), (0.735, 0.095),
    (0.79, 0.15), (0.865, 0.25), (0.87, 0.295), (0.83, 0.315), (0.765, 0.265), (0.73, 0.29), (0.7, 0.37), (0.69, 0.47), (0.66, 0.55),
    (0.655, 0.76), (0.665, 1), (0.615, 1), (0.605, 0.76), (0.585, 0.6), (0.44, 0.61), (0.31, 0.575), (0.265, 0.66), (0.285, 0.78),
    (0.265, 1), (0.215, 1), (0.225, 0.79), (0.175, 0.67), (0.12, 0.58), (0.1, 0.48),
]  # fmt: skip
PERSON: Outline = [
    (0.47, 0.19), (0.4, 0.225), (0.365, 0.3), (0.335, 0.52), (0.325, 0.72), (0.4, 0.735), (0.42, 0.99), (0.385, 1), (0.49, 1),
    (0.495, 0.75), (0.51, 0.75), (0.53, 1), (0.63, 1), (0.595, 0.99), (0.605, 0.735), (0.675, 0.72), (0.665, 0.52), (0.635, 0.3),
    (0.6, 0.225), (0.53, 0.19),
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """Colour premultiplied by cover, one pixel of nothing around it; ``onto`` puts the middle of its foot at x, y."""

    colour: Picture
    cover: Picture

    def onto(self, image: Picture, x: float, y: float, strength: float = 1.0, flipped: bool = False) -> None:
        height, width, _ = image.shape
        tall, wide, _ = self.colour.shape
        tall, wide = tall - 1, wide - 1
        left, top = x - wide / 2, y - (0 if flipped else tall)
        column, row = int(np.floor(left)), int(np.floor(top))
        if column < 0 or row < 0 or column + wide > width or row + tall > height:
            return
        step = -1 if flipped else 1
        part = image[row : row + tall, column : column + wide]
        cover = _moved(self.cover[::step], left - column, top - row)
        part *= 1 - cover * strength
        part += _moved(self.colour[::step], left - column, top - row) * strength


def _moved(picture: Picture, right: float, down: float) -> Picture:
    """Shifted by a fraction of a pixel, one row and column smaller."""
    across = picture[:, 1:] * np.float32(1 - right) + picture[:, :-1] * np.float32(right)
    moved: Picture = across[1:] * np.float32(1 - down) + across[:-1] * np.float32(down)
    return moved


def silhouette(cast: Cast, unit: int, light_from_left: bool) -> Figure | None:
    """The figure of the cast, dark, with the sun on its edge; None for who is no silhouette (birds) or nobody."""
    if cast.figure not in TALL:
        return None
    tall = int(unit * TALL[cast.figure])
    mask = _drawn(cast.figure, tall * OVERSAMPLE)
    if light_from_left and cast.figure not in ("boat", "balloon"):
        mask = mask.transpose(Image.Transpose.FLIP_LEFT_RIGHT)  # looks at the light
    cover = _field(mask, tall, WIDE.get(cast.figure, 1.0))
    deep, middle, _, glow = (np.array(colour, np.float32) for colour in cast.palette)
    body = np.broadcast_to(deep * 0.3, (*cover.shape, 3)).astype(np.float32)
    if cast.figure == "balloon":
        stripes = (np.arange(cover.shape[1]) * 9 // cover.shape[1] % 2)[None, :, None]
        body = np.where(stripes, glow * 0.75 + middle * 0.1, middle * 0.7 + deep * 0.2).astype(np.float32)
        body = body * np.linspace(1.0, 0.45, cover.shape[0], dtype=np.float32)[:, None, None]
    shifted = np.roll(cover, 2 if light_from_left else -2, 1)
    rim = np.clip(cover - shifted, 0, 1)[..., None]
    colour = body + (glow - body) * rim * (0.55 if cast.night else 0.7)
    return Figure((colour * cover[..., None]).astype(np.float32), cover[..., None])


def _field(mask: Image.Image, tall: int, stretch: float) -> Field:
    wide = int(tall * stretch)
    small = mask.resize((wide, tall), Image.Resampling.BOX)
    return np.pad(np.asarray(small, np.float32) / 255, 1)


def _drawn(name: str, side: int) -> Image.Image:
    mask = Image.new("L", (side, side), 0)
    draw = ImageDraw.Draw(mask)
    match name:
        case "dog":
            draw.polygon(_rounded(DOG, side), fill=255)
            draw.arc(_box(0.13, 0.6, 0.33, 0.86, side), 100, 330, fill=255, width=int(side * 0.055))
        case "cat":
            draw.polygon(_rounded(CAT, side), fill=255)
            draw.arc(_box(0.6, 0.62, 0.95, 0.99, side), -75, 130, fill=255, width=int(side * 0.042))
        case "horse" | "camel":
            draw.polygon(_rounded(HORSE, side), fill=255)
            for hip in (0.29, 0.56):  # the legs on the far side
                draw.polygon(_rounded([(hip, 0.5), (hip + 0.08, 0.5), (hip + 0.045, 0.75), (hip + 0.05, 1), (hip + 0.01, 1), (hip, 0.75)], side), fill=255)  # fmt: skip
            if name == "camel":
                for hump in (0.3, 0.48):
                    draw.ellipse(_box(hump - 0.085, 0.26, hump + 0.085, 0.56, side), fill=255)
            draw.line([(int(x * side), int(y * side)) for x, y in ((0.13, 0.43), (0.075, 0.53), (0.06, 0.72))],
                      fill=255, width=int(side * 0.035), joint="curve")  # fmt: skip
        case "person":
            draw.polygon(_rounded(PERSON, side), fill=255)
            draw.ellipse(_box(0.442, 0.045, 0.558, 0.185, side), fill=255)
        case "boat":
            draw.polygon([(x * side, y * side) for x, y in ((0.1, 0.87), (0.93, 0.83), (0.8, 1), (0.22, 1))], fill=255)
            draw.line((0.47 * side, 0.06 * side, 0.47 * side, 0.9 * side), fill=255, width=int(side * 0.014))
            draw.polygon([(0.49 * side, 0.07 * side), (0.84 * side, 0.77 * side), (0.49 * side, 0.82 * side)], fill=255)
            draw.polygon(
                [(0.455 * side, 0.16 * side), (0.19 * side, 0.77 * side), (0.455 * side, 0.82 * side)], fill=225
            )
        case "balloon":
            bag = [(0.5, 0), (0.72, 0.04), (0.83, 0.24), (0.79, 0.42), (0.6, 0.7), (0.5, 0.72), (0.4, 0.7), (0.21, 0.42), (0.17, 0.24), (0.28, 0.04)]  # fmt: skip
            draw.polygon(_rounded(bag, side), fill=255)
            draw.rectangle(_box(0.455, 0.84, 0.545, 0.93, side), fill=255)
            for x in (0.46, 0.54):
                draw.line((x * side, 0.7 * side, x * side, 0.86 * side), fill=200, width=int(side * 0.006))
    return mask


def _rounded(outline: Outline, side: int) -> Outline:
    """Chaikin's corner cutting, three times over."""
    points = outline
    for _ in range(3):
        following = [*points[1:], points[0]]
        points = [
            (a[0] * w + b[0] * (1 - w), a[1] * w + b[1] * (1 - w))
            for a, b in zip(points, following, strict=True)
            for w in (0.75, 0.25)
        ]
    return [(x * side, min(y, 1.0) * side) for x, y in points]


def _box(left: float, top: float, right: float, bottom: float, side: int) -> tuple[float, float, float, float]:
    return left * side, top * side, right * side, bottom * side
