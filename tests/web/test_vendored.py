"""What is vendored is what was taken, and colours come from one file."""

import hashlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MANIFESTS = [*ROOT.glob("static/vendor/*/manifest.json"), *ROOT.glob("tests/browser/vendor/*/manifest.json")]
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|rgba|hsl|hsla|oklch)\(")


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda path: path.parent.name)
def test_vendored_files_match_their_checksums(manifest):
    told = json.loads(manifest.read_text())
    assert told["package"]
    assert re.match(r"\d+\.\d+\.\d+", told["version"])
    here = {path.name for path in manifest.parent.iterdir()} - {"manifest.json"}
    assert here == set(told["files"])
    for name, digest in told["files"].items():
        assert hashlib.sha256((manifest.parent / name).read_bytes()).hexdigest() == digest, name


def test_every_vendored_folder_has_a_manifest_and_a_licence():
    for folder in (ROOT / "static" / "vendor").iterdir():
        assert (folder / "manifest.json").is_file(), folder.name
        assert any(path.name.startswith("LICENSE") for path in folder.iterdir()), folder.name


def test_no_literal_colour_outside_the_tokens():
    for path in (ROOT / "static" / "css").glob("*.css"):
        if path.name != "tokens.css":
            assert COLOUR.findall(re.sub(r"url\([^)]*\)|#[\w-]+\s*[{,:.]", "", path.read_text())) == [], path.name


def test_every_icon_of_a_template_is_in_the_set():
    known = set(re.findall(r'<symbol id="([\w-]+)"', (ROOT / "static/vendor/lucide/icons.svg").read_text()))
    used = {
        name
        for path in (ROOT / "templates").rglob("*.html")
        for name in re.findall(r'{% icon "([\w-]+)"', path.read_text())
    }
    from studio.generations.words import BADGE_ICONS

    assert used | set(BADGE_ICONS.values()) <= known


def test_pages_hold_nothing_inline():
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle\s*=|\son\w+\s*=|hx-on|javascript:|<style", text), path
        assert not re.search(r"<script(?![^>]*\bsrc=)(?![^>]*application/json)", text), path


def test_nothing_is_asked_from_elsewhere():
    for path in [
        *(ROOT / "templates").rglob("*.html"),
        *(ROOT / "static" / "css").glob("*.css"),
        *(ROOT / "static" / "js").glob("*.js"),
    ]:
        assert not re.search(r"(?:src|href)=[\"']https?://|@import|url\([\"']?https?:", path.read_text()), path
