#!/usr/bin/env python3
"""The one door: ``./manage.py run`` starts the studio, ``./manage.py test`` runs its tests.

Nothing has to be installed first: every command makes the environment it needs (see studio/bootstrap.py).
"""

import os
import sys

if sys.version_info < (3, 11):  # noqa: UP036 - said before any newer syntax is read
    sys.exit("Studio needs Python 3.11 or newer; this is %d.%d." % sys.version_info[:2])

from studio.bootstrap import ensure_environment, run_tests


def main() -> None:
    ensure_environment(sys.argv)
    if sys.argv[1:2] == ["test"]:
        run_tests(sys.argv[2:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "studio.settings")
    from django.core.management import execute_from_command_line

    if len(sys.argv) > 1:
        sys.argv[1] = sys.argv[1].replace("-", "_")  # demo-gateway, seed-demo: module names cannot hold a dash
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
