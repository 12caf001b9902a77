"""A real studio, real browsers. Missing Chromium skips here and fails in CI."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.studio import Studio

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "ana-secret-words"
ARGUMENTS = ["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"]
AXE = Path(__file__).parent / "vendor" / "axe" / "axe.min.js"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser/" in str(item.path).replace(os.sep, "/"):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="module")
def playwright_here() -> Iterator[Playwright]:
    """Per module: while it runs, its event loop runs in this thread, and no asynchronous test could."""
    if CHROMIUM is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing")
        pytest.skip("Chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def chromium(playwright_here: Playwright) -> Iterator[Browser]:
    browser = playwright_here.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    browser.close()


class Desk(Studio):
    """A studio with its owner's account made, and browsers that are signed in."""

    browser: Browser

    def visitor(self, **how: object) -> Page:
        """A fresh browser profile that fails the test on a script error or a broken policy."""
        context: BrowserContext = self.browser.new_context(**({"viewport": {"width": 1440, "height": 900}} | how))  # type: ignore[arg-type]
        context.set_default_timeout(20_000)
        page = context.new_page()
        page.troubles = []  # type: ignore[attr-defined]
        page.on("pageerror", lambda error: page.troubles.append(str(error)))  # type: ignore[attr-defined]
        page.on("console", lambda line: page.troubles.append(line.text) if "Content Security" in line.text else None)  # type: ignore[attr-defined]
        return page

    def signed_in(self, username: str = "ana", password: str = PASSWORD, **how: object) -> Page:
        return self.sign_in(self.visitor(**how), username, password)

    def sign_in(self, page: Page, username: str = "ana", password: str = PASSWORD) -> Page:
        page.goto(f"{self.address}/login/")
        page.fill("[name=username]", username)
        page.fill("[name=password]", password)
        page.click("button[type=submit]")
        page.wait_for_url(f"{self.address}/")
        return page


@pytest.fixture(scope="module")
def studio(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("studio") / "data")
    desk.data.mkdir()
    desk.browser = chromium
    with desk:
        desk.set_up().close()
        yield desk


@pytest.fixture
def empty_studio(chromium: Browser, tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path / "data")
    desk.data.mkdir()
    desk.browser = chromium
    with desk:
        yield desk


def send(page: Page, prompt: str, **chosen: str) -> None:
    """Types a prompt and presses Generate; the box keeps its text."""
    for name, value in chosen.items():
        page.select_option(f"[name={name}]", value)
    box = page.get_by_role("textbox", name="Prompt", exact=True)
    box.fill(prompt)
    page.get_by_role("button", name="Generate", exact=True).click()


def card_of(page: Page, prompt: str):
    return page.locator("article.generation", has_text=prompt)


def violations(page: Page) -> list[str]:
    """Serious and critical findings of axe, one line each."""
    page.evaluate(AXE.read_text())
    found = page.evaluate("() => axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{row['id']}: {node['target']} {node['failureSummary'][:200]}"
        for row in found["violations"]
        if row["impact"] in ("serious", "critical")
        for node in row["nodes"]
    ]
