"""The gallery, the item page, deleting and bringing back, as a person meets them."""

import pytest
from django.urls import reverse

from studio.gallery.models import GalleryItem
from studio.generations.states import State
from studio.workspaces.models import Membership, Role

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def url(name: str, item: GalleryItem, *more: str) -> str:
    return reverse(f"gallery:{name}", args=[item.pk, *more])


def text(response) -> str:
    return response.content.decode()


def test_an_empty_gallery_leads_to_compose(ana):
    shown = text(ana.get("/gallery/"))
    assert "Your videos will hang here" in shown
    assert f'href="{reverse("desk:compose")}"' in shown


def test_an_empty_filter_offers_to_clear_it(ana, item):
    item()
    shown = text(ana.get("/gallery/?orientation=portrait"))
    assert "Nothing matches these filters" in shown
    assert "Clear filters" in shown


def test_a_card_shows_poster_length_model_and_words(ana, item):
    made = item("a paper boat", duration_s=64.4)
    shown = text(ana.get("/gallery/"))
    assert url("media", made, "poster") in shown
    assert ">1:04<" in shown
    assert "a paper boat" in shown
    assert 'width="1280" height="720"' in shown
    assert 'data-shape="16x9"' in shown


def test_an_address_with_nonsense_in_it_shows_the_gallery(ana, item):
    item()
    for query in ("state=nothing", "orientation=round", "after=yesterday", "through=1", "model=%00", "deleted=x"):
        assert ana.get(f"/gallery/?{query}").status_code == 200


def test_a_prompt_is_never_markup(ana, item):
    made = item("<script>alert(1)</script> <b>bold</b>")
    for page in (ana.get("/gallery/"), ana.get(url("item", made))):
        assert "<script>alert" not in text(page)
        assert "<b>bold" not in text(page)


def test_failed_generations_lead_to_their_own_page(ana, generation):
    row = generation("it went wrong", state=State.FAILED, failure_kind="moderation")
    assert "it went wrong" not in text(ana.get("/gallery/"))
    shown = text(ana.get("/gallery/?state=failed"))
    assert reverse("generations:detail", args=[row.pk]) in shown
    assert "The gateway refused this prompt" in shown


def test_more_cards_come_as_a_part_that_works_as_a_link_too(ana, item, world):
    made = [item(f"clip {number}", content=b"%d" % number) for number in range(26)]
    first = text(ana.get("/gallery/"))
    after = f"?after={made[2].pk}"
    assert after in first
    part = text(ana.get(f"/gallery/{after}", headers=HTMX))
    assert part.count('class="gallery-card"') == 2
    assert "<html" not in part
    whole = text(ana.get(f"/gallery/{after}"))
    assert whole.count('class="gallery-card"') == 2
    assert "<html" in whole


def test_a_filter_chosen_by_htmx_answers_the_gallery_alone(ana, item):
    item()
    answer = ana.get("/gallery/?orientation=landscape", headers=HTMX)
    assert text(answer).lstrip().startswith('<div class="gallery" id="gallery"')
    assert "HX-Request" in answer["Vary"]


def test_the_item_page_tells_every_fact(ana, generation, finished, item):
    made = item(
        "一只狗",
        orientation="landscape",
        seconds=5,
        task_id="task_1",
        remix_id="s_2",
        request_id="req_3",
        price="0.5000",
        currency="USD",
        ask={"system": "Be bold", "earlier": [{"role": "user", "content": "before"}], "fields": {"temperature": 1}},
        response={
            "id": "chatcmpl-4",
            "object": "chat.completion.chunk",
            "created": 1700000000,
            "choices": [{"index": 0, "finish_reason": "stop", "content": ""}],
            "usage": {"total_tokens": 17, "prompt_tokens_details": {"cached_tokens": 3}},
        },
    )
    shown = text(ana.get(url("item", made)))
    facts = (
        "一只狗",
        "Demo",
        "sora-2",
        "1280 × 720",
        "H.264",
        "AAC",
        "120",
        "24 fps",
        made.sha256,
        "task_1",
        "s_2",
        "req_3",
    )
    asked = ("0.5 USD", "Be bold", "before", "temperature", "chatcmpl-4", "chat.completion.chunk", "1700000000", "stop")
    for fact in (*facts, *asked, "total_tokens", "prompt_tokens_details.cached_tokens", "https://files.example/a.mp4"):
        assert fact in shown, fact
    assert f"{reverse('desk:compose')}?from={made.generation.pk}" in shown


def test_the_transcript_is_shown_as_text(ana, item):
    made = item()
    made.generation.events.create(
        seq=1, attempt_number=1, at=made.created_at, kind="frames", body={"text": "<i>进度 36..</i>"}, raw="x"
    )
    type(made.generation).objects.filter(pk=made.generation.pk).update(seq=1)
    assert "&lt;i&gt;进度 36..&lt;/i&gt;" in text(ana.get(url("item", made)))


def test_walking_stays_within_the_filter(ana, item):
    old = item("old", content=b"1", width=720, height=1280)
    item("between", content=b"2")
    new = item("new", content=b"3", width=720, height=1280)
    shown = text(ana.get(url("item", new) + "?orientation=portrait"))
    assert f'href="{url("item", old)}?orientation=portrait"' in shown
    assert f"through={new.pk}#item-{new.pk}" in shown


def test_a_lost_file_is_said_on_the_page(ana, item, own_storage):
    made = item()
    own_storage.delete(made.original.name)
    shown = ana.get(url("item", made))
    assert shown.status_code == 200
    assert "no longer in the studio" in text(shown)
    assert url("download", made) not in text(shown)


def test_a_stranger_finds_nothing(eve, item):
    made = item()
    for address in (
        url("item", made),
        url("media", made, "poster"),
        url("media", made, "original"),
        url("download", made),
    ):
        assert eve.get(address).status_code == 404
    for name in ("delete", "restore"):
        assert eve.post(url(name, made)).status_code == 404
    made.refresh_from_db()
    assert made.deleted_at is None


def test_who_is_not_signed_in_is_asked_to(client, item):
    made = item()
    for address in ("/gallery/", url("item", made), url("media", made, "poster"), url("download", made)):
        assert client.get(address).status_code == 302


def test_a_viewer_looks_and_cannot_delete(client, world, item):
    made = item()
    Membership.objects.filter(user=world.ben).update(role=Role.VIEWER)
    client.force_login(world.ben)
    assert client.get(url("item", made)).status_code == 200
    assert client.post(url("delete", made)).status_code == 403
    assert client.get(reverse("gallery:deleted")).status_code == 403
    assert url("delete", made) not in text(client.get("/gallery/"))
    made.refresh_from_db()
    assert made.deleted_at is None


def test_deleting_in_the_grid_leaves_an_undo_at_the_same_place(ana, item):
    made = item("a paper boat")
    gone = text(ana.post(url("delete", made), headers=HTMX))
    assert f'id="item-{made.pk}"' in gone
    assert url("restore", made) in gone
    assert "a paper boat" not in text(ana.get("/gallery/"))
    back = text(ana.post(url("restore", made), headers=HTMX))
    assert url("media", made, "poster") in back
    assert "a paper boat" in text(ana.get("/gallery/"))


def test_deleting_from_the_item_page_leads_to_the_gallery_with_undo(ana, item):
    made, other = item("a paper boat", content=b"1"), item("a kite", content=b"2")
    answer = ana.post(url("delete", made), {"orientation": "landscape"}, follow=True)
    assert answer.redirect_chain[0][0].startswith("/gallery/?orientation=landscape")
    assert "Deleted “a paper boat”" in text(answer)
    assert url("restore", made) in text(answer)
    assert f'id="item-{other.pk}"' in text(answer)


def test_the_page_of_a_deleted_video_says_so_and_restores_it(ana, item):
    made = item()
    ana.post(url("delete", made))
    shown = text(ana.get(url("item", made)))
    assert "This video was deleted" in shown
    assert "Deleted by Ana" in shown
    answer = ana.post(url("restore", made), follow=True)
    assert answer.redirect_chain[-1][0] == url("item", made)
    assert "<studio-player" in text(answer)


def test_deleted_videos_wait_in_a_list(ana, item):
    made = item("a paper boat")
    ana.post(url("delete", made))
    shown = text(ana.get(reverse("gallery:deleted")))
    assert "a paper boat" in shown
    assert url("restore", made) in shown


def test_the_admin_shows_items_and_changes_none(client, world, item):
    made = item()
    world.ana.is_superuser = world.ana.is_staff = True
    world.ana.save()
    client.force_login(world.ana)
    assert client.get("/admin/gallery/galleryitem/").status_code == 200
    page = client.get(f"/admin/gallery/galleryitem/{made.pk}/change/")
    assert page.status_code == 200
    assert made.original.name not in text(page)
    assert client.post(f"/admin/gallery/galleryitem/{made.pk}/delete/", {"post": "yes"}).status_code == 403
