"""Bytes leave through one door that reads the rights each time."""

import pytest
from django.urls import reverse

from studio.gallery import actions
from studio.workspaces.models import Membership

pytestmark = pytest.mark.django_db
FILM = bytes(range(256)) * 40


async def body(response) -> bytes:
    if not response.streaming:
        return response.content
    return b"".join([piece async for piece in response])


@pytest.fixture
def film(item):
    return item("a paper boat", content=FILM)


@pytest.fixture
def viewer(async_client, world):
    async_client.force_login(world.ben)
    return async_client


def door(item, kind="playable") -> str:
    return reverse("gallery:media", args=[item.pk, kind])


@pytest.mark.django_db(transaction=True)
async def test_a_member_gets_the_whole_film_and_any_part_of_it(viewer, film):
    whole = await viewer.get(door(film))
    assert await body(whole) == FILM
    assert whole["Content-Type"] == "video/mp4"
    part = await viewer.get(door(film), headers={"Range": "bytes=100-199"})
    assert part.status_code == 206
    assert part["Content-Range"] == f"bytes 100-199/{len(FILM)}"
    assert await body(part) == FILM[100:200]
    beyond = await viewer.get(door(film), headers={"Range": f"bytes={len(FILM)}-"})
    assert beyond.status_code == 416


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("kind", "content_type"),
    [
        ("original", "video/mp4"),
        ("playable", "video/mp4"),
        ("poster", "image/webp"),
        ("preview", "video/mp4"),
        ("sprite", "image/webp"),
    ],
)
async def test_each_file_has_its_own_address_and_kind(viewer, film, kind, content_type):
    answer = await viewer.get(door(film, kind))
    assert answer.status_code == 200
    assert answer["Content-Type"] == content_type
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert await body(answer)


@pytest.mark.django_db(transaction=True)
async def test_an_unknown_kind_of_file_is_not_there(viewer, film):
    assert (await viewer.get(door(film, "settings"))).status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_rights_that_are_gone_end_the_film_at_the_next_range(viewer, film, world):
    assert (await viewer.get(door(film), headers={"Range": "bytes=0-9"})).status_code == 206
    await Membership.objects.filter(user=world.ben).adelete()
    assert (await viewer.get(door(film), headers={"Range": "bytes=10-19"})).status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_what_a_browser_holds_is_confirmed_and_not_sent_again(viewer, film):
    first = await viewer.get(door(film, "poster"))
    await body(first)
    again = await viewer.get(door(film, "poster"), headers={"If-None-Match": first["ETag"]})
    assert again.status_code == 304


@pytest.mark.django_db(transaction=True)
async def test_a_deleted_video_shows_its_poster_in_the_trash_and_nothing_else(viewer, film, world):
    from asgiref.sync import sync_to_async

    await sync_to_async(actions.delete_item)(film, world.ben)
    assert (await viewer.get(door(film, "poster"))).status_code == 200
    for kind in ("original", "playable", "preview", "sprite"):
        assert (await viewer.get(door(film, kind))).status_code == 404
    assert (await viewer.get(reverse("gallery:download", args=[film.pk]))).status_code == 404


@pytest.mark.django_db(transaction=True)
async def test_a_lost_file_is_not_found(viewer, film, own_storage):
    own_storage.delete(film.poster.name)
    assert (await viewer.get(door(film, "poster"))).status_code == 404


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("prompt", "start"),
    [
        ("A dog, in a space suit!", "a-dog-in-a-space-suit-"),
        ("../../etc/passwd\r\nX-Evil: 1", "etc-passwd-"),
        ("一只穿着太空服的狗", "一只穿着太空服的狗-"),
        ("🎬🎬🎬", "video-"),
    ],
)
async def test_a_download_is_named_by_the_prompt(viewer, item, prompt, start):
    from urllib.parse import quote

    from asgiref.sync import sync_to_async

    made = await sync_to_async(item)(prompt, content=FILM)
    answer = await viewer.get(reverse("gallery:download", args=[made.pk]))
    said = answer["Content-Disposition"]
    assert said.startswith("attachment")
    assert start in said or quote(start) in said
    assert said.rstrip('"').endswith(f"{made.pk.hex[-6:]}.mp4")
    assert await body(answer) == FILM
