"""The same path without a browser."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import av
import pytest

from tests.gateway import DONE, FakeGateway, chunk
from tests.studio import ROOT, Studio
from tests.upstream.test_reader import EXPECTED, SAME, outcome_of

LAST_KEYS = {
    "outcome", "video_urls", "preview_urls", "thumbnail_urls", "download_urls", "poll_urls", "progress", "task_id",
    "remix_id", "usage", "error", "item", "file",
}  # fmt: skip


def generate(data: Path, *arguments: str, timeout: float = 120):
    environment = {**os.environ, "STUDIO_DATA_DIR": str(data), "DJANGO_SETTINGS_MODULE": "studio.settings"}
    done = subprocess.run(
        [sys.executable, "manage.py", "generate", *arguments],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=timeout,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()] if "--json" in arguments else []
    return done, lines


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


def test_on_an_empty_folder_one_command_makes_a_playable_file(data, tmp_path):
    out = tmp_path / "film.mp4"
    done, lines = generate(data, "A dog in a space suit, 1 second", "--json", "--out", str(out))
    assert done.returncode == 0, done.stderr
    last = lines[-1]
    assert set(last) == LAST_KEYS
    assert last["outcome"] == "ready"
    assert last["progress"] == sorted(last["progress"])
    assert {line["event"] for line in lines[:-1]} == {"state", "progress", "text"}
    with av.open(last["file"]) as film:
        assert sum(1 for _ in film.decode(video=0)) == 24
    assert last["file"] == str(out)
    assert oct((data / "keys" / "seal_key").stat().st_mode)[-3:] == "600"


def test_the_first_account_adopts_what_the_command_line_made(data):
    generate(data, "A fox, 1 second", "--json")
    with Studio(data) as studio, closing(studio.set_up()) as ana:
        assert "A fox, 1 second" in ana.get("/gallery/").text


def test_without_saving_nothing_is_fetched_and_nothing_written(data):
    with FakeGateway() as fake:
        fake.play_sample("01_asyncdata_remix_tokens.sse")
        done, lines = generate(
            data,
            "x",
            "--base-url",
            fake.address,
            "--api-key",
            "k",
            "--model",
            "01_asyncdata_remix_tokens.sse",
            "--no-save",
            "--json",
        )
    assert done.returncode == 0
    assert lines[-1]["outcome"] == "ready"
    assert lines[-1]["file"] is None
    assert not (data / "studio.sqlite3").exists()


@pytest.mark.parametrize("name", EXPECTED)
def test_every_recorded_answer_ends_as_expected(data, name):
    row = EXPECTED[name]
    with FakeGateway() as fake:
        fake.play_sample(name)
        done, lines = generate(data, "x", "--base-url", fake.address, "--model", name, "--no-save", "--json")
        last = json.loads(json.dumps(lines[-1]).replace(fake.origin, "http://cdn.example.test"))
    assert last["outcome"] == outcome_of(row)
    told = {key: last[key] for key in SAME if key != "done_marker"}
    assert told == {key: row[key] for key in told}
    assert (done.returncode == 0) == (row["outcome"] == "succeeded")
    if row["error_contains"]:
        assert row["error_contains"] in last["error"]["message"]


def test_an_interrupted_answer_is_told_as_one(data):
    with FakeGateway() as fake:
        fake.play("sora-2", chunk("> 进度：36%\n"), "cut")
        done, lines = generate(data, "x", "--base-url", fake.address, "--json")
    assert done.returncode == 1
    assert lines[-1]["outcome"] == "interrupted"
    assert lines[-1]["progress"] == [36]


def test_a_one_off_key_is_dropped_afterwards(data):
    with FakeGateway() as fake:
        fake.play("sora-2", chunk("❌ Generation failed: heavy load", finish="stop"), DONE)
        generate(data, "x", "--base-url", fake.address, "--api-key", "sk-canary", "--json")
    with sqlite3.connect(data / "studio.sqlite3") as base:
        assert base.execute("select sealed_key from providers_provider where is_one_off").fetchall() == [(b"",)]
    assert not any(b"sk-canary" in path.read_bytes() for path in data.rglob("*") if path.is_file())


def test_beside_a_running_studio_the_intent_is_handed_over(data):
    data.mkdir()
    with Studio(data) as studio, closing(studio.set_up()) as ana:
        done, lines = generate(data, "A ship at dawn, 1 second", "--json")
        assert lines[-1]["outcome"] == "ready", done.stderr
        with sqlite3.connect(data / "studio.sqlite3") as base:
            kinds = base.execute(
                "select p.kind from generations_attempt a join generations_engineprocess p on p.id = a.owner_id"
            ).fetchall()
        assert kinds == [("run",)]
        assert "A ship at dawn" in ana.get("/").text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["   "], "empty"),
        (["x\x07y"], "control character"),
        (["x" * 100_000], "100000"),
        (["x", "--provider", "A", "--base-url", "b.c"], "not both"),
        (["x", "--provider", "Nowhere"], "no provider called"),
        (["x", "--seconds", "0"], "--seconds"),
        (["x", "--base-url", "ftp://x"], "http"),
        (["x", "--no-save", "--out", "f"], "--out"),
    ],
)
def test_bad_input_is_one_clear_line(data, arguments, words):
    done, _ = generate(data, *arguments)
    assert done.returncode != 0
    assert words in done.stderr
    assert "Traceback" not in done.stderr
