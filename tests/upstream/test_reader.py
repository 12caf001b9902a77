"""Every recorded answer reads as expected, however its bytes are cut."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.upstream.events import Event, Text
from studio.upstream.reader import Reader, Reading

SAMPLES = Path(__file__).parent / "samples"
EXPECTED = {name: row for name, row in json.loads((SAMPLES / "expected.json").read_text()).items() if name != "_meta"}
BASE = "http://cdn.example.test/v1"
SAME = (
    "video_urls",
    "preview_urls",
    "thumbnail_urls",
    "download_urls",
    "poll_urls",
    "progress",
    "task_id",
    "remix_id",
    "usage",
    "done_marker",
)


def read(name: str, parts: list[bytes]) -> tuple[Reading, list[Event], str]:
    row = EXPECTED[name]
    reader = Reader(BASE, status=row["http_status"], content_type=row["content_type"])
    pieces = [reader.feed(part) for part in parts] + [reader.close()]
    events = [event for piece in pieces for event in piece.events]
    return reader.reading(), merged(events), "".join(piece.raw for piece in pieces)


def merged(events: list[Event]) -> list[Event]:
    """Neighbouring texts of one channel as one: where they are cut is the gateway's business."""
    out: list[Event] = []
    for event in events:
        if isinstance(event, Text) and out and isinstance(last := out[-1], Text):
            if (last.choice, last.channel) == (event.choice, event.channel):
                out[-1] = Text(last.piece + event.piece, event.choice, event.channel)
                continue
        out.append(event)
    return out


def outcome_of(row: dict) -> str:
    if row["outcome"] == "succeeded":
        return "ready"
    return "failed" if row["error_contains"] else "interrupted"


def lines(body: bytes) -> list[bytes]:
    return body.splitlines(keepends=True)


def bytewise(body: bytes) -> list[bytes]:
    return [body[at : at + 1] for at in range(len(body))]


@pytest.mark.parametrize("cut", [lambda body: [body], lines, bytewise], ids=["whole", "lines", "bytes"])
@pytest.mark.parametrize("name", EXPECTED)
def test_a_sample_reads_as_expected(name, cut):
    row = EXPECTED[name]
    reading, _, raw = read(name, cut((SAMPLES / name).read_bytes()))
    assert {key: getattr(reading, key) for key in SAME} == {key: row[key] for key in SAME}
    assert reading.outcome == outcome_of(row)
    if row["error_contains"]:
        assert row["error_contains"] in reading.failure.message
    assert raw == (SAMPLES / name).read_bytes().decode("utf-8-sig")


@settings(max_examples=40, deadline=None)
@given(data=st.data())
@pytest.mark.parametrize("name", EXPECTED)
def test_random_cuts_change_nothing(name, data):
    body = (SAMPLES / name).read_bytes()
    places = sorted(data.draw(st.sets(st.integers(0, len(body)), max_size=12)))
    parts = [body[a:b] for a, b in zip([0, *places], [*places, len(body)], strict=True)]
    whole, events, raw = read(name, [body])
    cut, cut_events, cut_raw = read(name, parts)
    assert cut == whole
    assert cut_events == events
    assert cut_raw == raw


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=400), status=st.sampled_from([200, 200, 403, 500]), at=st.integers(0, 400))
def test_no_bytes_are_too_odd(body, status, at):
    whole, cut = Reader(BASE, status=status), Reader(BASE, status=status)
    whole.feed(body), whole.close()
    cut.feed(body[:at]), cut.feed(body[at:]), cut.close()
    assert whole.reading() == cut.reading()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4)
    | st.dictionaries(st.sampled_from(["choices", "delta", "message", "content", "error", "usage", "index", "url", "status", "output", "id", "code"]), inner, max_size=4),
    max_leaves=20,
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(value=JSON)
def test_no_json_is_too_odd(value):
    for body in (b"data: " + json.dumps(value).encode() + b"\n\n", json.dumps(value).encode()):
        reader = Reader(BASE)
        reader.feed(body)
        reader.close()
        assert reader.reading().outcome in ("ready", "failed", "interrupted")


def test_a_hundred_thousand_deltas_are_looked_at_once_each(monkeypatch):
    """Counted, not timed: the characters given to the line patterns stay in proportion to the text."""
    from studio.upstream import words

    looked_at = 0
    plain = words.LineWords._numbers

    def counting(self, line):
        nonlocal looked_at
        looked_at += len(line)
        return plain(self, line)

    monkeypatch.setattr(words.LineWords, "_numbers", counting)

    def work(count: int) -> int:
        nonlocal looked_at
        looked_at = 0
        reader = Reader(BASE)
        chunk = b'data: {"choices":[{"index":0,"delta":{"content":"dots in a row......\\n"}}]}\n\n'
        for _ in range(count):
            reader.feed(chunk)
        reader.close()
        return looked_at

    assert work(4000) <= 4.2 * work(1000)
