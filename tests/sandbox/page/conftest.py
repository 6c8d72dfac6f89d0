"""A browser for the page's tests: an installed Chromium, driven by Playwright; skipped with a sentence without."""

import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

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


@pytest.fixture
def page(browser: Browser, world: FakeWorld) -> Iterator[Page]:
    """The page with its first messages drawn; what goes wrong in its code fails the test."""
    problems: list[str] = []
    with running(world) as address:
        context = browser.new_context(viewport={"width": 1440, "height": 900}, timezone_id="UTC")
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
        page.goto(address)
        page.get_by_test_id("message").first.wait_for()
        yield page
        context.close()
    assert problems == []
