"""Everybody sees the same, whatever happens to pages, sockets and the server."""

import re

import httpx
from playwright.sync_api import expect

from tests.browser.conftest import card_of, send

SLOW = "[fault:slow]"


def transcript(card) -> str:
    return card.locator(".generation-transcript").text_content()


def test_a_team_mate_sees_the_same_card_move(studio):
    owner = studio.signed_in()
    owner.goto(f"{studio.address}/settings/people/")
    owner.get_by_label("For whom").fill("Ben")
    owner.get_by_role("button", name="Make a one-time link").click()
    link = owner.locator("#link").input_value()

    ben = studio.visitor()
    ben.goto(link)
    ben.get_by_label("Sign-in name").fill("ben")
    ben.fill("[name=password1]", "ben-secret-words")
    ben.fill("[name=password2]", "ben-secret-words")
    ben.get_by_role("button", name="Join").click()
    expect(ben).to_have_url(f"{studio.address}/")

    owner.goto(studio.address)
    send(owner, "A lighthouse in a storm, 1 second")
    mine, theirs = card_of(owner, "A lighthouse"), card_of(ben, "A lighthouse")
    expect(theirs.locator(".badge")).to_have_text(re.compile("Rendering|Saving|Ready"))
    expect(theirs.locator(".badge")).to_have_text("Ready", timeout=40_000)
    expect(mine.locator(".badge")).to_have_text("Ready")
    assert transcript(mine) == transcript(theirs)
    assert transcript(mine).count("Generation Complete") == 1

    ben.goto(link)
    expect(ben.get_by_role("heading", name="This link is over")).to_be_visible()


def test_a_card_that_comes_by_both_ways_is_shown_once(studio):
    """Sent while the socket is just opening: the answer to the form and the socket both bring it."""
    page = studio.signed_in()
    send(page, "A swan on a pond, 1 second")
    card = card_of(page, "A swan on a pond")
    expect(card).to_have_count(1)
    twin = card.evaluate(
        "card => { const twin = card.cloneNode(true); twin.querySelector('[data-seq]').dataset.seq = '9'; document.getElementById('cards').prepend(twin); document.dispatchEvent(new CustomEvent('htmx:after:swap', {detail: {ctx: {}}})) }"
    )
    assert twin is None
    expect(card).to_have_count(1)
    expect(card.locator(".badge")).to_have_text("Ready", timeout=40_000)


def test_a_late_tab_and_a_reload_lose_nothing_and_double_nothing(studio):
    page = studio.visitor()
    sockets = []
    page.route_web_socket("**/live/", lambda socket: sockets.append(socket) or socket.connect_to_server())
    studio.sign_in(page)
    send(page, f"A train through hills, 1 second {SLOW}")
    card = card_of(page, "A train through hills")
    expect(card.locator(".badge")).to_have_text("Rendering", timeout=20_000)
    late = studio.signed_in()
    page.reload()
    expect(card.locator(".badge")).to_have_text("Rendering")
    before = len(sockets)
    sockets[-1].close(code=1012, reason="dropped")
    expect(page.locator("studio-live[data-connected]")).to_have_count(0)
    expect(page.locator("studio-live[data-connected]")).to_have_count(1, timeout=10_000)
    assert len(sockets) == before + 1
    expect(card.locator(".badge")).to_have_text("Ready", timeout=60_000)
    late_card = card_of(late, "A train through hills")
    expect(late_card.locator(".badge")).to_have_text("Ready")
    key = card.get_attribute("data-generation")
    shown = transcript(card)
    assert shown == transcript(late_card)
    late.reload()
    assert shown == transcript(late_card)
    raw = late.request.get(f"{studio.address}/generations/{key}/transcript.txt").text()
    assert raw.count("data: ") > 5
    assert shown.count("sid:") == 1


def test_a_killed_server_comes_back_to_the_same_card(empty_studio):
    empty_studio.set_up().close()
    page = empty_studio.signed_in()
    send(page, f"A whale under ice, 1 second {SLOW}")
    card = card_of(page, "A whale under ice")
    expect(card.locator(".badge")).to_have_text("Rendering", timeout=20_000)
    before = transcript(card)
    empty_studio.kill()
    expect(page.locator("#connection")).to_be_visible(timeout=10_000)
    empty_studio.restart()
    expect(card.locator(".badge")).to_have_text("Interrupted", timeout=30_000)
    expect(page.locator("#connection")).to_be_hidden()
    assert transcript(card).startswith(before)
    expect(card).to_contain_text("Nothing was spent.")


def test_cancelling_says_what_it_can_stop(studio):
    page = studio.signed_in()
    send(page, f"A dragon kite, 1 second {SLOW}")
    card = card_of(page, "A dragon kite")
    expect(card.locator(".badge")).to_have_text("Rendering", timeout=20_000)
    card.get_by_role("button", name="Cancel").click()
    expect(card.locator(".badge")).to_have_text("Cancelled")
    expect(card.get_by_text("Cancelled after it was sent")).to_be_visible()
    expect(card).to_contain_text("Nothing was spent.")


def test_screen_readers_hear_phases_and_no_percents(studio):
    page = studio.signed_in()
    page.evaluate(
        """() => { window.heard = [];
        new MutationObserver(() => heard.push(document.getElementById('announcer').textContent))
          .observe(document.getElementById('announcer'), {childList: true, characterData: true, subtree: true}) }"""
    )
    send(page, "A balloon over fields, 1 second")
    expect(card_of(page, "A balloon over fields").locator(".badge")).to_have_text("Ready", timeout=40_000)
    heard = page.evaluate("heard")
    assert any("Ready" in words for words in heard)
    assert not any("%" in words for words in heard)


def test_what_a_gateway_says_is_never_markup(studio):
    page = studio.signed_in()
    send(page, "<img src=x onerror=\"document.title='owned'\"> <b>bold</b> 1 second")
    card = card_of(page, "onerror")
    expect(card.locator(".badge")).to_have_text("Ready", timeout=40_000)
    assert card.locator("img, b").count() == 0
    assert "owned" not in page.title()
    assert page.troubles == []


def test_a_stranger_gets_404_on_every_door(studio):
    page = studio.signed_in()
    send(page, "A secret garden, 1 second")
    card = card_of(page, "A secret garden")
    expect(card.locator(".badge")).to_have_text("Ready", timeout=40_000)
    key = card.get_attribute("data-generation")
    film = card.locator("video").get_attribute("src")
    with httpx.Client(base_url=studio.address) as nobody:
        for path in (f"/generations/{key}/", f"/generations/{key}/transcript.txt", film):
            answer = nobody.get(path)
            assert answer.status_code in (302, 404), path
            assert b"garden" not in answer.content
