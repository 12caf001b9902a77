"""The environment every command makes for itself."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from studio import bootstrap

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def elsewhere(tmp_path, monkeypatch):
    """A checkout whose locks hold nothing, so that making its environment takes seconds."""
    locks = {name: tmp_path / f"{name}.lock" for name in ("run", "test")}
    for lock in locks.values():
        lock.write_text("# nothing to install\n")
    monkeypatch.setattr(bootstrap, "ROOT", tmp_path)
    monkeypatch.setattr(bootstrap, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(bootstrap, "LOCKS", locks)
    return tmp_path


def test_an_environment_is_made_stamped_and_left_alone_afterwards(elsewhere, capfd):
    python = bootstrap.prepare("run")
    assert subprocess.run([python, "-c", "import sys; sys.exit(sys.prefix == sys.base_prefix)"]).returncode == 0
    made = (elsewhere / ".venv" / "pyvenv.cfg").stat().st_mtime_ns
    capfd.readouterr()
    bootstrap.prepare("run")
    assert (elsewhere / ".venv" / "pyvenv.cfg").stat().st_mtime_ns == made
    assert capfd.readouterr().err == ""


def test_run_and_test_locks_are_stamped_apart(elsewhere):
    bootstrap.prepare("run")
    stamps = lambda: {path.name for path in (elsewhere / ".venv").glob(".*-stamp")}  # noqa: E731
    assert stamps() == {".run-stamp"}
    bootstrap.prepare("test")
    assert stamps() == {".run-stamp", ".test-stamp"}


def test_a_changed_lock_is_installed_again(elsewhere, capfd):
    bootstrap.prepare("run")
    bootstrap.LOCKS["run"].write_text("# another nothing\n")
    capfd.readouterr()
    bootstrap.prepare("run")
    assert "Installing" in capfd.readouterr().err


def test_an_environment_whose_python_is_gone_is_made_again(elsewhere):
    python = bootstrap.prepare("run")
    python.unlink()
    python.symlink_to("/nonexistent/python3")
    assert bootstrap.prepare("run") == python
    assert bootstrap.answers(python)


def test_a_cut_off_install_leaves_no_stamp(elsewhere):
    bootstrap.LOCKS["run"].write_text("no-such-package-here==1.0 --hash=sha256:" + "0" * 64 + "\n")
    with pytest.raises(SystemExit, match="nothing was started"):
        bootstrap.prepare("run")
    assert not (elsewhere / ".venv" / ".run-stamp").exists()


def test_inside_an_active_environment_nothing_is_touched(elsewhere, monkeypatch):
    monkeypatch.setattr(sys, "prefix", "/somewhere/else")
    bootstrap.ensure_environment(["manage.py", "run"])
    assert not (elsewhere / ".venv").exists()


def test_everything_is_said_on_stderr(elsewhere, capfd):
    bootstrap.prepare("run")
    assert capfd.readouterr().out == ""


def test_the_locks_are_hashed_name_no_registry_and_agree():
    run, test = ((ROOT / name).read_text() for name in ("requirements.lock", "requirements-test.lock"))
    for text in (run, test):
        assert "--hash=sha256:" in text
        assert "://" not in text
    pinned = lambda text: {line.split(" ")[0] for line in text.splitlines() if "==" in line}  # noqa: E731
    assert pinned(run) <= pinned(test)


def test_an_unknown_command_still_answers():
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "studio.settings"}
    done = subprocess.run(
        [sys.executable, "manage.py", "no-such-command"], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert "Unknown command" in done.stderr
