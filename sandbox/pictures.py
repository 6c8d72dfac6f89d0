"""``python -m sandbox.pictures docs/pictures``: the README's screenshots, taken of the real bot in the sandbox."""

import asyncio
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from sandbox.slack.person import Person
from sandbox.world import World

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
#: As root it runs only without its own sandbox; in a container /dev/shm is small.
ARGUMENTS: Final = ("--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--no-first-run")

_ON_CALL, _ALERTS = "#aureus-on-call", "#aureus-alerts"
_PATIENCE = 30.0  # seconds for pods to become ready


async def play(world: World) -> None:
    """What is to be seen: a scale that is done, a hold that stands, and a plan that waits for agreement."""
    ana, dana = Person(world.slack, "ana"), Person(world.slack, "dana")
    await ana.says(_ON_CALL, "/aureus scale bridge 5")
    await ana.presses(await ana.waits_to_see(_ON_CALL, "Scale bridge from 3 to 5", _PATIENCE), "Confirm")
    await ana.waits_to_see(_ON_CALL, "Done in", _PATIENCE)
    await ana.says(_ON_CALL, "/aureus scale openclaw 8 because the sale begins at noon")
    await dana.waits_to_see(_ON_CALL, "asks for your agreement", _PATIENCE)


async def burn(world: World) -> None:
    """A service that is down, and somebody who has it."""
    ana = Person(world.slack, "ana")
    world.cluster.break_service("crash", "aureus", "aureus-bridge", everything=True)
    await ana.waits_to_see(_ALERTS, "told: Elif Kaya", _PATIENCE)
    await ana.presses(await ana.waits_to_see(_ALERTS, "Nobody has it yet", _PATIENCE), "Acknowledge")
    await ana.waits_to_see(_ALERTS, "Ana Silva has it since", _PATIENCE)


async def take(folder: Path) -> list[Path]:
    """Take them: ``page.png``, wide and light, and two of a phone in the dark: ``card.png`` and ``incident.png``."""
    from playwright.async_api import async_playwright  # noqa: PLC0415 - of the development tools, needed here alone

    with tempfile.TemporaryDirectory(prefix="aureus-pictures-") as own:
        async with World(Path(own)).serve() as world, async_playwright() as playwright:
            await world.bot.start()
            await play(world)
            browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
            try:
                wide = {"viewport": {"width": 1440, "height": 900}, "color_scheme": "light"}
                small = {"viewport": {"width": 390, "height": 780}, "color_scheme": "dark", "device_scale_factor": 2}
                taken = [
                    await _picture(browser, world.url, folder / "page.png", wide, "Approve"),
                    await _picture(browser, world.url, folder / "card.png", small, "Approve"),
                ]
                await burn(world)
                return [
                    *taken,
                    await _picture(browser, world.url, folder / "incident.png", small, "has it since", _ALERTS),
                ]
            finally:
                await browser.close()


async def _picture(browser: Any, url: str, path: Path, how: dict[str, Any], shows: str, channel: str = "") -> Path:
    """One picture of a channel, or of the one that is there first, when it shows this."""
    context = await browser.new_context(timezone_id="UTC", reduced_motion="reduce", **how)
    page = await context.new_page()
    await page.goto(url)
    if channel:
        await page.get_by_test_id("side-toggle").click()
        await page.get_by_test_id(f"channel-{channel.removeprefix('#')}").click()
    await page.get_by_text(shows).first.wait_for()
    await page.screenshot(path=path)
    await context.close()
    return path


def main() -> int:
    if CHROMIUM is None:
        sys.stderr.write("No Chromium is installed, so no picture was taken: apt-get install chromium\n")
        return 1
    if len(sys.argv) != 2:
        sys.stderr.write("Where to? python -m sandbox.pictures docs/pictures\n")
        return 1
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    for path in asyncio.run(take(folder)):
        sys.stdout.write(f"{path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
