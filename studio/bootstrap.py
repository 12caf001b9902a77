"""Makes the environment every command runs in. Standard library only: it runs before anything is installed.

The environment is ``.venv`` beside manage.py, filled from a hashed lock. One stamp per lock, written last, says which
lock is installed, so a cut-off install is simply done again. Inside an active virtual environment nothing is touched:
whoever made that one also fills it.

Everything is said on stderr: stdout belongs to the command (``generate --json`` is read by programs).
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCKS = {"run": ROOT / "requirements.lock", "test": ROOT / "requirements-test.lock"}


def ensure_environment(argv: list[str]) -> None:
    """Returns inside a virtual environment; otherwise makes ours where needed and starts the command again in it."""
    if sys.prefix != sys.base_prefix:
        return
    purpose = "test" if argv[1:2] == ["test"] else "run"
    python = prepare(purpose)
    os.execv(python, [str(python), str(ROOT / "manage.py"), *argv[1:]])


def prepare(purpose: str) -> Path:
    """The python of an environment that holds the lock of ``purpose`` (``run`` or ``test``)."""
    python = VENV / "bin" / "python"
    stamp = VENV / f".{purpose}-stamp"
    wanted = wanted_stamp(LOCKS[purpose])
    with (ROOT / ".venv.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not answers(python):
            make(python)
        if not stamp.is_file() or stamp.read_text() != wanted:
            install(python, LOCKS[purpose])
            stamp.write_text(wanted)
    return python


def wanted_stamp(lock: Path) -> str:
    version = "{}.{}".format(*sys.version_info[:2])
    return f"{hashlib.sha256(lock.read_bytes()).hexdigest()} python {version}\n"


def answers(python: Path) -> bool:
    """False too when the system's python went away under the environment, as a distribution upgrade does."""
    try:
        probe = subprocess.run(
            [python, "-c", "import pip, sys; print('%d.%d' % sys.version_info[:2])"], capture_output=True, text=True
        )
    except OSError:
        return False
    return probe.returncode == 0 and probe.stdout.strip() == "{}.{}".format(*sys.version_info[:2])


def make(python: Path) -> None:
    say("Making Studio's environment in .venv ...")
    shutil.rmtree(VENV, ignore_errors=True)
    made = subprocess.run([sys.executable, "-m", "venv", str(VENV)], capture_output=True, text=True)
    if made.returncode != 0 or not python.exists():
        shutil.rmtree(VENV, ignore_errors=True)
        reason = (made.stdout + made.stderr).strip()
        sys.exit(
            "Studio could not make its environment. On Debian this needs:  apt-get install python3-venv\n"
            f"What python said: {reason}"
        )


def install(python: Path, lock: Path) -> None:
    packages = sum(1 for line in lock.read_text().splitlines() if "==" in line)
    say(f"Installing {packages} packages from {lock.name} (about a minute, only when the lock changed) ...")
    done = subprocess.run(
        [python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "-r", str(lock)],
        stdout=sys.stderr,
    )
    if done.returncode != 0:
        sys.exit(f"Installing from {lock.name} failed; nothing was started. The reason is above.")


def run_tests(arguments: list[str]) -> None:
    """Becomes pytest, in the project's folder and with its arguments."""
    if subprocess.run([sys.executable, "-c", "import pytest"], capture_output=True).returncode != 0:
        sys.exit(f"This environment has no pytest. Fill it:  pip install -r {LOCKS['test'].name}")
    os.chdir(ROOT)
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *arguments])


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
