"""The design language holds: tokens exist, words stand out, no colour goes by its English name, icons say what they are."""

import re
from pathlib import Path

import pytest
from django.template import Context, Template

STATIC = Path(__file__).resolve().parents[2] / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text()
STYLES = sorted((STATIC / "css").glob("*.css"))
NAMED = re.compile(
    r":[^;{}]*[\s:,(](?:white|black|red|green|blue|gray|grey|orange|yellow|purple|silver|gold|navy)(?=[\s;,)}])"
)


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.S)


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_every_token_that_is_used_is_defined(style):
    css = without_comments(style.read_text())
    own = set(re.findall(r"(--[\w-]+)\s*:", css + TOKENS))
    assert set(re.findall(r"var\((--[\w-]+)\)", css)) - own == set()


@pytest.mark.parametrize("style", STYLES, ids=lambda path: path.name)
def test_no_colour_goes_by_its_english_name(style):
    assert NAMED.findall(without_comments(style.read_text())) == []


def luminance(hexadecimal: str) -> float:
    parts = [int(hexadecimal[n : n + 2], 16) / 255 for n in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(front: str, back: str) -> float:
    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def token(name: str, theme: int) -> str:
    found = re.search(rf"--{name}: light-dark\((#[0-9a-f]{{6}}), (#[0-9a-f]{{6}})\)", TOKENS)
    assert found, name
    return found[theme + 1]


@pytest.mark.parametrize("theme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("front", "back", "least"),
    [
        *[(ink, back, 4.5) for ink in ("ink", "ink-2", "ink-3") for back in ("paper", "surface", "surface-2")],
        *[(kind, f"{kind}-back", 4.5) for kind in ("good", "warn", "bad", "busy", "still")],
        *[(kind, "surface", 4.5) for kind in ("good", "warn", "bad", "busy", "accent-ink")],
        ("on-accent", "accent", 4.5),
        ("on-accent", "accent-hover", 4.5),
        ("paper", "ink", 4.5),
        ("surface", "bad", 4.5),
        ("line-strong", "surface", 3.0),
        ("focus", "paper", 3.0),
        ("focus", "surface", 3.0),
    ],
)
def test_words_and_edges_stand_out_enough(front, back, least, theme):
    """WCAG 2.2: 4.5 for text, 3 for the edges of controls and the focus ring."""
    assert contrast(token(front, theme), token(back, theme)) >= least


def test_an_icon_is_decoration_unless_it_is_named():
    plain = Template('{% load icons %}{% icon "play" %}').render(Context())
    named = Template('{% load icons %}{% icon "play" label=words %}').render(Context({"words": "Play <it>"}))
    assert 'aria-hidden="true"' in plain
    assert "aria-label" not in plain
    assert 'role="img" aria-label="Play &lt;it&gt;"' in named
