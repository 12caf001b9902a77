"""The child process: one order on stdin, one answer on stdout, limits on itself before it opens anything."""

import json
import math
import os
import resource
import signal
import sys
from pathlib import Path
from typing import Any

OPEN_FILES_MAX = 64


def limit(limits: dict[str, Any]) -> None:
    """For good: a hard limit cannot be raised again. The kernel keeps them, so they outlive a parent that was killed."""
    memory, cpu, written = limits["memory_bytes"], limits["cpu_seconds"], limits["written_bytes"]
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu, cpu + 1))  # SIGXCPU first: SIGKILL would read as "no memory"
    resource.setrlimit(resource.RLIMIT_FSIZE, (written, written))
    resource.setrlimit(resource.RLIMIT_NOFILE, (OPEN_FILES_MAX, OPEN_FILES_MAX))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    signal.alarm(math.ceil(limits["wall_seconds"]) + 1)
    os.nice(10)  # pages and streams come first


def main() -> None:
    from studio.media.reading import Refused, read  # libraries first: their code needs room that a film must not get

    order = json.load(sys.stdin)
    limit(order["limits"])
    answer: dict[str, Any]
    try:
        answer = read(Path(order["original"]), Path(order["into"]), order["limits"])
    except Refused as refusal:
        answer = {"code": refusal.code, "detail": refusal.detail}
    except OSError as error:
        answer = {"errno": error.errno}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
