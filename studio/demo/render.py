"""The child process that makes one film: an order on stdin, ``progress N`` lines on stdout, two files at the end.

``refused REASON`` in their place means the order's picture cannot be used. Zero seconds make a file of sound alone.
"""

import base64
import io
import json
import os
import sys
from pathlib import Path
from typing import Any

import av
import numpy as np
from PIL import Image, ImageOps

from studio.demo.canvas import Picture
from studio.demo.caption import counter, plate
from studio.demo.cast import cast_of
from studio.demo.catalogue import without_wishes
from studio.demo.faults import without_faults
from studio.demo.scene import Scene
from studio.demo.sound import RATE, soundtrack

FPS = 24
DRAWN_SHARE = 0.5  # soft light needs no more; the words are written at full size
COVER_SECONDS = 1.0  # or the middle of a shorter film
TELL_EACH_PERCENT = 6
BACKDROP_MAX_PIXELS = 24_000_000


def film(order: dict[str, Any], out: Path) -> None:
    prompt = without_wishes(without_faults(order["prompt"])) or "…"
    width, height, seconds = order["width"], order["height"], order["seconds"]
    cast = cast_of(prompt, order["seed"])
    drawn = (int(width * DRAWN_SHARE), int(height * DRAWN_SHARE))
    scene = Scene(cast, *drawn, seconds, backdrop=_backdrop(order.get("backdrop"), *drawn))
    words = plate(prompt, width, height)
    with av.open(str(out.with_suffix(".part")), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        video: Any = container.add_stream(
            "libx264", rate=FPS, options={"preset": "ultrafast", "crf": "21", "tune": "zerolatency"}
        )
        video.width, video.height, video.pix_fmt = width, height, "yuv420p"
        audio: Any = container.add_stream("aac", rate=RATE)
        count, told = seconds * FPS, -1
        cover = min(int(COVER_SECONDS * FPS), count // 2)
        for number in range(count):
            image = _frame(scene, number / FPS, (width, height), words, number)
            if number == cover:
                image.resize((width // 2, height // 2)).save(out.with_suffix(".webp"), quality=80)
            container.mux(video.encode(av.VideoFrame.from_image(image)))
            percent = (number + 1) * 98 // count
            if percent - told >= TELL_EACH_PERCENT:
                told = percent
                print(f"progress {percent}", flush=True)
        container.mux(video.encode(None))
        _score(container, audio, soundtrack(cast, seconds or 1))
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


class Unusable(Exception):
    """The picture of an order cannot be used; the message says why."""


def _backdrop(uri: str | None, width: int, height: int) -> Picture | None:
    """The picture of a data URI, cropped to the film's shape and a seventh larger: it is panned across."""
    if not uri:
        return None
    try:
        content = base64.b64decode(uri.partition(",")[2])
        with Image.open(io.BytesIO(content), formats=("PNG", "JPEG", "WEBP")) as image:
            if image.width * image.height > BACKDROP_MAX_PIXELS:
                raise Unusable(f"the first frame has more than {BACKDROP_MAX_PIXELS // 1_000_000} megapixels")
            upright = ImageOps.exif_transpose(image).convert("RGB")
            fitted = ImageOps.fit(upright, (round(width * 1.15), round(height * 1.15)))
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as problem:
        raise Unusable("the first frame is no PNG, JPEG or WebP picture") from problem
    return np.asarray(fitted, dtype=np.float32) / 255


def main() -> int:
    """Exit status 1 when refused, or when nobody listens any more."""
    os.nice(10)
    order = json.load(sys.stdin)
    out = Path(order["out"])
    try:
        film(order, out)
    except Unusable as reason:
        print(f"refused {reason}", flush=True)
        return 1
    except BrokenPipeError:  # the server is gone
        for ending in (".part", ".webp"):
            out.with_suffix(ending).unlink(missing_ok=True)
        os._exit(1)  # Python would try to flush the broken pipe once more
    return 0


if __name__ == "__main__":
    sys.exit(main())
