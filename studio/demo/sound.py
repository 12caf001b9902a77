"""What the film sounds like: a slow chord and a breath of noise, in a key of the prompt's own."""

import numpy as np
from numpy.typing import NDArray

from studio.demo.cast import Cast

RATE = 48_000
CHORDS = ((0, 7, 12, 16), (0, 5, 9, 14), (0, 3, 10, 15), (0, 7, 14, 21))  # semitones above the key
NOISE = {"rain": 0.06, "snow": 0.02, "sea": 0.05}


def soundtrack(cast: Cast, seconds: float) -> NDArray[np.float32]:
    """Stereo samples, 2 × n, between -1 and 1."""
    count = int(RATE * seconds)
    t = np.arange(count, dtype=np.float32) / RATE
    key = 110.0 * 2 ** (cast.seed % 12 / 12)
    left, right = np.zeros(count, np.float32), np.zeros(count, np.float32)
    for at, semitones in enumerate(CHORDS[cast.seed // 12 % len(CHORDS)]):
        pitch = key * 2 ** (semitones / 12)
        swell = 0.55 + 0.45 * np.sin(t * (0.5 + 0.13 * at) + at * 1.9)
        tone = np.sin(6.28318 * pitch * t) + 0.28 * np.sin(12.56637 * pitch * t + at)
        left += tone * swell * (0.06 + 0.012 * at)
        right += tone * swell * (0.1 - 0.012 * at)
    noise = np.random.default_rng(cast.seed).normal(0, 1, count).astype(np.float32)
    soft = np.convolve(noise, np.ones(24, np.float32) / 24, "same")
    breath = NOISE.get(cast.air, NOISE.get(cast.ground, 0.012)) * (0.7 + 0.3 * np.sin(t * 0.7))
    fade = np.clip(np.minimum(t / 0.4, (seconds - t) / 0.6), 0, 1)
    return np.stack([(left + soft * breath) * fade, (right + soft * breath) * fade]).clip(-1, 1)
