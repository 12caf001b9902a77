"""The parts of a run that need no gateway: folding, fairness, one writer, healing."""

import asyncio
from datetime import timedelta

import pytest
from django.utils import timezone

from studio.engine import healing
from studio.engine.claims import claim_work, in_turns
from studio.engine.draft import Draft, changed, fold
from studio.engine.writer import Writer
from studio.generations.log import Step, record
from studio.generations.models import Attempt, EngineProcess, Generation
from studio.generations.states import State
from studio.live.rows import read
from studio.providers.models import Provider
from studio.upstream.events import Phase, Progress, RemixId, TaskId, Text, Unknown, VideoLink
from tests.generations.conftest import ask  # noqa: F401


@pytest.mark.parametrize(
    ("events", "state", "percent", "text"),
    [
        ([Text("hello")], State.WAITING, None, "hello"),
        ([Phase("queued")], State.WAITING, None, ""),
        ([Phase("queued"), Progress(36)], State.RENDERING, 36, ""),
        ([Phase("rendering")], State.RENDERING, None, ""),
        ([Progress(40), Phase("queued")], State.RENDERING, 40, ""),
        ([Progress(100)], State.RENDERING, 99, ""),
        ([Progress(80), Progress(20)], State.RENDERING, 20, ""),
        ([Unknown("odd")], State.WAITING, None, ""),
    ],
)
def test_events_fold_into_what_a_card_shows(events, state, percent, text):
    draft, said = fold(Draft(), events)
    assert (draft.state, draft.percent, said) == (state, percent, text)


def test_handles_and_links_are_kept_once():
    link = VideoLink("https://a.b/v.mp4", "result")
    draft, _ = fold(Draft(), [TaskId("task_1"), RemixId("s_1"), link, link, VideoLink("https://a.b/s", "poll")])
    assert (draft.task_id, draft.remix_id) == ("task_1", "s_1")
    assert draft.links == {"video_urls": ["https://a.b/v.mp4"], "poll_urls": ["https://a.b/s"]}
    assert set(changed(Draft(), draft)) == {"task_id", "remix_id", "links"}


class Row:
    def __init__(self, pk, author_id):
        self.pk, self.author_id = pk, author_id


def test_thirty_of_mine_do_not_block_your_one():
    mine, yours = [Row(n, "me") for n in range(30)], Row(99, "you")
    assert [row.pk for row in in_turns([*mine, yours])][:3] == [0, 99, 1]


@pytest.fixture
def process(transactional_db):
    def make(kind="run", pid=1, age=0, host=None):
        import socket

        seen = timezone.now() - timedelta(seconds=age)
        return EngineProcess.objects.create(kind=kind, host=host or socket.gethostname(), pid=pid, seen_at=seen)

    return make


@pytest.mark.django_db(transaction=True)
class TestClaims:
    def test_a_claim_is_committed_before_anything_is_sent(self, ask, process):  # noqa: F811
        [generation] = ask(seconds=5, orientation="portrait")
        me = process()
        [claim] = claim_work(me.pk, 10)
        generation.refresh_from_db()
        assert (generation.state, generation.attempt_number) == (State.SENDING, 1)
        attempt = Attempt.objects.get(generation=generation)
        assert attempt.owner_id == me.pk
        assert attempt.request == claim.body
        assert claim.body["messages"][-1]["content"].endswith("portrait 9:16, 5 seconds")
        assert "key=" not in repr(claim.gateway)
        assert claim_work(me.pk, 10) == []

    def test_a_provider_runs_no_more_than_its_limit(self, ask, process):  # noqa: F811
        ask(variants=4)
        Provider.objects.update(concurrency=2)
        me = process()
        assert len(claim_work(me.pk, 10)) == 2
        assert claim_work(me.pk, 10) == []

    def test_a_provider_that_was_switched_off_fails_in_words_and_costs_nothing(self, ask, process):  # noqa: F811
        [generation] = ask()
        Provider.objects.update(enabled=False)
        assert claim_work(process().pk, 10) == []
        generation.refresh_from_db()
        assert (generation.state, generation.failure_advice, generation.money) == (
            State.FAILED,
            "provider_gone",
            "none",
        )

    def test_a_broken_seal_fails_in_words(self, ask, process):  # noqa: F811
        [generation] = ask()
        Provider.objects.update(is_demo=False, base_url="https://a.b/v1", sealed_key=b"of another studio")
        claim_work(process().pk, 10)
        generation.refresh_from_db()
        assert generation.failure_advice == "seal_broken"


@pytest.mark.django_db(transaction=True)
class TestHealing:
    @pytest.fixture
    def running(self, ask, process):  # noqa: F811
        def make(owner, state=State.RENDERING, **fields):
            [generation] = ask(token=str(owner.pk))
            claim_work(owner.pk, 10)
            Generation.objects.filter(pk=generation.pk).update(state=state, **fields)
            return generation

        return make

    def test_what_a_dead_studio_left_is_interrupted_and_never_sent_again(self, running, process):
        old, me = process(), process()
        generation = running(old)
        assert healing.heal(me) == 1
        generation.refresh_from_db()
        assert (generation.state, generation.money) == (State.INTERRUPTED, "possible")
        assert claim_work(me.pk, 10) == []
        assert not EngineProcess.objects.filter(pk=old.pk).exists()

    def test_what_was_only_being_saved_is_saved_by_the_next(self, running, process):
        generation = running(process(), State.SAVING, links={"video_urls": ["http://127.0.0.1:1/a.mp4"]})
        me = process()
        healing.heal(me)
        [claim] = claim_work(me.pk, 10)
        assert (claim.generation_id, claim.body) == (generation.pk, None)

    def test_a_living_neighbour_is_left_alone(self, running, process):
        import os

        neighbour = process(kind="generate", pid=os.getpid())
        generation = running(neighbour)
        assert healing.heal(process()) == 0
        generation.refresh_from_db()
        assert generation.state == State.RENDERING

    @pytest.mark.parametrize(("pid", "age", "host"), [(2**22 + 1, 0, None), (1, 60, "far.example.test")])
    def test_a_gone_or_silent_command_line_is_healed(self, running, process, pid, age, host):
        generation = running(process(kind="generate", pid=pid, age=age, host=host))
        assert healing.heal(process()) == 1
        generation.refresh_from_db()
        assert generation.state == State.INTERRUPTED


@pytest.mark.django_db(transaction=True)
async def test_the_writer_commits_many_streams_together_and_keeps_their_order(ask, process):  # noqa: F811
    made = await read(lambda: ask(variants=4))
    me = await read(process)
    await read(lambda: claim_work(me.pk, 10))
    writer = Writer()
    steps = [
        Step(g.pk, {"text": f"{n}"}, kind="frames", raw=f"{n};", attempt=1, owner=me.pk)
        for n in range(25)
        for g in made
    ]
    assert all(await asyncio.gather(*(writer.step(step) for step in steps)))
    await writer.stop()
    for generation in made:
        raw = await read(lambda g=generation: "".join(g.events.order_by("seq").values_list("raw", flat=True)))
        assert raw == "".join(f"{n};" for n in range(25))


@pytest.mark.django_db(transaction=True)
async def test_one_bad_step_does_not_take_the_others_along(ask, process):  # noqa: F811
    first, second = await read(lambda: ask(variants=2))
    me = await read(process)
    await read(lambda: claim_work(me.pk, 10))
    writer = Writer()

    def step(generation, **fields):
        return Step(generation.pk, {}, kind="frames", raw="x", attempt=1, owner=me.pk, fields=fields)

    good, bad = await asyncio.gather(
        writer.step(step(first)), writer.step(step(second, percent="not a number")), return_exceptions=True
    )
    await writer.stop()
    assert good is True
    assert isinstance(bad, Exception)


@pytest.mark.django_db(transaction=True)
def test_a_queued_one_that_was_cancelled_is_never_claimed(ask, process):  # noqa: F811
    from studio.generations import actions

    [generation] = ask()
    actions.cancel(generation)
    assert claim_work(process().pk, 10) == []


def test_a_move_is_refused_by_the_table_not_by_luck(db, ask):  # noqa: F811
    [generation] = ask()
    assert not record(Step(generation.pk, {"state": "ready"}, move=State.READY))
