"""From order to film: who waits, what a picture or a seed does, what the status page says, what is left behind."""

import base64
import io
import os
import re
import signal
from collections.abc import Iterator

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.demo.conftest import FILM, KEY, LISTENING, TASK, asked, comes_true, command, pictures, told

LONG = "a boat at sea. 25 seconds"


def heard_until(word: str, reader: Iterator[str], wanted: re.Pattern[str]) -> str:
    said = ""
    while word not in said:
        said += next(reader)
    return wanted.findall(said)[0]


def picture(colour: tuple[int, int, int], kind: str = "png") -> str:
    file = io.BytesIO()
    Image.new("RGB", (320, 200), colour).save(file, kind)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"


def with_picture(uri: str) -> list[dict[str, object]]:
    parts = [{"type": "text", "text": "1 second, square video"}, {"type": "image_url", "image_url": {"url": uri}}]
    return [{"role": "user", "content": parts}]


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_a_first_frame_is_seen_in_the_film(gateway, http, kind):
    answer = told(http, gateway, "", messages=with_picture(picture((200, 30, 30), kind)))
    middle = pictures(http.get(answer.film()).content)[12][200:400]
    red, green, blue = middle.reshape(-1, 3).mean(axis=0)
    assert red > 120 > 60 > max(green, blue)


def test_a_first_frame_that_is_no_picture_fails_with_its_reason(gateway, http):
    answer = told(http, gateway, "", messages=with_picture("data:image/png;base64,bm8gcGljdHVyZQ=="))
    assert "❌ Generation failed: the first frame is no PNG, JPEG or WebP picture" in answer.text()
    assert not FILM.search(answer.text())


def test_a_first_frame_of_a_hundred_megapixels_is_not_opened(gateway, http):
    file = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(file, "png")
    uri = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    assert "more than 24 megapixels" in told(http, gateway, "", messages=with_picture(uri)).text()


def test_without_a_seed_every_choice_looks_different(gateway, http):
    answer = told(http, gateway, "a hill. 1 second, square video", n=2)
    one, other = (pictures(http.get(answer.film(choice)).content)[12].astype(int) for choice in (0, 1))
    assert np.abs(one - other).mean() > 2


def test_two_films_are_made_at_once_and_the_third_waits(gateway, http):
    streams = [http.stream("POST", gateway.chat, json=asked(LONG)) for _ in range(3)]
    readers = [stream.__enter__().iter_text() for stream in streams]  # kept: one that is let go hangs up
    try:
        tasks = [heard_until("Queuing", reader, TASK) for reader in readers]
        assert comes_true(lambda: len(gateway.renders()) == 2)
        states = [http.get(f"{gateway.origin}/demo/source/{task}").json()["status"] for task in tasks]
        assert states == ["processing", "processing", "pending"]
    finally:
        for stream in streams:
            stream.__exit__(None, None, None)
    assert comes_true(lambda: gateway.renders() == [])


def test_the_status_page_knows_the_film_when_it_is_made(gateway, http):
    answer = told(http, gateway, "a fox. 1 second, square video")
    [task] = set(TASK.findall(answer.text()))
    status = http.get(f"{gateway.origin}/demo/source/{task}").json()
    assert (status["id"], status["status"], status["progress"]) == (task, "completed", 100)
    assert status["is_completed"] is True
    assert status["error"] is None
    assert status["video_url"] == answer.film()
    assert http.get(status["thumbnail_url"]).headers["content-type"] == "image/webp"
    page = http.get(f"{gateway.origin}/demo/web/{task}")
    assert page.headers["content-type"].startswith("text/html")
    assert answer.film() in page.text


def test_a_film_refused_after_its_making_is_gone(gateway, http):
    answer = told(http, gateway, "a fox. 1 second, square video [fault:moderation-late]")
    [task] = set(TASK.findall(answer.text()))
    status = http.get(f"{gateway.origin}/demo/source/{task}").json()
    assert status["status"] == "failed"
    assert "guardrails" in status["error"]["message"]
    assert "video_url" not in status


def test_an_unknown_task_or_path_is_a_404_in_json(gateway, http):
    assert http.get(f"{gateway.origin}/demo/source/task_{'0' * 26}").status_code == 404
    for path in ("/", "/demo/", "/demo/v1/chat/completion", "/v1/chat/completions"):
        for method in ("GET", "POST"):
            answer = http.request(method, gateway.origin + path)
            assert answer.status_code == 404
            assert answer.json()["error"]["code"] == "unknown_url"


def test_the_film_is_served_in_ranges(gateway, http):
    link = told(http, gateway, "a fox. 1 second, square video").film()
    whole = http.get(link)
    part = http.get(link, headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part.content == whole.content[100:200]
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    head = http.head(link)
    assert (head.headers["content-length"], head.content) == (str(len(whole.content)), b"")


def test_a_killed_server_leaves_no_renderer_behind(tmp_path):
    process = command(tmp_path, "--port", "0")
    assert process.stdout is not None
    found = LISTENING.match(process.stdout.readline())
    assert found
    url = f"{found[1]}/demo/v1/chat/completions"
    with (
        httpx.Client(trust_env=False, headers=KEY) as client,
        pytest.raises(httpx.TransportError),
        client.stream("POST", url, json=asked(LONG)) as answer,
    ):
        for text in answer.iter_text():
            if "Generating" in text:
                os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    assert comes_true(lambda: not list(tmp_path.glob("demo/*.part")))
