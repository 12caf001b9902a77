"""Bytes to lines to frames: incremental UTF-8, Server-Sent Events as they really come."""

import codecs
import json
from dataclasses import dataclass
from typing import Any

import orjson

LINE_MAX_CHARS = 16 * 1024 * 1024  # a line beyond it is given up and counted
PENDING_MAX_CHARS = 1024 * 1024  # of a JSON value told over several data: lines


class Lines:
    """Cuts text at LF, CRLF and CR, wherever the bytes were cut. Broken UTF-8 and NUL become U+FFFD."""

    def __init__(self) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._parts: list[str] = []
        self._size = 0
        self._after_cr = False
        self._first = True
        self.dropped = 0

    def feed(self, data: bytes, *, final: bool = False) -> list[str]:
        """The lines completed by ``data``, each with its line end as it came; at the end the unfinished one too."""
        text = self._decoder.decode(data, final).replace("\0", "\ufffd")
        if self._first and text:
            text, self._first = text.removeprefix("\ufeff"), False
        lines: list[str] = []
        if self._after_cr and text:
            self._after_cr = False
            if text[0] == "\n":
                self._parts.append("\n")
                text = text[1:]
            lines.append(self._take())
        start = 0
        while True:
            end = self._end(text, start)
            if end < 0:
                break
            if text[end] == "\r" and end + 1 == len(text):
                self._keep(text[start:])
                self._after_cr, start = True, len(text)
                break
            stop = end + 2 if text[end : end + 2] == "\r\n" else end + 1
            self._keep(text[start:stop])
            lines.append(self._take())
            start = stop
        self._keep(text[start:])
        if final and self._parts:
            self._after_cr = False
            lines.append(self._take())
        return [line for line in lines if line]

    @staticmethod
    def _end(text: str, start: int) -> int:
        lf, cr = text.find("\n", start), text.find("\r", start)
        return min(lf, cr) if lf >= 0 and cr >= 0 else max(lf, cr)

    def _keep(self, part: str) -> None:
        if not part:
            return
        self._size += len(part)
        if self._size > LINE_MAX_CHARS:
            self._parts, self._size = [], 0
            self.dropped += 1
            return
        self._parts.append(part)

    def _take(self) -> str:
        line = "".join(self._parts)
        self._parts, self._size = [], 0
        return line


@dataclass(frozen=True, slots=True)
class Frame:
    """One data value: ``value`` parsed, or None for ``[DONE]``; ``is_error`` when the event's name says so."""

    value: Any
    is_error: bool = False
    is_done: bool = False


class Frames:
    """Server-Sent Events to frames. A data line that is whole JSON is a frame at once, blank line or not."""

    def __init__(self) -> None:
        self._pending = ""
        self._event = ""
        self.broken = 0

    def line(self, line: str) -> Frame | None:
        line = line.rstrip("\r\n")
        if not line:
            return self.blank()
        name, colon, value = line.partition(":")
        if name == "event":
            self._event = value.strip()
        if name != "data" or not colon:
            return None
        value = value.removeprefix(" ")
        if not value.strip():
            return None
        if value.lstrip().startswith("[DONE]"):
            self._drop()
            return Frame(None, is_done=True)
        for text in (f"{self._pending}\n{value}", value) if self._pending else (value,):
            parsed, ok = _parse(text)
            if ok:
                if text is value and self._pending:
                    self.broken += 1
                self._pending = ""
                return Frame(parsed, is_error=self._event == "error")
        self._pending = f"{self._pending}\n{value}" if self._pending else value
        if len(self._pending) > PENDING_MAX_CHARS:
            self._drop()
        return None

    def blank(self) -> Frame | None:
        error, words = self._event == "error", self._pending
        self._event = ""
        if error and words:  # an error told in plain words
            self._pending = ""
            return Frame({"error": {"message": words}}, is_error=True)
        self._drop()
        return None

    def _drop(self) -> None:
        if self._pending:
            self.broken += 1
        self._pending = ""


def _parse(text: str) -> tuple[Any, bool]:
    try:
        value = orjson.loads(text)
    except ValueError:
        try:
            value = json.loads(text)  # takes the lone surrogates and NaN that orjson refuses
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
