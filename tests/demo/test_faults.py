"""Each fault does what its sentence says, seen by a plain HTTP client."""

import http.client as http_client
import io
import json
import re
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import av
import httpx
import pytest

from studio.demo.dialect import REFUSAL
from studio.demo.faults import FAULTS, fault_in, without_faults
from tests.demo.conftest import FILM, KEY, TASK, Gateway, Told, asked, comes_true, pictures, told

SMALL = "A boat. 1 second, square video"
CLIENT_ERRORS = (httpx.RemoteProtocolError, httpx.ReadError)  # what a cut looks like, with and without a known length


def test_every_fault_is_tried_here():
    assert set(re.findall(r"\[fault:([a-z0-9-]+)\]", Path(__file__).read_text())) == set(FAULTS)


def test_a_fault_is_heard_anywhere_in_the_prompt_and_never_filmed():
    assert fault_in("a dog [Fault:CUT] in the rain") == "cut"
    assert fault_in(f"a dog [fault:{'unheard'}] [fault:429]") == "429"
    assert fault_in("a dog, fault:cut") is None
    assert without_faults("a dog [fault:cut] ") == "a dog"


class SlowAnswer(threading.Thread):
    """Asked for first and heard at the end: the others need not wait for it."""

    def __init__(self, gateway: Gateway):
        super().__init__()
        self.gateway = gateway

    def run(self) -> None:
        with httpx.Client(trust_env=False, headers=KEY, timeout=60) as client:
            began = time.monotonic()
            self.answer = told(client, self.gateway, f"{SMALL} [fault:slow]")
            self.seconds = time.monotonic() - began


@pytest.fixture(scope="module", autouse=True)
def slow(gateway: Gateway) -> Iterator[SlowAnswer]:
    thread = SlowAnswer(gateway)
    thread.start()
    yield thread
    thread.join()


def source_of(answer: Told, http: httpx.Client, gateway: Gateway) -> httpx.Response:
    [task] = set(TASK.findall(answer.text()))
    return http.get(f"{gateway.origin}/demo/source/{task}")


# -- refused at the door


@pytest.mark.parametrize("stream", [True, False])
def test_no_credit_is_403(http, gateway, stream):
    answer = http.post(gateway.chat, json=asked(f"{SMALL} [fault:quota]", stream=stream))
    assert answer.status_code == 403
    assert answer.json()["error"]["code"] == "insufficient_user_quota"


@pytest.mark.parametrize("stream", [True, False])
def test_too_many_requests_say_when_to_come_back(http, gateway, stream):
    answer = http.post(gateway.chat, json=asked(f"{SMALL} [fault:429]", stream=stream))
    assert answer.status_code == 429
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json()["error"]["code"] == "rate_limit_exceeded"


@pytest.mark.parametrize("stream", [True, False])
def test_no_channel_is_503(http, gateway, stream):
    answer = http.post(gateway.chat, json=asked(f"{SMALL} [fault:503]", stream=stream))
    assert answer.status_code == 503
    assert "No available channel" in answer.json()["error"]["message"]


@pytest.mark.parametrize("stream", [True, False])
def test_a_proxy_answers_with_its_own_page(http, gateway, stream):
    answer = http.post(gateway.chat, json=asked(f"{SMALL} [fault:html]", stream=stream))
    assert answer.status_code == 524
    assert answer.headers["content-type"].startswith("text/html")
    assert "A timeout occurred" in answer.text
    with pytest.raises(json.JSONDecodeError):
        answer.json()


# -- said in the stream


@pytest.mark.parametrize(
    ("prompt", "words"), [(SMALL, "Generation failed"), ("一只船，1秒，方形", "生成失败")], ids=["English", "Chinese"]
)
def test_a_refused_prompt_is_told_as_text_and_nothing_is_filmed(http, gateway, prompt, words):
    answer = told(http, gateway, f"{prompt} [fault:moderation]")
    assert f"❌ {words}: {REFUSAL}" in answer.text()
    assert not FILM.search(answer.text())
    assert answer.finishes == ["stop"]
    assert answer.payloads[-1] == "[DONE]"
    assert source_of(answer, http, gateway).json()["status"] == "failed"


def test_a_late_refusal_comes_after_91_percent(http, gateway):
    answer = told(http, gateway, f"{SMALL} [fault:moderation-late]")
    assert "91..\n\n❌ Generation failed: " + REFUSAL in answer.text()
    assert not FILM.search(answer.text())
    assert answer.payloads[-1] == "[DONE]"


def test_heavy_load_is_an_error_event(http, gateway):
    answer = told(http, gateway, f"{SMALL} [fault:load]")
    assert "event: error" in answer.lines
    assert "heavy_load" in answer.frames[-1]["error"]["message"]
    assert answer.text() == ""
    assert http.post(gateway.chat, json=asked(f"{SMALL} [fault:load]", stream=False)).status_code == 500


def test_an_error_object_stands_in_place_of_a_frame(http, gateway):
    answer = told(http, gateway, f"{SMALL} [fault:error-object]")
    assert "choices" not in answer.frames[-1]
    assert answer.frames[-1]["error"]["code"] == "generation_failed"
    assert "event: error" not in answer.lines
    whole = http.post(gateway.chat, json=asked(f"{SMALL} [fault:error-object]", stream=False))
    assert (whole.status_code, whole.json()["error"]["code"]) == (500, "generation_failed")


def test_a_broken_frame_stands_between_good_ones_and_the_film_arrives(http, gateway):
    answer = told(http, gateway, f"{SMALL} [fault:badjson]")
    broken = [at for at, payload in enumerate(answer.payloads[:-1]) if not is_json(payload)]
    assert len(broken) == 1
    assert 0 < broken[0] < len(answer.payloads) - 2
    del answer.payloads[broken[0]]
    assert len(pictures(http.get(answer.film()).content)) == 24


def is_json(text: str) -> bool:
    try:
        json.loads(text)
    except json.JSONDecodeError:
        return False
    return True


# -- silence and breaks


@pytest.mark.parametrize("n", [1, 2])
def test_a_cut_breaks_the_connection_half_way_and_the_job_is_lost(http, gateway, n):
    heard = b""
    with http.stream("POST", gateway.chat, json=asked(f"{SMALL} [fault:cut]", n=n)) as answer:
        assert answer.status_code == 200
        with pytest.raises(CLIENT_ERRORS):
            for piece in answer.iter_raw():
                heard += piece
    broken = Told(heard[: heard.rindex(b"\n\n") + 2].decode())
    assert "Progress" in "".join(broken.text(choice) for choice in range(n))
    assert "[DONE]" not in broken.payloads
    for task in set(TASK.findall(broken.raw)):
        assert http.get(f"{gateway.origin}/demo/source/{task}").status_code == 404
    assert comes_true(lambda: gateway.renders() == [])


def test_a_cut_breaks_a_whole_answer_too(http, gateway):
    with pytest.raises(CLIENT_ERRORS):
        http.post(gateway.chat, json=asked(f"{SMALL} [fault:cut]", stream=False))


def test_a_stall_goes_silent_keeps_the_connection_and_stops_when_the_client_leaves(gateway):
    client = http_client.HTTPConnection(urlsplit(gateway.origin).netloc, timeout=60)
    body = json.dumps(asked("A boat. 12 seconds [fault:stall]"))  # long: half of it is still to render at the stall
    client.request("POST", "/demo/v1/chat/completions", body, {**KEY, "Content-Type": "application/json"})
    answer = client.getresponse()
    heard = b""
    while not re.search(rb'"content":"(4\d|[5-9]\d)\.\."', heard):
        heard += answer.read1()
    assert client.sock is not None
    client.sock.settimeout(1.0)
    with pytest.raises(TimeoutError):  # neither a byte nor an end
        answer.read1()
    assert len(gateway.renders()) == 1
    answer.close()
    client.close()
    assert comes_true(lambda: gateway.renders() == [])


# -- endings without a film


def test_an_acknowledgement_only_and_the_film_appears_on_the_status_page(http, gateway):
    answer = told(http, gateway, f"{SMALL} [fault:ack]")
    assert not FILM.search(answer.text())
    assert (answer.finishes, answer.payloads[-1]) == (["stop"], "[DONE]")
    seen: list[dict[str, Any]] = []

    def is_completed() -> bool:
        seen.append(source_of(answer, http, gateway).json())
        return seen[-1]["is_completed"]

    assert comes_true(is_completed)
    assert {status["status"] for status in seen} <= {"pending", "processing", "completed"}
    assert seen[-1]["progress"] == 100
    assert len(pictures(http.get(seen[-1]["video_url"]).content)) == 24
    assert http.get(seen[-1]["thumbnail_url"]).headers["content-type"] == "image/webp"


def test_a_bare_ending_tells_no_link_and_the_job_is_lost(http, gateway):
    answer = told(http, gateway, f"{SMALL} [fault:nolink]")
    assert "Progress" in answer.text()
    assert not FILM.search(answer.text())
    assert ".webp" not in answer.text()
    assert (answer.finishes, answer.payloads[-1]) == (["stop"], "[DONE]")
    assert source_of(answer, http, gateway).status_code == 404


# -- links that do not keep their word


def test_a_link_answers_with_a_web_page(http, gateway):
    answer = http.get(told(http, gateway, f"{SMALL} [fault:notvideo]").film())
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.text.startswith("<!DOCTYPE html>")


def test_a_links_file_stops_half_way(http, gateway):
    promised, sent = broken_download(http, told(http, gateway, f"{SMALL} [fault:cutfile]").film())
    assert promised // 3 < len(sent) < promised


def test_a_link_promises_10_gigabytes(http, gateway):
    promised, sent = broken_download(http, told(http, gateway, f"{SMALL} [fault:huge]").film())
    assert promised == 10 * 1024**3
    assert len(sent) < 10 * 1024**2


def broken_download(http: httpx.Client, link: str) -> tuple[int, bytes]:
    """How many bytes are promised, and those that came before the connection broke."""
    sent = b""
    with http.stream("GET", link) as answer:
        assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
        with pytest.raises(CLIENT_ERRORS):
            for piece in answer.iter_raw():
                sent += piece
        return int(answer.headers["content-length"]), sent


def test_a_links_file_holds_no_picture(http, gateway):
    answer = http.get(told(http, gateway, f"{SMALL} [fault:zeroframes]").film())
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert answer.content[4:8] == b"ftyp"
    try:
        with av.open(io.BytesIO(answer.content)) as container:
            frames = sum(1 for _ in container.decode(video=0)) if container.streams.video else 0
    except av.InvalidDataError:
        frames = 0
    assert frames == 0


def test_a_link_is_gone(http, gateway):
    assert http.get(told(http, gateway, f"{SMALL} [fault:gone]").film()).status_code == 404


def test_the_slow_one_takes_20_seconds_longer_and_arrives(http, slow):
    slow.join()
    assert slow.seconds >= 20
    assert len(pictures(http.get(slow.answer.film()).content)) == 24
