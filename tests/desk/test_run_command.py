"""Starting and stopping a studio, as a shell does it."""

import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

import pytest

from tests.gateway import FakeGateway, chunk
from tests.studio import ROOT, Studio, csrf_of


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    return folder


def rows(data, question):
    with sqlite3.connect(data / "studio.sqlite3") as base:
        return base.execute(question).fetchall()


def test_a_second_studio_on_the_same_data_is_refused_in_plain_words(data):
    with Studio(data) as first:
        second = subprocess.run(
            [sys.executable, "manage.py", "run", "--port", "0"],
            cwd=ROOT,
            env={**os.environ, "STUDIO_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "studio.settings"},
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert second.returncode != 0
        assert "already runs" in second.stderr
        assert first.address in second.stderr
        assert "Traceback" not in second.stderr


def test_a_taken_port_is_said(data):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(RuntimeError, match="Could not listen"):
            Studio(data, port=taken.getsockname()[1]).start()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_even_where_it_was_inherited_as_ignored(data, number):
    previous = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell's `&` hands it down
    try:
        with Studio(data) as studio:
            assert studio.stop(number, wait=10) == 0
    finally:
        signal.signal(signal.SIGINT, previous)


def test_stopping_keeps_what_was_said_and_cleans_up(data):
    with FakeGateway() as fake:
        fake.play("m", chunk("> ID: `task_01k7e5zz9z5f2d91`\n> 进度：40%\n"), 60.0)
        with Studio(data) as studio, closing(studio.set_up()) as ana:
            model = add_provider(ana, fake)
            send(ana, "A long one", model)
            wait_for(lambda: rows(data, "select percent from generations_generation where percent = 40"))
            send(ana, "Another one that waits", model)
            assert studio.stop(wait=10) == 0
        posts = len([post for post in fake.posts if post["messages"]])
    states = rows(data, "select state, task_id, money, failure_advice from generations_generation order by id")
    assert states[0] == ("interrupted", "task_01k7e5zz9z5f2d91", "possible", "studio_stopped")
    assert posts <= 2
    assert "进度" in "".join(row[0] for row in rows(data, "select raw from generations_event where raw != ''"))
    assert not list((data / "scratch").glob("*"))
    assert rows(data, "select * from generations_engineprocess") == []


def test_away_from_loopback_the_first_visit_needs_the_consoles_token(data):
    with Studio(data, arguments=("--host", "0.0.0.0")) as studio:
        said = studio.log.read_text()
        token = next(line.split()[-1] for line in said.splitlines() if "First visit needs" in line)
        import httpx

        with httpx.Client(base_url=f"http://127.0.0.1:{studio.port}", follow_redirects=True) as client:
            page = client.get("/setup/").text
            fields = {
                "username": "ana",
                "workspace": "A",
                "password1": "ana-secret-words",
                "password2": "ana-secret-words",
            }
            fields["csrfmiddlewaretoken"] = csrf_of(page)
            assert client.post("/setup/", data=fields | {"token": "guess"}).status_code == 422
            assert client.post("/setup/", data=fields | {"token": token}).url.path == "/"


def add_provider(client, fake) -> str:
    """Adds the fake gateway with model "m" through the pages; returns the model's id in the composer."""
    import re

    page = client.get("/settings/providers/add/").text
    fields = {
        "csrfmiddlewaretoken": csrf_of(page),
        "base_url": fake.address,
        "key": "sk-1",
        "name": "Fake",
        "on_my_network": "on",
    }
    added = client.post("/settings/providers/add/", data=fields)
    edit = str(added.url)
    found = {"csrfmiddlewaretoken": csrf_of(added.text), "model": "m"}
    client.post(edit + "found/", data=found)
    composer = client.get("/").text
    return re.search(r'<option value="([0-9a-f-]{36})"[^>]*>m · Fake', composer)[1]


def send(client, prompt, model) -> None:
    import re

    page = client.get("/").text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    fields = {
        "csrfmiddlewaretoken": csrf_of(page),
        "token": token,
        "prompt": prompt,
        "model": model,
        "variants": "1",
        "stream": "on",
    }
    answer = client.post("/generate/", data=fields)
    assert answer.status_code == 200, answer.text[:500]


def wait_for(condition, seconds: float = 20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            if found := condition():
                return found
        except sqlite3.OperationalError:
            pass
        time.sleep(0.1)
    raise AssertionError("it did not happen in time")
