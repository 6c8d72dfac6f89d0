"""The opening scene: the on-call scales bridge, sees it done, and takes it back; the terminal shows it as text."""

import sys
from collections.abc import Callable

from sandbox.slack.person import NotPossible, Person, Seen
from sandbox.world import World

CHANNEL = "#aureus-on-call"
_PATIENCE = 30.0  # seconds for pods to become ready


async def play(world: World, show: Callable[[str], object] = sys.stdout.write) -> None:
    """Play it; what goes wrong is shown, and the sandbox goes on."""
    ana = Person(world.slack, "ana")
    try:
        words = "/aureus scale bridge 5"
        show(f"\n  {CHANNEL}\n")
        show(f"  Ana Silva (on-call)   {words}\n")
        await ana.says(CHANNEL, words)
        card = await ana.waits_to_see(CHANNEL, "Scale bridge from 3 to 5", _PATIENCE)
        _show(show, card)
        show("  Ana Silva             [Confirm]\n")
        await ana.presses(card, "Confirm")
        card = await ana.waits_to_see(CHANNEL, "Done in", _PATIENCE)
        _show(show, card)
        show("  Ana Silva             [Undo]\n")
        await ana.presses(card, "Undo")
        card = await ana.waits_to_see(CHANNEL, "taken back", _PATIENCE)
        _show(show, card)
    except (NotPossible, TimeoutError) as why:
        show(f"\n  The opening scene stopped: {why}\n  The bot's log: {world.bot.log}\n")


def _show(show: Callable[[str], object], card: Seen) -> None:
    show("  Aureus (bot)          " + card.text + "\n")
