"""A reader who is slow costs a buffer, not the file."""

import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILM_BYTES = 200 * 1024 * 1024

SERVER = """
import sys
from daphne.server import reactor
from studio.web.daphne import Server

async def application(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"video/mp4")]})
    piece = b"x" * 131072
    for _ in range(FILM_BYTES // len(piece)):
        await send({"type": "http.response.body", "body": piece, "more_body": True})
    await send({"type": "http.response.body", "body": b""})

class Told(Server):
    def listen_success(self, port):
        super().listen_success(port)
        print("port", port.getHost().port, flush=True)

Told(application=application, endpoints=["tcp:port=0:interface=127.0.0.1"], signal_handlers=False, verbosity=0).run()
""".replace("FILM_BYTES", str(FILM_BYTES))


def resident_mib(pid: int) -> float:
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_slow_readers_of_a_large_file_do_not_fill_the_memory():
    with subprocess.Popen([sys.executable, "-c", SERVER], cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            port = int(server.stdout.readline().split()[1])
            before = resident_mib(server.pid)
            readers = []
            for _ in range(4):
                reader = socket.create_connection(("127.0.0.1", port))
                reader.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
                reader.recv(1000)
                readers.append(reader)
            for _ in range(10):
                time.sleep(0.1)
                for reader in readers:
                    reader.recv(10_000)
            assert resident_mib(server.pid) - before < 40
            got = 0
            while piece := readers[0].recv(1024 * 1024):
                got += len(piece)
                if got > FILM_BYTES - 200_000:
                    break
            assert got > FILM_BYTES - 200_000, "what was read before counts too"
        finally:
            server.kill()
