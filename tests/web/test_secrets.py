"""A secret is made once, whoever comes first, and only its owner reads it."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

from studio.web.secrets import kept_secret

ROOT = Path(__file__).resolve().parents[2]
MAKE_ONE = """
import os, sys
from pathlib import Path
from studio.web.secrets import kept_secret

os.umask(0)  # the most careless of machines
print("here", flush=True)
sys.stdin.readline()
print(kept_secret(Path(sys.argv[1])))
"""


def first_starts(path: Path, number: int) -> list[str]:
    """What as many processes read that all come first."""
    started = [
        subprocess.Popen(
            [sys.executable, "-c", MAKE_ONE, str(path)],
            cwd=ROOT,
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for _ in range(number)
    ]
    for process in started:
        assert process.stdout.readline() == "here\n"
    for process in started:
        process.stdin.write("now\n")
        process.stdin.flush()
    return [process.communicate(timeout=20)[0].strip() for process in started]


def test_processes_that_start_together_agree_on_one_secret(tmp_path):
    path = tmp_path / "keys" / "secret_key"
    read = first_starts(path, 4)
    assert set(read) == {path.read_text()}
    assert len(read[0]) >= 64  # 48 random bytes
    assert [left.name for left in path.parent.iterdir()] == ["secret_key"]  # no draft stays behind


def test_only_its_owner_reads_a_secret_however_careless_the_machine(tmp_path):
    path = tmp_path / "keys" / "secret_key"
    first_starts(path, 1)
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_secret_is_kept_and_each_path_has_its_own(tmp_path):
    one, other = kept_secret(tmp_path / "one"), kept_secret(tmp_path / "other")
    assert one != other
    assert kept_secret(tmp_path / "one") == one


def test_a_secret_that_was_brought_along_is_used(tmp_path):
    (tmp_path / "keys").mkdir()
    (tmp_path / "keys" / "seal_key").write_text("from the old machine")
    assert kept_secret(tmp_path / "keys" / "seal_key") == "from the old machine"


def test_what_signs_cookies_does_not_open_keys():
    assert settings.SECRET_KEY != settings.SEAL_KEY
    assert Path(settings.STUDIO_DATA_DIR, "keys", "seal_key").read_text() == settings.SEAL_KEY
