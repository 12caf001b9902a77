"""What must not leak from one request to another, or out of it; and what must not be sent, joined or believed."""

import asyncio
import contextlib
import hashlib
import json
from ipaddress import ip_address

import pytest

from studio.upstream.client import Client, Gateway
from studio.upstream.fetch import FetchFailed
from studio.upstream.gateway import allowed
from studio.upstream.guard import is_public, local_origins
from studio.upstream.status import parse_status
from tests.gateway import DONE, FakeGateway, chunk

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 400


@pytest.fixture
def fake():
    with FakeGateway() as gateway:
        yield gateway


@pytest.fixture
async def client():
    made = Client()
    yield made
    await made.aclose()


@contextlib.asynccontextmanager
async def serving(*answers: bytes):
    """A server that gives one answer per connection and closes; yields (origin, the requests it got)."""
    asked: list[str] = []

    async def answer(reader, writer):
        asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
        writer.write(answers[min(len(asked), len(answers)) - 1])
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked


async def said(client, gateway, body):
    exchange = client.exchange(gateway, body)
    async for _ in exchange:
        pass
    return exchange.reading()


# -- sending


async def test_the_time_limit_never_strikes_the_caller(client, fake):
    """The caller is busy writing rows when the limit passes: the exchange has to say so, not cancel the writing."""
    fake.play("m", *[chunk("."), 0.05] * 40)
    exchange = client.exchange(Gateway(fake.address, local=True, total_timeout_s=0.3), {"model": "m", "stream": True})
    async for _ in exchange:
        await asyncio.sleep(0.25)
    reading = exchange.reading()
    assert (reading.outcome, reading.failure.code, reading.failure.money) == ("interrupted", "timeout", "possible")


@pytest.mark.parametrize("odd", ["\ud800", 10**30, {"a": "\udfff"}])
async def test_odd_values_in_a_request_are_sent_not_raised(client, fake, odd):
    fake.play("m", DONE)
    await said(client, Gateway(fake.address, local=True), {"model": "m", "odd": odd})
    assert fake.posts[-1]["odd"] == odd


async def test_a_header_that_cannot_be_written_is_told_and_nothing_sent(client, fake):
    reading = await said(client, Gateway(fake.address, local=True, headers={"X-Name": "ü"}), {"model": "m"})
    assert (reading.outcome, reading.failure.code, reading.failure.money) == ("failed", "not_sent", "none")
    assert fake.posts == []


async def test_one_accounts_cookie_is_not_shown_to_the_gateway_again(client, fake):
    fake.play("a", DONE, headers={"Set-Cookie": "session=of-one-account; Path=/"})
    fake.play("b", DONE)
    await said(client, Gateway(fake.address, key="first", local=True), {"model": "a"})
    await said(client, Gateway(fake.address, key="second", local=True), {"model": "b"})
    assert [headers.get("cookie") for headers in fake.headers] == [None, None]


async def test_a_redirected_request_is_not_sent_on(client, fake):
    with FakeGateway() as elsewhere:
        elsewhere.play("m", DONE)
        fake.play("m", b"", status=307, headers={"Location": f"{elsewhere.address}/chat/completions"})
        reading = await said(client, Gateway(fake.address, key="k", local=True), {"model": "m"})
        assert elsewhere.posts == []
    assert (reading.failure.advice, reading.failure.money) == ("check_address", "none")
    assert elsewhere.address in reading.failure.message
    assert (await client.test(Gateway(fake.address, local=True), "m")).code == "not_chat"


async def test_a_gateway_that_says_too_much_is_left(client, fake, monkeypatch):
    monkeypatch.setattr("studio.upstream.exchange.ANSWER_MAX_BYTES", 10_000)
    fake.play("m", *[chunk("x" * 1000)] * 100)
    reading = await said(client, Gateway(fake.address, local=True), {"model": "m", "stream": True})
    assert (reading.outcome, reading.failure.code) == ("interrupted", "too_much")


async def test_a_page_before_the_gateway_is_not_taken_for_a_wrong_key(client, fake):
    page = b"<!doctype html><title>Just a moment...</title>"
    fake.play("m", page, status=403, content_type="text/html")
    assert (await client.test(Gateway(fake.address, local=True), "m")).code == "html"


# -- the guard


@pytest.mark.parametrize(
    "address", ["fec0::1", "::7f00:1", "64:ff9b:1::7f00:1", "5f00::1", "2001:0:7f00::1", "fd00::1", "100::1"]
)
def test_only_the_routed_part_of_the_net_is_public(address):
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "64:ff9b::101:101", "::ffff:8.8.8.8"])
def test_the_public_net_is_reached(address):
    assert is_public(ip_address(address))


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("http://10.0.0.5:8000/a.mp4", True),
        ("https://10.0.0.5:8000/a.mp4", False),
        ("http://10.0.0.5/a.mp4", False),
        ("http://10.0.0.6:8000/a.mp4", False),
    ],
)
def test_exactly_the_ticked_origin_is_allowed_scheme_included(url, is_allowed):
    with allowed(Gateway("http://10.0.0.5:8000/v1", local=True), url):
        assert bool(local_origins.get()) is is_allowed
    with allowed(Gateway("http://10.0.0.5:8000/v1"), url):
        assert not local_origins.get()


# -- fetching


@pytest.mark.parametrize(
    "url", ["http://a.example:99999/x.mp4", "http://[bad/x.mp4", "http:///x.mp4", "ftp://a.example/x", "x.mp4", ""]
)
async def test_a_link_that_is_no_address_is_refused_as_one(client, tmp_path, url):
    with pytest.raises(FetchFailed) as refused:
        await client.fetch(url, tmp_path / "v", gateway=Gateway("https://a.example/v1"), max_bytes=10**9)
    assert refused.value.code == "bad_url"


WHOLE = len(MP4)
CUT_AT = 40_000


def first(*headers: str) -> bytes:
    lines = ["HTTP/1.1 200 OK", f"Content-Length: {WHOLE}", "Accept-Ranges: bytes", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + MP4[:CUT_AT]


def rest(*headers: str, start: int = CUT_AT, total: int = WHOLE, body: bytes = MP4[CUT_AT:]) -> bytes:
    place = f"Content-Range: bytes {start}-{total - 1}/{total}"
    lines = ["HTTP/1.1 206 Partial", f"Content-Length: {len(body)}", place, *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


async def test_a_cut_file_is_gone_on_with_where_it_stopped(client, tmp_path):
    async with serving(first('ETag: "one"'), rest('ETag: "one"')) as (origin, asked):
        fetched = await client.fetch(
            f"{origin}/a.mp4", tmp_path / "v", gateway=Gateway(origin, local=True), max_bytes=10**9
        )
    assert (tmp_path / "v").read_bytes() == MP4
    assert (fetched.size, fetched.sha256) == (WHOLE, hashlib.sha256(MP4).hexdigest())
    assert f"bytes={CUT_AT}-" in asked[1] and 'if-range: "one"' in asked[1].lower()


@pytest.mark.parametrize(
    "second",
    [
        rest('ETag: "two"'),
        rest('ETag: "one"', start=0, body=MP4[: WHOLE - CUT_AT]),
        rest(total=WHOLE + 1, body=MP4[CUT_AT:] + b"!"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nother",
        b"HTTP/1.1 404 Gone\r\nContent-Length: 0\r\n\r\n",
        b"",
    ],
    ids=["another tag", "another place", "another size", "from the beginning", "gone", "nothing"],
)
async def test_two_files_are_never_joined_into_one(client, tmp_path, second):
    async with serving(first('ETag: "one"'), second) as (origin, _):
        with pytest.raises(FetchFailed) as refused:
            await client.fetch(f"{origin}/a.mp4", tmp_path / "v", gateway=Gateway(origin, local=True), max_bytes=10**9)
    assert refused.value.code == "cut"
    assert list(tmp_path.iterdir()) == []


async def test_a_part_that_nobody_asked_for_is_no_whole_file(client, tmp_path):
    part = b"HTTP/1.1 206 P\r\nContent-Range: bytes 0-9999/900000\r\nContent-Length: 10000\r\n\r\n" + MP4[:10_000]
    async with serving(part) as (origin, _):
        with pytest.raises(FetchFailed) as refused:
            await client.fetch(f"{origin}/a.mp4", tmp_path / "v", gateway=Gateway(origin, local=True), max_bytes=10**9)
    assert refused.value.code == "status"


# -- status pages


@pytest.mark.parametrize(
    ("told", "state", "urls"),
    [
        ({"running": True, "status": "video_generation_completed", "video_url": "https://a.b/low.mp4"}, "running", ["https://a.b/low.mp4"]),
        ({"running": True, "status": "video_generation_failed", "retry_count": 1}, "running", []),
        ({"running": False, "status": "video_upsampling_failed", "video_url": "https://a.b/v.mp4"}, "ready", ["https://a.b/v.mp4"]),
        ({"status": "completed", "metadata": {"url": "https://a.b/v.mp4", "input": "https://a.b/in.mp4"}}, "ready", ["https://a.b/v.mp4"]),
        ({"status": "succeeded", "remixed_from_video_id": "https://a.b/v.mp4"}, "ready", ["https://a.b/v.mp4"]),
        ({"status": "completed", "images": ["https://a.b/in.mp4"]}, "unknown", []),
        ({"status": "completed", "progress": float("nan")}, "unknown", []),
        ([1, 2], "unknown", []),
    ],
)  # fmt: skip
def test_a_job_is_ready_when_its_last_picture_is(told, state, urls):
    status = parse_status(json.dumps(told).encode(), "https://a.b/v1")
    assert (status.state, status.video_urls) == (state, urls)
