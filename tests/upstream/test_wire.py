"""The client against real sockets: what goes wrong on the way, the guard, and fetching."""

import hashlib
import json
import socket

import pytest
import trustme

from studio.upstream.client import Client, Gateway
from studio.upstream.events import Failed
from studio.upstream.fetch import FetchFailed, sniff
from studio.upstream.guard import is_public
from tests.gateway import DONE, FakeGateway, chunk

MP4 = b"\x00\x00\x00\x18ftypmp42" + bytes(range(256)) * 400
BODY = {"model": "sora-2", "messages": [{"role": "user", "content": "x"}], "stream": True}


@pytest.fixture
def fake():
    with FakeGateway() as gateway:
        yield gateway


@pytest.fixture
async def client():
    made = Client()
    yield made
    await made.aclose()


def here(fake, **how):
    return Gateway(fake.address, key="sk-canary", local=True, **how)


async def converse(client, gateway, body=BODY):
    exchange = client.exchange(gateway, body)
    pieces = [piece async for piece in exchange]
    return exchange, exchange.reading(), pieces


async def test_a_stream_is_read_to_its_end(client, fake):
    fake.play(
        "sora-2",
        chunk("> 进度：40%\n"),
        0.01,
        chunk(f"[点击这里]({fake.origin}/a.mp4)"),
        chunk("", finish="stop"),
        DONE,
    )
    exchange, reading, pieces = await converse(client, here(fake))
    assert (reading.outcome, reading.progress, reading.video_urls) == ("ready", [40], [f"{fake.origin}/a.mp4"])
    assert "".join(piece.raw for piece in pieces).endswith("[DONE]\n\n")
    assert exchange.status == 200
    assert fake.headers[0]["authorization"] == "Bearer sk-canary"
    assert "text/event-stream" in fake.headers[0]["accept"]


async def test_extra_headers_go_along_and_none_is_invented(client, fake):
    fake.play("sora-2", DONE)
    await converse(client, here(fake, headers={"X-Forwarded-Host": "a.b"}))
    await converse(client, here(fake))
    assert fake.headers[0]["x-forwarded-host"] == "a.b"
    assert "x-forwarded-host" not in fake.headers[1]


async def test_a_connection_that_breaks_after_frames_is_interrupted_and_may_have_cost(client, fake):
    fake.play("sora-2", chunk("> ID: `task_01k7e5zz9z5f2d91`\n> 进度：40%\n"), 0.05, "cut")
    _, reading, _ = await converse(client, here(fake))
    assert (reading.outcome, reading.failure.kind, reading.failure.money) == ("interrupted", "network", "possible")
    assert reading.task_id == "task_01k7e5zz9z5f2d91"


async def test_silence_ends_after_the_frame_limit(client, fake):
    fake.play("sora-2", chunk("排队中"), 30.0)
    _, reading, _ = await converse(client, here(fake, frame_timeout_s=0.3))
    assert (reading.outcome, reading.failure.advice) == ("interrupted", "check_again")


async def test_a_gateway_that_never_ends_is_ended(client, fake):
    fake.play("sora-2", *[chunk("."), 0.05] * 200)
    _, reading, _ = await converse(client, here(fake, total_timeout_s=0.5))
    assert reading.outcome == "interrupted"


async def test_after_the_finish_reason_only_a_little_is_waited_for(client, fake, monkeypatch):
    monkeypatch.setattr("studio.upstream.exchange.AFTER_FINISH_SECONDS", 0.2)
    usage = b'data: {"choices":[],"usage":{"total_tokens":3}}\n\n'
    fake.play("sora-2", chunk("https://a.b/c.mp4", finish="stop"), 0.05, usage, 60.0)
    _, reading, _ = await converse(client, here(fake))
    assert (reading.outcome, reading.usage) == ("ready", {"total_tokens": 3})


async def test_nothing_listening_costs_nothing(client):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    exchange, reading, pieces = await converse(client, Gateway(f"http://127.0.0.1:{port}/v1", local=True))
    assert (reading.outcome, reading.failure.kind, reading.failure.money) == ("failed", "network", "none")
    assert not exchange.sent
    assert any(isinstance(event, Failed) for piece in pieces for event in piece.events)


async def test_what_does_not_speak_http_is_said(client, fake):
    import asyncio

    async def babble(reader, writer):
        await reader.readuntil(b"\r\n\r\n")  # closing on unread bytes would reset, and the greeting be lost
        writer.write(b"220 mail.example.test ESMTP\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(babble, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    async with server:
        _, reading, _ = await converse(client, Gateway(f"http://127.0.0.1:{port}/v1", local=True))
    assert (reading.outcome, reading.failure.kind, reading.failure.code) == ("failed", "network", "not_http")


async def test_a_wrong_certificate_is_said_and_costs_nothing(client):
    import asyncio
    import ssl

    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("other.example.test").configure_cert(context)
    server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    async with server:
        _, reading, _ = await converse(client, Gateway(f"https://127.0.0.1:{port}/v1", local=True))
    assert (reading.outcome, reading.failure.code, reading.failure.money) == ("failed", "tls", "none")


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "::1", "fe80::1", "fc00::1",
        "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "224.0.0.1", "255.255.255.255", "::",
    ],
)  # fmt: skip
def test_private_numbers_are_known_in_every_wrapping(address):
    from ipaddress import ip_address

    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "127.1", "[::1]", "[::ffff:127.0.0.1]", "0"]
)
async def test_the_guard_refuses_every_spelling_of_home(client, fake, host):
    _, reading, _ = await converse(client, Gateway(f"http://{host}:{fake.port}/v1"))
    assert reading.failure.advice == "allow_private"
    assert fake.posts == []


async def test_an_owner_can_allow_exactly_one_origin(client, fake):
    with FakeGateway() as other:
        other.serve("/secret.mp4", MP4)
        fake.play("sora-2", DONE)
        await converse(client, here(fake))
        assert len(fake.posts) == 1
        with pytest.raises(FetchFailed) as refused:
            await client.fetch(f"{other.origin}/secret.mp4", other_path(), gateway=here(fake), max_bytes=10**9)
        assert refused.value.code == "private_address"


def other_path():
    import tempfile
    from pathlib import Path

    return Path(tempfile.mkdtemp()) / "video"


async def test_the_guard_sits_where_connections_are_made(client):
    """httpx has no public door for a network backend: if its inside changes, this says so."""
    from studio.upstream.guard import GuardedBackend

    assert isinstance(client.http._transport._pool._network_backend, GuardedBackend)
    assert client.http._transport._pool._max_keepalive_connections == 0


# -- fetching


async def test_a_video_is_fetched_with_its_hash(client, fake, tmp_path):
    fake.serve("/a.mp4", MP4)
    told = []
    fetched = await client.fetch(
        f"{fake.origin}/a.mp4",
        tmp_path / "v",
        gateway=here(fake),
        max_bytes=10**9,
        told=lambda done, total: told.append((done, total)),
    )
    assert (tmp_path / "v").read_bytes() == MP4
    assert (fetched.size, fetched.sha256) == (len(MP4), hashlib.sha256(MP4).hexdigest())
    assert told[-1] == (len(MP4), len(MP4))


@pytest.mark.parametrize(
    ("content", "kind", "how", "code"),
    [
        (b"<!doctype html><h1>Sign in</h1>", "video/mp4", {}, "html"),
        (b'{"error":"expired, ask again"}', "video/mp4", {}, "json"),
        (b"#EXTM3U\n#EXT-X-VERSION:3\n", "video/mp4", {}, "hls"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 40, "video/mp4", {}, "image"),
        (b"", "video/mp4", {}, "empty"),
        (MP4, "video/mp4", {"headers": {"Content-Length": str(10 * 1024**3)}}, "too_big"),
        (MP4[:5000], "video/mp4", {"headers": {"Content-Length": "90000"}}, "cut"),
        (b"gone", "text/plain", {"status": 404}, "status"),
    ],
)
async def test_what_is_no_whole_video_is_refused_with_its_reason(client, fake, tmp_path, content, kind, how, code):
    fake.serve("/a.mp4", content, kind, **how)
    with pytest.raises(FetchFailed) as refused:
        await client.fetch(f"{fake.origin}/a.mp4", tmp_path / "v", gateway=here(fake), max_bytes=10**6)
    assert refused.value.code == code
    assert list(tmp_path.iterdir()) == []


async def test_three_redirects_are_followed_and_not_a_fourth(client, fake, tmp_path):
    fake.serve("/3.mp4", MP4)
    for at in range(3):
        fake.serve(f"/{at}.mp4", b"", status=302, headers={"Location": f"{at + 1}.mp4"})
    await client.fetch(f"{fake.origin}/0.mp4", tmp_path / "v", gateway=here(fake), max_bytes=10**9)
    fake.serve("/start.mp4", b"", status=302, headers={"Location": "/0.mp4"})
    with pytest.raises(FetchFailed) as refused:
        await client.fetch(f"{fake.origin}/start.mp4", tmp_path / "w", gateway=here(fake), max_bytes=10**9)
    assert refused.value.code == "redirects"


async def test_a_redirect_home_is_refused(client, fake, tmp_path):
    with FakeGateway() as inside:
        inside.serve("/x.mp4", MP4)
        fake.serve("/a.mp4", b"", status=302, headers={"Location": f"{inside.origin}/x.mp4"})
        with pytest.raises(FetchFailed) as refused:
            await client.fetch(f"{fake.origin}/a.mp4", tmp_path / "v", gateway=here(fake), max_bytes=10**9)
    assert refused.value.code == "private_address"


def test_first_bytes_tell_what_a_file_is():
    assert [sniff(first) for first in (MP4[:32], b"\x1a\x45\xdf\xa3", b"  <svg", b"plain words")] == [
        "video",
        "video",
        "html",
        "text",
    ]


# -- trying a gateway, asking about a job


async def test_a_working_gateway_is_recognised_without_a_job(client, fake):
    fake.play(
        "sora-2",
        json.dumps({"error": {"message": "messages is empty", "code": None}}).encode(),
        status=400,
        content_type="application/json",
    )
    verdict = await client.test(here(fake), "sora-2")
    assert (verdict.code, verdict.models) == ("ok", ("sora-2",))
    assert [post["messages"] for post in fake.posts] == [[]]


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (401, b'{"error":{"message":"Invalid key"}}', "application/json", "bad_key"),
        (200, b"<!doctype html><title>Welcome</title>", "text/html", "html"),
        (404, b'{"detail":"Not Found"}', "application/json", "not_chat"),
        (404, b'{"error":{"code":"model_not_found","message":"no"}}', "application/json", "no_such_model"),
        (429, b'{"error":{"message":"rate limit"}}', "application/json", "load"),
    ],
)
async def test_what_is_wrong_with_a_gateway_is_found(client, fake, status, body, kind, code):
    fake.play("sora-2", body, status=status, content_type=kind)
    assert (await client.test(here(fake), "sora-2")).code == code


@pytest.mark.parametrize(
    ("told", "state", "urls"),
    [
        ({"status": "completed", "is_completed": True, "video_url": "https://a.b/v.mp4"}, "ready", ["https://a.b/v.mp4"]),
        ({"running": False, "status": "completed", "video_url": "https://a.b/p.mp4", "upsample_video_url": "https://a.b/h.mp4"}, "ready", ["https://a.b/h.mp4"]),
        ({"running": False, "status": "failed", "retry_count": 3}, "failed", []),
        ({"status": "in_progress", "progress": "76%"}, "running", []),
        ({"id": "video_1", "object": "video", "status": "queued", "progress": 0}, "running", []),
        ({"task_id": "t", "status": "SUCCESS", "data": {"output": "https://a.b/v.mp4"}}, "ready", ["https://a.b/v.mp4"]),
        ({"status": "failed", "error": {"code": "moderation_blocked", "message": "no"}}, "failed", []),
        ({"status": "completed", "url": "https://a.b/web/t", "content": {"encodings": {"source": {"path": "https://a.b/s.mp4"}}}}, "ready", ["https://a.b/s.mp4"]),
    ],
)  # fmt: skip
async def test_a_jobs_status_page_is_understood(client, fake, told, state, urls):
    fake.serve("/source/t", json.dumps(told).encode(), "application/json")
    status = await client.poll(here(fake), f"{fake.origin}/source/t")
    assert (status.state, status.video_urls) == (state, urls)


async def test_a_missing_status_page_is_unknown(client, fake):
    assert (await client.poll(here(fake), f"{fake.origin}/source/none")).state == "unknown"
