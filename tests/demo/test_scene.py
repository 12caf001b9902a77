"""The picture and the sound follow the words, move, and stay within what can be shown."""

import numpy as np
import pytest

from studio.demo.cast import AIRS, FIGURES, GROUNDS, Cast, cast_of
from studio.demo.scene import Scene
from studio.demo.sound import RATE, soundtrack

SIZE = (160, 90)
SECONDS = 2
GROUND_NAMES = [name for name, _ in GROUNDS]


def scene(prompt: str, seed: int | None = None, size: tuple[int, int] = SIZE) -> Scene:
    return Scene(cast_of(prompt, seed), *size, SECONDS)


@pytest.mark.parametrize(
    ("prompt", "ground", "air", "figure"),
    [
        ("a dog in a space suit", "space", "", "dog"),
        ("太空中的宇航员", "space", "", "person"),
        ("a sailboat on the sea at sunset", "sea", "", "boat"),
        ("雨夜的城市街道", "city", "rain", ""),
        ("snow falls in the forest, a fox waits", "forest", "snow", "dog"),
        ("竹林里的猫", "forest", "", "cat"),
        ("a horse in the desert", "desert", "", "horse"),
        ("樱花飘落的山谷，一群鸟", "hills", "petals", "birds"),
    ],
)
def test_words_decide_place_weather_and_who_is_seen(prompt, ground, air, figure):
    cast = cast_of(prompt, None)
    assert (cast.ground, cast.air, cast.figure) == (ground, air, figure)


@pytest.mark.parametrize("prompt", ["", "…", "xyzzy", "42", "abstract"])
def test_words_that_say_nothing_still_get_a_place(prompt):
    cast = cast_of(prompt, None)
    assert cast.ground in GROUND_NAMES
    assert (cast.air, cast.figure) == ("", "")


def test_night_is_darker_than_day():
    assert cast_of("a field at night", None).night
    assert not cast_of("a sunny blue field", None).night
    assert scene("a field at night").frame(1).mean() < scene("a snowy field").frame(1).mean()


def test_an_order_given_twice_is_filmed_the_same():
    assert np.array_equal(scene("a dog", 7).frame(1), scene("a dog", 7).frame(1))


def test_another_seed_or_prompt_is_another_picture():
    one = scene("a dog by the sea", 7).frame(1)
    assert not np.array_equal(one, scene("a dog by the sea", 8).frame(1))
    assert not np.array_equal(one, scene("a cat by the sea", 7).frame(1))


PLACES = [
    *(f"{name} view" for name in ("space", "sea", "city", "forest", "desert", "mountain")),
    "a dog in the snow",
    "a lantern in the city rain at night",
    "a balloon over hills in spring, petals",
    "a boat at sea",
    "birds over a forest",
    "a horse on a meadow",
    "a woman on the beach",
    "a cat, neon city",
]


@pytest.mark.parametrize("size", [(160, 90), (90, 160), (96, 96)], ids=["landscape", "portrait", "square"])
@pytest.mark.parametrize("prompt", PLACES)
def test_every_place_is_a_picture_that_moves(prompt, size):
    made = scene(prompt, size=size)
    frames = [made.frame(t).copy() for t in (0.5, 1.0, 1.5)]
    for frame in frames:
        assert frame.shape == (size[1], size[0], 3)
        assert np.isfinite(frame).all() and frame.min() >= 0 and frame.max() <= 1
        assert frame.std() > 0.03  # not one flat colour
    assert np.abs(frames[1] - frames[0]).mean() > 0.003
    assert np.abs(frames[2] - frames[1]).mean() > 0.003


def test_it_is_not_the_grain_alone_that_moves():
    made = scene("a boat on the sea", size=(320, 180))
    made.grain[:] = 0
    assert np.abs(made.frame(0.8) - made.frame(1.2)).mean() > 0.002


def test_each_weather_and_each_figure_changes_the_picture():
    plain = cast_of("hills", 1)
    seen = {scene_of(plain).tobytes()}
    variants = [{"air": name} for name, _ in AIRS] + [{"figure": name} for name, _ in FIGURES if name != "boat"]
    for fields in variants:
        seen.add(scene_of(cast_with(plain, **fields)).tobytes())
    assert len(seen) == 1 + len(variants)


def cast_with(cast: Cast, **fields: str) -> Cast:
    return Cast(cast.ground, fields.get("air", ""), fields.get("figure", ""), cast.night, cast.palette, cast.seed)


def scene_of(cast: Cast) -> np.ndarray:
    return Scene(cast, 320, 180, SECONDS).frame(1)


def test_a_film_fades_in_and_out():
    made = scene("a sunny field")
    assert made.frame(0).mean() < made.frame(1).mean() / 3
    assert made.frame(SECONDS - 0.01).mean() < made.frame(1).mean() / 3


def test_a_persons_picture_takes_the_landscapes_place():
    width, height = SIZE
    red = np.zeros((int(height * 1.2), int(width * 1.2), 3), np.float32)
    red[..., 0] = np.linspace(0.5, 1, red.shape[1])
    made = Scene(cast_of("the sea", None), width, height, SECONDS, backdrop=red)
    frame = made.frame(1)
    assert frame[..., 0].mean() > 0.3 > 0.1 > frame[..., 1].mean()
    made.grain[:] = 0
    assert not np.array_equal(made.frame(0.8), made.frame(1.2))


def test_the_sound_is_quiet_differs_by_prompt_and_ends_softly():
    dog, sea = (soundtrack(cast_of(prompt, None), SECONDS) for prompt in ("a dog", "rain at sea"))
    for sound in (dog, sea):
        assert sound.shape == (2, RATE * SECONDS)
        assert sound.dtype == np.float32
        assert 0.05 < np.abs(sound).max() < 1
        assert np.abs(sound[:, :100]).max() < 0.01 > np.abs(sound[:, -100:]).max()
    assert not np.array_equal(dog, sea)
    assert not np.array_equal(dog[0], dog[1])
