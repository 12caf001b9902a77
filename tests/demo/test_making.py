"""What ends without a film leaves nothing of one behind, and no two films are alike."""

import base64
import io
import os
import signal

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.demo.conftest import KEY, LISTENING, TASK, asked, children, comes_true, command, command_line, pictures, told

LONG = "a boat at sea. 25 seconds"


def with_picture(uri: str) -> list[dict[str, object]]:
    parts = [{"type": "text", "text": "1 second, square video"}, {"type": "image_url", "image_url": {"url": uri}}]
    return [{"role": "user", "content": parts}]


def test_a_first_frame_of_a_hundred_megapixels_is_not_opened(gateway, http):
    file = io.BytesIO()
    Image.new("1", (10_000, 10_000)).save(file, "png")
    uri = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    assert "more than 24 megapixels" in told(http, gateway, "", messages=with_picture(uri)).text()


def test_without_a_seed_every_choice_looks_different(gateway, http):
    answer = told(http, gateway, "a hill. 1 second, square video", n=2)
    one, other = (pictures(http.get(answer.film(choice)).content)[12].astype(int) for choice in (0, 1))
    assert np.abs(one - other).mean() > 2


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
                assert comes_true(lambda: list(tmp_path.glob("demo/*.part")))
                [renderer] = children(process.pid)
                os.kill(process.pid, signal.SIGKILL)
    process.wait(10)
    assert comes_true(lambda: b"studio.demo.render" not in command_line(renderer))
    assert not list(tmp_path.glob("demo/*"))
