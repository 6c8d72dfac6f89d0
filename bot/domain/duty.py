"""Who is told of an incident and when: the ladder by severity and clock, and what its time asks for next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from bot.domain.alert import Severity
from bot.domain.incident import Incident
from bot.domain.incident_document import REVIEWED
from bot.domain.incident_event import Rung
from bot.domain.incident_state import ANSWER, SILENT, Stage

#: So long the first call waits for PagerDuty to have the incident: so that whoever is called is called there, too.
_PAGED: Final = timedelta(seconds=10)
#: Why those are called again with whom the ladder began.
_NOBODY: Final = "nobody has it any more"

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Calendar:
    """Business hours: these days of the week (0 is Monday), from and to these times of a zone, not on holidays."""

    zone: ZoneInfo
    days: frozenset[int]
    begin: time
    end: time
    holidays: frozenset[date] = frozenset()

    def after(self, start: datetime, by: timedelta) -> datetime:
        """The time when so much of business time has passed since ``start``, in UTC. 0: the next business moment."""
        left, day = by, start.astimezone(self.zone).date()
        for _ in range(1000):
            opens, closes = self._hours(day)
            begin = max(start, opens)
            if closes is not None and begin < closes:
                if left <= closes - begin:
                    return (begin + left).astimezone(start.tzinfo)
                left -= closes - begin
            day += _DAY
        raise ValueError("there are no business hours")

    def _hours(self, day: date) -> tuple[datetime, datetime | None]:
        opens = datetime.combine(day, self.begin, self.zone)
        works = day.weekday() in self.days and day not in self.holidays
        return opens, datetime.combine(day, self.end, self.zone) if works else None


@dataclass(frozen=True)
class Step:
    """A line of the ladder: so long after the beginning these roles are told."""

    after: timedelta
    roles: frozenset[str]
    level: int = 0
    unless_taken: bool = False


@dataclass(frozen=True)
class Ladder:
    """The ladder of every severity; what is in ``business`` counts business time only."""

    steps: Mapping[Severity, Sequence[Step]]
    #: Told at once when it is a matter of security.
    security: frozenset[str]
    business: frozenset[Severity]
    calendar: Calendar
    #: Of business time: so long after the end of an incident its post-mortem is held.
    review_after: timedelta

    def rungs(self, severity: Severity, security: bool, since: datetime) -> tuple[Rung, ...]:
        """The rungs of an incident that began, or was given back, then."""
        made = [self._rung(step, severity, since) for step in self.steps.get(severity, ())]
        return _sorted([*self._security(security, since), *made])

    def again(self, incident: Incident, now: datetime) -> tuple[Rung, ...]:
        """The rungs of an incident that is given back now, or open again: whom it begins with is called anew."""
        made = []
        for step in self.steps.get(incident.severity, ()):
            rung = self._rung(step, incident.severity, now)
            if not step.after:
                rung = replace(rung, because=_NOBODY, unless_taken=True)
            if incident.over or rung.unless_taken:
                made.append(rung)
        if incident.over:
            return _sorted([*self._security(incident.security, now), *made])
        # The others count how long it is not resolved, whoever has it: those that were climbed stay so.
        return _sorted([*made, *(rung for rung in incident.left if not rung.unless_taken)])

    def reassessed(self, incident: Incident, severity: Severity, now: datetime) -> tuple[Rung, ...]:
        """The rungs of an incident that has another severity now: whoever was told of it is not told again.

        Unless it was over since: then nobody knows that it is open.
        """
        told = incident.told
        # Their call may be on its way; what waits for somebody to take it may have been left out.
        climbed = [incident.rungs[number] for number in incident.climbed if number < len(incident.rungs)]
        told |= {role for rung in climbed if not rung.unless_taken for role in rung.roles}
        made = self.rungs(severity, incident.security, incident.counts)
        late = {rung.roles for rung in made if rung.unless_taken}
        rungs = [replace(rung, roles=rung.roles - told) for rung in made if rung.roles - told]
        # It was given back: those wait for somebody to take it, whether they were told before or not.
        waits = [rung for rung in incident.left if rung.roles <= told and rung.roles in late and rung.at > now]
        rungs += [replace(rung, at=max(rung.at, self.after(severity, now, timedelta()))) for rung in waits]
        return _sorted(rungs)

    def review(self, severity: Severity, now: datetime) -> datetime | None:
        """When the post-mortem of an incident that is over now is held, if it has one."""
        return self.calendar.after(now, self.review_after) if severity in REVIEWED else None

    def after(self, severity: Severity, start: datetime, by: timedelta) -> datetime:
        """The time when so much of the time that counts for a severity has passed since ``start``."""
        return self.calendar.after(start, by) if severity in self.business else start + by

    def _security(self, security: bool, since: datetime) -> tuple[Rung, ...]:
        """Whatever the hour is."""
        told = security and self.security
        return (Rung(since, self.security, "it is a matter of security"),) if told else ()

    def _rung(self, step: Step, severity: Severity, since: datetime) -> Rung:
        at = self.after(severity, since, step.after)
        minutes = round(step.after.total_seconds() / 60)
        because = f"it is {severity.value}"
        if step.unless_taken:
            because = f"nobody has acknowledged it within {minutes} minutes"
        elif minutes:
            because = f"it is {severity.value} and not resolved after {minutes} minutes"
        return Rung(at, step.roles, because, step.level, step.unless_taken)


@dataclass(frozen=True)
class Climb:
    """The time of these rungs has come; ``words`` ask for one escalation, and are empty where all are left out.

    One for all of them: people are added in PagerDuty by writing who has it anew, so two at once would lose some.
    """

    rungs: tuple[int, ...]
    words: str


@dataclass(frozen=True)
class Nudge:
    """Whoever has it has been silent for long: ask whether they are still at it; they have until then to answer."""

    until: datetime


@dataclass(frozen=True)
class GiveBack:
    """They did not answer; ``words`` ask for it to be given back."""

    words: str


@dataclass(frozen=True)
class Remind:
    """The time of its post-mortem has come."""


@dataclass(frozen=True)
class Sleep:
    """Nothing to do until then; ``None``: until something happens."""

    until: datetime | None


def next_call(incident: Incident, ladder: Ladder, now: datetime) -> Climb | Nudge | GiveBack | Remind | Sleep:
    """What the clock asks for next."""
    if incident.over:
        return Remind() if incident.due is not None and incident.due <= now else Sleep(incident.due)
    due = tuple(n for n, rung in enumerate(incident.rungs) if n not in incident.climbed and rung.at <= now)
    if due:
        if incident.page is None and not incident.unpaged and now < incident.counts + _PAGED:
            return Sleep(incident.counts + _PAGED)
        taken = incident.stage is Stage.TAKEN
        rungs = [incident.rungs[number] for number in due]
        return Climb(due, _words(incident, [rung for rung in rungs if not (rung.unless_taken and taken)]))
    times = [rung.at for rung in incident.left]
    if incident.stage is Stage.TAKEN and incident.heard is not None:
        severity = incident.severity
        silent = incident.answer_by or ladder.after(severity, incident.heard, SILENT)
        # Also when the bot itself was late: nobody is asked at night what can wait for the morning.
        silent = max(silent, ladder.after(severity, now, timedelta()))
        if silent > now:
            times.append(silent)
        elif incident.answer_by is None:
            return Nudge(ladder.after(severity, now, ANSWER))
        else:
            minutes = f"{round((SILENT + ANSWER).total_seconds() / 60)} minutes"
            hours = " of business hours" if severity in ladder.business else ""
            return GiveBack(f"release {incident.id} because nothing was heard of it for {minutes}{hours}")
    return Sleep(min(times, default=None))


def _words(incident: Incident, rungs: Sequence[Rung]) -> str:
    if not rungs:
        return ""
    roles = sorted({role for rung in rungs for role in rung.roles})
    highest = max(rung.level for rung in rungs)
    level = f" level {highest}" if highest else ""
    # Of one reason that has come several times by now, as after an outage of the bot, the longest time says all.
    reasons = {rung.because.rpartition(" after ")[0] or rung.because: rung.because for rung in rungs}
    return f"escalate {incident.id} to {','.join(roles)}{level} because {', and '.join(reasons.values())}"


def _sorted(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    return tuple(sorted(rungs, key=lambda rung: rung.at))
