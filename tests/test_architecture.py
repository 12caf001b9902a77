"""Rooms look down: every import is read, and an upward one fails."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = (  # top to bottom
    "demo", "desk", "engine", "review", "gallery", "generations", "prompts", "providers", "live", "workspaces", "media", "upstream", "web",
)  # fmt: skip
MODULES = sorted((ROOT / "studio").rglob("*.py"))


def imports_of(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: rooms are imported by their full name"
            found.add(node.module or "")
            found |= {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def room_of(module: str) -> str | None:
    parts = module.split(".")
    return parts[1] if parts[0] == "studio" and len(parts) > 1 and parts[1] in ROOMS else None


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_only_look_down(path):
    own = path.relative_to(ROOT / "studio").parts[0]
    if own not in ROOMS:
        return  # the doors: settings, urls, asgi, bootstrap
    level = ROOMS.index(own)
    upward = {m for m in imports_of(path) if (room := room_of(m)) and ROOMS.index(room) < level}
    assert not upward


def test_httpx_is_imported_by_the_wire_alone():
    users = {
        path.relative_to(ROOT / "studio").parts[0]
        for path in MODULES
        if any(m.split(".")[0] in ("httpx", "httpcore") for m in imports_of(path))
    }
    assert users == {"upstream"}


def test_the_wire_knows_no_django():
    for path in (ROOT / "studio" / "upstream").glob("*.py"):
        assert not any(m.split(".")[0] == "django" for m in imports_of(path)), path


def test_no_view_touches_objects():
    for path in (ROOT / "studio").rglob("*views.py"):
        assert ".objects" not in path.read_text(), path


def test_no_file_has_a_name_that_says_nothing():
    assert not [path for path in MODULES if re.search(r"(utils|helpers|services|managers|common|misc)", path.name)]


def test_the_top_level_stays_as_it_was_fixed():
    import subprocess

    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    top = {name.split("/")[0] for name in tracked}
    plain = {name for name in top if not name.startswith(".") and not name.endswith(".lock")}
    assert plain <= {"manage.py", "pyproject.toml", "studio", "templates", "static", "tests", "README.md"}
