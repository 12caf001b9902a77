"""From a downloaded file to everything a gallery shows, in a child process."""

import asyncio
import json
import os
import signal
import sys
import weakref
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from studio.media.facts import Facts

AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Limits:
    wall_seconds: float = 300.0
    cpu_seconds: int = 600  # summed over the child's threads
    memory_bytes: int = 4 * 1024**3  # of address space
    duration_seconds: float = 15 * 60.0
    pixels: int = 4096 * 2304


@dataclass(frozen=True, slots=True)
class Prepared:
    """``playable`` is the original where browsers play it, else the proxy. The pictures lie in the folder handed in."""

    facts: Facts
    playable: Path
    content_type: str  # of ``playable``
    poster: Path
    preview: Path
    sprite: Path
    sprite_tiles: int
    sprite_columns: int
    tile_width: int
    tile_height: int


class Unplayable(Exception):
    """``code``: not_video, cut, no_frames, too_long, too_large_picture, out_of_time, out_of_memory or broken."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


_turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = weakref.WeakKeyDictionary()


async def prepare(original: Path, into: Path, limits: Limits = Limits()) -> Prepared:
    """Reads ``original``, writes poster.webp, preview.mp4, sprite.webp and maybe proxy.mp4 into the folder ``into``.

    At most two at once per process. Raises Unplayable; nothing written is left behind then.
    """
    loop = asyncio.get_running_loop()
    async with _turns.setdefault(loop, asyncio.Semaphore(AT_ONCE)):
        try:
            return _prepared(await _in_child(original, into, limits), original, into)
        except BaseException:
            for name in ("poster.webp", "preview.mp4", "sprite.webp", "proxy.mp4"):
                (into / name).unlink(missing_ok=True)
            raise


async def _in_child(original: Path, into: Path, limits: Limits) -> dict[str, object]:
    order = json.dumps({"original": str(original), "into": str(into), "limits": asdict(limits)})
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "studio.media.worker"),
        cwd=Path(__file__).resolve().parents[2],
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},  # no secrets go along
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        said, _ = await asyncio.wait_for(child.communicate(order.encode()), limits.wall_seconds)
    except TimeoutError as error:
        raise Unplayable("out_of_time", f"{limits.wall_seconds:g} s") from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
    if child.returncode in (-signal.SIGXCPU, -signal.SIGKILL):
        raise Unplayable("out_of_time", "CPU")
    try:
        told: dict[str, object] = json.loads(said)
    except ValueError as error:
        raise Unplayable("broken", f"the decoder ended with {child.returncode}") from error
    if "code" in told:
        raise Unplayable(str(told["code"]), str(told.get("detail", "")))
    return told


def _prepared(told: dict[str, object], original: Path, into: Path) -> Prepared:
    grid: dict[str, int] = told["sprite"]  # type: ignore[assignment]
    return Prepared(
        facts=Facts(**told["facts"]),  # type: ignore[arg-type]
        playable=into / "proxy.mp4" if told["proxy"] else original,
        content_type=str(told["content_type"]),
        poster=into / "poster.webp",
        preview=into / "preview.mp4",
        sprite=into / "sprite.webp",
        sprite_tiles=grid["tiles"],
        sprite_columns=grid["columns"],
        tile_width=grid["width"],
        tile_height=grid["height"],
    )
