"""Ranges to the byte, for players and for downloads."""

import asyncio

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage
from django.http import Http404
from django.test import RequestFactory
from hypothesis import given, settings
from hypothesis import strategies as st

from studio.media.serving import RANGE_MAX_BYTES, disposition, serve

CONTENT = bytes(n * 7 % 251 for n in range(3 * RANGE_MAX_BYTES // 2))
SIZE = len(CONTENT)
storage = InMemoryStorage()
storage.save("film.mp4", ContentFile(CONTENT))


def ask(method="GET", name="film.mp4", **headers):
    request = RequestFactory().generic(
        method, "/", headers={key.replace("_", "-"): value for key, value in headers.items()}
    )
    return asyncio.run(serve(request, storage, name, content_type="video/mp4", etag="e1", filename="一只狗.mp4"))


def body(answer):
    async def whole():
        return b"".join([piece async for piece in answer.streaming_content])

    return asyncio.run(whole()) if answer.streaming else answer.content


@settings(max_examples=80, deadline=None)
@given(start=st.integers(0, SIZE + 10), length=st.integers(1, SIZE), open_end=st.booleans())
def test_a_range_is_answered_to_the_byte(start, length, open_end):
    stop = start + length - 1
    answer = ask(Range=f"bytes={start}-" if open_end else f"bytes={start}-{stop}")
    if start >= SIZE:
        assert answer.status_code == 416
        assert answer["Content-Range"] == f"bytes */{SIZE}"
        return
    last = min(SIZE - 1, SIZE - 1 if open_end else stop, start + RANGE_MAX_BYTES - 1)
    assert answer.status_code == 206
    assert answer["Content-Range"] == f"bytes {start}-{last}/{SIZE}"
    assert answer.content == CONTENT[start : last + 1]
    assert answer["Content-Length"] == str(len(answer.content))


@pytest.mark.parametrize(("asked", "start"), [("bytes=-5", SIZE - 5), (f"bytes=-{SIZE * 2}", 0)])
def test_the_end_can_be_asked_for(asked, start):
    answer = ask(Range=asked)
    assert answer.content == CONTENT[start : start + RANGE_MAX_BYTES]


@pytest.mark.parametrize(
    "asked", ["bytes=", "bytes=a-b", "bytes=5-2", "items=0-1", "bytes=0-1,5-6", "bytes=-", "x" * 5000]
)
def test_a_range_nobody_can_read_is_answered_whole(asked):
    answer = ask(Range=asked)
    assert answer.status_code == 200
    assert body(answer) == CONTENT


def test_nothing_is_the_last_nothing():
    assert ask(Range="bytes=-0").status_code == 416


def test_a_changed_file_is_sent_whole_again():
    assert ask(Range="bytes=0-1", If_Range='"old"').status_code == 200
    assert ask(Range="bytes=0-1", If_Range='"e1"').status_code == 206


def test_what_the_browser_has_is_not_sent_again():
    assert ask(If_None_Match='"e1"').status_code == 304


def test_head_tells_the_size_and_sends_nothing():
    answer = ask("HEAD")
    assert (answer["Content-Length"], answer["Accept-Ranges"], answer.content) == (str(SIZE), "bytes", b"")


def test_bytes_cannot_become_a_page():
    answer = ask()
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Cache-Control"].startswith("private")


def test_a_lost_file_is_a_404():
    with pytest.raises(Http404):
        ask(name="gone.mp4")


def test_any_name_is_a_legal_header():
    assert (
        disposition('a"b\r\n狗.mp4', attachment=True)
        == "attachment; filename=\"a-b-.mp4\"; filename*=UTF-8''a%22b%0D%0A%E7%8B%97.mp4"
    )
