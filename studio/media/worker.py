"""The child process: one order on stdin, one answer on stdout, limits on itself before it opens anything."""

import json
import os
import resource
import sys
from pathlib import Path
from typing import Any


def limit(limits: dict[str, Any]) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory_bytes"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (limits["cpu_seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(10)  # pages and streams come first


def main() -> None:
    order = json.load(sys.stdin)
    limit(order["limits"])
    from studio.media.reading import Refused, read

    try:
        answer = read(Path(order["original"]), Path(order["into"]), order["limits"])
    except Refused as refusal:
        answer = {"code": refusal.code, "detail": refusal.detail}
    except MemoryError:
        answer = {"code": "out_of_memory"}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
