"""What the links lead to are real films: encoded as browsers play them, as long and as wide as asked, sounding, moving."""

import io
from typing import Any

import av
import httpx
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from studio.demo.caption import counter, plate
from tests.demo.conftest import Gateway, pictures, told


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


def contrast(frame: NDArray[Any], letters: NDArray[np.bool_]) -> float:
    """How much brighter the letters are than what lies between them."""
    rows, columns = np.nonzero(letters)
    box = slice(rows.min(), rows.max() + 1), slice(columns.min(), columns.max() + 1)
    seen, inside = frame[box].min(axis=2).astype(float), letters[box]
    return float(seen[inside].mean() - seen[~inside].mean())


def number(frame: int) -> NDArray[np.bool_]:
    image = Image.new("RGB", (720, 720))
    counter(image, frame, 24)
    return np.asarray(image).min(axis=2) > 150


def test_each_frame_carries_its_number(boat):
    numbers = [number(frame) for frame in range(24)]
    for at, frame in enumerate(pictures(boat)):
        assert max(range(24), key=lambda other, frame=frame: contrast(frame, numbers[other])) == at


def test_another_prompt_is_another_film(http, gateway, boat):
    city = film(http, gateway, "Neon city at night in the rain. 1 second, square video")
    difference = np.abs(pictures(city)[12].astype(int) - pictures(boat)[12].astype(int))
    assert difference.mean() > 10


@pytest.mark.parametrize("prompt", ["A boat. 1 second, square video", "海上的一只船，1秒，方形"])
def test_the_prompt_is_written_at_the_foot_of_the_frame(http, gateway, prompt):
    def letters(text: str) -> NDArray[np.bool_]:
        return np.asarray(plate(text, 720, 720))[..., :3].min(axis=2) > 200

    frame = pictures(film(http, gateway, prompt))[12]
    assert contrast(frame, letters(prompt)) > 80
    assert contrast(frame, letters(prompt[::-1])) < contrast(frame, letters(prompt)) / 2


# -- at their address


def test_the_cover_is_a_picture_of_the_films_shape(http, gateway):
    answer = told(http, gateway, "A boat. 9:16, 1 second")
    cover = http.get(answer.film().replace(".mp4", ".webp"))
    assert f"]({cover.url})" in answer.text()
    assert cover.headers["content-type"] == "image/webp"
    with Image.open(io.BytesIO(cover.content)) as image:
        assert image.size == (360, 640)


def test_who_knows_a_films_name_needs_no_key(http, gateway):
    link = told(http, gateway, "A boat. 1 second, square video").film()
    with httpx.Client(trust_env=False) as stranger:
        assert stranger.get(link).content == http.get(link).content


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
