"""What a request wishes for is understood in every spelling gateways know."""

import pytest

from studio.demo.catalogue import Order, base_model, last_words, order_of, without_wishes


def order(content: object = "a dog", model: str = "sora-2", **fields: object) -> Order:
    return order_of({"model": model, "messages": [{"role": "user", "content": content}]} | fields)


@pytest.mark.parametrize(
    ("wish", "orientation"),
    [
        ("a dog, 9:16", "portrait"),
        ("a dog 9：16", "portrait"),
        ("a dog 9x16", "portrait"),
        ("a dog, Portrait", "portrait"),
        ("a vertical video of a dog", "portrait"),
        ("一只狗，竖屏", "portrait"),
        ("一只狗，竖版", "portrait"),
        ("一只狗，生成视频比例9:16", "portrait"),
        ("9:16竖着拍一只狗", "portrait"),
        ("a dog, 1:1", "square"),
        ("a dog, square video", "square"),
        ("一只狗，方形", "square"),
        ("a dog, 16:9", "landscape"),
        ("a dog, horizontal", "landscape"),
        ("a dog, landscape video", "landscape"),
        ("一只狗，横屏", "landscape"),
        ("a dog", "landscape"),
        ("a dog crossing Trafalgar Square", "landscape"),
        ("at 19:16 a dog barks", "landscape"),
        ("not 16:9 but 9:16", "portrait"),  # what is said last counts
        ("a portrait of a dog\n\n16:9", "landscape"),
    ],
)
def test_orientation_is_heard_in_words(wish, orientation):
    assert order(wish).orientation == orientation


@pytest.mark.parametrize(
    ("wish", "seconds"),
    [
        ("a dog, 10 seconds", 10),
        ("a dog, 10 second video", 10),
        ("a 10-second dog", 10),
        ("a dog 15s", 15),
        ("a dog, 8 sec", 8),
        ("a dog. duration: 7", 7),
        ("一只狗，10秒", 10),
        ("一只狗，时长 12 秒", 12),
        ("a dog", 5),
        ("two dogs and 3 cats", 5),
        ("一只狗10s视频", 10),
        ("一只狗，１０秒", 10),
        ("3 seconds, no, 4 seconds", 4),
        ("a dog, 99 seconds", 25),  # the longest on offer
        ("a dog, 0 seconds", 5),
        ("a dog in the style of the 80s", 5),
        ("80s风格的狗", 5),
        ("a 60s car, 8s", 8),
    ],
)
def test_length_is_heard_in_words(wish, seconds):
    assert order(wish).seconds == seconds


@pytest.mark.parametrize(
    ("fields", "orientation", "seconds"),
    [
        ({"size": "720x1280"}, "portrait", 5),
        ({"size": "1280x720"}, "landscape", 5),
        ({"size": "1024×1024"}, "square", 5),
        ({"orientation": "portrait"}, "portrait", 5),
        ({"aspect_ratio": "9:16"}, "portrait", 5),
        ({"aspect_ratio": "1:1"}, "square", 5),
        ({"seconds": "8"}, "landscape", 8),
        ({"seconds": 8}, "landscape", 8),
        ({"duration": 12}, "landscape", 12),
        ({"duration": "12s"}, "landscape", 12),
        ({"duration": "a while"}, "landscape", 5),
        ({"size": "large", "seconds": None, "aspect_ratio": []}, "landscape", 5),
    ],
)
def test_top_level_fields_are_understood(fields, orientation, seconds):
    made = order(**fields)
    assert (made.orientation, made.seconds) == (orientation, seconds)


@pytest.mark.parametrize(
    ("model", "base", "orientation", "seconds"),
    [
        ("sora-2", "sora-2", "landscape", 5),
        ("sora-2-portrait", "sora-2", "portrait", 5),
        ("sora-2-portrait-10s", "sora-2", "portrait", 10),
        ("sora-2-landscape-15s", "sora-2", "landscape", 15),
        ("sora-2-10s", "sora-2", "landscape", 10),
        ("sora-2-pro-landscape-15s", "sora-2-pro", "landscape", 15),
        ("sora-2-pro-hd-portrait-25s-chat", "sora-2-pro", "portrait", 25),
    ],
)
def test_the_model_name_may_tell_orientation_and_length(model, base, orientation, seconds):
    made = order(model=model)
    assert (made.model, made.orientation, made.seconds) == (base, orientation, seconds)


@pytest.mark.parametrize(
    "name", ["sora-9", "sora", "sora-2-", "sora-2-diagonal", "sora-2-pro-10", "SORA-2", "", "x sora-2"]
)
def test_other_names_are_no_models(name):
    assert base_model(name) is None


def test_the_name_counts_before_fields_and_fields_before_words():
    assert order("9:16, 3 seconds", model="sora-2-landscape-10s", size="720x720", seconds=8).orientation == "landscape"
    assert order("9:16, 3 seconds", model="sora-2-landscape-10s", size="720x720", seconds=8).seconds == 10
    assert order("9:16, 3 seconds", size="720x720", seconds=8).orientation == "square"
    assert order("9:16, 3 seconds", size="720x720", seconds=8).seconds == 8


@pytest.mark.parametrize(
    ("model", "orientation", "size"),
    [
        ("sora-2", "landscape", (1280, 720)),
        ("sora-2", "portrait", (720, 1280)),
        ("sora-2", "square", (720, 720)),
        ("sora-2-pro", "landscape", (1920, 1080)),
        ("sora-2-pro", "portrait", (1080, 1920)),
        ("sora-2-pro", "square", (1080, 1080)),
    ],
)
def test_the_pro_model_films_larger(model, orientation, size):
    made = order(model=model, orientation=orientation)
    assert (made.width, made.height) == size


def test_seed_and_its_misspelling_are_one():
    assert order(seed=7) == order(seen=7)
    assert order(seed=7, seen=8).seed == 7
    assert order(seed=0).seed == 0
    assert order().seed is None


PIXEL = "data:image/png;base64,iVBORw0KGgo="


@pytest.mark.parametrize("picture", [{"url": PIXEL}, PIXEL])
def test_words_and_first_picture_are_found_among_parts(picture):
    parts = [
        {"type": "text", "text": "a dog"},
        {"type": "image_url", "image_url": picture},
        {"type": "text", "text": "3 seconds"},
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,c2Vjb25k"}},
        {"type": "something-new"},
    ]
    made = order(parts)
    assert (made.prompt, made.backdrop, made.seconds) == ("a dog\n3 seconds", PIXEL, 3)


def test_a_picture_elsewhere_is_never_looked_at():
    assert order([{"type": "image_url", "image_url": {"url": "http://192.0.2.1/secret.png"}}]).backdrop is None
    assert order([{"type": "image_url", "image_url": {"url": "file:///etc/passwd"}}]).backdrop is None


def test_only_the_last_user_message_is_filmed():
    turns = [
        {"role": "system", "content": "9:16"},
        {"role": "user", "content": "a cat, 9 seconds"},
        {"role": "assistant", "content": "done"},
        {"role": "user", "content": "a dog"},
        {"role": "assistant", "content": "1:1"},
    ]
    assert last_words(turns) == ("a dog", None)
    assert last_words([{"role": "system", "content": "a cat"}]) == ("", None)


def test_wishes_behind_the_prompt_are_not_written_into_the_picture():
    assert without_wishes("a dog in the rain\n\n9:16, 10 seconds") == "a dog in the rain"
    assert without_wishes("一只狗\n\n竖屏，10秒") == "一只狗"
    assert without_wishes("a dog, 10 seconds") == "a dog, 10 seconds"
    assert without_wishes("a dog\n\nand a cat") == "a dog\n\nand a cat"
    long = "a portrait of a cat that slowly wakes in the morning sun"
    assert without_wishes(f"a dog\n\n{long}") == f"a dog\n\n{long}"
