"""Bytes to lines to frames: incremental UTF-8, Server-Sent Events as they really come."""

import codecs
import json
import math
import re
from dataclasses import dataclass
from typing import Any

import orjson

LINE_MAX_CHARS = 16 * 1024 * 1024  # a longer line is given up, with its end, and counted
PENDING_MAX_CHARS = 1024 * 1024  # of a JSON value told over several data: lines
KEPT_MAX_CHARS = 1000  # of one string in a field that goes into a row
KEPT_MAX_ENTRIES = 60
OWN_FRAME = ("choices", "error", "object")  # names by which a data line inside an unfinished value is a frame anyway

LINE_END = re.compile(r"\r\n|\n|\r")
DROPPED = ""  # in place of a line that was given up; every other line carries its end


class Lines:
    """Cuts text at LF, CRLF and CR, wherever the bytes were cut. Broken UTF-8 and NUL become U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts: list[str] = []
        self._size = 0
        self._after_cr = False
        self._first = True

    def feed(self, data: bytes, *, final: bool = False) -> list[str]:
        """The lines completed by ``data``, each with its line end as it came; at the end the unfinished one too."""
        text = self._decoder.decode(data, final).replace("\0", "\ufffd")
        if self._first and text:
            text, self._first = text.removeprefix("\ufeff"), False
        lines: list[str] = []
        if self._after_cr and text:
            self._after_cr = False
            if text[0] == "\n":
                self._keep("\n")
                text = text[1:]
            lines.append(self._take())
        start = 0
        for end in LINE_END.finditer(text):
            self._keep(text[start : end.end()])
            start = end.end()
            if end[0] == "\r" and start == len(text):  # its LF may be the next byte
                self._after_cr = True
            else:
                lines.append(self._take())
        self._keep(text[start:])
        if final and self._size:
            lines.append(self._take())
        return lines

    def _keep(self, part: str) -> None:
        self._size += len(part)
        if self._size > LINE_MAX_CHARS:
            self._parts.clear()
        elif part:
            self._parts.append(part)

    def _take(self) -> str:
        line = DROPPED if self._size > LINE_MAX_CHARS else "".join(self._parts)
        self._parts, self._size = [], 0
        return line


@dataclass(frozen=True, slots=True)
class Frame:
    """One data value: ``value`` parsed, or None for ``[DONE]``; ``is_error`` when the event's name says so."""

    value: Any
    is_error: bool = False
    is_done: bool = False


class Frames:
    """Server-Sent Events to frames. A data line that is whole JSON is a frame at once, blank line or not.

    A value told over several lines is parsed when its blank line comes, not with each line: that would be quadratic.
    """

    def __init__(self) -> None:
        self._pending: list[str] = []
        self._size = 0
        self._event = ""
        self.broken = 0

    def line(self, line: str) -> list[Frame]:
        line = line.rstrip("\r\n")
        if not line:
            return self.blank()
        name, colon, value = line.partition(":")
        if name == "event":
            self._event = value.strip()
        value = value.removeprefix(" ")
        if name != "data" or not colon or not value.strip():
            return []
        if value.lstrip().startswith("[DONE]"):
            return [*self._unfinished(), Frame(None, is_done=True)]
        told, ok = parse_json(value)
        if ok and not self._pending:
            return [self._frame(told)]
        if ok and isinstance(told, dict) and any(name in told for name in OWN_FRAME):
            return [*self._unfinished(), self._frame(told)]
        self._pending.append(value)
        self._size += len(value)
        return self._unfinished() if self._size > PENDING_MAX_CHARS else []

    def blank(self) -> list[Frame]:
        """The end of an event, or of the stream."""
        frames = self._unfinished()
        self._event = ""
        return frames

    def _unfinished(self) -> list[Frame]:
        """The lines that waited: one value together, else those that are values alone; the rest is broken."""
        waiting, self._pending, self._size = self._pending, [], 0
        if not waiting:
            return []
        whole, ok = parse_json("\n".join(waiting))
        if ok:
            return [self._frame(whole)]
        if self._event == "error":  # told in plain words
            return [self._frame({"error": {"message": "\n".join(waiting)}})]
        alone = [told for told, ok in map(parse_json, waiting) if ok]
        self.broken += len(waiting) > len(alone)
        return [self._frame(told) for told in alone]

    def _frame(self, told: Any) -> Frame:
        return Frame(told, is_error=self._event == "error")


def parse_json(text: str) -> tuple[Any, bool]:
    """(value, True) for an object or a list; NaN and Infinity, which no database takes, are read as null."""
    try:
        value = orjson.loads(text)
    except ValueError:
        try:  # takes the lone surrogates that orjson refuses
            value = json.loads(text, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            return None, False
    return value, isinstance(value, dict | list)


def clean(text: str) -> str:
    """Text that any database and any page can hold: NUL and lone surrogates (legal in JSON escapes) replaced."""
    if "\0" in text:
        text = text.replace("\0", "\ufffd")
    if not text.isascii() and any("\ud800" <= char <= "\udfff" for char in text):
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def keepable(told: Any, depth: int = 3) -> Any:
    """A foreign JSON value as a row may hold it: clean strings, finite numbers, bounded in depth and breadth."""
    if isinstance(told, str):
        return clean(told[:KEPT_MAX_CHARS])
    if isinstance(told, float):
        return told if math.isfinite(told) else None
    if isinstance(told, int):
        return told if abs(told) < 2**63 else None
    if told is None or depth == 0:
        return None
    if isinstance(told, dict):
        entries = list(told.items())[:KEPT_MAX_ENTRIES]
        return {clean(str(name)[:100]): keepable(value, depth - 1) for name, value in entries}
    if isinstance(told, list):
        return [keepable(value, depth - 1) for value in told[:KEPT_MAX_ENTRIES]]
    return None
