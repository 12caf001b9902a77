"""The doors and the settings under a hand: in a real browser, under the real policy, wide and narrow, light and dark."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect, sync_playwright

from studio.workspaces import actions
from studio.workspaces.models import Membership, Role, User

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
AXE = Path(__file__).parents[1] / "browser" / "vendor" / "axe" / "axe.min.js"
LONG = "Maximiliane-Alexandra-von-Hohenstaufen-Wittgenstein 王小明和她的朋友们一起看片"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-background-networking"]
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, live_server) -> Iterator[Callable[..., Page]]:
    """A fresh browser profile, signed in if a person is given; script errors and policy breaches fail the test."""
    contexts, troubles = [], []

    def open_page(person: User | None = None, **how: object) -> Page:
        context = chromium.new_context(base_url=live_server.url, **({"viewport": {"width": 1280, "height": 800}} | how))
        contexts.append(context)
        if person:
            client = Client()
            client.force_login(person)
            name, cookie = next(iter(client.cookies.items()))
            context.add_cookies([{"name": name, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.on("pageerror", lambda error: troubles.append(str(error)))
        page.on("console", lambda line: troubles.append(line.text) if "Content Security" in line.text else None)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


def test_an_invited_guest_joins_in_a_real_browser(visit, world):
    _made, token = actions.invite(world.workspace, world.ana, Role.PRODUCER, "Lena")
    page = visit()
    page.goto(f"/join/{token}/")
    page.get_by_label("Sign-in name").fill("lena")
    page.get_by_label("Password", exact=True).fill("lena-secret-words")
    page.get_by_label("Password again").fill("lena-secret-words")
    page.get_by_role("button", name="Join").click()
    expect(page.get_by_role("navigation", name="Main")).to_be_visible()


def test_icons_are_drawn_under_the_policy(visit, world):
    page = visit(world.ana)
    page.goto("/")
    box = page.locator(".rail-link .icon use").first.evaluate(
        "use => { const b = use.getBBox(); return b.width * b.height }"
    )
    assert box > 0


def test_removing_a_member_asks_in_the_studios_own_words(visit, world):
    page = visit(world.ana)
    page.goto("/settings/people/")
    row = page.get_by_role("listitem").filter(has_text="Ben")
    row.locator("summary").click()
    row.get_by_role("button", name="Remove").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Remove Ben? Their prompts and videos stay.")
    dialog.get_by_role("button", name="Cancel").click()
    expect(dialog).to_be_hidden()
    assert Membership.objects.filter(user=world.ben).exists()

    row.get_by_role("button", name="Remove").click()
    dialog.get_by_role("button", name="Remove").click()
    expect(page.locator(".toast")).to_contain_text("Ben is no longer a member.")
    expect(page.get_by_role("listitem").filter(has_text="Ben")).to_have_count(0)
    assert not Membership.objects.filter(user=world.ben).exists()


def test_save_appears_where_a_role_was_changed(visit, world):
    page = visit(world.ana)
    page.goto("/settings/people/")
    row = page.get_by_role("listitem").filter(has_text="Ben")
    expect(row.get_by_role("button", name="Save")).to_be_hidden()
    row.get_by_label("Role of Ben").select_option("viewer")
    row.get_by_role("button", name="Save").click()
    expect(page.locator(".toast")).to_contain_text("Ben has a new role.")
    assert Membership.objects.get(user=world.ben).role == Role.VIEWER


def test_a_link_is_copied_with_one_press(visit, world, live_server):
    page = visit(world.ana, permissions=["clipboard-read", "clipboard-write"])
    page.goto("/settings/people/")
    page.get_by_label("For whom").fill("Lena")
    page.get_by_role("button", name="Make a one-time link").click()
    page.get_by_role("button", name="Copy").click()
    expect(page.locator(".toast")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(re.escape(live_server.url) + r"/join/[\w-]{43}/", copied)


@pytest.mark.parametrize(
    ("status", "body"), [(500, "<!doctype html><h1>Fault</h1>"), (502, ""), (404, "<!DOCTYPE html><h1>proxy</h1>")]
)
def test_a_request_that_fails_is_said_and_leaves_the_page_alone(visit, world, status, body):
    page = visit(world.ana)
    page.route("**/remove/", lambda route: route.fulfill(status=status, body=body, content_type="text/html"))
    page.goto("/settings/people/")
    press_remove(page)
    expect(page.locator(".toast")).to_contain_text("The studio had a fault")
    expect(page.get_by_role("heading", name="Members")).to_be_visible()


def test_no_answer_at_all_is_said_too(visit, world):
    page = visit(world.ana)
    page.route("**/remove/", lambda route: route.abort())
    page.goto("/settings/people/")
    press_remove(page)
    expect(page.locator(".toast")).to_contain_text("did not answer")
    page.locator(".toast").get_by_role("button", name="Dismiss").click()
    expect(page.locator(".toast")).to_have_count(0)


def test_a_refusal_is_told_in_a_toast(visit, world):
    page = visit(world.ana)
    page.goto("/settings/people/")
    Membership.objects.filter(user=world.ana).update(role=Role.VIEWER)
    press_remove(page)
    expect(page.locator(".toast")).to_contain_text("the right to add and remove people")
    expect(page.get_by_role("heading", name="Members")).to_be_visible()


def test_a_session_that_ended_leads_to_the_door_and_back(visit, world):
    page = visit(world.ana)
    page.goto("/settings/people/")
    actions.end_sessions(world.ana)
    press_remove(page)
    page.get_by_label("Sign-in name").fill("ana")
    page.get_by_label("Password").fill("ana-secret-words")
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(r"/settings/people/$"))
    assert Membership.objects.filter(user=world.ben).exists()


def press_remove(page: Page) -> None:
    row = page.get_by_role("listitem").filter(has_text="Ben")
    row.locator("summary").click()
    row.get_by_role("button", name="Remove").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove").click()


def test_the_eye_lands_on_the_first_wrong_field(visit, world):
    page = visit(world.ana)
    page.goto("/settings/account/")
    page.get_by_role("button", name="Change the password").click()
    expect(page.get_by_label("Present password")).to_be_focused()
    expect(page.get_by_label("Present password")).to_have_attribute("aria-invalid", "true")


def test_a_menu_closes_by_escape_and_by_a_click_beside_it(visit, world):
    page = visit(world.ana)
    page.goto("/settings/people/")
    menu = page.locator("details.menu").first
    menu.locator("summary").click()
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(menu.locator("summary")).to_be_focused()
    menu.locator("summary").click()
    page.get_by_role("heading", name="Members").click()
    expect(menu).not_to_have_attribute("open", "")


def test_the_keyboard_skips_to_the_content(visit, world):
    page = visit(world.ana)
    page.goto("/settings/account/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#page")).to_be_focused()


PAGES = {
    "/settings/people/": "ana",
    "/settings/account/": "ana",
    "/nowhere/": "ana",
    "/login/": None,
    "/join/no-such-link/": None,
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_every_page_fits_and_is_accessible(visit, world, width, scheme):
    User.objects.filter(pk=world.ben.pk).update(name=LONG)
    actions.invite(world.workspace, world.ana, Role.VIEWER, LONG)
    for path, name in PAGES.items():
        page = visit(
            getattr(world, name) if name else None, viewport={"width": width, "height": 800}, color_scheme=scheme
        )
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        page.evaluate(AXE.read_text())
        found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
        assert [(row["id"], [node["target"] for node in row["nodes"]]) for row in found["violations"]] == [], path


def test_fingers_find_every_control_on_a_phone(visit, world):
    page = visit(world.ana, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page.goto("/settings/people/")
    small = page.evaluate(
        """() => [...document.querySelectorAll('button, summary.button, .rail-link, select, input:not([type=hidden])')]
            .filter(e => e.checkVisibility({visibilityProperty: true}) && e.getBoundingClientRect().height < 44)
            .map(e => e.outerHTML.slice(0, 90))"""
    )
    assert small == []


@pytest.mark.parametrize(("theme", "system"), [("dark", "light"), ("light", "dark")])
def test_a_chosen_theme_wins_over_the_system(visit, world, theme, system):
    User.objects.filter(pk=world.ana.pk).update(theme=theme)
    chosen, as_system = visit(world.ana, color_scheme=system), visit(world.ben, color_scheme=theme)
    colours = []
    for page in (chosen, as_system):
        page.goto("/settings/account/")
        colours.append(page.evaluate("getComputedStyle(document.documentElement).backgroundColor"))
    assert colours[0] == colours[1]
