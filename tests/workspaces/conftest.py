from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Semaphore

import pytest
from django.db import connection, connections, transaction
from django.http import HttpResponse
from django.test import Client

from studio.workspaces import throttle


@pytest.fixture(autouse=True)
def nobody_was_slowed():
    throttle._tries.clear()
    yield
    throttle._tries.clear()


@pytest.fixture
def signed_in():
    """A browser of a person."""

    def sign_in(user) -> Client:
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def at_once(transactional_db):
    """Presses in browsers of their own, in the same moment: each has read what was, none has written yet.

    SQLite's transactions are IMMEDIATE, so all of them wait at their BEGIN for the one this fixture holds.
    """

    def press_all(*presses: Callable[[Client], HttpResponse]) -> list[HttpResponse]:
        waiting = Semaphore(0)

        def note_the_wait(execute, sql, *rest):
            if sql.startswith("BEGIN"):
                waiting.release()
            return execute(sql, *rest)

        def run(press: Callable[[Client], HttpResponse]) -> HttpResponse:
            try:
                with connection.execute_wrapper(note_the_wait):
                    return press(Client())
            finally:
                connections.close_all()

        with ThreadPoolExecutor(len(presses)) as pool:
            with transaction.atomic():
                running = [pool.submit(run, press) for press in presses]
                assert all(waiting.acquire(timeout=20) for _ in presses)
            return [press.result() for press in running]

    return press_all
