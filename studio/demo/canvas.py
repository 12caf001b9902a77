"""The painter's few tools: noise that tiles, strips that pan, light that blooms. Pictures are float32, 0..1."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

Picture = NDArray[np.floating[Any]]  # height × width × 3
Field = NDArray[np.floating[Any]]  # height × width, or width alone
Random = np.random.Generator


def noise(random: Random, height: int, width: int, rough: float, flat: float = 1.0) -> Field:
    """A tiling field, 0..1 around 0.5. ``rough`` is the fall of the spectrum (2 is cloud), ``flat`` > 1 lies it down."""
    spectrum = np.fft.rfft2(random.standard_normal((height, width)))
    across, down = np.fft.rfftfreq(width), np.fft.fftfreq(height)[:, None]
    far = np.hypot(across * width, down * height / flat) + 1e-9
    far[0, 0] = np.inf
    field = np.fft.irfft2(spectrum * far ** (-rough / 2 - 0.5), (height, width))
    return (0.5 + np.clip(field / (field.std() * 5 + 1e-9), -0.5, 0.5)).astype(np.float32)


def profile(random: Random, width: int, waves: float, rough: float = 1.4) -> Field:
    """A skyline of ``width``, -1..1: noise whose longest wave is ``width / waves``."""
    count = np.fft.rfftfreq(width) * width
    strength = np.where(count < waves, 0, (np.maximum(count, 1) / waves) ** -rough)
    line = np.fft.irfft(np.fft.rfft(random.standard_normal(width)) * strength, width)
    return (line / (np.abs(line).max() + 1e-9)).astype(np.float32)


def smooth(low: float, high: float, value: Field) -> Field:
    share = np.clip((value - low) / (high - low), 0, 1)
    return (share * share * (3 - 2 * share)).astype(np.float32)


def blurred(image: Picture, radius: float) -> Picture:
    """Softened, by way of eight bits: good for light, not for edges."""
    eight = Image.fromarray((np.clip(image, 0, 1) * 255).astype(np.uint8))
    return np.asarray(eight.filter(ImageFilter.GaussianBlur(radius)), np.float32) / 255


def bloom(image: Picture, strength: float) -> None:
    """Lets what is bright spill over, in place."""
    height, width, _ = image.shape
    bright = np.clip(image[::4, ::4] - 0.62, 0, 1)
    soft = Image.fromarray((blurred(bright, max(2, width / 90)) * 255).astype(np.uint8))
    image += np.asarray(soft.resize((width, height), Image.Resampling.BILINEAR), np.float32) * (strength / 255)


@dataclass(frozen=True, slots=True)
class Strip:
    """A layer wider than the frame. ``colour`` is premultiplied by ``cover``; ``speed`` in pixels per second."""

    colour: Picture
    cover: Picture  # height × width × 1
    top: int  # the row it begins at
    speed: float

    def onto(self, image: Picture, t: float) -> None:
        """In place, at a fraction of a pixel: slow layers would judder otherwise."""
        width = image.shape[1]
        whole = int(self.speed * t)
        part = np.float32(self.speed * t - whole)
        near, far = slice(whole, whole + width), slice(whole + 1, whole + width + 1)
        below = image[self.top : self.top + self.colour.shape[0]]
        below *= 1 - (self.cover[:, near] * (1 - part) + self.cover[:, far] * part)
        below += self.colour[:, near] * (1 - part) + self.colour[:, far] * part


def stamp(image: Picture, x: float, y: float, kernel: Field, colour: Picture, strength: float) -> None:
    """A soft dot of ``colour`` with its middle at x, y; what hangs over the edge is left out."""
    tall, wide = kernel.shape
    top, left = round(y - tall / 2), round(x - wide / 2)
    height, width, _ = image.shape
    up, down = max(0, -top), min(tall, height - top)
    west, east = max(0, -left), min(wide, width - left)
    if up >= down or west >= east:
        return
    part = image[top + up : top + down, left + west : left + east]
    part += (colour - part) * (kernel[up:down, west:east, None] * strength)


def dot(size: int) -> Field:
    """A round kernel, soft at its edge, ``size`` pixels wide."""
    at = (np.arange(size, dtype=np.float32) - (size - 1) / 2) / (size / 2)
    return np.clip(1.15 - np.hypot(at, at[:, None]), 0, 1).astype(np.float32) ** 1.5
