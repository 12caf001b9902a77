"""What the links lead to are real films: encoded as browsers play them, as long and as wide as asked, sounding, moving."""

import base64
import io
from typing import Any

import av
import httpx
import numpy as np
import pytest
from PIL import Image

from tests.demo.conftest import FILM, Gateway, pictures, told


def film(http: httpx.Client, gateway: Gateway, prompt: str, **fields: Any) -> bytes:
    return http.get(told(http, gateway, prompt, **fields).film()).content


@pytest.fixture(scope="module")
def boat(http: httpx.Client, gateway: Gateway) -> bytes:
    return film(http, gateway, "A boat at sea. 1 second, square video")


@pytest.mark.parametrize(
    ("model", "wish", "size", "seconds"),
    [
        ("sora-2", "1 second", (1280, 720), 1),
        ("sora-2", "9:16, 2 seconds", (720, 1280), 2),
        ("sora-2-portrait", "1 second", (720, 1280), 1),
        ("sora-2-pro", "1 second", (1920, 1080), 1),
    ],
)
def test_a_film_has_the_size_and_length_asked_for(http, gateway, model, wish, size, seconds):
    content = film(http, gateway, f"A boat. {wish}", model=model)
    with av.open(io.BytesIO(content)) as container:
        video, audio = container.streams.video[0], container.streams.audio[0]
        assert (video.width, video.height) == size
        assert sum(1 for _ in container.decode(video)) == seconds * 24
        assert float(video.duration * video.time_base) == pytest.approx(seconds, abs=0.05)
        assert float(audio.duration * audio.time_base) == pytest.approx(seconds, abs=0.1)


def test_a_film_is_encoded_as_every_browser_plays_it(boat):
    with av.open(io.BytesIO(boat)) as container:
        assert "mp4" in container.format.name
        [video], [audio] = container.streams.video, container.streams.audio
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert video.average_rate == 24
        assert (audio.codec_context.name, audio.rate, audio.layout.name) == ("aac", 48_000, "stereo")


def test_a_film_begins_with_its_index_so_that_it_plays_while_it_loads(boat):
    assert 0 < boat.index(b"moov") < boat.index(b"mdat")


def test_a_film_moves_and_sounds(boat):
    frames = pictures(boat)
    assert frames[12].shape == (720, 720, 3)
    assert frames[12].std() > 10
    middle = slice(150, 400)  # between counter and caption
    change = np.abs(frames[8][middle].astype(int) - frames[16][middle].astype(int))
    assert change.mean() > 0.5
    with av.open(io.BytesIO(boat)) as container:
        sound = np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)
    assert 0.01 < np.abs(sound).max() <= 1


def test_each_frame_carries_its_number(boat):
    corners = [frame[36:64, 36:260] for frame in pictures(boat)]
    bright = np.array([(corner.min(axis=2) > 120).sum() for corner in corners])
    assert (bright > 50).all()


def test_another_prompt_is_another_film(http, gateway, boat):
    city = film(http, gateway, "Neon city at night in the rain. 1 second, square video")
    difference = np.abs(pictures(city)[12].astype(int) - pictures(boat)[12].astype(int))
    assert difference.mean() > 10


def test_the_same_prompt_without_a_seed_is_never_the_same_film(http, gateway):
    answer = told(http, gateway, "A boat at sea. 1 second, square video", n=2)
    one, two = (pictures(http.get(answer.film(choice)).content)[12] for choice in (0, 1))
    assert not np.array_equal(one, two)


@pytest.mark.parametrize("prompt", ["A boat. 1 second, square video", "海上的一只船，1秒，方形"])
def test_the_prompt_is_written_at_the_foot_of_the_frame(http, gateway, prompt):
    frame = pictures(film(http, gateway, prompt, seed=3))[12]
    foot = frame[620:700, 36:684]
    assert (foot.min(axis=2) > 190).sum() > 100


def data_uri(colour: tuple[int, int, int]) -> str:
    out = io.BytesIO()
    Image.new("RGB", (90, 160), colour).save(out, "PNG")
    return "data:image/png;base64," + base64.b64encode(out.getvalue()).decode()


def with_picture(url: str) -> list[dict[str, Any]]:
    return [
        {"type": "text", "text": "The sea. 1 second, square video"},
        {"type": "image_url", "image_url": {"url": url}},
    ]


def test_a_first_frame_picture_is_what_is_seen(http, gateway):
    frame = pictures(
        film(http, gateway, "", messages=[{"role": "user", "content": with_picture(data_uri((200, 20, 30)))}])
    )
    red, green, blue = frame[12][200:400].mean(axis=(0, 1))
    assert red > 120
    assert green < 60 > blue


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,bm8gcGljdHVyZQ==", "data:image/png;base64,%%%", "data:image/svg+xml,<svg/>"]
)
def test_a_first_frame_that_is_no_picture_is_said(http, gateway, url):
    answer = told(http, gateway, "", messages=[{"role": "user", "content": with_picture(url)}])
    assert "Generation failed: the first frame is no PNG, JPEG or WebP picture" in answer.text()
    assert not FILM.search(answer.text())


# -- at their address


def test_the_cover_is_a_picture_of_the_films_shape(http, gateway):
    answer = told(http, gateway, "A boat. 9:16, 1 second")
    cover = http.get(answer.film().replace(".mp4", ".webp"))
    assert f"]({cover.url})" in answer.text()
    assert cover.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(cover.content)) as image:
        assert image.size == (360, 640)


def test_a_film_is_read_from_anywhere_by_anybody_who_knows_its_name(http, gateway):
    link = told(http, gateway, "A boat. 1 second, square video").film()
    with httpx.Client(trust_env=False) as stranger:
        whole = stranger.get(link)
        part = stranger.get(link, headers={"Range": "bytes=100-199"})
        head = stranger.head(link)
    assert (part.status_code, part.content) == (206, whole.content[100:200])
    assert part.headers["content-range"] == f"bytes 100-199/{len(whole.content)}"
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.content)


@pytest.mark.parametrize(
    "path",
    [
        "files/0123456789abcdef0123456789abcdef.mp4",
        "files/..%2f..%2fkeys%2fsecret_key",
        "source/task_0",
        "web/task_0",
        "v2/x",
    ],
)
def test_what_is_not_there_is_404(http, gateway, path):
    assert http.get(f"{gateway.origin}/demo/{path}").status_code == 404


def test_the_status_pages_tell_the_end(http, gateway):
    answer = told(http, gateway, "A boat. 1 second, square video")
    links = {line for line in answer.text().splitlines() if line.startswith(">[")}
    [raw] = [link.split("](")[2].rstrip(")") for link in links]
    status = http.get(raw).json()
    assert (status["status"], status["progress"], status["is_completed"], status["error"]) == (
        "completed",
        100,
        True,
        None,
    )
    assert status["video_url"] == answer.film()
    page = http.get(raw.replace("/source/", "/web/"))
    assert page.headers["content-type"].startswith("text/html")
    assert answer.film() in page.text
