"""Every fault the Demo can play, and recorded answers from a second gateway added by hand."""

import re

import pytest
from playwright.sync_api import expect

from studio.demo.faults import FAULTS
from tests.browser.conftest import card_of, send
from tests.gateway import FakeGateway

# fault → how the card ends, and words that must stand on it
ENDS = {
    "moderation": ("Failed", "The gateway refused this prompt"),
    "moderation-late": ("Failed", "The gateway refused this prompt"),
    "quota": ("Failed", "no credit left"),
    "429": ("Failed", "overloaded"),
    "503": ("Failed", "overloaded"),
    "load": ("Failed", "overloaded"),
    "error-object": ("Failed", "The upstream job broke."),
    "cut": ("Interrupted", "Nothing was spent"),
    "html": ("Failed", "524"),
    "badjson": ("Ready", ""),
    "slow": ("Ready", ""),
    "ack": ("Ready", ""),  # the job's status page has the video: the studio asks there
    "nolink": ("Interrupted", "Nothing was spent"),
    "notvideo": ("Failed", "web page instead of a video"),
    "cutfile": ("Failed", "half-way"),
    "huge": ("Failed", "larger than this studio allows"),
    "zeroframes": ("Failed", "could not be kept"),
    "gone": ("Failed", "no longer valid"),
}


def test_every_fault_of_the_demo_is_played_here():
    assert set(FAULTS) == {*ENDS, "stall"}


@pytest.fixture(scope="module")
def desk(studio):
    return studio.signed_in()


@pytest.fixture(scope="module")
def sent(desk):
    """All faults at once: the queue and the limit of the provider sort them out."""
    for fault in ENDS:
        send(desk, f"fault {fault}. 1 second [fault:{fault}]")
        expect(card_of(desk, f"fault {fault}.")).to_have_count(1)
    return desk


@pytest.mark.parametrize("fault", ENDS)
def test_a_fault_ends_in_plain_words(sent, fault):
    state, words = ENDS[fault]
    card = card_of(sent, f"fault {fault}.")
    expect(card.locator(".badge")).to_have_text(state, timeout=90_000)
    if words:
        expect(card).to_contain_text(words)
    if state == "Failed":
        expect(card).to_contain_text(re.compile("Nothing was spent|Money may have been spent"))
        expect(card.get_by_role("button", name="Send again")).to_be_visible()


def test_a_broken_link_can_be_fetched_again_without_a_new_post(sent):
    card = card_of(sent, "fault gone.")
    expect(card.get_by_role("button", name="Fetch again")).to_be_visible(timeout=60_000)
    card.get_by_role("button", name="Fetch again").click()
    expect(card.locator(".badge")).to_have_text("Failed", timeout=30_000)
    expect(card).to_contain_text("no longer valid")


def test_a_silent_gateway_can_be_cancelled(desk):
    send(desk, "fault stall. 1 second [fault:stall]")
    card = card_of(desk, "fault stall.")
    expect(card.locator(".badge")).to_have_text("Rendering", timeout=60_000)
    card.get_by_role("button", name="Cancel").click()
    expect(card.locator(".badge")).to_have_text("Cancelled")


RECORDED = {
    "01_asyncdata_remix_tokens.sse": "Ready",
    "05_asyncdata_cut_no_link.sse": "Interrupted",
    "06_clickhere_zh_decimal.sse": "Ready",
    "10_sora2api_signed_noext.sse": "Ready",
    "12_sora2api_moderation.sse": "Failed",
    "14_sora2api_error_object.sse": "Failed",
    "16_grok2api_think_poster.sse": "Ready",
    "18_sub2api_pings_event_error.sse": "Failed",
    "22_nonstream_availability_only.json": "Failed",
    "24_relay_quota_403.json": "Failed",
    "25_cloudflare_524.html": "Failed",
}


def test_a_gateway_added_by_hand_plays_recorded_answers(studio, tmp_path):
    film = a_film(tmp_path)
    with FakeGateway() as fake:
        for name in RECORDED:
            fake.play_sample(name, film)
        page = studio.signed_in()
        page.goto(f"{studio.address}/settings/providers/add/")
        page.fill("[name=name]", "Second gateway")
        page.fill("[name=base_url]", f"{fake.origin}/v1/chat/completions")
        page.fill("[name=key]", "Bearer sk-canary-key")
        page.get_by_role("button", name="Add and test").click()
        expect(page.locator(".field-error").first).to_contain_text("private")
        page.fill("[name=key]", "Bearer sk-canary-key")
        page.get_by_label("On my network").check()
        page.get_by_role("button", name="Add and test").click()
        expect(page).to_have_url(re.compile(r"/settings/providers/[0-9a-f-]{36}/"))
        assert "sk-canary" not in page.content()
        for name in RECORDED:
            box = page.locator(f"input[name=model][value='{name}']")
            box.wait_for(state="attached", timeout=30_000)
            box.evaluate("box => { const more = box.closest('details'); if (more) more.open = true }")
            box.check()
        page.get_by_role("button", name=re.compile("^Add .*tick|^Add the ticked", re.I)).first.click()
        expect(page.get_by_text(next(iter(RECORDED))).first).to_be_visible()
        page.goto(studio.address)
        for name, state in RECORDED.items():
            option = page.locator("[name=model] option", has_text=name).get_attribute("value")
            send(page, f"recorded {name}", model=option)
            card = card_of(page, f"recorded {name}")
            expect(card.locator(".badge")).to_have_text(state, timeout=30_000)
            if state == "Interrupted":
                expect(card).to_contain_text("Money may have been spent.")
        posts = [post for post in fake.posts if post["messages"]]
        assert len(posts) == len(RECORDED), "one intent, one POST"
        assert {header["authorization"] for header in fake.headers} == {"Bearer sk-canary-key"}


def a_film(folder) -> bytes:
    import av
    import numpy as np

    with av.open(str(folder / "film.mp4"), "w", format="mp4", options={"movflags": "+faststart"}) as film:
        picture = film.add_stream("libx264", rate=24)
        picture.width, picture.height, picture.pix_fmt = 320, 180, "yuv420p"
        for number in range(24):
            shade = np.full((180, 320, 3), 40 + number * 6, np.uint8)
            film.mux(picture.encode(av.VideoFrame.from_ndarray(shade, "rgb24")))
        film.mux(picture.encode())
    return (folder / "film.mp4").read_bytes()
