"""Slowing down who guesses passwords: past some free tries each further one doubles the wait.

Counted in this process's memory: the studio is one web process unless it runs as a team, where each process counts for
itself, and a restart forgives.

A name at an address is slowed early. A name alone (many addresses guess it) and an address alone (it guesses many
names) are slowed late: early would let a stranger lock a person out, and a whole team behind one proxy wait for one.
"""

import threading
import time

FREE_TRIES = 5
FREE_TRIES_ALONE = 50
FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 300.0
FORGET_SECONDS = 3600.0
REMEMBER_MAX = 10_000

_lock = threading.Lock()
_tries: dict[tuple[str, str], tuple[int, float]] = {}  # (name, address), either may be "" → (tries, when the last was)


def take_try(name: str, address: str, now: float | None = None) -> float:
    """Counts a try and answers 0, or answers the seconds to wait first; ``now`` in seconds of a clock that never jumps.

    Counting before the password is looked at keeps many tries at once from all being free.
    """
    now = time.monotonic() if now is None else now
    with _lock:
        wait = max(_wait(key, now) for key in _keys(name, address))
        if wait == 0:
            if len(_tries) > REMEMBER_MAX:
                _tries.clear()
            for key in _keys(name, address):
                tries, last = _tries.get(key, (0, now))
                _tries[key] = (1 if now - last > FORGET_SECONDS else tries + 1, now)
        return wait


def _keys(name: str, address: str) -> tuple[tuple[str, str], ...]:
    return (name, address), (name, ""), ("", address)


def _wait(key: tuple[str, str], now: float) -> float:
    tries, last = _tries.get(key, (0, 0.0))
    free = FREE_TRIES if all(key) else FREE_TRIES_ALONE
    if tries < free or now - last > FORGET_SECONDS:
        return 0.0
    pause = min(FIRST_WAIT_SECONDS * 2 ** min(tries - free, 10), LONGEST_WAIT_SECONDS)
    return max(0.0, last + pause - now)


def forgive(name: str, address: str) -> None:
    """The right password. Only its own try leaves the address's count: else one known account would open all others."""
    with _lock:
        for key in ((name, address), (name, "")):
            _tries.pop(key, None)
        tries, last = _tries.get(("", address), (0, 0.0))
        if tries:
            _tries["", address] = (tries - 1, last)
