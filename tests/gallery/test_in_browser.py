"""The gallery under a hand: keys, hover, deleting, coming back. In a real browser, against real files."""

import asyncio
import hashlib
import shutil
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from django.test import Client
from playwright.sync_api import Page, expect, sync_playwright

from studio.gallery.actions import keep_video
from studio.gallery.models import GalleryItem
from studio.media.prepare import prepare

CHROMIUM = shutil.which("chromium")
pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.django_db(transaction=True),
]
FPS, FRAMES = 24, 72


def render(path: Path, width: int = 320, height: int = 180) -> None:
    """Three seconds that get brighter, with silence beside them."""
    with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        picture = film.add_stream("libx264", rate=FPS, options={"preset": "ultrafast"})
        picture.width, picture.height, picture.pix_fmt = width, height, "yuv420p"
        for number in range(FRAMES):
            shade = np.full((height, width, 3), 60 + number * 2, np.uint8)
            frame = av.VideoFrame.from_ndarray(shade, "rgb24")
            frame.pts, frame.time_base = number, Fraction(1, FPS)
            film.mux(picture.encode(frame))
        film.mux(picture.encode())


@pytest.fixture(scope="module")
def film(tmp_path_factory):
    """A decoded film in a folder: (folder, what prepare said of it)."""
    folder = tmp_path_factory.mktemp("film")
    render(folder / "original")
    return folder, asyncio.run(prepare(folder / "original", folder))


@pytest.fixture
def kept(film, generation, tmp_path):
    """Keeps real films, oldest first."""
    from dataclasses import replace

    source, prepared = film

    def keep(count: int) -> list[GalleryItem]:
        items = []
        for number in range(count):
            folder = tmp_path / f"copy{number}-{len(list(tmp_path.iterdir()))}"
            shutil.copytree(source, folder)
            moved = {
                name: folder / getattr(prepared, name).name for name in ("playable", "poster", "preview", "sprite")
            }
            items.append(
                keep_video(
                    generation(f"clip number {number}"),
                    attempt_number=1,
                    choice=0,
                    prepared=replace(prepared, **moved),
                    original=folder / "original",
                    sha256=hashlib.sha256(b"%d" % number).hexdigest(),
                )
            )
        return items

    return keep


@pytest.fixture
def page(live_server, world):
    """Ana's browser on the studio."""
    client = Client()
    client.force_login(world.ana)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-background-networking"]
        )
        context = browser.new_context(base_url=live_server.url, viewport={"width": 1200, "height": 800})
        name = next(iter(client.cookies))
        context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": live_server.url}])
        page = context.new_page()
        said: list[str] = []
        page.on("pageerror", lambda error: said.append(str(error)))
        page.on("console", lambda line: said.append(line.text) if "Content Security Policy" in line.text else None)
        yield page
        browser.close()
    assert said == []


def focused(page: Page) -> str:
    return page.evaluate("document.activeElement.closest('.gallery-card')?.id ?? document.activeElement.id")


def wait_for_focus(page: Page, card: str) -> None:
    page.wait_for_function("id => document.activeElement.closest('.gallery-card')?.id === id", arg=card)


def test_the_grid_has_one_way_in_and_arrows_inside(page, kept):
    items = kept(8)
    page.goto("/gallery/")
    expect(page.locator(".gallery-open[tabindex='0']")).to_have_count(1)
    page.locator(".gallery-open").first.focus()
    newest = [f"item-{item.pk}" for item in reversed(items)]
    page.keyboard.press("ArrowRight")
    assert focused(page) == newest[1]
    page.keyboard.press("End")
    assert focused(page) == newest[-1]
    page.keyboard.press("Home")
    page.keyboard.press("ArrowDown")
    assert newest.index(focused(page)) >= 2
    page.keyboard.press("ArrowUp")
    assert focused(page) == newest[0]


def test_delete_leaves_an_undo_in_place_and_goes_on_to_the_next(page, kept):
    old, new = kept(2)
    page.goto("/gallery/")
    page.locator(".gallery-open").first.focus()
    page.keyboard.press("Delete")
    gone = page.locator(f"#item-{new.pk}.is-deleted")
    expect(gone.get_by_role("button", name="Undo")).to_be_visible()
    wait_for_focus(page, f"item-{old.pk}")
    gone.get_by_role("button", name="Undo").click()
    expect(page.locator(f"#item-{new.pk} .gallery-poster")).to_be_visible()


def test_resting_on_a_card_plays_it_and_only_one_plays(page, kept):
    kept(2)
    page.goto("/gallery/")
    first, second = page.locator("hover-preview").nth(0), page.locator("hover-preview").nth(1)
    first.hover(position={"x": 40, "y": 40})
    expect(first).to_have_attribute("data-playing", "")
    assert page.evaluate("document.querySelector('hover-preview video').muted")
    second.hover(position={"x": 40, "y": 40})
    expect(second).to_have_attribute("data-playing", "")
    expect(page.locator("hover-preview video")).to_have_count(1)
    page.mouse.move(1, 790)
    expect(page.locator("hover-preview video")).to_have_count(0)


def test_nothing_plays_by_itself_for_who_asked_for_less_motion(page, kept):
    kept(1)
    page.emulate_media(reduced_motion="reduce")
    page.goto("/gallery/")
    page.locator("hover-preview").hover(position={"x": 40, "y": 40})
    page.wait_for_timeout(500)
    expect(page.locator("hover-preview video")).to_have_count(0)


def test_a_long_press_plays_and_its_end_does_not_open(page, kept):
    kept(1)
    page.goto("/gallery/")
    touch = {"pointerType": "touch", "bubbles": True}
    card = page.locator("hover-preview")
    card.dispatch_event("pointerdown", touch)
    expect(card).to_have_attribute("data-playing", "")
    card.dispatch_event("pointerup", touch)
    card.dispatch_event("click")
    expect(card.locator("video")).to_have_count(0)
    assert page.url.endswith("/gallery/")
    card.dispatch_event("pointerdown", touch)
    card.dispatch_event("pointerup", touch)
    card.dispatch_event("click")
    expect(page.locator("studio-player")).to_be_visible()


def test_along_the_lower_edge_the_frames_pass_and_a_click_opens_there(page, kept):
    kept(1)
    page.goto("/gallery/")
    box = page.locator("hover-preview").bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.9)
    expect(page.locator("[data-length]")).to_have_text("0:01 / 0:03")
    page.mouse.down()
    page.mouse.up()
    expect(page.locator(".player-frame")).to_have_text(f"frame {FRAMES // 2 + 1} of {FRAMES}")


def test_back_returns_to_the_card_and_the_place_far_down(page, kept):
    items = kept(60)
    page.goto("/gallery/")
    far = page.locator(f"#item-{items[4].pk}")
    for _ in range(20):
        if far.count():
            break
        page.mouse.wheel(0, 3000)
        page.wait_for_timeout(100)
    far.scroll_into_view_if_needed()
    was = page.evaluate("scrollY")
    assert was > 1000
    far.locator(".gallery-open").click()
    expect(page.locator("studio-player")).to_be_visible()
    page.go_back()
    expect(far).to_be_in_viewport()
    wait_for_focus(page, f"item-{items[4].pk}")
    assert abs(page.evaluate("scrollY") - was) < 40


def test_a_filter_changes_the_list_and_the_address_and_keeps_the_focus(page, kept):
    kept(1)
    page.goto("/gallery/")
    page.locator("#filter-orientation").focus()
    page.locator("#filter-orientation").select_option("portrait")
    expect(page.get_by_text("Nothing matches these filters")).to_be_visible()
    assert page.url.endswith("/gallery/?orientation=portrait")
    assert focused(page) == "filter-orientation"
    page.get_by_role("link", name="Clear filters").first.click()
    expect(page.locator(".gallery-card")).to_have_count(1)


def test_a_new_video_waits_in_a_pill_and_moves_nothing(page, kept):
    [shown] = kept(1)
    page.goto("/gallery/")
    top = page.locator(f"#item-{shown.pk}").bounding_box()
    tell = "id => document.dispatchEvent(new CustomEvent('studio:item-ready', {detail: {id}}))"
    page.evaluate(tell, str(shown.pk))
    expect(page.locator(".gallery-new-pill")).to_be_hidden()
    [new] = kept(1)
    page.evaluate(tell, str(new.pk))
    page.evaluate(tell, str(new.pk))
    expect(page.locator(".gallery-new-pill")).to_have_text("1 new")
    assert page.locator(f"#item-{shown.pk}").bounding_box() == top
    page.locator(".gallery-new-pill").click()
    expect(page.locator(f"#item-{new.pk}")).to_be_visible()
    expect(page.locator(".gallery-new-pill")).to_be_hidden()


def test_the_player_counts_every_frame(page, kept):
    [item] = kept(1)
    page.goto(f"/gallery/{item.pk}/")
    frame = page.locator(".player-frame")
    page.wait_for_function("document.querySelector('video').readyState >= 2")
    page.keyboard.press(".")
    expect(frame).to_have_text(f"frame 2 of {FRAMES}")
    page.keyboard.press("l")
    expect(frame).to_have_text(f"frame {2 + FPS} of {FRAMES}")
    page.keyboard.press(",")
    expect(frame).to_have_text(f"frame {1 + FPS} of {FRAMES}")
    page.keyboard.press("j")
    expect(frame).to_have_text(f"frame 1 of {FRAMES}")
    page.keyboard.press("Space")
    page.wait_for_function("!document.querySelector('video').paused")
    page.keyboard.press("k")
    page.wait_for_function("document.querySelector('video').paused")
    page.keyboard.press("m")
    expect(page.locator("studio-player")).to_have_attribute("data-muted", "")
    page.keyboard.press(">")
    assert page.evaluate("document.querySelector('video').playbackRate") == 1.25
    expect(page.locator(".player-speed")).to_have_value("1.25")


def test_keys_walk_the_filter_and_leave_text_fields_alone(page, kept):
    old, middle, _ = kept(3)
    page.goto(f"/gallery/{middle.pk}/")
    page.keyboard.press("]")
    page.wait_for_url(f"**/{old.pk}/")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**/{middle.pk}/")
    page.locator(".player-range").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".player-frame")).to_have_text(f"frame 2 of {FRAMES}")
    page.locator(".player-range").blur()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("[")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/gallery/?through={middle.pk}#item-{middle.pk}")
    wait_for_focus(page, f"item-{middle.pk}")


def test_deleting_from_the_item_page_can_be_undone_in_the_gallery(page, kept):
    _, new = kept(2)
    page.goto(f"/gallery/{new.pk}/")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(f"#item-{new.pk}")).to_have_count(0)
    page.locator(".gallery-deleted-notice").get_by_role("button", name="Undo").click()
    page.wait_for_url(f"**/gallery/{new.pk}/")
    expect(page.locator("studio-player")).to_be_visible()


def test_the_gallery_fits_a_phone(page, kept):
    [item] = kept(1)
    page.set_viewport_size({"width": 360, "height": 740})
    for address in ("/gallery/", f"/gallery/{item.pk}/", "/gallery/deleted/"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), address
