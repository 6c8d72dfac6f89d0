"""The book of incidents: answers the verbs of ``bot.world.incidents``, and hands all others on."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Any, TypeVar, cast

from bot.domain.duty import Ladder
from bot.domain.errors import Away, Conflict, Pointless, Refusal
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.incident_event import Acknowledged, Assessed, Escalated, Noted, Released, Resolved, Written
from bot.domain.incident_state import Stage, ending
from bot.domain.meaning import Meanings
from bot.domain.person import ON_CALL, Person
from bot.domain.verb import Answer, Change, Check, Met, Question
from bot.engine.cases import Cases
from bot.ports import Clock, World
from bot.world import incidents, pagerduty
from bot.world.bot import Unconfigured

T = TypeVar("T")

_TRIES = 5
#: What is over since today may have begun so long before; what was open for longer is in the list of the week.
_LONGEST = timedelta(days=7)


class Ledger:
    """Incidents as nouns and verbs; everything else is asked of the world outside."""

    def __init__(self, outside: World, cases: Cases, meanings: Meanings, ladder: Ladder, clock: Clock) -> None:
        self._outside = outside
        self._cases = cases
        self._meanings = meanings
        self._ladder = ladder
        self._clock = clock
        self._answers: Mapping[type[Question[Any]], Callable[[Any], Awaitable[Any]]] = {
            incidents.IncidentOf: self._incident_of,
            incidents.Incidents: self._incidents,
            incidents.HoldersOf: self._holders_of,
            incidents.KnownAs: self._known_as,
            incidents.PageFor: self._page_for,
        }

    async def ask(self, question: Question[T]) -> T:
        answer = self._answers.get(type(question))
        return cast(T, await answer(question)) if answer else await self._outside.ask(question)

    async def rehearse(self, change: Change) -> None:
        if not isinstance(change, incidents.IncidentChange):
            await self._outside.rehearse(change)

    async def do(self, change: Change) -> None:
        """Write it into the book, unless it stands there; whoever writes at the same moment is let by."""
        if not isinstance(change, incidents.IncidentChange):
            if not await self._is_moot(change):
                await self._outside.do(change)
            return
        for _ in range(_TRIES):
            incident = await self._incident_of(incidents.IncidentOf(change.id))
            if _stands(incident, change):
                return
            event = self._event(incident, change)
            try:
                await self._cases.record(incident, event)
            except Conflict:
                continue
            return
        raise Away("Others wrote to the incident at the same moment, again and again. Nothing was changed.")

    async def stands(self, change: Change) -> bool:
        if not isinstance(change, incidents.IncidentChange):
            return await self._is_moot(change) or await self._outside.stands(change)
        return _stands(await self._incident_of(incidents.IncidentOf(change.id)), change)

    async def _is_moot(self, verb: Change | Check) -> bool:
        """Whether it was to end what is another incident's by now, or open again: only the book knows."""
        of, said = incidents.ending(verb)
        if not of:
            return False
        incident = await self._incident_of(incidents.IncidentOf(of))
        return incident.began_after(said) or await self._is_anothers(incident)

    async def test(self, check: Check) -> Answer:
        if await self._is_moot(check):
            return Met("it is no longer its incident's: it was left as it is")
        return await self._outside.test(check)

    def _event(self, incident: Incident, change: incidents.IncidentChange) -> Event:
        now = self._clock.now()
        match change:
            case incidents.Take(who=who):
                return Acknowledged(now, who)
            case incidents.Release(because=because, who=who):
                return Released(now, who, because=because, rungs=self._ladder.again(incident, now))
            case incidents.Call(roles=roles, people=people, because=because, run=run, who=who):
                return Escalated(now, who, roles=roles, people=people, because=because, run=run)
            case incidents.Assess(severity=severity, who=who, because=because, run=run, takes_back=taken):
                rungs = self._ladder.reassessed(incident, severity, now)
                places = self._meanings.places(severity)
                return Assessed(now, who, severity, because, incident.security, rungs, places, run, taken)
            case incidents.WriteDown(who=who, words=words, run=run, said=said):
                return Noted(now, who, words=words, run=run, said=said)
            case incidents.WriteUp(who=who, run=run, because=because):
                review = self._ladder.review(incident.worst, now)
                return Written(now, who, review=review, run=run, replaces=incident.document, because=because)
            case incidents.End(who=who, because=because, said=said):
                # It may have been told of before: then only the words of who resolved it are missing.
                if incident.over:
                    return Noted(now, who, words=because, run=ending(who, because), ends=True, said=said)
                return Resolved(now, who, because=because)
        raise Refusal(f"The book of incidents knows no {type(change).__name__}.", "It is a mistake in the bot.")

    async def _incident_of(self, question: incidents.IncidentOf) -> Incident:
        if question.id:
            incident = await self._cases.incident(question.id.lower())
            if incident is None:
                raise Pointless(f"I know no incident {question.id[:20]}.", "`incidents` lists those that are open.")
            return incident
        if question.over:
            rows = await self._cases.journal.list(kind="incident", limit=50)
            last = next((found.case for found in rows if found.row.over), "")
            incident = await self._cases.incident(last)
            if incident is None:
                raise Refusal("No incident is over yet.", "`incidents` lists those that are open.")
            return incident
        found = await self._open()
        if not found:
            raise Refusal("No incident is open.", "`incidents week` lists the last ones.")
        return found[0]

    async def _incidents(self, question: incidents.Incidents) -> tuple[Incident, ...]:
        if question.since is None:
            return await self._open()
        since = back = question.since
        if question.today:
            day = since.astimezone(self._ladder.calendar.zone)
            since = day.replace(hour=0, minute=0, second=0, microsecond=0)
            back = since - _LONGEST
        # What is open belongs to every day until it is over, and to the one on which it was over.
        rows = await self._cases.journal.list(kind="incident", limit=incidents.MOST)
        known = await self._cases.list_incidents([row.case for row in rows if row.row.at >= back])
        recent = [each for each in known if each.opened >= since or (each.resolved and each.resolved.at >= since)]
        found = {each.id: each for each in (*recent, *await self._open())}
        return tuple(sorted(found.values(), key=lambda each: each.opened, reverse=True))

    async def _open(self) -> tuple[Incident, ...]:
        rows = await self._cases.journal.list(kind="incident", open_only=True, limit=incidents.MOST)
        return await self._cases.list_incidents([row.case for row in rows])

    async def _known_as(self, question: incidents.KnownAs) -> str:
        incident = await self._incident_of(incidents.IncidentOf(question.id))
        unconfigured = await self._outside.ask(Unconfigured(pagerduty.NAME))
        return incident.page.id if incident.page is not None and not unconfigured else ""

    async def _page_for(self, question: incidents.PageFor) -> pagerduty.Page | None:
        if await self._outside.ask(Unconfigured(pagerduty.NAME)):
            return None
        incident = await self._incident_of(incidents.IncidentOf(question.id))
        known = incident.page.id if incident.page else ""
        if await self._is_anothers(incident):
            return None
        page = await self._outside.ask(pagerduty.PageOf(known, incident.key))
        return page if page is not None and (known or page.since(incident.opened)) else None

    async def _is_anothers(self, incident: Incident) -> bool:
        """Whether alerts that came again have its page now."""
        newest = await self._cases.journal.named(f"alerts {incident.key}")
        other = await self._cases.incident(newest) if newest and newest != incident.id else None
        return other is not None and not other.over

    async def _holders_of(self, question: incidents.HoldersOf) -> tuple[Person, ...]:
        """PagerDuty's schedules say who is on call (level 1) and second (level 2); ``config/`` says all else."""
        people = self._cases.people
        held = {person.id: person for person in people if person.roles & question.roles}
        if not question.roles & ON_CALL.keys():
            return tuple(held.values())
        try:
            duties = await self._outside.ask(pagerduty.OnCall())
        except (Away, Refusal):
            return tuple(held.values())  # the pager is away: those of config/ are better than nobody
        found: dict[str, Person] = {}
        for role in sorted(question.roles):
            there = [people.by_email(duty.user.email) for duty in duties if duty.level == ON_CALL.get(role)]
            known = [person for person in there if person is not None]
            # A role on whose duty PagerDuty has nobody that is known here is not left without anybody.
            found |= {person.id: person for person in known or [each for each in people if role in each.roles]}
        return tuple(found.values())


def _the_same(event: Escalated, call: incidents.Call) -> bool:
    # A plan that an older release made knows no run.
    return event.run == call.run if call.run else (event.roles, event.because) == (call.roles, call.because)


def _stands(incident: Incident, change: incidents.IncidentChange) -> bool:
    match change:
        case incidents.Take(who=who):
            return incident.stage is Stage.OVER or (incident.holder is not None and incident.holder.id == who.id)
        case incidents.Release():
            return incident.stage is not Stage.TAKEN
        case incidents.Call():
            return incident.over or any(_the_same(event, change) for event in incident.escalated)
        case incidents.Assess(severity=severity):
            return incident.severity is severity or incident.over
        case incidents.End(who=who, because=because, said=said):
            return incident.began_after(said) or incident.ended_with(who, because)
        case incidents.WriteUp(run=run):
            return incident.written is not None and incident.written.run == run
        case incidents.WriteDown(run=run):
            return any(run == noted for noted in incident.noted)
    return False
