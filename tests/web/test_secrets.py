"""A secret is made once, whoever comes first, and only its owner reads it."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings

from studio.web.secrets import kept_secret

ROOT = Path(__file__).resolve().parents[2]
MAKE = """
import os, sys
from pathlib import Path
from studio.web.secrets import kept_secret

os.umask(0)  # the most careless of machines
print("here", flush=True)
sys.stdin.readline()
for path in sys.argv[1:]:
    print(kept_secret(Path(path)))
"""


def first_starts(number: int, *paths: Path) -> list[list[str]]:
    """What as many processes read that all come first."""
    command = [sys.executable, "-c", MAKE, *map(str, paths)]
    started = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        for _ in range(number)
    ]
    for process in started:
        assert process.stdout.readline() == "here\n"
    for process in started:
        process.stdin.write("now\n")
        process.stdin.flush()
    return [process.communicate(timeout=20)[0].split() for process in started]


def test_processes_that_start_together_agree_on_every_secret(tmp_path):
    paths = [tmp_path / "keys" / f"secret{number}" for number in range(300)]  # many, for some to be made in one moment
    kept = first_starts(4, *paths)
    assert kept == [[path.read_text() for path in paths]] * 4
    assert len(set(kept[0])) == 300
    assert min(map(len, kept[0])) >= 64  # 48 random bytes
    assert sorted(paths[0].parent.iterdir()) == sorted(paths)  # no draft stays behind


def test_only_its_owner_reads_a_secret_however_careless_the_machine(tmp_path):
    path = tmp_path / "keys" / "secret_key"
    first_starts(1, path)
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
