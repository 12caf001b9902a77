"""The prompt stands readable in the picture, in any script."""

import numpy as np
import pytest
from PIL import Image, ImageDraw

from studio.demo.caption import LINES_MAX, counter, length, plate, readable, wrapped, write

SIZE = 28
NOBODY = chr(0x10FFFF)  # a codepoint no font draws


def drawn(text: str) -> bytes:
    image = Image.new("RGBA", (SIZE * 2, SIZE * 2))
    write(ImageDraw.Draw(image), (4, SIZE * 1.5), text, SIZE, (255, 255, 255, 255))
    return image.tobytes()


@pytest.mark.parametrize("char", "狗猫海雨的，。！aZ9é—“")
def test_a_glyph_is_drawn_not_the_box_for_unknown_ones(char):
    assert drawn(char) != drawn(NOBODY)
    assert drawn(char) != drawn(" ")


def test_two_chinese_characters_look_different():
    assert drawn("狗") != drawn("猫")


@pytest.mark.parametrize(
    ("text", "characters", "lines"),
    [
        ("a dog", 40, ["a dog"]),
        ("", 40, [""]),
        ("  a   dog\n\nruns ", 40, ["a dog runs"]),
        ("one two three", 9, ["one two", "three"]),
        ("nnnnnnnn", 3, ["nnn", "nnn", "nn"]),  # a word too long for a line is broken
    ],
)
def test_lines_break_at_spaces(text, characters, lines):
    assert wrapped(text, SIZE, length("n" * characters, SIZE)) == lines


def test_what_no_font_draws_is_left_out_of_the_picture():
    assert readable("a 🐕 dog\x00\x07 runs\u202e \ud83d 狗") == "a dog runs 狗"
    assert plate("a 🐕 dog", 720, 720).tobytes() == plate("a dog", 720, 720).tobytes()


def test_chinese_breaks_between_any_two_characters():
    width = length("狗" * 4, SIZE)
    assert wrapped("一只狗在雨中奔跑着", SIZE, width) == ["一只狗在", "雨中奔跑", "着"]
    assert wrapped("一只狗dog在", SIZE, length("一只狗", SIZE)) == ["一只狗", "dog在"]


def test_a_long_prompt_is_three_lines_and_an_ellipsis():
    width = length("n" * 30, SIZE)
    lines = wrapped("a dog runs through the rain " * 40, SIZE, width)
    assert len(lines) == LINES_MAX
    assert lines[-1].endswith("…")
    assert not any(line.endswith("…") for line in lines[:-1])


@pytest.mark.parametrize(
    "text", ["a dog runs through the rain and the snow " * 5, "一只狗在雨中奔跑" * 12, "狗 dog " * 30]
)
def test_no_line_hangs_over_the_edge(text):
    width = length("n" * 24, SIZE)
    assert all(length(line.removesuffix("…"), SIZE) <= width for line in wrapped(text, SIZE, width))


@pytest.mark.parametrize("size", [(1280, 720), (720, 1280), (720, 720), (1920, 1080)])
@pytest.mark.parametrize("prompt", ["a dog", "一只狗在雨中奔跑" * 20])
def test_the_caption_lies_at_the_foot_of_the_frame(size, prompt):
    width, height = size
    image = np.asarray(plate(prompt, width, height))
    assert image.shape == (height, width, 4)
    assert not image[: height // 2].any()  # nothing over the upper half
    letters = image[..., :3].min(axis=2) > 200
    rows, columns = np.nonzero(letters)
    assert len(rows) > 20
    margin = min(size) // 40
    assert columns.min() >= margin and columns.max() < width - margin and rows.max() < height - margin


def test_another_prompt_is_another_caption():
    assert plate("a dog", 720, 720).tobytes() != plate("a cat", 720, 720).tobytes()


def test_the_counter_tells_each_frame():
    def corner(frame: int) -> bytes:
        image = Image.new("RGB", (720, 720), (90, 90, 90))
        counter(image, frame, 24)
        return image.crop((0, 0, 720, 120)).tobytes()

    assert len({corner(frame) for frame in range(30)}) == 30
