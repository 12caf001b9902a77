"""Ids sort by time, everywhere they are written."""

import time
from uuid import RFC_4122

from studio.web.ids import uuid7


def milliseconds(made) -> int:
    return made.int >> 80


def test_an_id_says_that_it_is_a_version_7():
    for made in (uuid7() for _ in range(500)):  # both fields are cut out of random bits
        assert (made.version, made.variant) == (7, RFC_4122)


def test_an_id_begins_with_the_moment_it_was_made():
    before = time.time_ns() // 1_000_000
    made = uuid7()
    after = time.time_ns() // 1_000_000
    assert before <= milliseconds(made) <= after


def test_a_later_id_sorts_behind_as_number_as_words_and_as_bytes():
    first = second = uuid7()
    while milliseconds(second) == milliseconds(first):
        second = uuid7()
    assert first < second
    assert first.hex < second.hex  # how SQLite keeps it
    assert first.bytes < second.bytes  # how PostgreSQL compares it


def test_ids_of_one_millisecond_differ():
    assert len({uuid7() for _ in range(5000)}) == 5000


def test_all_bits_that_mean_nothing_are_random():
    ones, zeros = 0, (1 << 128) - 1
    for made in (uuid7() for _ in range(200)):
        ones |= made.int
        zeros &= made.int
    free = (1 << 76) - 1 & ~(0x3 << 62)
    assert ones & free == free
    assert zeros & free == 0
