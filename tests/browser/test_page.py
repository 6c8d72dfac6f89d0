"""Bridge is scaled by clicking: the page, the real bot in its own process, the cluster."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import async_playwright, expect

from sandbox.pictures import ARGUMENTS, CHROMIUM
from sandbox.world import World

pytestmark = pytest.mark.xdist_group("browser")

_PATIENCE = 20_000.0  # milliseconds


def test_bridge_is_scaled_by_clicking(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("no Chromium is installed on this machine, so nothing can be clicked")

    async def story() -> None:
        async with World(tmp_path).serve() as world, async_playwright() as playwright:
            await world.bot.start()
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            page = await browser.new_page(viewport={"width": 1440, "height": 900})
            page.set_default_timeout(_PATIENCE)
            problems: list[str] = []
            page.on("pageerror", lambda error: problems.append(str(error)))
            await page.goto(world.url)
            await page.get_by_test_id("channel-aureus-on-call").click()
            composer = page.get_by_test_id("composer")
            await composer.fill("/aureus scale bridge 5")
            await composer.press("Enter")
            await page.get_by_role("button", name="Confirm").click()
            card = page.get_by_test_id("message").filter(has_text="Scale bridge from 3 to 5")
            await expect(card.first).to_contain_text("Done in", timeout=_PATIENCE)
            ratio = page.get_by_test_id("deployment-aureus-aureus-bridge").get_by_test_id("ratio")
            await expect(ratio).to_contain_text("5/5", timeout=_PATIENCE)
            await expect(page.get_by_role("button", name="Undo")).to_be_visible(timeout=_PATIENCE)
            await browser.close()
            assert problems == []
            assert world.cluster.deployment("aureus", "aureus-bridge")["spec"]["replicas"] == 5

    asyncio.run(story())
