"""Nothing is rendered that nobody waits for, and never more than two films at once."""

import threading
from collections.abc import Iterator

import httpx
import pytest

from studio.demo.jobs import RENDERS_AT_ONCE
from tests.demo.conftest import KEY, Gateway, Told, asked, comes_true, pictures, told

LONG = "A boat. 25 seconds"
SMALL = "A boat. 1 second, square video"


@pytest.fixture(autouse=True)
def quiet(gateway: Gateway) -> Iterator[None]:
    """No film of an earlier test is still being made, and none of this one is left."""
    assert comes_true(lambda: gateway.renders() == [])
    yield
    assert comes_true(lambda: gateway.renders() == [])


def left_behind(gateway: Gateway) -> list[str]:
    return [path.name for path in gateway.data.glob("demo/*.part")]


@pytest.mark.parametrize("films", [1, 4])
def test_a_reader_that_leaves_stops_its_films(http, gateway, films):
    with http.stream("POST", gateway.chat, json=asked(LONG, n=films)) as answer:
        assert answer.status_code == 200
        assert comes_true(lambda: len(gateway.renders()) == min(films, RENDERS_AT_ONCE))
    assert comes_true(lambda: gateway.renders() == [])
    assert comes_true(lambda: left_behind(gateway) == [])


def test_a_reader_that_leaves_at_the_first_byte_leaves_nothing_behind(http, gateway):
    with http.stream("POST", gateway.chat, json=asked(LONG)) as answer:
        next(answer.iter_raw())
    assert comes_true(lambda: gateway.renders() == [])
    # Both places are free again: a new film is made at once.
    assert told(http, gateway, SMALL).film()


def test_who_loses_patience_with_a_whole_answer_stops_its_film(gateway):
    def wait() -> None:
        with httpx.Client(trust_env=False, headers=KEY, timeout=3) as impatient, pytest.raises(httpx.ReadTimeout):
            impatient.post(gateway.chat, json=asked(LONG, stream=False))

    thread = threading.Thread(target=wait)
    thread.start()
    assert comes_true(lambda: len(gateway.renders()) == 1)
    thread.join()
    assert comes_true(lambda: gateway.renders() == [])


def test_one_leaving_does_not_stop_anothers_film(http, gateway):
    with http.stream("POST", gateway.chat, json=asked(SMALL)) as staying:
        heard = staying.iter_text()
        text = next(heard)
        with http.stream("POST", gateway.chat, json=asked(LONG)) as leaving:
            next(leaving.iter_raw())
        text += "".join(heard)
    assert len(pictures(http.get(Told(text).film()).content)) == 24


def test_two_films_are_made_at_once_and_the_others_wait_their_turn(http, gateway):
    seen: list[int] = []
    with http.stream("POST", gateway.chat, json=asked(SMALL, n=3)) as answer:
        text = ""
        for piece in answer.iter_text():
            text += piece
            seen.append(len(gateway.renders()))
    assert max(seen) == RENDERS_AT_ONCE
    whole = Told(text)
    assert len({whole.film(choice) for choice in range(3)}) == 3
    last = max(range(3), key=lambda choice: text.rindex(whole.film(choice)))
    queued = whole.text(last).partition("Queuing")[2].partition("\n")[0]
    assert queued.strip(".") == "" and queued
