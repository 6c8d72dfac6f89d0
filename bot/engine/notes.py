"""What people write to an incident in PagerDuty becomes a line of its timeline here, once."""

from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import NoteTold
from bot.domain.errors import Away, Refusal
from bot.domain.incident import Incident
from bot.domain.incident_event import Noted
from bot.domain.person import Who
from bot.domain.request import Notice
from bot.domain.telling import PAGERDUTY
from bot.engine.cases import Cases
from bot.engine.truth import Truth
from bot.engine.words import mask
from bot.ports import World
from bot.world.pagerduty import OwnUser, signed
from bot.world.reading import UNTOLD, line

#: So long the incident of a note is waited for: its page may wait for its alerts, or be read first.
_UNKNOWN: Final = timedelta(minutes=2)
#: With what PagerDuty ends words that it has cut.
_CUT: Final = ".…"


class Notes:
    """Takes the notes of PagerDuty."""

    def __init__(self, cases: Cases, world: World, truth: Truth) -> None:
        self._cases = cases
        self._world = world
        self._truth = truth

    async def take(self, notice: Notice, told: NoteTold, now: datetime) -> None:
        """Write it down, unless it stands here. Raises ``Away`` as long as its incident may still become known."""
        journal = self._cases.journal
        case = await journal.named(f"page {told.page}")
        incident = await self._cases.incident(case) if case else None
        if incident is None and now < notice.at + _UNKNOWN:
            raise Away("the incident of a note is not known yet")
        # The same note may be told as two events.
        name = f"note {told.id}"
        if incident is None or name in incident.noted or await self._is_ours(incident, told):
            await journal.append(taken=notice.key)
            return
        who = await self._truth.who(told) if told.by else Who("pagerduty:", told.by_name or "Somebody")
        said = min(told.at, now) if told.at > UNTOLD else now
        note = Noted(now, who, words=told.words, run=name, said=said, via=PAGERDUTY)
        await self._cases.record(incident, note, taken=notice.key)

    async def _is_ours(self, incident: Incident, told: NoteTold) -> bool:
        """Whether the bot wrote it there. It stands here by then, so its webhook is never first."""
        history = await self._cases.journal.events(incident.id)
        here = [event for event in history if isinstance(event, Noted) and event.words and not event.via]
        if not any(_same(told, signed(event.by.name, event.words)) for event in here):
            return False
        try:
            return told.by in ("", (await self._world.ask(OwnUser())).id)
        except (Away, Refusal):
            return True  # nobody else writes so


def _same(told: NoteTold, words: str) -> bool:
    """Whether these are the words that were told, or that were cut there."""
    there, here = _read(told.words), _read(words)
    if not told.trimmed:
        return here == there
    if here.startswith(there := there.rstrip(_CUT)):
        return True
    # Cut in the middle of a secret, what is left of it may no longer look like one.
    return here != line(words) and any(_read(words[:end]).rstrip(_CUT) == there for end in range(len(words)))


def _read(words: str) -> str:
    return line(mask(words))
