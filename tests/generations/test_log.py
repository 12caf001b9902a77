"""The log: numbered without gap or double, moved by compare-and-swap, fenced."""

import threading

import pytest
from django.db import connection

from studio.generations import actions, queries
from studio.generations.log import Step, record, write
from studio.generations.models import Attempt, EngineProcess, Event, Generation
from studio.generations.states import MOVES, State
from studio.web.ids import uuid7

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def owned(ask):
    """A generation that is being sent by a process: (generation, owner's id)."""
    from django.utils import timezone

    [generation] = ask()
    owner = EngineProcess.objects.create(kind="run", host="h", pid=1, seen_at=timezone.now())
    assert record(Step(generation.pk, {"state": "sending"}, move=State.SENDING, fields={"attempt_number": 1}))
    Attempt.objects.create(generation=generation, number=1, owner=owner)
    return generation, owner.pk


def frames(generation, owner, **how):
    return Step(generation.pk, {"text": "x"}, kind="frames", raw="x", attempt=1, owner=owner, **how)


def seqs(generation):
    return list(generation.events.order_by("seq").values_list("seq", flat=True))


def test_steps_written_together_are_numbered_in_their_order(owned):
    generation, owner = owned
    assert write([frames(generation, owner)] * 5) == [True] * 5
    assert seqs(generation) == [1, 2, 3, 4, 5, 6, 7]
    generation.refresh_from_db()
    assert generation.seq == 7


def test_many_writers_leave_no_gap_and_no_double(owned):
    generation, owner = owned

    def work():
        for _ in range(10):
            write([frames(generation, owner), frames(generation, owner)])
        connection.close()

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seqs(generation) == list(range(1, 83))


def test_a_process_that_lost_the_attempt_cannot_write(owned):
    generation, owner = owned
    assert write([frames(generation, uuid7())]) == [False]
    Attempt.objects.update(owner=None)
    assert write([frames(generation, owner)]) == [False]
    assert seqs(generation) == [1, 2]


def test_a_step_of_an_older_attempt_is_fenced(owned):
    generation, owner = owned
    Generation.objects.update(attempt_number=2)
    assert write([frames(generation, owner)]) == [False]


def test_nothing_is_written_behind_an_ending(owned):
    generation, owner = owned
    assert record(Step(generation.pk, {"state": "failed"}, move=State.FAILED))
    assert write([frames(generation, owner)]) == [False]


@pytest.mark.parametrize("old", State)
@pytest.mark.parametrize("new", State)
def test_only_moves_of_the_table_are_made(ask, old, new):
    [generation] = ask()
    Generation.objects.update(state=old)
    assert record(Step(generation.pk, {"state": new}, move=new)) == (new in MOVES[old])
    generation.refresh_from_db()
    assert generation.state == (new if new in MOVES[old] else old)


def test_of_two_endings_at_once_one_counts(owned):
    generation, _ = owned
    results = []

    def end(state):
        results.append(record(Step(generation.pk, {"state": state}, move=state, attempt=1)))
        connection.close()

    threads = [threading.Thread(target=end, args=(state,)) for state in [State.FAILED, State.CANCELLED] * 6]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results.count(True) == 1


def test_the_same_token_twice_is_one_intent(ask):
    first, second = ask(variants=3), ask(variants=3)
    assert [g.pk for g in first] == [g.pk for g in second]
    assert Generation.objects.count() == 3


def test_twenty_equal_posts_at_once_are_one_intent(world, ask):
    ask(token="warm-up")
    made = []

    def press():
        made.append([g.pk for g in ask(token="pressed")])
        connection.close()

    threads = [threading.Thread(target=press) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({tuple(row) for row in made}) == 1
    assert Generation.objects.filter(client_token="pressed").count() == 1


def test_the_same_words_are_one_version_and_other_words_another(ask):
    a, b, c = ask("A fox", "1")[0], ask("A fox", "2")[0], ask("A fox runs", "3")[0]
    assert a.version == b.version
    assert a.version != c.version


def test_cancelling_while_queued_is_free_and_final(ask):
    [generation] = ask()
    assert actions.cancel(generation)
    generation.refresh_from_db()
    assert (generation.state, generation.money) == (State.CANCELLED, "none")


def test_cancelling_what_is_being_made_is_a_wish_the_engine_grants(owned):
    generation, _ = owned
    generation.refresh_from_db()
    assert actions.cancel(generation)
    generation.refresh_from_db()
    assert generation.state == State.SENDING
    assert generation.cancel_requested_at is not None


def test_sending_again_is_a_new_attempt_of_the_same_intent(owned):
    generation, _ = owned
    record(Step(generation.pk, {"state": "failed"}, move=State.FAILED, fields={"failure_kind": "load", "percent": 40}))
    generation.refresh_from_db()
    assert actions.send_again(generation)
    generation.refresh_from_db()
    assert (generation.state, generation.failure_kind, generation.percent) == (State.QUEUED, "", None)
    assert not actions.send_again(generation)


def test_a_ready_generation_is_never_sent_again(ask):
    [generation] = ask()
    Generation.objects.update(state=State.READY)
    generation.refresh_from_db()
    assert not actions.send_again(generation)
    assert not actions.cancel(generation)


def test_strangers_find_nothing(world, ask):
    from django.http import Http404

    [generation] = ask()
    assert queries.generation_for(world.ben, generation.pk) == generation
    with pytest.raises(Http404):
        queries.generation_for(world.eve, generation.pk)
    assert not queries.desk_for(world.eve).exists()


def test_events_cannot_share_a_number(owned):
    from django.db import IntegrityError
    from django.utils import timezone

    generation, _ = owned
    with pytest.raises(IntegrityError):
        Event.objects.create(generation=generation, seq=1, at=timezone.now(), kind="state")
