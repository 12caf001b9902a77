"""The child process that makes one film: an order on stdin, ``progress N`` lines on stdout, two files at the end."""

import base64
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image

from studio.demo.caption import counter, plate
from studio.demo.catalogue import without_wishes
from studio.demo.faults import without_faults
from studio.demo.scene import Picture, Scene, cast_of
from studio.demo.sound import RATE, soundtrack

FPS = 24
DRAWN_SHARE = 0.42  # soft light needs no more; the words are written at full size
COVER_SECONDS = 1.0
BACKDROP_MAX_PIXELS = 24_000_000


def film(order: dict[str, Any], out: Path) -> None:
    prompt = without_wishes(without_faults(order["prompt"])) or "…"
    width, height, seconds = order["width"], order["height"], order["seconds"]
    cast = cast_of(prompt, order["seed"])
    drawn = (int(width * DRAWN_SHARE), int(height * DRAWN_SHARE))
    scene = Scene(cast, *drawn, backdrop=_backdrop(order.get("backdrop"), *drawn))
    words = plate(prompt, width, height)
    with av.open(str(out.with_suffix(".part")), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video: Any = container.add_stream(
            "libx264", rate=FPS, options={"preset": "ultrafast", "crf": "21", "tune": "zerolatency"}
        )
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio: Any = container.add_stream("aac", rate=RATE)
        count, told = seconds * FPS, -1
        for number in range(count):
            image = _frame(scene, number / FPS, (width, height), words, number)
            if number == min(int(COVER_SECONDS * FPS), count - 1):
                image.resize((width // 2, height // 2)).save(out.with_suffix(".webp"), quality=80)
            container.mux(video.encode(av.VideoFrame.from_image(image)))
            percent = (number + 1) * 98 // count
            if percent - told >= 6:
                told = percent
                print(f"progress {percent}", flush=True)
        container.mux(video.encode(None))
        _score(container, audio, soundtrack(cast, seconds))
    out.with_suffix(".part").rename(out)


def _frame(scene: Scene, t: float, size: tuple[int, int], words: Image.Image, number: int) -> Image.Image:
    small = Image.fromarray((scene.frame(t) * 255).astype(np.uint8))
    image = small.resize(size, Image.Resampling.BICUBIC)
    image.paste(words, (0, 0), words)
    counter(image, number, FPS)
    return image


def _score(container: Any, stream: Any, samples: Any) -> None:
    for start in range(0, samples.shape[1], 1024):
        piece = np.ascontiguousarray(samples[:, start : start + 1024])
        frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
        frame.sample_rate, frame.pts = RATE, start
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))


def _backdrop(uri: str | None, width: int, height: int) -> Picture | None:
    """The picture of a data URI, covering a frame a seventh larger than the film's; None when it is no picture."""
    if not uri or "," not in uri:
        return None
    try:
        with Image.open(io.BytesIO(base64.b64decode(uri.split(",", 1)[1])), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > BACKDROP_MAX_PIXELS:
                return None
            scale = 1.15 * max(width / image.width, height / image.height)
            grown = image.convert("RGB").resize(
                (max(width, int(image.width * scale)), max(height, int(image.height * scale)))
            )
    except (OSError, ValueError):
        return None
    return (np.asarray(grown, dtype=np.float32) / 255).astype(np.float32)


def main() -> None:
    os.nice(10)
    order = json.load(sys.stdin)
    film(order, Path(order["out"]))


if __name__ == "__main__":
    main()
