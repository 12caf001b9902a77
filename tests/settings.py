"""The studio's own settings on a data folder that lives as long as the test run."""

import atexit
import os
import shutil
import tempfile

folder = tempfile.mkdtemp(prefix="studio-tests-")
os.environ["STUDIO_DATA_DIR"] = folder
atexit.register(shutil.rmtree, folder, ignore_errors=True)

from studio.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of people are made in the tests
