"""The design language holds: colours stand in one file, icons exist, vendored files are what their makers published."""

import hashlib
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest
from django.template import Context, Template

from studio.generations.words import BADGE_ICONS

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
TOKENS = (STATIC / "css" / "tokens.css").read_text()
STYLES = sorted((STATIC / "css").glob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
MANIFESTS = sorted([*STATIC.glob("vendor/*/manifest.json"), *(ROOT / "tests").rglob("vendor/*/manifest.json")])

COLOUR = re.compile(
    r"#[0-9a-f]{3,8}\b(?=[^{}]*[;}])|\b(?:rgb|rgba|hsl|hsla|oklch|oklab|lab|lch|hwb|color)\(|"
    r":[^;{}]*\b(?:white|black|red|green|blue|gray|grey|orange|yellow|purple|silver)\b",
    re.I,
)


def without_comments(css: str) -> str:
    return re.sub(r"/\*.*?\*/", "", css, flags=re.S)


def relative(path: Path) -> str:
    return str(path.relative_to(ROOT))


@pytest.mark.parametrize("style", [path for path in STYLES if path.name != "tokens.css"], ids=relative)
def test_no_colour_stands_outside_the_tokens(style):
    assert COLOUR.findall(without_comments(style.read_text())) == []


@pytest.mark.parametrize("style", STYLES, ids=relative)
def test_every_token_that_is_used_is_defined(style):
    css = without_comments(style.read_text())
    own = set(re.findall(r"(--[\w-]+)\s*:", css + TOKENS))
    assert set(re.findall(r"var\((--[\w-]+)\)", css)) - own == set()


@pytest.mark.parametrize("page", TEMPLATES, ids=relative)
def test_no_template_styles_or_scripts_inline(page):
    html = page.read_text()
    assert not re.search(r"\sstyle=|\son\w+=|hx-on|<style|javascript:", html)
    assert all("src=" in tag or "application/json" in tag for tag in re.findall(r"<script[^>]*>", html))


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


def sprite() -> set[str]:
    root = ElementTree.parse(STATIC / "vendor" / "lucide" / "icons.svg").getroot()
    return {element.attrib["id"] for element in root}


@pytest.mark.parametrize("page", TEMPLATES, ids=relative)
def test_every_icon_a_page_names_is_in_the_sprite(page):
    assert set(re.findall(r"{%\s*icon\s+[\"']([^\"']+)", page.read_text())) - sprite() == set()


def test_every_icon_code_names_is_in_the_sprite():
    assert set(BADGE_ICONS.values()) <= sprite()


def test_an_icon_is_decoration_unless_it_is_named():
    plain = Template('{% load icons %}{% icon "play" %}').render(Context())
    named = Template('{% load icons %}{% icon "play" label=words %}').render(Context({"words": "Play <it>"}))
    assert 'aria-hidden="true"' in plain
    assert "aria-label" not in plain
    assert 'role="img" aria-label="Play &lt;it&gt;"' in named


@pytest.mark.parametrize("manifest", MANIFESTS, ids=relative)
def test_vendored_files_are_what_was_published(manifest):
    told = json.loads(manifest.read_text())
    assert told["package"]
    assert told["version"]
    here = {path.name for path in manifest.parent.iterdir()} - {"manifest.json"}
    assert here == set(told["files"])
    assert any(name.startswith("LICENSE") for name in here)
    for name, checksum in told["files"].items():
        assert hashlib.sha256((manifest.parent / name).read_bytes()).hexdigest() == checksum, name


def test_htmx_and_the_icons_are_vendored():
    assert {path.parent.name for path in MANIFESTS} >= {"htmx", "lucide"}
