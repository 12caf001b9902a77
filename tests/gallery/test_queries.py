"""Whose videos one sees, in which order, and how a page continues."""

from itertools import count
from uuid import UUID

import pytest
from django.http import Http404

from studio.gallery import actions, queries
from studio.gallery.models import GalleryItem
from studio.gallery.queries import Filters, neighbours_of, page_of
from studio.generations.states import State

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(generation):
    """Videos as rows alone: nothing here opens a file. Each id a millisecond after the one before, as in real life."""
    ids = (UUID(int=(0x19A << 116) + (0x7 << 76) + (0x2 << 62) + (number << 80)) for number in count(1))

    def make(number_of: int, **changed) -> list[GalleryItem]:
        size = {"width": changed.pop("width", 1280), "height": changed.pop("height", 720)}
        return [
            GalleryItem.objects.create(
                id=next(ids),
                workspace_id=row.workspace_id,
                generation=row,
                sha256=f"{row.pk.hex}",
                size_bytes=1,
                duration_s=5,
                **size,
            )
            for row in (generation(f"clip {number}", **changed) for number in range(number_of))
        ]

    return make


def test_a_team_mate_sees_it_and_a_stranger_does_not(world, rows):
    [item] = rows(1)
    assert queries.item_for(world.ana, item.pk) == item
    assert queries.item_for(world.ben, item.pk) == item
    with pytest.raises(Http404):
        queries.item_for(world.eve, item.pk)
    assert not page_of(world.eve, Filters())


def test_the_newest_comes_first(world, rows):
    made = rows(3)
    assert [item.pk for item in page_of(world.ana, Filters()).items] == [item.pk for item in reversed(made)]


def test_pages_follow_each_other_without_a_gap_or_a_double_while_new_videos_arrive(world, rows):
    made = {item.pk for item in rows(60)}
    seen, after = [], None
    while True:
        page = page_of(world.ana, Filters(), after=after)
        seen += [item.pk for item in page.items]
        rows(1)
        if page.next is None:
            break
        after = page.next
    assert len(seen) == len(set(seen))
    assert made == set(seen)


def test_coming_back_to_a_far_card_brings_every_page_up_to_it(world, rows):
    made = rows(60)
    page = page_of(world.ana, Filters(), through=made[10].pk)
    assert made[10] in page.items
    assert len(page.items) == 60
    assert len(page_of(world.ana, Filters(), through=made[-1].pk).items) == 24


def test_a_page_that_ends_exactly_at_the_last_video_offers_no_more(world, rows):
    rows(24)
    assert page_of(world.ana, Filters()).next is None


def test_the_shape_is_the_films_own_and_not_what_was_asked_for(world, rows):
    rows(1, orientation="portrait")
    [tall] = rows(1, width=720, height=1280, orientation="landscape")
    [square] = rows(1, width=720, height=720)
    assert list(page_of(world.ana, Filters(orientation="portrait")).items) == [tall]
    assert list(page_of(world.ana, Filters(orientation="square")).items) == [square]


def test_videos_are_filtered_by_model(world, rows):
    rows(2)
    [pro] = rows(1, model_name="sora-2-pro")
    assert list(page_of(world.ana, Filters(model="sora-2-pro")).items) == [pro]
    assert queries.model_names_for(world.ana) == ["sora-2", "sora-2-pro"]


@pytest.mark.parametrize(
    ("chosen", "states"),
    [
        ("failed", {State.FAILED}),
        ("interrupted", {State.INTERRUPTED}),
        ("cancelled", {State.CANCELLED}),
        ("active", {State.QUEUED, State.SENDING, State.WAITING, State.RENDERING, State.SAVING}),
    ],
)
def test_generations_without_a_video_are_listed_by_their_state(world, generation, chosen, states):
    for state in State:
        generation(state.label, state=state)
    page = page_of(world.ana, Filters(state=chosen))
    assert {row.state for row in page.generations} == states
    assert not page.items


def test_neighbours_are_the_next_ones_within_the_filter(world, rows):
    old, wide, middle, new = *rows(1), *rows(1, model_name="other"), *rows(1), *rows(1)
    both = neighbours_of(world.ana, Filters(), middle)
    assert (both.newer, both.older) == (new.pk, wide.pk)
    same = neighbours_of(world.ana, Filters(model="sora-2"), middle)
    assert (same.newer, same.older) == (new.pk, old.pk)
    assert neighbours_of(world.ana, Filters(), new).newer is None


def test_a_deleted_video_is_gone_from_every_list_until_it_is_restored(world, rows):
    [kept, item] = rows(2)
    assert actions.delete_item(item, world.ben)
    assert list(page_of(world.ana, Filters()).items) == [kept]
    with pytest.raises(Http404):
        queries.item_for(world.ana, item.pk)
    assert [(each.pk, each.deleted_by) for each in queries.deleted_for(world.ana)] == [(item.pk, world.ben)]
    assert actions.restore_item(item)
    assert queries.item_for(world.ana, item.pk).deleted_by is None
    assert not queries.deleted_for(world.ana)


def test_deleting_twice_keeps_the_name_of_who_did_it_first(world, rows):
    [item] = rows(1)
    assert actions.delete_item(item, world.ben)
    assert not actions.delete_item(item, world.ana)
    item.refresh_from_db()
    assert item.deleted_by == world.ben


def test_the_filmstrip_holds_the_whole_send_also_variants_without_a_video(world, rows, generation):
    [item] = rows(1)
    batch = item.generation.batch
    failed = generation(state=State.FAILED, batch=batch, position=1)
    frames = queries.filmstrip_of(item)
    assert [(frame.kind, frame.generation) for frame in frames] == [("item", item.generation), ("generation", failed)]


def test_a_video_that_is_the_only_one_of_its_send_has_no_filmstrip(rows):
    [item] = rows(1)
    assert queries.filmstrip_of(item) == []


def test_a_page_costs_the_same_number_of_queries_for_one_video_and_for_many(world, rows, django_assert_num_queries):
    rows(24)
    with django_assert_num_queries(1):
        for item in page_of(world.ana, Filters()).items:
            assert item.generation.version.prompt.title
