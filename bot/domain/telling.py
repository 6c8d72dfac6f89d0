"""What follows from what an outside tells: events of an incident, decided without I/O."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from bot.domain.alert import Alert, Group, PageTold
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.incident_event import (
    Acknowledged,
    Cleared,
    Fired,
    Paged,
    Released,
    Reopened,
    Resolved,
    Retold,
    Rung,
)
from bot.domain.incident_state import Stage
from bot.domain.meaning import Meaning
from bot.domain.person import BOT, Who

#: A firing that was told so long after its incident was resolved by a person is a new incident; sooner it is an echo.
ECHO = timedelta(minutes=5)
_TICK = timedelta(seconds=1)
#: So long ago an incident may have begun; what is older is no time that can be meant.
_OLDEST: Final = timedelta(days=30)
ALERTMANAGER = "Alertmanager"
PAGERDUTY = "PagerDuty"
#: The event of what was read in PagerDuty, and not told by it.
READ: Final = "read"
#: Firings, by fingerprint and beginning.
Firings = frozenset[tuple[str, datetime]]
_NONE: Firings = frozenset()


def returning(incident: Incident, group: Group) -> Firings:
    """The firings of a group that have ended here: told late, or they fire all the same."""
    known = (alert.firing for alert in group.firing if alert.fingerprint not in incident.alerts)
    return incident.seen.intersection(known)


def burning(incident: Incident, group: Group) -> Firings:
    """The firings of a group that an incident had when it was over: an echo of them, or they fire on."""
    if not incident.over:
        return _NONE
    return incident.seen.intersection(alert.firing for alert in group.firing if alert.fingerprint in incident.alerts)


def from_group(
    incident: Incident, group: Group, now: datetime, received: datetime | None = None, back: Firings = _NONE
) -> list[Event]:
    """What the alerts of a group change in an incident that is not over; nothing when it knows all of it.

    ``received`` is when the telling was stored: it may have waited. ``back``: those of ``returning`` that truly fire.
    """
    events: list[Event] = []
    new = tuple(alert for alert in group.firing if alert.firing not in incident.seen or alert.firing in back)
    if new:
        events.append(
            Fired(now, key=incident.key, alerts=new, received=received, url=group.url, left_out=group.truncated)
        )
    retold = tuple(alert for alert in group.firing if _says_more(incident, alert, received or now))
    if retold:
        events.append(Retold(now, alerts=retold, received=received))
    # What is told as ended counts for this very firing: a late telling of an earlier one ends nothing.
    known = {**incident.alerts, **{alert.fingerprint: alert for alert in new}}
    over = frozenset(
        alert.fingerprint
        for alert in group.ended
        if alert.fingerprint in known and alert.since >= known[alert.fingerprint].since
    )
    last = not known.keys() - over
    if last and group.truncated:
        return events  # others may fire that were left out: the next look sees whether any does
    if over:
        events.append(Cleared(now, alerts=over))
        if last:
            events.append(Resolved(now, via=ALERTMANAGER, because="all of its alerts have ended"))
    return events


def _says_more(incident: Incident, told: Alert, received: datetime) -> bool:
    """Whether an alert that fires here says something else now; where it was computed is nothing that it says.

    A telling that had to wait says what it said then.
    """
    known = incident.alerts.get(told.fingerprint)
    if known is None or known.firing != told.firing or received < incident.as_of[told.fingerprint]:
        return False
    return (known.summary, known.description) != (told.summary, told.description)


def worsens(incident: Incident, known: Meaning, new: Meaning) -> Meaning | None:
    """What an incident means since these alerts joined it, or say what they say now; ``None``: what it meant before.

    ``known`` is what was known of it. What a person has said of it counts until something fires, or becomes, worse than
    all of that.
    """
    worse = new.severity.value < min(known.severity.value, incident.severity.value)
    severity = new.severity if worse else incident.severity
    security = new.security and not incident.security
    return Meaning(severity, new.service, incident.security or security) if worse or security else None


def from_gone(incident: Incident, gone: frozenset[str], now: datetime) -> list[Event]:
    """What it changes in an incident that is not over that Alertmanager no longer has some of its alerts."""
    over = gone & incident.alerts.keys()
    if not over:
        return []
    events: list[Event] = [Cleared(now, alerts=over)]
    if not incident.alerts.keys() - over:
        events.append(Resolved(now, via=ALERTMANAGER, because="it no longer has any of its alerts"))
    return events


def begins(last: Incident | None, group: Group, now: datetime, back: Firings = _NONE) -> bool:
    """Whether a group opens an incident, when the last one of its key is over, or there was none.

    ``back``: those of ``returning`` that truly fire.
    """
    if last is None:
        return bool(group.firing)
    new = any(alert.firing not in last.seen or alert.firing in back for alert in group.firing)
    still = any(alert.fingerprint in last.alerts for alert in group.firing)
    over = last.resolved.at if last.resolved else now
    return new or (still and now - over >= ECHO)


def began_there(told: PageTold | Group, received: datetime, last: Incident | None = None) -> datetime:
    """When an incident that is told of began: as it is said where that can be, else when it was told.

    ``last``: the one before of its key, which was over by then.
    """
    over = last.resolved if last is not None else None
    said = (told.created, told.at) if isinstance(told, PageTold) else sorted(alert.since for alert in told.firing)
    may = (at for at in said if received - _OLDEST <= at <= received and (over is None or at > over.at))
    return next(may, received)


def paged(told: PageTold, now: datetime) -> Paged:
    """That PagerDuty has it as this."""
    return Paged(now, id=told.id, number=told.number, url=told.url, created=told.created)


def _current(page: Paged, told: PageTold) -> bool:
    """Whether this is told of the page that an incident has, or of one that came after it."""
    if told.id == page.id:
        return True
    # Of one second they are in the order of their numbers; an older release wrote down nothing else.
    made = page.created or told.created
    return (told.created, told.number) > (made, page.number)


def _of_another(incident: Incident, page: Paged, told: PageTold) -> bool:
    """Whether this says nothing of an incident: of the page that it had before, or of one that came and went since."""
    return not _current(page, told) or (incident.over and told.id != page.id and told.status == "resolved")


def not_followed(incident: Incident, told: PageTold) -> bool:
    """Whether it was given back here, and PagerDuty says that whoever had it before has it still."""
    given_back = incident.given_back if incident.stage is Stage.OPEN else None
    return given_back is not None and told.status == "acknowledged" and told.at < given_back - _TICK


def from_page(
    incident: Incident,
    told: PageTold,
    who: Who,
    rungs: Sequence[Rung],
    now: datetime,
) -> list[Event]:
    """What PagerDuty's telling changes in an incident; nothing when it is so already."""
    if incident.page is not None and _of_another(incident, incident.page, told):
        return []
    events: list[Event] = []
    if incident.page is None or incident.page.id != told.id or incident.missed:
        events.append(paged(told, now))
    stage = incident.stage
    late = incident.there is not None and told.at < incident.there
    # It was given back, or somebody else's, before who has it took it: what is told of that moment is late, too.
    taken = stage is Stage.TAKEN and incident.held_since is not None and told.at < incident.held_since
    if late or (taken and told.status != "resolved"):
        return events  # a telling that was late: what came of it is known already
    if not_followed(incident, told):
        return events
    over = incident.there or incident.opened
    match told.status:
        case "resolved" if stage is not Stage.OVER:
            events.append(Resolved(now, who, via=PAGERDUTY, since=told.at))
        case "acknowledged" if stage is Stage.OVER and told.at - over < _TICK:
            return events  # what came before its end, and is told late: its times are whole seconds where it was read
        case "acknowledged" if stage is Stage.OVER:
            events += [
                Reopened(
                    now,
                    who,
                    via=PAGERDUTY,
                    because="it was acknowledged there after it was resolved",
                    rungs=tuple(rungs),
                ),
                Acknowledged(now, who, via=PAGERDUTY, since=told.at),
            ]
        case "acknowledged" if stage is Stage.OPEN or who not in (BOT, incident.holder):
            events.append(Acknowledged(now, who, via=PAGERDUTY, since=told.at))
        case "triggered" if stage is Stage.TAKEN and incident.page is None:
            pass  # somebody took it here before PagerDuty had it: nobody gave it back, and it is told there
        case "triggered" if stage is Stage.TAKEN and incident.unpaged and told.event != "incident.unacknowledged":
            pass  # PagerDuty was never told that somebody has it
        case "triggered" if stage is Stage.TAKEN:
            events.append(
                Released(now, who, because="it was given back in PagerDuty", rungs=tuple(rungs), since=told.at)
            )
        case "triggered" if stage is Stage.OVER and told.event in ("incident.reopened", READ):
            because = "it was re-opened there"
            events.append(Reopened(now, who, via=PAGERDUTY, because=because, rungs=tuple(rungs), since=told.at))
    return events
