"""A browser for the page's tests: an installed Chromium, driven by Playwright; skipped with a sentence without."""

import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Error, Page, sync_playwright

from tests.sandbox.page.fake_world import FakeWorld, running

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
ARGUMENTS: Final = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


# Of one module, not of the session: while Playwright's sync API is open, no other test of this process can run a loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed on this machine, so the page is not tried in a browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def world() -> FakeWorld:
    return FakeWorld()


@pytest.fixture(scope="module")
def tab(browser: Browser) -> Iterator[Page]:
    """One tab for all the tests of a module: each opens the page in it anew, which is faster than a tab of its own."""
    context = browser.new_context(timezone_id="UTC")
    yield context.new_page()
    context.close()


@pytest.fixture
def page(tab: Page, world: FakeWorld) -> Iterator[Page]:
    """The page with its first messages drawn; what goes wrong in its code fails the test."""
    problems: list[str] = []

    def error(error: Error) -> None:
        problems.append(str(error))

    def message(message: ConsoleMessage) -> None:
        if message.type == "error":
            problems.append(message.text)

    tab.set_viewport_size({"width": 1440, "height": 900})
    tab.set_default_timeout(5000)
    tab.on("pageerror", error)
    tab.on("console", message)
    with running(world) as address:
        tab.goto(address)
        tab.get_by_test_id("message").first.wait_for()
        yield tab
        tab.goto("about:blank")
    tab.unroute_all()
    tab.remove_listener("pageerror", error)
    tab.remove_listener("console", message)
    assert problems == []
