"""Slowing down who guesses passwords: per name and per address, each wrong try doubles the wait.

Counted in this process's memory: the studio is one web process unless it runs as a team, and a restart forgives.
"""

import threading
import time

FREE_TRIES = 5
FIRST_WAIT_SECONDS = 2.0
LONGEST_WAIT_SECONDS = 300.0
FORGET_SECONDS = 3600.0
REMEMBER_MAX = 10_000

_lock = threading.Lock()
_tries: dict[str, tuple[int, float]] = {}  # key → (wrong tries, when the last one was)


def wait_left(*keys: str) -> float:
    """Seconds until the next try is looked at; 0 when it may be now."""
    now = time.monotonic()
    with _lock:
        return max((_wait(key, now) for key in keys), default=0.0)


def _wait(key: str, now: float) -> float:
    tries, last = _tries.get(key, (0, 0.0))
    if tries < FREE_TRIES or now - last > FORGET_SECONDS:
        return 0.0
    pause = min(FIRST_WAIT_SECONDS * 2 ** (tries - FREE_TRIES), LONGEST_WAIT_SECONDS)
    return max(0.0, last + pause - now)


def wrong(*keys: str) -> None:
    now = time.monotonic()
    with _lock:
        if len(_tries) > REMEMBER_MAX:
            _tries.clear()
        for key in keys:
            tries, last = _tries.get(key, (0, now))
            _tries[key] = (1 if now - last > FORGET_SECONDS else tries + 1, now)


def right(*keys: str) -> None:
    with _lock:
        for key in keys:
            _tries.pop(key, None)
