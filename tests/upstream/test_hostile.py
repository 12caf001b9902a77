"""Text that means harm, or was never meant for a row: it costs no more than other text and breaks nothing."""

import json
import math
import subprocess
import sys

import pytest

from studio.upstream import framing
from studio.upstream.channel import Channel
from studio.upstream.reader import Reader

BASE = "https://gw.example.test/v1"
CPU_SECONDS = 10  # of processor, not of clock; the slowest case needs under two, a quadratic one needs minutes
MANY = 400_000

BAITS = {
    "brackets": "'[' * n", "an open link": "'[a](' + 'x' * n", "open links": "'[a](x' * (n // 5)", "tags": "'<video ' * (n // 7)",
    "quotes in a tag": "'<video ' + 'src=\"' * (n // 5) + '>'", "fences": "'```{' * (n // 4)", "fenced lines": "'```{\\n' * (n // 5)",
    "failures": "'❌\\n' * (n // 8)", "job handles": "'veo.' * (n // 4)", "links": "''.join(f'https://a.b/{i}.mp4 ' for i in range(n // 20))",
    "empty lines": "'\\n' * n", "thoughts": "'<think>' * (n // 7)", "one long line": "'x' * n",
}  # fmt: skip
SCRIPT = """
import json, resource, sys
resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))
from studio.upstream.reader import Reader
n = {many}
body = {body}
reader = Reader("https://gw.example.test/v1", status={status})
for at in range(0, len(body), 65536):
    reader.feed(body[at:at + 65536])
reader.close()
print(reader.reading().outcome)
"""


def judged(body: str, status: int = 200) -> subprocess.CompletedProcess[str]:
    script = SCRIPT.format(seconds=CPU_SECONDS, many=MANY, body=body, status=status)
    return subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)


@pytest.mark.parametrize("name", BAITS)
def test_no_text_stops_the_other_streams(name):
    chunk = f'{{"choices": [{{"index": 0, "delta": {{"content": {BAITS[name]}}}, "finish_reason": "stop"}}]}}'
    done = judged(f'b"data: " + json.dumps({chunk}).encode() + b"\\n\\n"')
    assert done.stdout.strip() in ("ready", "failed", "interrupted"), done.stderr[-500:] or "out of processor time"


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("b'<title>' * (n // 7)", 500),
        ("b':\\n' + b'<' * n", 500),
        ("b'data: {\\n' + b'data: \"a\":1,\\n' * (n // 12)", 200),
        ('json.dumps({"error": {"message": "{" * n}}).encode()', 400),
        ('b\'data: {"choices":[{"index":0,"delta":{"content":"word "}}]}\\n\\n\' * (n // 8)', 200),
        ('b\'data: {"choices":[{"index":0,"delta":{"content":"http\\\\n"}}]}\\n\\n\' * (n // 20)', 200),
    ],
)
def test_no_frames_stop_the_other_streams(body, status):
    done = judged(body, status)
    assert done.stdout.strip() in ("failed", "interrupted"), done.stderr[-500:] or "out of processor time"


def read(body: bytes, status: int = 200, step: int = 1 << 30):
    reader = Reader(BASE, status=status)
    for at in range(0, len(body), step):
        reader.feed(body[at : at + step])
    reader.close()
    return reader.reading()


ODD = r"a\ud800\u0000"


def test_what_a_row_cannot_hold_is_cleaned_wherever_it_stands():
    choice = f'{{"index":0,"delta":{{"content":"{ODD}","output":[{{"url":"https://a.b/{ODD}.mp4"}}]}},"finish_reason":"{ODD}"}}'
    usage = f'{{"total_tokens":NaN,"n":1e999,"big":{10**30},"{ODD}":1,"deep":[[[[1]]]]}}'
    body = f'data: {{"id":"{ODD}","created":Infinity,"{ODD}":1,"choices":[{choice}],"usage":{usage}}}\n\n'
    body += f'data: {{"error":{{"message":"{ODD}","code":"{ODD}","request_id":"{ODD}"}}}}\n\n'
    reading = read(body.encode())
    kept = json.dumps([reading.envelope, reading.usage, reading.unknown, list(reading.finish_reasons.values())])
    failure = reading.failure
    for text in (
        kept,
        failure.message,
        failure.code,
        failure.request_id,
        *reading.contents.values(),
        *reading.video_urls,
    ):
        assert "\0" not in json.loads(json.dumps(text))
        text.encode()
        assert r"\ud800" not in text and r"\u0000" not in text
    numbers = [value for value in reading.usage.values() if isinstance(value, int | float)]
    assert all(math.isfinite(number) and abs(number) < 2**63 for number in numbers)


@pytest.mark.parametrize(
    "body",
    [
        b"data: " + b"[" * 900 + b"]" * 900 + b"\n\n",
        b"data: " + b'{"error":' * 900 + b"{}" + b"}" * 900 + b"\n\n",
        b'data: {"error":{"a":' + b"[" * 980 + b"]" * 980 + b"}}\n\n",
        b'data: {"choices":[{"delta":{"output":' + b"[" * 900 + b"]" * 900 + b"}}]}\n\n",
        b'{"usage":{"total_tokens":' + b"[" * 900 + b"]" * 900 + b'},"choices":[]}',
    ],
)
def test_deep_nesting_breaks_nothing(body):
    def below(depth):
        return below(depth - 1) if depth else read(body)

    assert below(500).outcome in ("failed", "interrupted")


def test_a_choice_beyond_the_bound_is_counted_and_mixed_into_no_other():
    body = b'data: {"choices":[{"index":17,"delta":{"content":"x"}},{"index":0,"delta":{"content":"y"}}]}\n\n'
    reading = read(body)
    assert (reading.contents, reading.unknown) == ({0: "y"}, {"choice index": 1})


@pytest.mark.parametrize("step", [1 << 30, 1000, 7])
def test_a_line_too_long_is_counted_and_the_next_is_read(monkeypatch, step):
    monkeypatch.setattr(framing, "LINE_MAX_CHARS", 2000)
    long = b'data: {"choices":[{"delta":{"content":"' + b"x" * 5000 + b'data: [DONE]"}}]}\r\n\r\n'
    reader, events = Reader(BASE), []
    body = long + b'data: {"choices":[{"delta":{"content":"https://a.b/c.mp4"}}]}\n\n'
    for at in range(0, len(body), step):
        events += reader.feed(body[at : at + step]).events
    events += reader.close().events
    assert [type(event).__name__ for event in events] == ["Unknown", "Text", "VideoLink", "End"]
    assert (reader.reading().outcome, reader.reading().unknown) == ("ready", {"line too long": 1})


def test_one_long_line_in_many_pieces_is_put_together_once():
    """Counted: the characters a channel hands to its line patterns stay in proportion to the text."""
    channel = Channel()
    looked = 0
    partial, line = channel._words.partial, channel._words.line

    def counting(read):
        def counted(text):
            nonlocal looked
            looked += len(text)
            return read(text)

        return counted

    channel._words.partial, channel._words.line = counting(partial), counting(line)
    for _ in range(20_000):
        list(channel.add("word "))
    list(channel.close())
    assert looked < 2 * channel.size
