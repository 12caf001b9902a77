"""One honest day: from the first visit to a video that plays."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import PASSWORD, card_of, send

PROMPT = "A paper boat on a river at dusk, 1 second"


def test_a_newcomer_makes_a_video_and_finds_it_again(empty_studio):
    page = empty_studio.visitor()
    page.goto(empty_studio.address)
    expect(page).to_have_url(re.compile("/setup/"))
    page.fill("[name=username]", "ana")
    page.fill("[name=password1]", PASSWORD)
    page.fill("[name=password2]", PASSWORD)
    page.get_by_role("button", name="Make my studio").click()
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_visible()

    box = page.get_by_role("textbox", name="Prompt", exact=True)
    box.fill(PROMPT)
    box.press("Control+Enter")
    card = card_of(page, PROMPT)
    expect(card).to_have_count(1)
    expect(box).to_have_value(PROMPT)
    expect(card.locator(".badge")).to_have_text("Ready", timeout=40_000)
    expect(page.get_by_role("heading", name="Nothing here yet")).to_be_hidden()
    assert card.locator("video").evaluate(
        "v => new Promise(done => { v.muted = true; v.onplaying = () => done(true); v.play(); })"
    )

    page.get_by_role("link", name="Gallery").click()
    page.get_by_role("link", name=re.compile("paper boat")).first.click()
    expect(page.get_by_text("1280 × 720")).to_be_visible()
    video = page.locator("video").first
    video.evaluate("v => { v.currentTime = 0.6 }")
    page.wait_for_function(
        "() => { const v = document.querySelector('video'); return v.readyState >= 2 && Math.abs(v.currentTime - 0.6) < 0.1 }"
    )
    page.get_by_role("link", name="Use this prompt again").click()
    expect(page.get_by_role("textbox", name="Prompt", exact=True)).to_have_value(PROMPT)
    assert page.troubles == []


def test_the_download_is_the_file_that_was_kept(studio):
    page = studio.signed_in()
    send(page, "A lantern in the snow, 1 second", seconds="")
    card = card_of(page, "A lantern in the snow")
    expect(card.locator(".badge")).to_have_text("Ready", timeout=40_000)
    card.locator(".generation-open").first.evaluate("link => link.click()")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Download").click()
    content = Path(waiting.value.path()).read_bytes()
    assert content[4:8] == b"ftyp"
    assert waiting.value.suggested_filename.endswith(".mp4")
    kept = next((studio.data / "media").glob("*/original.mp4"))
    assert kept.read_bytes()[4:8] == b"ftyp"


def test_variants_are_cards_of_their_own(studio):
    page = studio.signed_in()
    send(page, "Two foxes in a meadow, 1 second", variants="2")
    cards = card_of(page, "Two foxes in a meadow")
    expect(cards).to_have_count(2)
    expect(cards.locator(".badge[data-state=ready]")).to_have_count(2, timeout=60_000)
    page.reload()
    expect(card_of(page, "Two foxes in a meadow")).to_have_count(2)


def test_an_answer_in_one_piece_works_too(studio):
    page = studio.signed_in()
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("stream", exact=True).uncheck()
    send(page, "A quiet harbour, 1 second")
    expect(card_of(page, "A quiet harbour").locator(".badge")).to_have_text("Ready", timeout=40_000)


def test_several_answers_of_one_request_are_all_kept(studio):
    page = studio.signed_in()
    page.get_by_role("button", name="Advanced").click()
    page.get_by_label("n", exact=True).fill("2")
    send(page, "Twin moons over a desert, 1 second")
    expect(card_of(page, "Twin moons").locator(".badge")).to_have_text("Ready", timeout=60_000)
    page.goto(f"{studio.address}/gallery/")
    expect(page.get_by_role("link", name=re.compile("Twin moons"))).to_have_count(2)
