"""What a container says of itself in its outermost boxes, read without a decoder: is all of it here?

A decoder is a poor judge of that: a film cut in its last tenth decodes without a word, and a film with an edit list shows
fewer frames than its index holds. The boxes carry their lengths, so the missing bytes can be counted.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

BOXES_MAX = 100_000  # 15 minutes of quarter-second fragments are 7,200
FIRST_BOXES = {b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"styp"}
EBML, SEGMENT = b"\x1a\x45\xdf\xa3", b"\x18\x53\x80\x67"


@dataclass(frozen=True, slots=True)
class Outline:
    family: str = ""  # mp4, mov, webm or matroska; empty for containers that are not read here
    missing_bytes: int = 0  # promised by index and film, not in the file
    is_sized: bool = False  # the container told how long all of it is
    has_index: bool = False
    has_film: bool = False
    faststart: bool = False


def outline_of(path: Path) -> Outline:
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(64)
        if head[4:8] in FIRST_BOXES:
            return _of_boxes(file, size, "mp4" if head[4:8] == b"ftyp" and head[8:10] != b"qt" else "mov")
        if head.startswith(EBML):
            return _of_segment(file, size, "webm" if b"webm" in head else "matroska")
    return Outline()


def _of_boxes(file: BinaryIO, size: int, family: str) -> Outline:
    """ISO/IEC 14496-12, 4.2: length in 4 bytes, name in 4; length 1 says "in the next 8", 0 "to the end of the file"."""
    names: list[bytes] = []
    missing = 0
    open_end = False
    for name, length, stop in _boxes(file, size):
        names.append(name)
        if name in (b"moov", b"mdat", b"moof"):
            missing = max(missing, stop - size)
            open_end |= length == 0 or name == b"moof"
    index = names.index(b"moov") if b"moov" in names else None
    film = names.index(b"mdat") if b"mdat" in names else None
    return Outline(
        family=family,
        missing_bytes=missing,
        is_sized=film is not None and not open_end,
        has_index=index is not None,
        has_film=film is not None,
        faststart=index is not None and (film is None or index < film),
    )


def _boxes(file: BinaryIO, size: int) -> Iterator[tuple[bytes, int, int]]:
    at = 0
    for _ in range(BOXES_MAX):
        file.seek(at)
        head = file.read(16)
        told = int.from_bytes(head[:4])
        length = {0: size - at, 1: int.from_bytes(head[8:])}.get(told, told)
        if len(head) < 8 or length < 8:
            return
        yield head[4:8], told, at + length
        at += length


def _of_segment(file: BinaryIO, size: int, family: str) -> Outline:
    """RFC 8794: an id, a length of 1 to 8 bytes whose leading zeros say how many; all ones is "until it ends"."""
    file.seek(len(EBML))
    header = _length(file)
    file.seek(header or 0, 1)
    if header is None or file.read(4) != SEGMENT:
        return Outline(family, has_film=True)
    length = _length(file)
    if length is None:
        return Outline(family, has_index=True, has_film=True, faststart=True)
    missing = max(0, file.tell() + length - size)
    return Outline(family, missing, is_sized=True, has_index=True, has_film=True, faststart=True)


def _length(file: BinaryIO) -> int | None:
    first = file.read(1)
    if not first or not first[0]:
        return None
    more = 8 - first[0].bit_length()
    value = int.from_bytes(bytes([first[0] & (0x7F >> more)]) + file.read(more))
    return None if value == (1 << 7 * (more + 1)) - 1 else value
