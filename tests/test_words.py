"""English and Simplified Chinese are complete."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import polib
import pytest

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "studio" / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%%s|%s|%d|\{\w+\}")


@pytest.fixture(scope="module")
def catalogue():
    return polib.pofile(str(CATALOGUE))


def test_every_sentence_has_its_chinese(catalogue):
    missing = [entry.msgid for entry in catalogue if not entry.translated() or entry.fuzzy]
    assert missing == []


def test_placeholders_survive_translation(catalogue):
    for entry in catalogue:
        for text in [entry.msgstr] if entry.msgstr else entry.msgstr_plural.values():
            assert sorted(PLACEHOLDER.findall(text)) == sorted(
                PLACEHOLDER.findall(entry.msgid_plural or entry.msgid)
            ), entry.msgid


def test_the_compiled_catalogue_is_the_written_one(catalogue):
    compiled = polib.mofile(str(CATALOGUE.with_suffix(".mo")))
    assert {e.msgid: (e.msgstr, e.msgstr_plural) for e in compiled} == {
        e.msgid: (e.msgstr, e.msgstr_plural) for e in catalogue
    }


def test_no_sentence_of_the_code_is_left_out(catalogue, tmp_path):
    """Extracts again from a copy and compares."""
    if shutil.which("xgettext") is None:
        if os.environ.get("CI"):
            pytest.fail("gettext is missing")
        pytest.skip("gettext is not installed (Debian: apt-get install gettext)")
    for folder in ("studio", "templates"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "manage.py", tmp_path)
    environment = {
        **os.environ,
        "STUDIO_DATA_DIR": str(tmp_path / "data"),
        "DJANGO_SETTINGS_MODULE": "studio.settings",
        "PYTHONPATH": "",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-l", "zh_Hans", "--no-location", "--no-wrap"],
        cwd=tmp_path, env=environment, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    extracted = polib.pofile(str(tmp_path / CATALOGUE.relative_to(ROOT)))
    said = {entry.msgid for entry in extracted if not entry.obsolete}
    known = {entry.msgid for entry in catalogue}
    assert sorted(said - known) == []
    assert sorted(known - said) == [], "said nowhere any more"
