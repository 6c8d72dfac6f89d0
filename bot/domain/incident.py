"""Incidents: from the first alert to the last word, as a fold of their events and one table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.alert import Severity
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
    Unpaged,
    Written,
)
from bot.domain.incident_state import ANSWER, ENDING, IncidentState, Stage
from bot.domain.person import BOT, Who
from bot.domain.request import Request

#: Numbers on the card are redrawn at most this often.
COUNT = timedelta(seconds=30)

_ALWAYS = frozenset({Paged, Noted, Begotten, Assessed, Escalated, Cleared, Fired, Retold, Climbed, Unpaged})
_OPEN = _ALWAYS | {Missed}
#: The life of an incident: what may happen in each stage. ``after`` says what follows.
LIFE: Mapping[Stage, frozenset[type[Event]]] = {
    Stage.OPEN: _OPEN | {Acknowledged, Resolved},
    Stage.TAKEN: _OPEN | {Acknowledged, Released, Nudged, Resolved},
    Stage.OVER: frozenset({Paged, Noted, Begotten, Cleared, Reopened, Written, Reminded}),
}
#: Of what may happen when it is over: what a document that was written before does not have.
_TELLS = Paged | Noted | Reopened | Reminded


@dataclass(frozen=True)
class Incident(IncidentState):
    """One incident. Only ``after`` makes another."""

    @classmethod
    def born(cls, event: Event) -> "Incident":
        """The incident that a ``Fired`` opens. Raises ``Impossible`` for any other event."""
        if not isinstance(event, Fired):
            raise Impossible(f"an incident begins with Fired, not with {type(event).__name__}")
        request = Request(f"incident:{event.key}:{event.at.isoformat()}", event.title, BOT, event.at, event.source)
        late = event.received is not None and event.received > event.at
        counted = event.received if late else None
        heard = max(event.at, event.received or event.at)
        born = cls(
            request, event.key, event.title, event.service, event.places, counted=counted, received=heard,
            before=event.before,
        )  # fmt: skip
        return replace(_fired(born, event), last=event, drawn=event.at)

    def after(self, event: Event) -> "Incident":
        """The incident after an event. Raises ``Impossible`` when the table has no place for it."""
        if type(event) not in LIFE[self.stage]:
            raise Impossible(f"{self.id} is {self.stage.value}: {type(event).__name__} cannot happen now")
        folded = _fold(replace(self, documented=self.documented and not isinstance(event, _TELLS)), event)
        there = getattr(event, "since", None) or self.there
        return replace(folded, position=self.position + 1, last=event, there=there, drawn=_drawn(self, folded, event))


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
                last_had=incident.last_had if _has(incident, event.by) else _had_until(incident, since),
            )  # fmt: skip
        case Released():
            return replace(
                incident, stage=Stage.OPEN, holder=None, held_since=None, heard=None, answer_by=None, rungs=event.rungs,
                climbed=frozenset(), last_had=_had_until(incident, event.since or event.at),
                given_back_by=event.by, given_back=event.since or event.at,
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
            return _explained(replace(incident, noted=(*incident.noted, event.run)), incident.resolved, event)
        case Noted():
            noted = replace(incident, noted=(*incident.noted, event.run))
            return replace(noted, heard=event.at, answer_by=None) if _has(incident, event.by) else noted
        case Resolved():
            return replace(incident, stage=Stage.OVER, resolved=event)
        case Reopened(rungs=rungs):
            return replace(
                incident, stage=Stage.OPEN, resolved=None, explained=None, holder=None, held_since=None, written=None,
                reminded=False, noted=tuple(name for name in incident.noted if not name.startswith(ENDING)),
                last_had=_had_until(incident, incident.resolved.at if incident.resolved else event.at),
                rungs=rungs or incident.rungs, climbed=frozenset() if rungs else incident.climbed,
                counted=event.at, told=frozenset(), given_back_by=BOT,
            )  # fmt: skip
        case Written():
            # Written again, the post-mortem stays where it was.
            review = incident.written.review if incident.written is not None else event.review
            return replace(incident, written=replace(event, review=review), document=event.at, documented=True)
        case Reminded():
            return replace(incident, reminded=True)
        case Begotten():
            heard = event.at if _has(incident, event.by) else incident.heard
            return replace(incident, children=(*incident.children, event), heard=heard)
    return incident


def _says(incident: Incident, event: Fired | Retold) -> Incident:
    """What its alerts say now, and since when."""
    new = {alert.fingerprint: alert for alert in event.alerts}
    as_of = dict.fromkeys(new, event.received or event.at)
    return replace(incident, alerts={**incident.alerts, **new}, as_of={**incident.as_of, **as_of})


def _has(incident: Incident, who: Who) -> bool:
    return incident.holder is not None and incident.holder.id == who.id


def _had_until(incident: Incident, until: datetime) -> tuple[Who, datetime] | None:
    return (incident.holder, until) if incident.holder is not None else incident.last_had


def _explained(incident: Incident, over: Resolved, event: Noted) -> Incident:
    """Why it is over. Who said so before it was has resolved it: it was only told of, or its alerts ended, sooner.

    What somebody found out when it was over is the better cause, and takes the place of what was said in the end.
    """
    if incident.cause:
        return replace(incident, explained=event) if event.said is not None and event.said > over.at else incident
    theirs = not over.by.id and (event.said is None or event.said <= over.at)
    if not theirs and over.by.id != event.by.id:
        return replace(incident, explained=event)
    return replace(incident, resolved=replace(over, by=event.by, via="" if theirs else over.via, because=event.words))


def _fired(incident: Incident, event: Fired) -> Incident:
    seen = incident.seen | {alert.firing for alert in event.alerts}
    told_by = {**incident.told_by, **dict.fromkeys((alert.fingerprint for alert in event.alerts), event.url)}
    fired = replace(_says(incident, event), seen=seen, told_by=told_by)
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
