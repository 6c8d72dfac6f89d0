"""App Home: what is open for one person. Drawn when they look."""

import asyncio
import logging
from collections.abc import Sequence
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.card import tell
from bot.domain.errors import Away, Full
from bot.domain.person import Person, Who
from bot.domain.policy import Policy
from bot.domain.report import Code, Inline, Report, Text, note
from bot.domain.run import Phase, Run
from bot.doors.slack.blocks import render
from bot.engine.cases import Cases
from bot.engine.commands import Commands
from bot.ports import Directory
from bot.runbook import Runbook

log = logging.getLogger(__name__)

_MOMENT = 1.0  # seconds
_MOST = 8  # cards under one title
_BLOCKS = 100  # that Home holds
_NAMED = 20  # runs whose card finds no room
Blocks = list[dict[str, Any]]


class Home:
    """Draws the Home of whoever opens it."""

    def __init__(self, cases: Cases, commands: Commands, directory: Directory, policy: Policy) -> None:
        self._cases = cases
        self._commands = commands
        self._directory = directory
        self._policy = policy

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

    async def _blocks(self, person: Person) -> Blocks:
        rows = await self._cases.journal.list(open_only=True, kind="run")
        runs = await self._cases.list_runs([row.case for row in rows])
        waiting = [run for run in runs if _waits_for(run, person)]
        mine = [run for run in runs if run.request.who.id == person.id and run not in waiting and run.carded]
        paused = await self._cases.journal.switch("paused")
        said = self._said(person)
        titled = [
            (_head(title if cards else f"{title}: nothing"), cards)
            for title, cards in (("Waits for you", waiting), ("Yours, under way", mine))
        ]
        room = _BLOCKS - len(said) - sum(len(head) + len(_more(cards)) for head, cards in titled)
        blocks: Blocks = []
        for head, cards in titled:
            blocks += head
            for index, run in enumerate(cards):
                card = render(tell(run, self._cases.people, paused=paused), case=run.id, tables=False).blocks
                # A part of a card has no buttons, and does not say so.
                if index == _MOST or len(card) > room:
                    blocks += _more(cards[index:])
                    break
                blocks += card
                room -= len(card)
        return blocks + said

    def _said(self, person: Person) -> Blocks:
        """What this person may say."""
        mine = (
            handler.command
            for handler in self._commands
            if self._policy.may(person, handler.command, issubclass(handler, Runbook))
        )
        return _line(f"Commands: {', '.join(mine)}. ", Code("/aureus help"), " says more.")


def _waits_for(run: Run, person: Person) -> bool:
    if run.phase is Phase.ASKING:
        return person.id == run.request.who.id or person.id in run.agreed
    seats = run.gate.seats if run.phase is Phase.WAITING else ()
    return person.id not in run.agreed and any(person.id in seat.people for seat in seats)


def _more(runs: Sequence[Run]) -> Blocks:
    """The line for the runs that find no room."""
    ids = ", ".join(run.id for run in runs[:_NAMED]) + (", …" if len(runs) > _NAMED else "")
    return _line(f"And {len(runs)} more: {ids}. ", Code("/aureus runs"), " says how they stand.") if runs else []


def _line(*parts: Inline) -> Blocks:
    return list(render(Report("", parts=(note(*parts),)), case="").blocks)


def _head(title: str) -> Blocks:
    return list(render(Report(title, title), case="").blocks)


def _stranger() -> Blocks:
    words = "I do not know you: somebody who keeps config/people.yaml can add you."
    return list(render(Report(words, "Aureus", parts=(Text((words,)),)), case="").blocks)
