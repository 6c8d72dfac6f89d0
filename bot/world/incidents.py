"""The bot's own incidents: what it knows of them, and what a person or the clock makes of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, NewType

from bot.domain.alert import Alert, Severity
from bot.domain.incident import Incident
from bot.domain.person import BOT, Person, Who
from bot.domain.record import record
from bot.domain.report import Inline
from bot.domain.verb import Change, Check, Question
from bot.world import alertmanager, pagerduty
from bot.world.pagerduty import Page

__all__ = [
    "MOST",
    "Alert",
    "Assess",
    "Call",
    "End",
    "HoldersOf",
    "Id",
    "Incident",
    "IncidentChange",
    "IncidentOf",
    "Incidents",
    "KnownAs",
    "PageFor",
    "Release",
    "Roles",
    "Severity",
    "Stop",
    "Take",
    "Way",
    "WayOf",
    "WriteDown",
    "WriteUp",
    "ending",
]


#: What an incident is called, as an argument: whatever is of another shape is not taken for one.
Id = NewType("Id", str)

#: Roles of ``config/``, as an argument: several may be named, and none that there is not.
Roles = NewType("Roles", frozenset[str])

#: So many incidents are listed at most.
MOST = 200


@record("incidents.incident-of")
class IncidentOf(Question[Incident]):
    """An incident by its id; without one, the newest that is open (or over, for ``over``). Refused: there is none."""

    id: str = ""
    over: bool = False


@record("incidents.incidents")
class Incidents(Question[tuple[Incident, ...]]):
    """Incidents, newest first and ``MOST`` at most: those that are open, or also all that began since a time.

    ``today``: since that day began, in the zone of ``config/``.
    """

    since: datetime | None = None
    today: bool = False


@record("incidents.page-for")
class PageFor(Question[Page | None]):
    """How PagerDuty has an incident of the bot. ``None``: it has none of it, or is not configured.

    One that was resolved before the incident began is of an earlier time: an alert that comes again has the same key.
    While that alert's incident is open, the page is its own, and no longer that of the incident before.
    """

    id: str


@record("incidents.known-as")
class KnownAs(Question[str]):
    """The id that PagerDuty has told for an incident of the bot; empty: none so far, or it is not configured."""

    id: str


@record("incidents.holders-of")
class HoldersOf(Question[tuple[Person, ...]]):
    """The people who hold one of the roles now: by PagerDuty's schedules for those on call, else by ``config/``."""

    roles: frozenset[str]


@dataclass(frozen=True)
class Stop:
    """A station of an alert on its way to people."""

    what: str
    #: When it was there; ``None``: it was not, or nobody knows when.
    at: datetime | None
    detail: tuple[Inline, ...] = ()
    #: Something is, or was, in its way.
    trouble: bool = False
    #: Channel and timestamp of the message that it is, where it is one.
    message: tuple[str, str] | None = None


@dataclass(frozen=True)
class Way:
    """What became of an alert, from its beginning to its end; without stops nothing is known of it."""

    stops: tuple[Stop, ...] = ()
    #: ``None``: it was received, and nothing was made of it yet.
    incident: Incident | None = None
    #: No alert is called so: it was found by the words of its title.
    by_words: bool = False
    #: Where it is, or should be, as ``config/`` names the channels.
    channels: tuple[str, ...] = ()


@record("incidents.way-of")
class WayOf(Question[Way]):
    """The way of the newest alert of this name, whatever its case; or of an incident, by its id or words of its title.

    Refused: there is no incident of that id.
    """

    name: str


class IncidentChange(Change):
    """A change of one incident, in the bot's own books."""

    outside: ClassVar[bool] = False
    facet: ClassVar[str] = "state"
    id: str

    @property
    def touches(self) -> str:
        return f"{self.facet} of incident {self.id}"


@record("incidents.take")
class Take(IncidentChange):
    """This person has it."""

    facet: ClassVar[str] = "holder"

    id: str
    who: Who

    def __str__(self) -> str:
        return f"Note that {self.who.name} has it"


@record("incidents.release")
class Release(IncidentChange):
    """Nobody has it any more."""

    facet: ClassVar[str] = "holder"

    id: str
    because: str
    #: Who gave it back; the bot, where it was taken from somebody who was silent.
    who: Who = BOT

    def __str__(self) -> str:
        return "Note that nobody has it any more"


@record("incidents.call")
class Call(IncidentChange):
    """These people are told of it, because of this."""

    facet: ClassVar[str] = "people"

    id: str
    roles: frozenset[str]
    people: tuple[Who, ...]
    because: str
    #: The run that calls them: the same people may be called twice because of the same.
    run: str = ""
    #: Who asked for it.
    who: Who = BOT

    @property
    def touches(self) -> str:
        return f"{', '.join(sorted(self.roles))} of incident {self.id}"

    def __str__(self) -> str:
        return f"Tell {', '.join(who.name for who in self.people) or 'nobody'}"


@record("incidents.assess")
class Assess(IncidentChange):
    """It has this severity."""

    facet: ClassVar[str] = "severity"

    id: str
    severity: Severity
    who: Who
    because: str
    #: The run that says so; "" in what older releases planned.
    run: str = ""
    #: The run whose word this takes back: it was a mistake, and the incident never was as bad as that.
    takes_back: str = ""

    def __str__(self) -> str:
        return f"Set the severity to {self.severity.value}"


@record("incidents.write-down")
class WriteDown(IncidentChange):
    """Its timeline has these words of this person; no words: they are still at it."""

    facet: ClassVar[str] = "notes"

    id: str
    who: Who
    words: str
    #: The run that wrote it: the same words may be written twice.
    run: str
    #: When they were said: it may have to wait until it is written.
    said: datetime | None = None

    @property
    def touches(self) -> str:
        return f"note {self.run} of incident {self.id}"

    def __str__(self) -> str:
        return "Write it into the timeline" if self.words else "Note that they are still at it"


@record("incidents.write-up")
class WriteUp(IncidentChange):
    """Its document has been written by this run."""

    facet: ClassVar[str] = "document"

    id: str
    who: Who
    run: str
    #: Why it is written, where that was said.
    because: str = ""

    def __str__(self) -> str:
        return "Write the incident document into the thread"


@record("incidents.end")
class End(IncidentChange):
    """It is over, unless it was opened again after it was ``said`` to be."""

    facet: ClassVar[str] = "end"

    id: str
    who: Who
    because: str
    #: ``None`` in what older releases planned.
    said: datetime | None = None

    def __str__(self) -> str:
        return "Note that it is over"


def ending(verb: Change | Check) -> tuple[str, datetime | None]:
    """Of which incident it is the end, and when that was said; ("", None) where it is no end of one.

    An end waits while an outside is away: what was opened again meanwhile is no longer meant.
    """
    match verb:
        case End(id=of, said=said) | pagerduty.Resolve(of=of, said=said):
            return of, said
        case alertmanager.End(of=of, said=said) | alertmanager.Ended(of=of, said=said):
            return of, said
    return "", None
