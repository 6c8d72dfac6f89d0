"""App Home: what is open for one person. Drawn when they look."""

import asyncio
import logging
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.card import tell
from bot.domain.errors import Away, Full
from bot.domain.person import Person, Who
from bot.domain.report import Code, Report, Text, note
from bot.domain.run import Phase, Run
from bot.doors.slack.blocks import render
from bot.engine.cases import Cases
from bot.engine.commands import Commands
from bot.ports import Directory

log = logging.getLogger(__name__)

_MOMENT = 1.0  # seconds
_MOST = 8  # cards; Home holds 100 blocks


class Home:
    """Draws the Home of whoever opens it."""

    def __init__(self, cases: Cases, commands: Commands, directory: Directory) -> None:
        self._cases = cases
        self._commands = commands
        self._directory = directory

    async def publish(self, client: AsyncWebClient, who: Who, soon: bool = False) -> None:
        """Draw it anew (``soon``: when what was pressed has had a moment to be carried out).

        A Slack that does not take it is logged, since nobody waits for an answer.
        """
        if soon:
            await asyncio.sleep(_MOMENT)
        account = who.id.partition(":")[2]
        try:
            person = await self._directory.person(who)
            blocks = await self._blocks(person) if person else _stranger()
            await client.views_publish(user_id=account, view={"type": "home", "blocks": blocks})
        except (SlackApiError, ClientError, TimeoutError, OSError, Away, Full) as error:
            log.warning("the Home of %s could not be drawn: %s", account, error)

    async def _blocks(self, person: Person) -> list[dict[str, Any]]:
        rows = await self._cases.journal.list(open_only=True, limit=50)
        runs = await self._cases.load_all([row.case for row in rows])
        waiting = [run for run in runs if _waits_for(run, person)]
        mine = [run for run in runs if run.request.who.id == person.id and run not in waiting and run.carded]
        paused = await self._cases.journal.switch("paused")
        blocks: list[dict[str, Any]] = []
        for title, cards in (("Waits for you", waiting), ("Yours, under way", mine)):
            blocks += _head(title if cards else f"{title}: nothing")
            for run in cards[:_MOST]:
                blocks += render(tell(run, self._cases.people, paused=paused), case=run.id, tables=False).blocks
        commands = ", ".join(handler.command for handler in self._commands)
        blocks += render(
            Report("", parts=(note(f"Commands: {commands}. ", Code("/aureus help"), " says more."),)), case=""
        ).blocks
        return blocks[:100]


def _waits_for(run: Run, person: Person) -> bool:
    if run.phase is Phase.ASKING:
        return person.id == run.request.who.id or person.id in run.agreed
    seats = run.gate.seats if run.phase is Phase.WAITING else ()
    return person.id not in run.agreed and any(person.id in seat.people for seat in seats)


def _head(title: str) -> list[dict[str, Any]]:
    return list(render(Report(title, title), case="").blocks)


def _stranger() -> list[dict[str, Any]]:
    words = "I do not know you: somebody who keeps config/people.yaml can add you."
    return list(render(Report(words, "Aureus", parts=(Text((words,)),)), case="").blocks)
