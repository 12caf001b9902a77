"""The README stays true."""

import re
from pathlib import Path

from studio.demo.faults import FAULTS
from tests.test_architecture import ROOMS

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def test_every_setting_is_in_the_table_and_every_row_is_a_setting():
    read = set(re.findall(r'env\.\w+\("(\w+)"', (ROOT / "studio" / "settings.py").read_text()))
    assert set(re.findall(r"^\| `(STUDIO_\w+)`", README, re.MULTILINE)) == read


def test_every_fault_is_told_as_the_gateway_knows_it():
    assert dict(re.findall(r"^\| `([a-z0-9-]+)` \| (.+) \|$", README, re.MULTILINE)) == FAULTS


def test_every_room_is_in_the_tree():
    told = re.findall(r"^      (\w+)/ ", README, re.MULTILINE)
    assert told == [room for room in ROOMS if (ROOT / "studio" / room).is_dir()]


def test_every_file_it_names_exists():
    for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README):
        assert (ROOT / name).is_file(), name
    for module in re.findall(r"python -m (tests\.[\w.]+)", README):
        assert (ROOT / (module.replace(".", "/") + ".py")).is_file(), module


def test_it_gives_the_two_commands():
    assert "./manage.py run" in README
    assert "./manage.py test" in README
