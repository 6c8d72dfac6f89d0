"""The stops of an alert on its way to people, from what is written down of it. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from bot.domain.event import Begotten, Event
from bot.domain.incident import Incident
from bot.domain.incident_event import Acknowledged, Assessed, Escalated, Fired, Noted, Released, Resolved
from bot.domain.report import CaseId, Code, Inline, Link, Moment
from bot.domain.request import Place
from bot.engine.incident_teller import card_keys
from bot.engine.rows import alert_name
from bot.ports import Delivery
from bot.world.incidents import Stop
from bot.world.reading import UNTOLD

NOT_YET: Final = "not yet"


@dataclass(frozen=True)
class Told:
    """What is written down of an alert."""

    incident: Incident
    events: tuple[Event, ...]
    #: Which of the events told of it.
    at: int
    #: Its name; empty: the incident as a whole is meant.
    name: str
    #: How far what was said of it has come, by the key.
    sayings: Mapping[str, Delivery]

    @property
    def fired(self) -> Fired:
        event = self.events[self.at]
        assert isinstance(event, Fired)  # noqa: S101 - an incident begins with one, and others are chosen as such
        return event

    @property
    def not_yet(self) -> str:
        """What is said of a stop that was not reached: of an incident that is over it never will be."""
        return "it was not, before it was over" if self.incident.over else NOT_YET


def line_key(incident: Incident, at: int) -> str:
    """The key of the line of the timeline that tells of the event ``at``."""
    return f"line:{incident.id}:{at + 1}"


def stops(told: Told) -> tuple[Stop, ...]:
    """Every stop in its order, those too that were not reached."""
    return (
        _began(told), _received(told), _grouped(told), _queued(told), *_posted(told), _paged(told), _seen(told),
        _acknowledged(told), _resolved(told),
    )  # fmt: skip


def _began(told: Told) -> Stop:
    alerts = [each for each in told.fired.alerts if not told.name or alert_name(each.name) == alert_name(told.name)]
    times = [each.since for each in alerts if each.since != UNTOLD]
    if not alerts:
        fired = told.fired
        there = fired.at if fired.received is not None and fired.at < fired.received else None
        return Stop("Began", there, ("no alert of it was told: PagerDuty alone has it",))
    if not times:
        return Stop("Began", None, ("the alert itself does not say when",))
    before = told.incident.before
    earlier: tuple[Inline, ...] = ()
    if before is not None and min(times) < before.at:  # it was received then; this time only that it goes on
        earlier = ("; it fired as ", CaseId(before.id), " until ", Moment(before.at, date=True))
    return Stop("Began", min(times), ("by what the alert itself says", *earlier))


def _received(told: Told) -> Stop:
    by = "PagerDuty" if told.fired.source == "pagerduty" else "Alertmanager"
    if told.fired.received is None:
        return Stop("Received", None, ("when is not known: an older release of the bot wrote it down",))
    return Stop("Received", told.fired.received, (f"by webhook from {by}",))


def _grouped(told: Told) -> Stop:
    incident = told.incident
    count, firing = len(incident.seen), len(incident.alerts)
    now = "" if incident.over else f", {firing} of them firing"
    of = f"{count} {'alert' if count == 1 else 'alerts'} of its group so far{now}"
    into: tuple[Inline, ...] = ("into ", CaseId(incident.id), f" ({incident.severity.value} {incident.title}): {of}")
    if told.at:
        into = (*into, "; the incident was there since ", Moment(incident.opened, date=True))
    return Stop("Grouped", max(told.fired.at, told.fired.received or told.fired.at), into)


def _queued(told: Told) -> Stop:
    saying = told.sayings.get(line_key(told.incident, told.at))
    if saying is None and not told.at:  # PagerDuty tells of no alerts, so no line does: only the card
        saying = told.sayings.get(card_keys(told.incident)[0])
    if saying is None:
        return Stop("Queued", None, ("what was to be said of it is kept no longer",))
    return Stop("Queued", saying.created, ("to be said",))


def _posted(told: Told) -> Iterator[Stop]:
    if told.at:
        line = told.sayings.get(line_key(told.incident, told.at))
        if line is not None:
            yield _delivered(line, "as a line in the thread of the card, ", told.incident.places[0])
    what = "its card, " if told.at else ""
    for key, place in zip(card_keys(told.incident), told.incident.places, strict=True):
        saying = told.sayings.get(key)
        if saying is None:
            yield Stop("Posted", None, (f"{what}in {place.channel}: what was said is kept no longer",))
        else:
            yield _delivered(saying, what, place)


def _delivered(saying: Delivery, what: str, place: Place) -> Stop:
    """One place of it, or why it is not there yet."""
    where = saying.moved.channel if saying.moved is not None else place.channel
    elsewhere = where != place.channel
    instead = f" instead of {place.channel}, which did not take it: {saying.because or 'why is not known'}"
    anew = f" anew: {saying.because}" if saying.moved is not None and not elsewhere else ""
    spot = f"{what}in {where}{instead if elsewhere else anew}"
    if saying.ts:
        redraw = f"; it cannot be drawn anew now: {saying.trouble}" if saying.trouble else ""
        at, message = datetime.fromtimestamp(float(saying.ts), UTC), (saying.channel, saying.ts)
        return Stop("Posted", at, (spot + redraw,), elsewhere, message)
    if saying.dropped:
        return Stop("Posted", None, (f"{spot}: it is not said there: {saying.trouble}",), trouble=True)
    if saying.trouble:
        return Stop("Posted", None, (f"{NOT_YET}, {spot}: {saying.trouble.rstrip('.')}; it is tried again at ",
            Moment(saying.due, date=True)), trouble=True)  # fmt: skip
    return Stop("Posted", None, (f"{NOT_YET}, {spot}: its turn comes",), elsewhere)


def _paged(told: Told) -> Stop:
    page = told.incident.page
    if page is None:
        return Stop("PagerDuty", None, ("PagerDuty has told nothing of it",))
    number: Inline = Link(f"#{page.number}", page.url) if page.url else f"#{page.number}"
    return Stop("PagerDuty", page.at, ("has it as incident ", number))


def _seen(told: Told) -> Stop:
    """The first that a person did with it, since nothing else shows that somebody has seen it."""
    nobody = "Slack tells a bot nothing of who has read a message"
    for event in told.events[told.at :]:
        did = _did(event)
        if event.by.id and did is not None:
            return Stop("Seen", event.at, (f"at the latest: {event.by.name} ", *did, f"; {nobody}"))
    return Stop("Seen", None, (f"nobody has done anything with it that I know of, and {nobody}",))


def _did(event: Event) -> tuple[Inline, ...] | None:
    match event:
        case Acknowledged(via=via):
            return (f"acknowledged it{_in(via)}",)
        case Noted():
            return ("wrote to its timeline",)
        case Assessed(severity=severity):
            return (f"set its severity to {severity.value}",)
        case Escalated():
            return ("called others to it",)
        case Begotten(words=words):
            return ("asked for ", Code(words[:200]))
        case Released() | Resolved():
            return ("gave it back" if isinstance(event, Released) else f"resolved it{_in(event.via)}",)
    return None


def _acknowledged(told: Told) -> Stop:
    incident = told.incident
    taken = next((event for event in told.events if isinstance(event, Acknowledged)), None)
    if taken is None:
        return Stop("Acknowledged", None, (told.not_yet,))
    now = ""
    if incident.holder is None and not incident.over:
        now = "; nobody has it any more"
    elif incident.holder is not None and incident.holder.id != taken.by.id:
        now = (
            f"; {incident.holder.name} has it now"
            if not incident.over
            else f"; {incident.holder.name} had it at the end"
        )
    return Stop("Acknowledged", taken.since or taken.at, (f"by {taken.by.name}{_in(taken.via) or ' here'}{now}",))


def _resolved(told: Told) -> Stop:
    over = told.incident.resolved
    if over is None:
        return Stop("Resolved", None, (NOT_YET,))
    by = f"by {over.by.name}" if over.by.id else "by itself"
    why = told.incident.cause or over.because
    because = f": {why}" if why else ""
    return Stop("Resolved", over.since or over.at, (f"{by}{_in(over.via)}{because}",))


def _in(via: str) -> str:
    return f" in {via}" if via else ""
