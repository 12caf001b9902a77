"""From a gateway's frame to paint in the browser: ``python -m tests.bench.live [--check] [--streams 1 10 40]``.

A real gateway on loopback paces frames that carry the moment they were written; a real studio stores and forwards them;
Chromium notes the first animation frame after each arrived. Beside it, in the same run, the same stream is read directly.
``--check`` exits 1 when the 95th percentile is over 300 ms.
"""

import argparse
import asyncio
import contextlib
import re
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx
from playwright.sync_api import Page, sync_playwright

from tests.browser.conftest import ARGUMENTS, CHROMIUM, Desk
from tests.desk.test_run_command import add_provider, send
from tests.gateway import DONE, FakeGateway, chunk

GOAL_MS = 300.0
FRAMES, PAUSE_SECONDS = 24, 0.25
MARK = re.compile(r"at=(\d+\.\d+)")

OBSERVE = """() => {
  window.delays = [];
  const seen = new Set();
  const look = (text) => {
    for (const found of text.matchAll(/at=(\\d+\\.\\d+) of=(\\S+)/g)) {
      if (seen.has(found[0])) continue;
      seen.add(found[0]);
      requestAnimationFrame(() => delays.push(Date.now() - Number(found[1])));
    }
  };
  new MutationObserver((records) => { for (const r of records) for (const n of r.addedNodes) look(n.textContent); })
    .observe(document.getElementById("cards"), {childList: true, subtree: true});
}"""


class Paced(FakeGateway):
    """Frames are written at the moment they name, not when the script was made."""

    async def _play(self, answer, writer, reader):  # type: ignore[no-untyped-def]
        number = len(self.posts)

        async def frames():  # type: ignore[no-untyped-def]
            for at in range(FRAMES):
                yield chunk(f"> 进度：{at * 4}% at={time.time() * 1000:.3f} of={number}.{at}\n")
                await asyncio.sleep(PAUSE_SECONDS)
            yield chunk("done", finish="stop") + DONE

        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n")
        async for frame in frames():
            writer.write(frame)
            await writer.drain()


def direct(gateway: FakeGateway, streams: int) -> list[float]:
    """Delays in ms of a plain reader, with as many streams at once."""
    delays: list[float] = []

    def one() -> None:
        with httpx.stream("POST", f"{gateway.address}/chat/completions", json={"model": "m"}, timeout=60) as answer:
            for line in answer.iter_lines():
                if found := MARK.search(line):
                    delays.append(time.time() * 1000 - float(found[1]))

    threads = [threading.Thread(target=one) for _ in range(streams)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return delays


def through(page: Page, client: httpx.Client, model: str, streams: int) -> list[float]:
    """Delays in ms from frame to paint."""
    page.reload()
    page.locator("studio-live[data-connected]").wait_for()
    page.evaluate(OBSERVE)
    for number in range(streams):
        send(client, f"bench {number} of {streams} {time.time()}", model)
    deadline = time.monotonic() + FRAMES * PAUSE_SECONDS + 30
    while time.monotonic() < deadline and len(page.evaluate("delays")) < streams * FRAMES:
        time.sleep(0.5)
    delays: list[float] = page.evaluate("delays")
    if len(delays) < streams * FRAMES:
        print(f"  {streams * FRAMES - len(delays)} of {streams * FRAMES} frames were never painted")
        delays += [float("inf")]
    return delays


def p(delays: list[float], share: float) -> float:
    return sorted(delays)[min(len(delays) - 1, int(len(delays) * share))]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--streams", type=int, nargs="+", default=[1, 10, 30])
    options = parser.parse_args()
    worst = 0.0
    with tempfile.TemporaryDirectory() as folder, Paced() as gateway, sync_playwright() as playwright:
        gateway.play("m", DONE)
        desk = Desk(Path(folder) / "data")
        desk.data.mkdir()
        desk.browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        with desk, contextlib.closing(desk.set_up()) as client:
            model = add_provider(client, gateway)
            lift_limit(desk.data)
            page = desk.signed_in()
            print(f"{'streams':>8} {'direct p50':>11} {'p95':>7} {'painted p50':>12} {'p95':>7} {'ratio p50':>10}")
            for streams in options.streams:
                plain, painted = direct(gateway, streams), through(page, client, model, streams)
                worst = max(worst, p(painted, 0.95))
                ratio = statistics.median(painted) / max(statistics.median(plain), 0.01)
                print(
                    f"{streams:>8} {statistics.median(plain):>9.1f}ms {p(plain, 0.95):>5.1f}ms"
                    f" {statistics.median(painted):>10.1f}ms {p(painted, 0.95):>5.1f}ms {ratio:>9.0f}x"
                )
        desk.browser.close()
    print(f"worst p95 {worst:.0f} ms, goal {GOAL_MS:.0f} ms")
    return 1 if options.check and worst > GOAL_MS else 0


def lift_limit(data: Path) -> None:
    import sqlite3

    with sqlite3.connect(data / "studio.sqlite3", timeout=20) as base:
        base.execute("update providers_provider set concurrency = 200")


if __name__ == "__main__":
    sys.exit(main())
