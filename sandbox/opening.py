"""The opening scene: the on-call scales bridge, sees it done, and takes it back; the terminal shows it as text."""

import contextlib
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace

from bot.clients.journal import Database, SqlOutbox
from bot.doors.plain import plain
from sandbox.slack.person import NotPossible, Person, Seen
from sandbox.world import World

CHANNEL = "#aureus-on-call"
_PATIENCE = 30.0  # seconds for pods to become ready
_WIDTH = 74  # columns of a card

Show = Callable[[str], object]


async def play(world: World, show: Show = sys.stdout.write) -> None:
    """Play it; what goes wrong is shown, and the sandbox goes on."""
    ana = Person(world.slack, "ana")
    try:
        async with _cards(world, show) as card_of:
            words = "/aureus scale bridge 5"
            show(f"\n  {CHANNEL}\n\n  Ana Silva (on-call):  {words}\n")
            await ana.says(CHANNEL, words)
            card = await ana.waits_to_see(CHANNEL, "Scale bridge from 3 to 5", _PATIENCE)
            await card_of(card)
            show("\n  Ana Silva presses [Confirm]\n")
            await ana.presses(card, "Confirm")
            card = await ana.waits_to_see(CHANNEL, "Done in", _PATIENCE)
            await card_of(card)
            show("\n  Ana Silva presses [Undo]\n")
            await ana.presses(card, "Undo")
            card = await ana.waits_to_see(CHANNEL, "taken back", _PATIENCE)
            await card_of(card)
    except (NotPossible, TimeoutError) as why:
        show(f"\n  The opening scene stopped: {why}\n  The bot's log: {world.bot.log}\n")


@contextlib.asynccontextmanager
async def _cards(world: World, show: Show) -> AsyncIterator[Callable[[Seen], Awaitable[None]]]:
    """Shows cards as ``aureus say`` does, from what the bot has stored of them; a button by its label, as in Slack."""
    database = await Database.open(world.bot.database_url, world.clock)
    outbox = SqlOutbox(database)

    async def show_card(seen: Seen) -> None:
        message = world.workspace.message(seen.channel, seen.ts)
        key = message.metadata["event_payload"]["key"] if message and message.metadata else ""
        report = await outbox.read(key)
        if report is None:
            return
        lines = plain(replace(report, offers=()), _WIDTH)
        buttons = "  ".join(f"[{offer.label}]" for offer in report.offers)
        card = f"{lines}\n\n{buttons}" if buttons else lines
        show("\n  Aureus (bot):\n" + "".join(f"  │ {line}".rstrip() + "\n" for line in card.splitlines()))

    try:
        yield show_card
    finally:
        await database.close()
