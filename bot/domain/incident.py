"""Incidents: from the first alert to the last word, as a fold of their events and one table."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

from bot.domain.alert import Alert, Severity
from bot.domain.case import Impossible
from bot.domain.event import Begotten, Event
from bot.domain.incident_event import (
    Acknowledged,
    Assessed,
    Cleared,
    Climbed,
    Escalated,
    Fired,
    Missed,
    Noted,
    Nudged,
    Paged,
    Released,
    Reminded,
    Reopened,
    Resolved,
    Retold,
    Rung,
    Unpaged,
    Written,
)
from bot.domain.person import BOT, Who
from bot.domain.request import NOWHERE, Place, Request, incident_id

#: How long somebody who has it may be silent before they are asked, and how long they have to answer.
SILENT = timedelta(hours=1)
ANSWER = timedelta(minutes=15)
#: Who is called when nobody of the ladder is left.
_OTHERWISE = frozenset({"engineering-manager"})
#: Numbers on the card are redrawn at most this often.
COUNT = timedelta(seconds=30)


class Stage(Enum):
    """Where an incident is in its life: PagerDuty's three words for it."""

    OPEN = "triggered"
    TAKEN = "acknowledged"
    OVER = "resolved"


_ALWAYS = frozenset({Paged, Noted, Begotten, Assessed, Escalated, Cleared, Fired, Retold, Climbed, Unpaged})
_OPEN = _ALWAYS | {Missed}
#: The life of an incident: what may happen in each stage. ``after`` says what follows.
LIFE: Mapping[Stage, frozenset[type[Event]]] = {
    Stage.OPEN: _OPEN | {Acknowledged, Resolved},
    Stage.TAKEN: _OPEN | {Acknowledged, Released, Nudged, Resolved},
    Stage.OVER: frozenset({Paged, Noted, Begotten, Cleared, Reopened, Written, Reminded}),
}


@dataclass(frozen=True)
class Incident:
    """One incident. Only ``after`` makes another."""

    #: What would have been asked, if an alert were a person: when, and from which door.
    request: Request
    key: str
    title: str = ""
    service: str = ""
    places: tuple[Place, ...] = (NOWHERE,)
    position: int = 1
    stage: Stage = Stage.OPEN
    #: Those that fire, by fingerprint.
    alerts: Mapping[str, Alert] = field(default_factory=dict)
    #: When what these say was told, by fingerprint: what was told before that says nothing new.
    as_of: Mapping[str, datetime] = field(default_factory=dict)
    #: Every firing that it has seen, so that a late telling of one does not open another incident.
    seen: frozenset[tuple[str, datetime]] = frozenset()
    severity: Severity = Severity.P3
    #: Each that it had, by the run that said so ("": any other), without those that were taken back.
    had: tuple[tuple[str, Severity], ...] = ()
    security: bool = False
    rungs: tuple[Rung, ...] = ()
    climbed: frozenset[int] = frozenset()
    page: Paged | None = None
    #: Why PagerDuty is not told what is done here.
    unpaged: str = ""
    #: PagerDuty was asked, and has none of it.
    missed: bool = False
    holder: Who | None = None
    held_since: datetime | None = None
    #: Who gave it back, until somebody has it again.
    given_back_by: Who = BOT
    #: When it was last given back: PagerDuty may take minutes to follow, or be away.
    given_back: datetime | None = None
    #: The first acknowledgement, for the figures.
    acknowledged: datetime | None = None
    #: The time in PagerDuty of the last that it told.
    there: datetime | None = None
    #: When whoever has it was last heard of; and until when they have to answer, where they were asked since.
    heard: datetime | None = None
    answer_by: datetime | None = None
    escalated: tuple[Escalated, ...] = ()
    #: When it was told first: lists have them in that order, since what is told late may have begun long ago.
    received: datetime | None = None
    #: Since when the ladder counts, where that is not its opening: it was told of later, or opened again.
    counted: datetime | None = None
    #: The roles that were told since then.
    told: frozenset[str] = frozenset()
    #: The runs that wrote something down.
    noted: tuple[str, ...] = ()
    resolved: Resolved | None = None
    written: Written | None = None
    #: When its document was written last, also before it was opened again.
    document: datetime | None = None
    reminded: bool = False
    children: tuple[Begotten, ...] = ()
    last: Event | None = None
    #: When its card is to be drawn: at once, or a little later when only numbers have moved.
    drawn: datetime | None = None

    @classmethod
    def born(cls, event: Event) -> "Incident":
        """The incident that a ``Fired`` opens. Raises ``Impossible`` for any other event."""
        if not isinstance(event, Fired):
            raise Impossible(f"an incident begins with Fired, not with {type(event).__name__}")
        request = Request(f"incident:{event.key}:{event.at.isoformat()}", event.title, BOT, event.at, event.source)
        late = event.received is not None and event.received > event.at
        counted = event.received if late else None
        heard = max(event.at, event.received or event.at)
        born = cls(request, event.key, event.title, event.service, event.places, counted=counted, received=heard)
        return replace(_fired(born, event), last=event, drawn=event.at)

    @property
    def id(self) -> str:
        return incident_id(self.key, self.opened)

    @property
    def opened(self) -> datetime:
        return self.request.at

    @property
    def acknowledged_after(self) -> timedelta | None:
        """How long it was until somebody had it."""
        return self.lasted(self.acknowledged) if self.acknowledged is not None else None

    @property
    def resolved_after(self) -> timedelta | None:
        """How long it was until it was over."""
        return self.lasted(self.resolved.at) if self.resolved is not None else None

    def lasted(self, until: datetime) -> timedelta:
        """How long it has been there by then: never less than nothing, though clocks differ."""
        return max(until - self.opened, timedelta())

    @property
    def counts(self) -> datetime:
        """Since when its ladder counts."""
        return self.counted or self.opened

    def began_after(self, said: datetime | None) -> bool:
        """Whether it was opened, or opened again, after that: what was said then is not of it as it is now."""
        return said is not None and self.counts > said

    @property
    def cause(self) -> str:
        """What somebody said of why it is over; empty as long as nobody has."""
        return self.resolved.because if self.resolved is not None and self.resolved.by.id else ""

    @property
    def worst(self) -> Severity:
        """The worst that it had: after that it is judged when it is over."""
        return min((self.severity, *(severity for _, severity in self.had)), key=list(Severity).index)

    @property
    def severities(self) -> str:
        """Its severity; where it is a lower one by now, after the worst that it had."""
        lowered = f", later {self.severity.value}" if self.severity is not self.worst else ""
        return f"{self.worst.value}{lowered}"

    def ended_with(self, who: Who, because: str) -> bool:
        """Whether it is over, and these words of theirs on it are written down; without words there are none."""
        over = self.resolved
        if over is None:
            return False
        said = (over.by.id, over.because) == (who.id, because)
        return said or not (who.id and because) or ending(who, because) in self.noted

    @property
    def left(self) -> tuple[Rung, ...]:
        """The rungs of its ladder whose time was not there yet."""
        return tuple(rung for number, rung in enumerate(self.rungs) if number not in self.climbed)

    @property
    def over(self) -> bool:
        return self.stage is Stage.OVER

    @property
    def carded(self) -> bool:
        return True

    def after(self, event: Event) -> "Incident":
        """The incident after an event. Raises ``Impossible`` when the table has no place for it."""
        if type(event) not in LIFE[self.stage]:
            raise Impossible(f"{self.id} is {self.stage.value}: {type(event).__name__} cannot happen now")
        folded = _fold(self, event)
        there = getattr(event, "since", None) or self.there
        return replace(folded, position=self.position + 1, last=event, there=there, drawn=_drawn(self, folded, event))

    @property
    def further(self) -> tuple[frozenset[str], ...]:
        """Whom who asks for help gets, by role: the first of these that somebody else holds.

        Those of the ladder who were not told since it counts, also where their time came while somebody had it.
        """
        return (*(rung.roles for rung in self.rungs if not rung.roles <= self.told), _OTHERWISE)

    @property
    def due(self) -> datetime | None:
        """When somebody must look at it again at the latest; what there is to do may wait for business hours."""
        if self.over:
            return self.written.review if self.written is not None and not self.reminded else None
        times = [rung.at for rung in self.left]
        if self.stage is Stage.TAKEN and self.heard is not None:
            times.append(self.answer_by or self.heard + SILENT)
        return min(times, default=None)


def ending(who: Who, because: str) -> str:
    """Under which name it is noted why somebody ended it, where it was over by then."""
    return f"end {who.id} {because}"


def answer_by(event: Nudged) -> datetime:
    """Until when whoever was asked has to answer."""
    return event.until or event.at + ANSWER


def _fold(incident: Incident, event: Event) -> Incident:  # noqa: PLR0912 - the table of a whole life, a line or two an event
    match event:
        case Fired():
            return _fired(incident, event)
        case Retold():
            return _says(incident, event)
        case Cleared():
            left = {name: alert for name, alert in incident.alerts.items() if name not in event.alerts}
            return replace(incident, alerts=left)
        case Assessed():
            places = (*incident.places, *(place for place in event.places if place not in incident.places))
            # Another severity may count other hours: who was asked is asked anew, when their time is there.
            asked = incident.answer_by if event.severity is incident.severity else None
            return replace(
                incident, severity=event.severity, security=event.security, had=_had(incident, event),
                rungs=event.rungs, climbed=frozenset(), places=places, answer_by=asked,
            )  # fmt: skip
        case Paged():
            return replace(incident, page=event, missed=False)
        case Missed():
            return replace(incident, missed=True)
        case Unpaged(because=because):
            return replace(incident, unpaged=because)
        case Acknowledged():
            since = event.since or event.at
            return replace(
                incident, stage=Stage.TAKEN, holder=event.by, held_since=since, heard=event.at, answer_by=None,
                acknowledged=incident.acknowledged or since, given_back_by=BOT,
            )  # fmt: skip
        case Released():
            return replace(
                incident, stage=Stage.OPEN, holder=None, held_since=None, heard=None, answer_by=None, rungs=event.rungs,
                climbed=frozenset(), given_back_by=event.by, given_back=event.since or event.at,
            )  # fmt: skip
        case Climbed(rung=rung) if rung < 0:  # to be given back; if nothing comes of it, in an hour again
            return replace(incident, heard=event.at, answer_by=None)
        case Climbed():
            return replace(incident, climbed=incident.climbed | {event.rung})
        case Escalated():
            return replace(incident, escalated=(*incident.escalated, event), told=incident.told | event.roles)
        case Nudged():
            return replace(incident, answer_by=answer_by(event))
        case Noted(ends=True) if incident.resolved is not None:
            # It was told of, or its alerts ended, before somebody could say so: they resolved it, and know why.
            over, runs = incident.resolved, (*incident.noted, event.run)
            if incident.cause:
                return replace(incident, noted=runs)
            by = over.by if over.by.id else event.by
            return replace(incident, resolved=replace(over, by=by, because=event.words), noted=runs)
        case Noted():
            noted = replace(incident, noted=(*incident.noted, event.run))
            mine = incident.holder is not None and event.by.id == incident.holder.id
            return replace(noted, heard=event.at, answer_by=None) if mine else noted
        case Resolved():
            return replace(incident, stage=Stage.OVER, resolved=event)
        case Reopened(rungs=rungs):
            return replace(
                incident, stage=Stage.OPEN, resolved=None, holder=None, held_since=None, written=None, reminded=False,
                rungs=rungs or incident.rungs, climbed=frozenset() if rungs else incident.climbed,
                counted=event.at, told=frozenset(), given_back_by=BOT,
            )  # fmt: skip
        case Written():
            # Written again, the post-mortem stays where it was.
            review = incident.written.review if incident.written is not None else event.review
            return replace(incident, written=replace(event, review=review), document=event.at)
        case Reminded():
            return replace(incident, reminded=True)
        case Begotten():
            heard = event.at if incident.holder is not None and event.by.id == incident.holder.id else incident.heard
            return replace(incident, children=(*incident.children, event), heard=heard)
    return incident


def _says(incident: Incident, event: Fired | Retold) -> Incident:
    """What its alerts say now, and since when."""
    new = {alert.fingerprint: alert for alert in event.alerts}
    as_of = dict.fromkeys(new, event.received or event.at)
    return replace(incident, alerts={**incident.alerts, **new}, as_of={**incident.as_of, **as_of})


def _fired(incident: Incident, event: Fired) -> Incident:
    seen = incident.seen | {alert.firing for alert in event.alerts}
    fired = replace(_says(incident, event), seen=seen)
    if incident.seen or not event.title:
        return fired
    # PagerDuty was quicker than the Alertmanager: only now it is known what it is about.
    return replace(fired, title=event.title, service=event.service)


def _had(incident: Incident, event: Assessed) -> tuple[tuple[str, Severity], ...]:
    # Before its alerts are known it is a guess, which says nothing of how bad it was.
    known = incident.had if incident.seen or event.by.id else ()
    if event.takes_back:
        return tuple((run, severity) for run, severity in known if run != event.takes_back)
    return (*known, (event.run, event.severity))


def _drawn(before: Incident, after: Incident, event: Event) -> datetime:
    """When the card is drawn: what only counts waits until the last drawing is half a minute old."""
    counts = isinstance(event, Fired | Retold | Cleared | Begotten | Climbed) and after.stage is before.stage
    drawn = before.drawn or event.at
    if not counts or event.at >= drawn + COUNT:
        return event.at
    return drawn + COUNT if event.at > drawn else drawn
