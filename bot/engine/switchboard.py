"""The switchboard: what outside systems tell becomes incidents, and the clock calls further people."""

import contextlib
import logging
import re
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import Gone, Group, NoPage, NoteTold, PageTold, Vain
from bot.domain.duty import Climb, GiveBack, Ladder, Nudge, Remind, Sleep, next_call
from bot.domain.errors import Away, Conflict, Full, Refusal, Taken, Unreadable
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.incident_event import Before, Climbed, Fired, Missed, Nudged, Reminded, Unpaged
from bot.domain.meaning import Find, Meanings, title_of
from bot.domain.person import BOT
from bot.domain.report import Report, Tone
from bot.domain.request import Notice, Place, Request
from bot.domain.telling import (
    READ,
    began_there,
    begins,
    from_gone,
    from_group,
    from_page,
    not_followed,
    paged,
)
from bot.engine.assessing import Assessing
from bot.engine.cases import Cases
from bot.engine.notes import Notes
from bot.engine.tellers import Tellers
from bot.engine.truth import Truth, passed_on
from bot.ports import Clock, Kind, Queue, Say, World
from bot.world.bot import Unconfigured
from bot.world.pagerduty import NAME, PageOf, Status
from bot.world.reading import UNTOLD

log = logging.getLogger(__name__)

#: The key under which an Alertmanager has PagerDuty open an incident: the SHA-256 of its group's key.
_OF_ALERTS: Final = re.compile(r"[0-9a-f]{64}")
#: So long a page of alerts waits for the alerts themselves: only they say what it is about, and so who is called.
_AHEAD: Final = timedelta(seconds=8)
#: So long those are asked for that a webhook left out.
_LEFT_OUT: Final = timedelta(minutes=5)
#: So long after it was given back here it is given back in PagerDuty again, which has it as it was before.
_FOLLOWS: Final = timedelta(minutes=15)
#: So soon after it was over, what fires again is told to be the same.
_SOON: Final = timedelta(hours=24)
#: So long what came in waits for a later release, which takes it in seconds; after a roll-back there is none.
_UPGRADE: Final = timedelta(minutes=10)
_LEAST: Final = timedelta(microseconds=1)
_TRIES = 8  # how often a notice is read anew when others write to its incident


class Switchboard:
    """Takes notices, and makes the calls that are due."""

    def __init__(
        self,
        cases: Cases,
        world: World,
        queue: Queue,
        clock: Clock,
        meanings: Meanings,
        ladder: Ladder,
        find: Find,
        fallback: Place,
    ) -> None:
        self._cases = cases
        self.tellers = Tellers(cases.journal)
        self._truth = Truth(cases, world, self.tellers)
        self._world = world
        self._queue = queue
        self._clock = clock
        self._meanings = meanings
        self._ladder = ladder
        self._assessing = Assessing(cases, meanings, ladder, find)
        self._notes = Notes(cases, world, self._truth)
        self._find = find
        self._fallback = fallback
        self._in_hand: set[str] = set()
        #: Pages that came before their alerts, by the key of the group; a sweep takes what is forgotten here.
        self._ahead: dict[str, dict[str, Notice]] = {}

    async def take(self, notice: Notice) -> None:
        """Make of a stored notice what follows from it; what cannot be done now is done by a later sweep."""
        if notice.key in self._in_hand:
            return
        self._in_hand.add(notice.key)
        try:
            for _ in range(_TRIES):
                try:
                    await self._take(notice)
                except (Conflict, Taken):
                    continue  # somebody else wrote to that incident, or opened it: read it again
                return
            log.warning("%s is taken later: its incident never stood still", notice.key)
        except (Away, Full) as away:
            log.warning("%s is taken later: %s", notice.key, away.because)
        except Exception as error:
            if isinstance(error, Unreadable) and self._clock.now() < notice.at + _UPGRADE:
                # It stays in the inbox for the release that wrote what it is about: nobody can tell it once more.
                self._cases.later.leave(error.case or notice.key, error)
                return
            # Taken again it would fail again, before all that waits behind it.
            token = secrets.token_hex(4)
            log.exception("unforeseen while taking %s [%s]", notice.key, token, exc_info=error)
            with contextlib.suppress(Full):
                await self._cases.journal.append(taken=notice.key, says=[self._unforeseen(token, error)])
        finally:
            self._in_hand.discard(notice.key)

    def _unforeseen(self, token: str, error: Exception) -> Say:
        """That something was lost, which else only the log would know; once in an hour of one kind."""
        because = f"Something unforeseen happened with what was told from outside; the log has it under {token}."
        key = f"unforeseen:{type(error).__name__}:{self._clock.now():%Y-%m-%dT%H}"
        return Say(key, Kind.LINE, Report(f"{because} Look at the alerts themselves.", tone=Tone.WARN), self._fallback)

    async def drive(self, case: str) -> None:
        """Make every call of an incident that is due, then rest until the next."""
        try:
            while True:
                incident = await self._cases.incident(case)
                if incident is None or not await self._call(incident, self._clock.now()):
                    return
        except Conflict:
            return  # whoever wrote has it driven on
        except Full as full:
            log.warning("the store cannot write, %s is driven again later: %s", case, full.because)

    async def _call(self, incident: Incident, now: datetime) -> bool:
        """Make the next call; whether there may be another at once."""
        match next_call(incident, self._ladder, now):
            case Sleep(until):
                await self._cases.journal.rest(incident.id, incident.position, until)
                if until is not None:
                    key = f"drive:{incident.id}:{incident.position}:{until.timestamp():.3f}"
                    await self._queue.later("drive", incident.id, key, until)
                return False
            case Climb() if await self._there(incident, now):
                pass  # what PagerDuty knew of it is known here now
            case Climb(rungs, words):
                asks = [self._asking(incident, words, now)] if words else []
                case = asks[0].case if asks else ""
                await self._cases.record(incident, *(Climbed(now, rung=rung, case=case) for rung in rungs), asks=asks)
            case GiveBack(words):
                asked = self._asking(incident, words, now)
                await self._cases.record(incident, Climbed(now, rung=-1, case=asked.case), asks=[asked])
            case Remind():
                await self._cases.record(incident, Reminded(now))
            case Nudge(until):
                await self._cases.record(incident, Nudged(now, until=until))
        return True

    async def _there(self, incident: Incident, now: datetime) -> bool:
        """Read how PagerDuty has an incident before its first call; whether that says anything new.

        Its webhooks may be late: somebody may have it there by then, and is not called to it.
        """
        if incident.unpaged or incident.missed or incident.climbed:
            return False
        try:
            page = await self._world.ask(PageOf(incident.page.id if incident.page else "", incident.key))
        except (Away, Refusal):
            return False  # who is called is called here
        if page is None or page.status is Status.RESOLVED:
            return False  # what is over there may be of an earlier time: alerts that come again have the same key
        await self.take(Notice(f"call:{incident.id}:{incident.position}", now, page.told(READ, now)))
        read = await self._cases.incident(incident.id)
        return read is not None and read.position != incident.position

    def _asking(self, incident: Incident, words: str, now: datetime) -> Request:
        key = f"clock:{incident.id}:{incident.position}"
        return Request(key, words, BOT, now, "clock", incident.places[0], of=incident.id)

    async def _take(self, notice: Notice) -> None:
        now = self._clock.now()
        match notice.tells:
            case Group() as group:
                try:
                    group = await self._truth.whole(group)
                except Away:
                    if now < notice.at + _LEFT_OUT:
                        # What was told counts at once; what was left out is asked for again by a later sweep.
                        await self._group(replace(notice, key=""), group)
                        raise
                await self._group(notice, group)
            case Gone(incident=case, alerts=alerts):
                incident = await self._cases.incident(case)
                events = from_gone(incident, alerts, now) if incident and not incident.over else []
                if incident is not None and events:
                    asks = self._settling(incident, events, now)
                    await self._cases.record(incident, *events, asks=asks, taken=notice.key)
            case NoPage(incident=case):
                incident = await self._cases.incident(case)
                if incident is not None and not incident.over and not incident.missed:
                    await self._cases.record(incident, Missed(now), taken=notice.key)
            case PageTold() as told:
                # Nothing has happened later than now: else all that is told afterwards would be late.
                await self._page(notice, replace(told, at=min(told.at, now) if told.at > UNTOLD else now))
            case NoteTold() as told:
                await self._notes.take(notice, told, now)
            case Vain(source=source, because=because):
                log.info("%s of %s has no effect: %s", notice.key, source, because)
                await self._cases.journal.append(taken=notice.key)

    async def _group(self, notice: Notice, group: Group) -> None:
        now = self._clock.now()
        last = await self._last(f"alerts {group.name}")
        back = await self._truth.back(last, group, notice.at, now) if last is not None else frozenset()
        if last is not None and not last.over:
            events = from_group(last, group, now, notice.at, back)
            events = await self._assessing.meant(last, group, events, now)
            if events:
                await self._cases.record(last, *events, asks=self._settling(last, events, now), taken=notice.key)
                return
        elif begins(last, group, now, back):
            meaning = self._meanings.of(group.firing, self._find)
            began = _after(last, began_there(group, notice.at, last), now)
            fired = Fired(
                began, key=group.name, source="alertmanager", title=title_of(group, meaning.service),
                service=meaning.service, alerts=group.firing, places=self._meanings.places(meaning.severity),
                received=notice.at, before=_before(last, now), url=group.url,
                left_out=group.truncated,
            )  # fmt: skip
            names = frozenset({f"alerts {group.name}"})
            known = (self._assessing.first(meaning, _told(began, notice)), *await self._unpaged(now))
            await self._cases.begin(fired, *known, names=names, taken=notice.key)
            for page in self._ahead.pop(group.name, {}).values():
                await self.take(page)
            return
        await self._cases.journal.append(taken=notice.key)

    async def _page(self, notice: Notice, told: PageTold) -> None:
        now = self._clock.now()
        incident, before = await self._of_page(told)
        read = told.event == READ and told.status != "resolved"
        if incident is not None and (passed_on(incident, told) or (read and await self._truth.still_ending(incident))):
            await self._cases.journal.append(taken=notice.key)
            return
        if incident is None and told.status != "resolved":
            if _OF_ALERTS.fullmatch(told.key) and now < notice.at + _AHEAD:
                self._ahead.setdefault(told.key, {})[notice.key] = notice
                return
            self._ahead.pop(told.key, None)
        told = await self._truth.page(incident, told, notice.at, now)
        names = frozenset({f"page {told.id}", *([f"alerts {told.key}"] if told.key else [])})
        if incident is None:
            if told.status == "resolved":
                await self._cases.journal.append(taken=notice.key)
                return
            meaning = self._meanings.of_page(told)
            began = _after(before, began_there(told, notice.at, before), now)
            fired = Fired(
                began, key=told.key or told.id, source="pagerduty", title=told.title[:200],
                places=self._meanings.places(meaning.severity), received=notice.at, before=_before(before, now),
            )  # fmt: skip
            assessed = self._assessing.first(meaning, _told(began, notice))
            incident = await self._cases.begin(
                fired, assessed, paged(told, now), *await self._unpaged(now), names=names
            )
        later = self._ladder.again(incident, now)
        who = await self._truth.who(told)
        events = from_page(incident, told, who, later, now)
        events = list(await self._truth.said_here(told, who, events))
        asks = [*self._settling(incident, events, now), *self._taking(incident, told, now)]
        asks += await self._giving_back(incident, told, now)
        if events or asks:
            await self._cases.record(incident, *events, asks=asks, names=names, taken=notice.key)
        else:
            await self._cases.journal.append(taken=notice.key)

    async def _of_page(self, told: PageTold) -> tuple[Incident | None, Incident | None]:
        """The incident that a page is of; where there is none yet, the last one of its key."""
        incident = await self._last(f"page {told.id}")
        newest = await self._last(f"alerts {told.key}") if told.key else None
        if newest is None or told.status == "resolved":
            return incident or newest, None
        if incident is None:
            # An alert that came again has a new incident there; the old one here is not it.
            return (None, newest) if newest.over else (newest, None)
        # Unless nobody could say there that it was over: then what is so since it came again is told of the new one.
        again = not newest.over and (told.event == READ or told.at >= newest.opened)
        return (newest if again else incident), None

    def _settling(self, incident: Incident, events: list[Event], now: datetime) -> list[Request]:
        """What ended an incident on one side is made so on the others, by a run like any other.

        Asked for in the same write as the end, which is told only once.
        """
        after = incident
        for event in events:
            after = after.after(event)
        ended = after.over and not incident.over
        return [self._asking(after, f"resolve {after.id} because it is resolved", now)] if ended else []

    def _taking(self, incident: Incident, told: PageTold, now: datetime) -> list[Request]:
        """Who took it here before PagerDuty had it takes it there, too: what they asked for, to its end."""
        holder = incident.holder
        known = incident.page is not None or incident.unpaged
        if known or incident.over or holder is None or told.status != "triggered":
            return []
        return [replace(self._asking(incident, f"acknowledge {incident.id}", now), who=holder)]

    async def _giving_back(self, incident: Incident, told: PageTold, now: datetime) -> list[Request]:
        """What was given back here and never there is given back there: else it pages nobody, and nobody has it."""
        given_back = [each.at for each in incident.children if each.words.startswith("release ")]
        since = max([incident.given_back or now, *given_back])
        late = told.event == READ and not_followed(incident, told) and now >= since + _FOLLOWS
        if not late or await self._truth.at_work(told.id):
            return []
        return [self._asking(incident, f"release {incident.id} because PagerDuty did not follow", now)]

    async def _unpaged(self, now: datetime) -> list[Unpaged]:
        """Said on the card, once and for all: whoever acts does not read it each time."""
        because = await self._world.ask(Unconfigured(NAME))
        return [Unpaged(now, because=because)] if because else []

    async def _last(self, name: str) -> Incident | None:
        case = await self._cases.journal.named(name)
        return await self._cases.incident(case) if case else None


def _told(began: datetime, notice: Notice) -> datetime:
    """Since when a ladder counts: since it was told; else who is called last would be called at once."""
    return max(began, notice.at)


def _before(last: Incident | None, now: datetime) -> Before | None:
    """The incident that the same alerts had, where whoever takes this one may want to know of it."""
    over = last.resolved if last is not None else None
    if last is None or over is None or now - over.at > _SOON:
        return None
    return Before(last.id, over.by, over.via, over.at)


def _after(last: Incident | None, began: datetime, now: datetime) -> datetime:
    """When an incident begins that began then: not while the last one of its key was open, and never with it.

    Key and beginning are its id: both came and went within one moment of a clock that is coarse.
    """
    ended = last.resolved.at if last is not None and last.resolved is not None else began
    begins = min(max(began, ended), now)
    return begins if last is None else max(begins, last.opened + _LEAST)
