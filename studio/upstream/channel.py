"""One text as it grows: content or reasoning of one choice. Each line is read once, the last one as it stands."""

from collections.abc import Iterator

from studio.upstream.events import Event
from studio.upstream.visible import Fences, without_thoughts
from studio.upstream.words import PARTIAL_MAX_CHARS, LineWords

READ_MAX_CHARS = 200_000  # of the end of a text, in which links are looked for; a long real answer has 10,000
LINK_MARKS = ("http", "](", "src=")


class Channel:
    """``add`` pieces as they come, ``close`` at the end. The whole text is ``text``, what of it is said is ``said``."""

    def __init__(self) -> None:
        self.size = 0
        self.has_new_link = False  # since the last look: a finished line holds what may be one
        self._parts: list[str] = []
        self._tail: list[str] = []  # the unfinished line, in pieces: joined at its end only, or while it is short
        self._tail_size = 0
        self._said: list[str] = []
        self._fences = Fences()
        self._words = LineWords()

    def add(self, piece: str) -> Iterator[Event]:
        self._parts.append(piece)
        self.size += len(piece)
        *lines, tail = piece.split("\n")
        for line in lines:
            yield from self._line(self._take_tail() + line)
        if tail:
            self._tail.append(tail)
            self._tail_size += len(tail)
        if self._tail_size <= PARTIAL_MAX_CHARS:
            yield from self._peek()

    def close(self) -> Iterator[Event]:
        yield from self._line(self._take_tail())

    def _take_tail(self) -> str:
        line = "".join(self._tail)
        self._tail, self._tail_size = [], 0
        return line

    def _peek(self) -> Iterator[Event]:
        line = "".join(self._tail)
        if line and not self._fences.in_json and not line.lstrip("> \t").startswith("`"):
            yield from self._words.partial(line)

    def _line(self, line: str) -> Iterator[Event]:
        said = self._fences.said(line)
        if said is None:
            return
        self._said.append(said)
        self.has_new_link = self.has_new_link or any(mark in said for mark in LINK_MARKS)
        yield from self._words.line(said)

    @property
    def text(self) -> str:
        return "".join(self._parts)

    @property
    def bodies(self) -> list[str]:
        """Of the first fenced JSON blocks."""
        return ["\n".join(lines) for lines in self._fences.bodies]

    def said(self) -> str:
        """The finished lines that are neither thoughts nor fenced JSON; of a very long text its end."""
        lines: list[str] = []
        size = 0
        for line in reversed(self._said):
            size += len(line) + 1
            if size > READ_MAX_CHARS and lines:
                break
            lines.append(line[-READ_MAX_CHARS:])
        return without_thoughts("\n".join(reversed(lines)))
