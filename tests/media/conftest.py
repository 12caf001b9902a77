"""A corpus made on the spot: what gateways send, and what nobody should."""

from fractions import Fraction

import av
import numpy as np
import pytest


def film(path, *, codec="libx264", pix_fmt="yuv420p", size=(320, 180), seconds=2, fps=24, audio="aac", container="mp4", options=None, times=None):  # fmt: skip
    flags = {"movflags": "+faststart"} if container == "mp4" else {}
    with av.open(str(path), "w", format=container, options=flags | (options or {})) as out:
        picture = out.add_stream(codec, rate=fps)
        picture.width, picture.height, picture.pix_fmt = *size, pix_fmt
        sound = out.add_stream(audio, rate=48000) if audio else None
        if times:
            picture.codec_context.time_base = Fraction(1, 1000)
        for number in range(len(times) if times else seconds * fps):
            shade = np.full((size[1], size[0], 3), 40 + number * 3 % 200, np.uint8)
            shade[:, : 1 + number * 4 % size[0]] = 230
            frame = av.VideoFrame.from_ndarray(shade, "rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = (times[number], Fraction(1, 1000)) if times else (number, Fraction(1, fps))
            out.mux(picture.encode(frame))
        out.mux(picture.encode())
        if sound:
            for start in range(0, seconds * 48000, 1024):
                tone = np.zeros((2, 1024), np.float32)
                frame = av.AudioFrame.from_ndarray(tone, format="fltp", layout="stereo")
                frame.sample_rate, frame.pts = 48000, start
                out.mux(sound.encode(frame))
            out.mux(sound.encode())
    return path


@pytest.fixture
def original(tmp_path):
    return tmp_path / "original"
