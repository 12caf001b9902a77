"""Every file gets a clear verdict, and nothing half is left behind."""

import av
import numpy as np
import pytest
from PIL import Image

from studio.media.prepare import Limits, Unplayable, prepare
from tests.media.conftest import film

PICTURES = {"poster.webp", "preview.mp4", "sprite.webp"}


async def test_an_ordinary_clip_gets_its_pictures_and_facts(original, tmp_path):
    film(original)
    made = await prepare(original, tmp_path)
    facts = made.facts
    assert (facts.container, facts.video_codec, facts.audio_codec) == ("mp4", "h264", "aac")
    assert (facts.width, facts.height, facts.frames, facts.fps) == (320, 180, 48, 24.0)
    assert facts.duration_s == pytest.approx(2.0, abs=0.05)
    assert facts.size_bytes == original.stat().st_size
    assert not facts.variable_rate
    assert (made.playable, made.content_type) == (original, "video/mp4")
    assert {path.name for path in tmp_path.iterdir()} == PICTURES | {"original"}
    with Image.open(made.sprite) as sheet:
        rows = -(-made.sprite_tiles // made.sprite_columns)
        assert sheet.size == (made.tile_width * made.sprite_columns, made.tile_height * rows)
    with av.open(str(made.preview)) as preview:
        assert not preview.streams.audio
        assert preview.duration / av.time_base <= 3.2


@pytest.mark.parametrize(
    ("how", "proxy"),
    [
        ({"audio": None}, False),
        ({"codec": "libvpx-vp9", "container": "webm", "audio": "libopus"}, False),
        ({"codec": "libx265"}, True),
        ({"pix_fmt": "yuv420p10le"}, True),
        ({"pix_fmt": "yuv444p"}, True),
        ({"codec": "mpeg4"}, True),
        ({"container": "matroska"}, True),
        ({"options": {"movflags": "0"}}, False),
        ({"size": (180, 320)}, False),
        ({"times": [0, 40, 50, 300, 310, 900, 1000, 1900]}, False),
    ],
    ids=["silent", "webm", "hevc", "10-bit", "444", "mpeg4", "matroska", "moov-last", "portrait", "variable-rate"],
)
async def test_odd_clips_play_in_a_browser_in_the_end(original, tmp_path, how, proxy):
    film(original, **how)
    made = await prepare(original, tmp_path)
    assert (made.playable != original) == proxy
    with av.open(str(made.playable)) as played:
        stream = played.streams.video[0]
        assert stream.codec_context.name in ("h264", "vp9")
        assert stream.codec_context.pix_fmt == "yuv420p"
        assert sum(1 for _ in played.decode(stream)) == made.facts.frames
    assert made.facts.variable_rate == ("times" in how)


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        (cut, {"cut", "broken"}),
        (lambda content: content[:40], {"cut", "not_video"}),
        (lambda content: b"<!doctype html><h1>Sign in</h1>" * 50, {"not_video"}),
        (lambda content: b'{"error": "expired"}', {"not_video"}),
        (lambda content: b"", {"not_video"}),
        (lambda content: bytes(range(256)) * 64, {"not_video"}),
        (lambda content: b"#EXTM3U\n#EXTINF:1,\nfile:///etc/hostname\n", {"not_video"}),
        (lambda content: b"ffconcat version 1.0\nfile /etc/hostname\n", {"not_video"}),
    ],
    ids=["half", "head", "html", "json", "empty", "noise", "playlist", "concat"],
)
async def test_what_is_no_whole_video_is_refused(original, tmp_path, change, codes):
    film(original)
    original.write_bytes(change(original.read_bytes()))
    with pytest.raises(Unplayable) as refused:
        await prepare(original, tmp_path)
    assert refused.value.code in codes
    assert {path.name for path in tmp_path.iterdir()} == {"original"}


async def test_sound_alone_is_no_video(original, tmp_path):
    with av.open(str(original), "w", format="mp4") as out:
        sound = out.add_stream("aac", rate=48000)
        for start in range(0, 48000, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((2, 1024), np.float32), format="fltp", layout="stereo")
            frame.sample_rate, frame.pts = 48000, start
            out.mux(sound.encode(frame))
        out.mux(sound.encode())
    with pytest.raises(Unplayable) as refused:
        await prepare(original, tmp_path)
    assert refused.value.code == "no_frames"


@pytest.mark.parametrize(
    ("limits", "code"),
    [
        (Limits(duration_seconds=1.0), "too_long"),
        (Limits(pixels=100 * 100), "too_large_picture"),
        (Limits(wall_seconds=0.05), "out_of_time"),
    ],
)
async def test_limits_are_kept(original, tmp_path, limits, code):
    film(original)
    with pytest.raises(Unplayable) as refused:
        await prepare(original, tmp_path, limits)
    assert refused.value.code == code
    assert {path.name for path in tmp_path.iterdir()} == {"original"}


async def test_a_child_that_wants_too_much_memory_is_stopped(original, tmp_path):
    film(original)
    with pytest.raises(Unplayable) as refused:
        await prepare(original, tmp_path, Limits(memory_bytes=64 * 1024**2))
    assert refused.value.code in ("out_of_memory", "broken")


async def test_a_dark_beginning_is_no_poster(original, tmp_path):
    with av.open(str(original), "w", format="mp4") as out:
        picture = out.add_stream("libx264", rate=24)
        picture.width, picture.height, picture.pix_fmt = 320, 180, "yuv420p"
        for number in range(48):
            shade = (
                np.zeros((180, 320, 3), np.uint8)
                if number < 20
                else np.random.default_rng(1).integers(60, 250, (180, 320, 3), np.uint8)
            )
            out.mux(picture.encode(av.VideoFrame.from_ndarray(shade, "rgb24")))
        out.mux(picture.encode())
    made = await prepare(original, tmp_path)
    with Image.open(made.poster) as poster:
        assert sum(poster.convert("L").resize((1, 1)).getpixel((0, 0)) for _ in range(1)) > 40
