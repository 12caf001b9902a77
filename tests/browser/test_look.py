"""Every page, light and dark, English and Chinese, wide and narrow: readable by everybody, never wider than the window."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import card_of, send, violations

PAGES = [
    "/",
    "/gallery/",
    "/gallery/deleted/",
    "/settings/providers/",
    "/settings/providers/add/",
    "/settings/people/",
    "/settings/account/",
]


@pytest.fixture(scope="module")
def lived_in(studio):
    """A studio with a ready clip, a failed one and a very long prompt."""
    page = studio.signed_in()
    send(page, "A fox in the snow, 1 second")
    send(page, "Donaudampfschifffahrtsgesellschaftskapitän" * 9 + " [fault:quota]")
    send(page, "一只柴犬在海边奔跑，日落时分，海浪轻拍沙滩。" * 12 + " [fault:moderation] 1秒")
    expect(card_of(page, "A fox in the snow").locator(".badge")).to_have_text("Ready", timeout=40_000)
    expect(page.locator(".badge[data-state=failed]")).to_have_count(2, timeout=40_000)
    page.goto(f"{studio.address}/gallery/")
    studio.item = page.locator("main a[href^='/gallery/0']").first.get_attribute("href").split("?")[0]
    page.goto(studio.address)
    studio.generation = "/generations/" + page.locator("[data-generation]").first.get_attribute("data-generation") + "/"
    page.context.close()
    return studio


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_page_has_a_serious_barrier(lived_in, scheme, language):
    page = lived_in.signed_in(color_scheme=scheme, locale=language, reduced_motion="reduce")
    found = []
    for path in [*PAGES, lived_in.item, lived_in.generation]:
        page.goto(lived_in.address + path)
        page.wait_for_load_state("networkidle")
        found += [f"{path} {line}" for line in violations(page)]
    assert found == []
    assert page.troubles == []


@pytest.mark.parametrize("width", [360, 390, 1440])
@pytest.mark.parametrize("language", ["en", "zh-CN"])
def test_no_page_is_wider_than_the_window(lived_in, width, language):
    page = lived_in.signed_in(viewport={"width": width, "height": 844}, locale=language)
    for path in [*PAGES, lived_in.item, lived_in.generation]:
        page.goto(lived_in.address + path)
        wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{path} is {wide} px too wide at {width}"


def test_the_door_has_no_barrier_either(empty_studio):
    page = empty_studio.visitor()
    page.goto(empty_studio.address)
    assert violations(page) == []
    page.get_by_role("button", name="Make my studio").click()
    expect(page.locator(".field-error").first).to_be_visible()
    assert violations(page) == []


def test_chinese_visitors_are_spoken_to_in_chinese(lived_in):
    page = lived_in.signed_in(locale="zh-CN")
    expect(page.get_by_role("button", name="生成", exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-hans")
    page.goto(f"{lived_in.address}/gallery/")
    expect(page.get_by_role("heading", name="画廊")).to_be_visible()


def test_enter_while_composing_characters_never_sends(lived_in):
    page = lived_in.signed_in()
    before = page.locator("article.generation").count()
    box = page.get_by_role("textbox", name="Prompt", exact=True)
    box.fill("ni hao")
    box.evaluate(
        "box => box.dispatchEvent(new KeyboardEvent('keydown', {key: 'Enter', ctrlKey: true, isComposing: true, bubbles: true, cancelable: true}))"
    )
    page.wait_for_timeout(800)
    assert page.locator("article.generation").count() == before


def test_the_main_path_works_by_keyboard_alone(lived_in):
    page = lived_in.signed_in()
    page.keyboard.type("A kite by keyboard, 1 second")
    page.keyboard.press("Control+Enter")
    card = card_of(page, "A kite by keyboard")
    expect(card.locator(".badge")).to_have_text("Ready", timeout=40_000)
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement?.classList.contains('generation-open')"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("SHA-256")).to_be_visible()


BAD = [
    ("prompt", "", "Write a prompt first."),
    ("prompt", "x" * 100_000, "at most 32000"),
    ("prompt", "bell \x07", "U+0007"),
    ("temperature", "3", "less than or equal to 2"),
    ("top_p", "-1", "greater than or equal to 0"),
    ("max_tokens", "0", "greater than or equal to 1"),
    ("logit_bias", '{"a": 1}', "token numbers"),
    ("tools", "{oops", "Not valid JSON: line 1"),
    ("stop", "a\nb\nc\nd\ne", "At most four"),
    ("earlier", '[{"role": "pirate"}]', "Each message"),
]


@pytest.mark.parametrize(("name", "value", "words"), BAD, ids=[f"{name}-{len(value)}" for name, value, _ in BAD])
def test_bad_input_is_told_beside_its_field_and_kept(lived_in, name, value, words):
    page = lived_in.signed_in()
    page.get_by_role("button", name="Advanced").click()
    if name != "prompt":
        page.locator("[name=prompt]").fill("a good prompt")
    page.locator(f"[name={name}]").evaluate("(box, value) => { box.value = value }", value)
    with page.expect_response("**/generate/") as answered:
        page.get_by_role("button", name="Generate", exact=True).click()
    assert answered.value.status == 422
    field = page.locator(f".field:has([name={name}]), .composer-prompt:has([name={name}])")
    expect(field.locator(".field-error")).to_contain_text(words)
    if "\x07" not in value:
        expect(page.locator(f"[name={name}]")).to_have_value(value)
