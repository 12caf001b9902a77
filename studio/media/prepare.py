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
from typing import Any

from studio.media.facts import Facts

AT_ONCE = 2
FILES = ("poster.webp", "preview.mp4", "sprite.webp", "proxy.mp4")
ANSWER_MAX_BYTES = 16 * 1024  # facts are some 500; a child that was taken over may say anything


@dataclass(frozen=True, slots=True)
class Limits:
    wall_seconds: float = 300.0
    cpu_seconds: int = 600  # summed over the child's threads
    memory_bytes: int = 4 * 1024**3  # of address space
    written_bytes: int = 4 * 1024**3  # of each file made
    duration_seconds: float = 15 * 60.0
    pixels: int = 4096 * 2304


@dataclass(frozen=True, slots=True)
class Prepared:
    """``playable`` is the original where browsers play it, else the proxy. The pictures lie in the folder handed in."""

    facts: Facts
    playable: Path
    content_type: str  # of ``playable``
    poster: Path  # WebP, the long side at most 1280 pixels
    preview: Path  # MP4 without sound, at most 3 s and 360 pixels
    sprite: Path  # WebP; tile n, row by row, is what is on screen after n of ``sprite_tiles`` parts of the film
    sprite_tiles: int
    sprite_columns: int
    tile_width: int  # pixels
    tile_height: int


class Unplayable(Exception):
    """``code``: not_video, cut, no_frames, too_long, too_large_picture, out_of_time, out_of_memory or broken."""

    def __init__(self, code: str, detail: str = ""):
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code, self.detail = code, detail


_turns: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = weakref.WeakKeyDictionary()


async def prepare(original: Path, into: Path, limits: Limits = Limits()) -> Prepared:
    """Reads ``original``, writes poster.webp, preview.mp4, sprite.webp and maybe proxy.mp4 into the folder ``into``.

    At most two at once per process. Raises Unplayable, or OSError when the disk is full; nothing written is left then.
    """
    loop = asyncio.get_running_loop()
    async with _turns.setdefault(loop, asyncio.Semaphore(AT_ONCE)):
        try:
            return _prepared(await _in_child(original, into, limits), original, into)
        except BaseException:
            for name in FILES:
                (into / name).unlink(missing_ok=True)
            raise


async def _in_child(original: Path, into: Path, limits: Limits) -> Any:
    order = {"original": str(original.absolute()), "into": str(into.absolute()), "limits": asdict(limits)}
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "studio.media.worker"),
        cwd=Path(__file__).resolve().parents[2],
        # No secrets go along. An arena per thread is 64 MiB of the address space each.
        env={"PATH": os.defpath, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1", "MALLOC_ARENA_MAX": "2"},
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        said = await asyncio.wait_for(_answer(child, json.dumps(order).encode()), limits.wall_seconds)
    except TimeoutError as error:
        raise Unplayable("out_of_time", f"{limits.wall_seconds:g} s") from error
    finally:
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        await child.wait()
    if child.returncode == -signal.SIGXCPU:
        raise Unplayable("out_of_time", f"{limits.cpu_seconds} s of CPU")
    if child.returncode == -signal.SIGKILL:
        raise Unplayable("out_of_memory", "ended by the system")
    try:
        return json.loads(said)
    except ValueError as error:
        raise Unplayable("broken", f"the decoder ended with {child.returncode}") from error


async def _answer(child: asyncio.subprocess.Process, order: bytes) -> bytes:
    assert child.stdin is not None
    assert child.stdout is not None
    with suppress(ConnectionError):  # it died before it read
        child.stdin.write(order)
        await child.stdin.drain()
    child.stdin.close()
    said = b""
    while piece := await child.stdout.read(ANSWER_MAX_BYTES):
        said += piece
        if len(said) > ANSWER_MAX_BYTES:
            raise Unplayable("broken", "the decoder said too much")
    await child.wait()
    return said


def _prepared(told: Any, original: Path, into: Path) -> Prepared:
    """The child's word is a stranger's: it names no path and no content type, and has the shape it should have."""
    try:
        if "errno" in told:
            raise OSError(told["errno"], os.strerror(told["errno"]), str(into))
        if "code" in told:
            raise Unplayable(str(told["code"]), str(told.get("detail", "")))
        facts = Facts(**told["facts"])
        grid = {name: int(told["sprite"][name]) for name in ("tiles", "columns", "width", "height")}
        proxy = bool(told["proxy"])
    except (TypeError, KeyError, ValueError) as error:
        raise Unplayable("broken", "the decoder's answer is none") from error
    return Prepared(
        facts=facts,
        playable=into / "proxy.mp4" if proxy else original,
        content_type="video/webm" if facts.container == "webm" and not proxy else "video/mp4",
        poster=into / "poster.webp",
        preview=into / "preview.mp4",
        sprite=into / "sprite.webp",
        sprite_tiles=grid["tiles"],
        sprite_columns=grid["columns"],
        tile_width=grid["width"],
        tile_height=grid["height"],
    )
