"""Facts and numbers as a person reads them."""

import re
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.utils import timezone

from studio.gallery.sheet import flat, seconds_text, sheet_of
from studio.gallery.templatetags.gallery import clock, moment, shape
from studio.gallery.views import SPEEDS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        ((1280, 720), "16x9"),
        ((720, 1280), "9x16"),
        ((704, 1280), "9x16"),
        ((720, 720), "1x1"),
        ((1024, 768), "4x3"),
        ((2560, 1080), "21x9"),
        ((10_000, 10), "21x9"),
        ((0, 0), "16x9"),
    ],
)
def test_a_card_takes_the_nearest_shape(size, expected):
    assert shape(SimpleNamespace(width=size[0], height=size[1])) == expected


def test_every_shape_has_its_rule_in_the_stylesheet():
    from studio.gallery.templatetags.gallery import SHAPES

    rules = dict(
        re.findall(r'\[data-shape="(\w+)"\] \{ --ratio: ([\d.]+);', (ROOT / "static/css/gallery.css").read_text())
    )
    assert {name: pytest.approx(float(ratio), abs=1e-4) for name, ratio in rules.items()} == SHAPES


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.2, "0:01"), (4.96, "0:05"), (59.6, "1:00"), (65, "1:05"), (760, "12:40")]
)
def test_a_badge_shows_minutes_and_seconds(seconds, expected):
    assert clock(seconds) == expected


@pytest.mark.parametrize(
    ("seconds", "expected"), [(0.42, "0.4 s"), (4.0, "4 s"), (59.96, "60 s"), (69, "1 min 9 s"), (3600, "60 min 0 s")]
)
def test_waits_are_told_as_a_person_would(seconds, expected):
    assert seconds_text(seconds) == expected


def test_a_moment_of_today_is_a_time_and_of_another_day_a_date():
    now = timezone.now()
    assert ":" in moment(now) or "noon" in moment(now) or "midnight" in moment(now) or "m." in moment(now)
    assert str((now - timedelta(days=800)).year) in moment(now - timedelta(days=800))


def test_nested_usage_is_told_by_dotted_names():
    assert list(flat({"a": 1, "b": {"c": {"d": 0}, "e": None}, "f": "x"})) == [("a", "1"), ("b.c.d", "0"), ("f", "x")]


def test_the_speeds_offered_are_the_ones_the_keys_step_through():
    source = (ROOT / "static/js/timecode.js").read_text()
    listed = re.search(r"SPEEDS = \[([^\]]+)\]", source)
    assert listed
    assert tuple(part.strip() for part in listed[1].split(",")) == SPEEDS


@pytest.mark.django_db
def test_a_group_without_facts_is_left_out(item):
    made = item()
    made.source_url = ""
    assert "gateway" not in {group.key for group in sheet_of(made)}


@pytest.mark.django_db
def test_a_film_without_sound_and_with_a_moving_rate_says_so(item):
    made = item(audio_codec=None, variable_rate=True, fps=23.976)
    [video] = [group for group in sheet_of(made) if group.key == "video"]
    told = {fact.label: (fact.value, fact.note) for fact in video.facts}
    assert told["Sound"] == ("none", "")
    assert told["Frames"] == ("120", "23.976 fps variable rate")


@pytest.mark.django_db
def test_each_step_says_how_long_it_was_waited_for(item):
    made = item()
    row = made.generation
    row.sent_at = row.created_at + timedelta(seconds=2)
    row.first_frame_at = row.sent_at + timedelta(seconds=75)
    row.finished_at = None
    made.created_at = row.first_frame_at + timedelta(seconds=0.5)
    [timings] = [group for group in sheet_of(made) if group.key == "timings"]
    assert [(fact.label, fact.note) for fact in timings.facts] == [
        ("Queued", ""),
        ("Sent", "+2 s"),
        ("First frame", "+1 min 15 s"),
        ("Saved", "+0.5 s"),
    ]
