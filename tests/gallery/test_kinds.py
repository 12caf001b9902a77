"""Which new videos an open gallery is told about."""

import pytest

from studio.gallery.kinds import GalleryKind
from studio.live.kinds import Change

pytestmark = pytest.mark.django_db


def told(user, subject, positions) -> list[str]:
    return [change.key for change in GalleryKind().missed(user, subject, positions)]


def test_a_gallery_hears_of_what_came_after_its_newest_card_and_hears_it_once(world, item):
    shown, new = item(content=b"1"), item(content=b"2")
    assert told(world.ben, "", {str(shown.pk): 1}) == [str(new.pk)]
    assert told(world.ben, "", {str(shown.pk): 1, str(new.pk): 1}) == []


def test_an_empty_gallery_hears_of_the_first(world, item):
    first = item()
    assert told(world.ana, "", {}) == [str(first.pk)]


def test_a_filtered_gallery_hears_only_of_its_own(world, item):
    shown = item(content=b"1", width=720, height=1280)
    item(content=b"2")
    tall = item(content=b"3", width=720, height=1280)
    assert told(world.ana, "orientation=portrait", {str(shown.pk): 1}) == [str(tall.pk)]


def test_a_stranger_hears_nothing(world, item):
    item()
    assert told(world.eve, "", {}) == []
    assert GalleryKind().topic_for(world.eve, "") != str(world.workspace.pk)


def test_transcripts_do_not_wake_galleries():
    kind = GalleryKind()
    assert not kind.concerns("", Change("w", "g", 1, 2, body=[{"text": "…"}]))
    assert kind.concerns("", Change("w", "g", 1, 2))


def test_what_is_told_moves_nothing_on_the_page(world):
    message = GalleryKind().render(Change("w", "i", 0, 1, "new"), "en")
    assert (message.content, message.event) == ("", "item-ready")
