"""An alert played on the page: break, card, ✅, a killed bot, heal, resolved; the real bot, pager and Alertmanager."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from sandbox.pictures import ARGUMENTS, CHROMIUM
from sandbox.slack.person import Person
from sandbox.world import World

pytestmark = pytest.mark.xdist_group("browser")

_PATIENCE = 40_000.0  # milliseconds


def told(tmp_path: Path, story: Callable[[World, Page], Awaitable[None]]) -> None:
    """Tell a story in the real world, on a page that shows #aureus-alerts; what goes wrong in its code fails."""
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed on this machine, so nothing can be clicked")

    async def run() -> None:
        async with World(tmp_path).serve() as world, async_playwright() as playwright:
            await world.bot.start()
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            page = await browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(_PATIENCE)
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            await page.goto(world.url)
            await page.get_by_test_id("channel-aureus-alerts").click()
            await story(world, page)
            await browser.close()
            assert problems == []

    expect.set_options(timeout=_PATIENCE)
    try:
        asyncio.run(run())
    finally:
        expect.set_options(timeout=5000)


def test_an_outage_is_played_from_the_breaking_to_its_document(tmp_path: Path) -> None:
    async def story(world: World, page: Page) -> None:
        bridge = page.get_by_test_id("deployment-aureus-aureus-bridge")
        await bridge.get_by_test_id("break").click()
        await page.get_by_test_id("strike-crash").click()
        await expect(page.get_by_test_id("alert")).to_contain_text("ServiceDown")
        card = page.get_by_test_id("messages").get_by_test_id("message").filter(has_text="P0 · ServiceDown · bridge")
        await expect(card).to_contain_text("Nobody has it yet")
        await expect(card).to_contain_text("told: Elif Kaya, Femi Adeyemi")  # a P0: at once
        incident = page.get_by_test_id("incident")
        await expect(incident.get_by_test_id("incident-status")).to_contain_text("triggered")

        # Who reacts while PagerDuty is away does not have it yet, and no reaction is lost: not by a crash either.
        await page.get_by_test_id("pager-away").click()
        await card.hover()
        await card.get_by_test_id("react").click()
        await page.get_by_test_id("pick-white_check_mark").click()
        await expect(card).to_contain_text("not confirmed yet: PagerDuty")
        await expect(card).to_contain_text("Ana Silva is taking it")
        await page.get_by_test_id("bot-kill").click()
        await page.get_by_test_id("bot-start").click()
        await expect(page.get_by_test_id("bot-state")).to_have_text("The bot runs")
        await page.get_by_test_id("move-60").click()
        await expect(card).to_contain_text("Ana Silva is taking it")
        await expect(incident.get_by_test_id("incident-status")).to_contain_text("triggered")
        await page.get_by_test_id("pager-away").click()
        await page.get_by_test_id("move-60").click()  # what waits is tried once a minute at least
        await expect(card).to_contain_text("Ana Silva has it since")
        await expect(card).not_to_contain_text("tried again")
        await expect(incident.get_by_test_id("incident-status")).to_contain_text("acknowledged")
        await expect(incident.get_by_test_id("incident-who")).to_contain_text("Ana Silva has it.")

        await bridge.get_by_test_id("heal-crash").click()
        await expect(bridge.get_by_test_id("ratio")).to_contain_text("3/3")
        await expect(page.get_by_test_id("no-alert")).to_be_visible()
        await expect(card).to_contain_text("Resolved in Alertmanager after")
        await expect(card).to_contain_text("All of its alerts have ended.")
        await expect(incident.get_by_test_id("incident-status")).to_contain_text("resolved")

        await card.get_by_test_id("replies").click()
        document = await _opened(page, page.get_by_test_id("thread").get_by_test_id("file").get_by_role("link"))
        for part in (
            "P0 ServiceDown · bridge",
            "UTC An alert fires: ServiceDown",
            "UTC Called Elif Kaya, Femi Adeyemi, Ana Silva: it is P0.",
            "UTC Ana Silva has it",
            "UTC Resolved (in Alertmanager) after",
            "- Services: bridge",
        ):
            assert part in document
        told = [one for one in Person(world.slack, "ana").sees("#aureus-alerts") if "ServiceDown" in one]
        assert len([one for one in told if one.thread_ts in (None, one.ts)]) == 1

    told(tmp_path, story)


def test_who_presses_in_the_pager_has_it_on_the_card(tmp_path: Path) -> None:
    async def story(world: World, page: Page) -> None:
        await page.get_by_test_id("fire-BridgeHighErrorRate").click()
        card = page.get_by_test_id("message").filter(has_text="P1 · BridgeHighErrorRate · bridge")
        await expect(card).to_contain_text("Nobody has it yet")
        await page.get_by_test_id("pager-acknowledge").click()
        await expect(card).to_contain_text("Ana Silva has it since")
        await page.get_by_test_id("pager-resolve").click()
        await expect(card).to_contain_text("Resolved by Ana Silva in PagerDuty after")
        await expect(page.get_by_test_id("incident-who")).to_have_text("Resolved by Ana Silva")

    told(tmp_path, story)


async def _opened(page: Page, link: Locator) -> str:
    """The text of a file, opened as one opens it: by its link."""
    async with page.expect_popup() as opening:
        await link.click()
    opened = await opening.value
    return await opened.locator("body").inner_text()


async def _holds(page: Page, button: Locator) -> bool:
    """Put a finger on a button; whether it is that one which is held now."""
    await button.hover()
    await page.mouse.down()
    return await button.evaluate("button => button.matches(':active')") is True


def test_a_button_that_is_held_while_its_card_is_drawn_anew_is_pressed(tmp_path: Path) -> None:
    async def story(world: World, page: Page) -> None:
        await page.get_by_test_id("fire-BridgeHighErrorRate").click()
        card = page.get_by_test_id("message").filter(has_text="P1 · BridgeHighErrorRate · bridge")
        await expect(card).to_contain_text("#1")
        await expect(card).not_to_contain_text("Under way")
        while not await _holds(page, card.get_by_role("button", name="Severity")):
            await page.mouse.move(0, 0)  # it was drawn anew, elsewhere, before it could be held
            await page.mouse.up()
        (incident,) = world.account.incidents.values()
        world.account.life.acknowledge(incident, by=world.account.person("ben").agent, channel={"type": "api"})
        await Person(world.slack, "ana").waits_to_see("#aureus-alerts", "Ben Okafor has it since", 20)
        await page.wait_for_timeout(500)  # nothing is to happen, of which no event tells
        await page.mouse.up()
        await expect(page.get_by_test_id("modal")).to_contain_text("How bad is it?")
        await expect(card).to_contain_text("Ben Okafor has it since")

    told(tmp_path, story)


def test_on_a_phone_one_chooses_how_bad_it_is_and_who_is_called(tmp_path: Path) -> None:
    async def story(world: World, page: Page) -> None:
        await page.get_by_test_id("deployment-aureus-aureus-bridge").get_by_test_id("break").click()
        await page.get_by_test_id("strike-crash").click()
        card = page.get_by_test_id("messages").get_by_test_id("message").filter(has_text="ServiceDown · bridge")
        await expect(card).to_contain_text("told: Elif Kaya, Femi Adeyemi")
        await page.set_viewport_size({"width": 390, "height": 844})
        form = page.get_by_test_id("modal")

        await card.get_by_role("button", name="Severity").click()
        menu = form.get_by_label("How bad is it? It is P0, critical, now.")
        await expect(menu.locator("option")).to_have_text(["Choose…", "P1, high", "P2, medium", "P3, low"])
        await form.get_by_test_id("modal-submit").click()
        await expect(form).to_contain_text("Please complete this required field.")
        await menu.select_option("P1, high")
        await form.get_by_test_id("modal-submit").click()
        await expect(form).not_to_be_visible()
        await expect(card).to_contain_text("P1 · ServiceDown · bridge")
        await expect(card).not_to_contain_text("Under way")  # it is drawn once more when that is done

        await card.get_by_role("button", name="Escalate").click()
        who = form.get_by_label("Who is called?")
        await expect(who).to_have_value("to secondary")
        await form.locator("textarea").fill("of data")
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
        await form.get_by_test_id("modal-submit").click()
        await expect(form).not_to_be_visible()
        await expect(card).to_contain_text("Ben Okafor")

    told(tmp_path, story)
