"""What of an answer is said to the person: not the thoughts, not the fenced JSON in which the request is echoed. Pure.

Every pattern of this room that sees foreign text is linear: no unbounded repeat may be tried again from each place it
could start at (``[^<>]``, not ``[^>]``). All streams share one event loop; 200 kB of ``[`` must not stop it.
"""

import re

THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
FENCE = re.compile(r"[> \t]*```([\w+-]{0,20})(.*)", re.DOTALL)
BODIES_MAX = 8


class Fences:
    """Where one text stands among its fenced blocks. Lines go in, in order; ``bodies`` gathers the fenced JSON."""

    def __init__(self) -> None:
        self.bodies: list[list[str]] = []
        self._is_open = False
        self.in_json = False
        self._undecided = False  # a fence without a language: its first line tells

    def said(self, line: str) -> str | None:
        """What of ``line`` (without its end) is said; None when it is a fence or stands in fenced JSON."""
        if found := FENCE.match(line):
            return self._fence(found[1].lower(), found[2])
        if self._undecided and line.strip(" >\t\r"):
            self._undecided = False
            if line.lstrip("> \t").startswith(("{", "[")):
                self._begin_json()
        if self.in_json:
            if len(self.bodies) <= BODIES_MAX:
                self.bodies[-1].append(line)
            return None
        return line

    def _fence(self, language: str, rest: str) -> str | None:
        if self._is_open:
            self._is_open = self.in_json = self._undecided = False
            return rest if rest.strip() else None
        inside, closed, behind = rest.partition("```")
        self._is_open = not closed
        if language in ("json", "json5") or (not language and inside.lstrip().startswith(("{", "["))):
            self._begin_json()
            self.bodies[-1].append(inside)
            self.in_json = self._is_open
            return behind if behind.strip() else None
        self._undecided = self._is_open and not language and not inside.strip()
        said = f"{inside} {behind}" if behind else inside
        return said if said.strip() else None

    def _begin_json(self) -> None:
        self.in_json = True
        if len(self.bodies) <= BODIES_MAX:
            self.bodies.append([])


def without_thoughts(text: str) -> str:
    """The text without ``<think>`` blocks; an unclosed one reaches to the end."""
    return THOUGHTS.sub("", text) if "<think" in text.lower() else text
