"""Where an incident stands: what it is made of, and what follows from that alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from bot.domain.alert import Alert, Severity
from bot.domain.event import Begotten, Event
from bot.domain.incident_event import (
    Before,
    Escalated,
    Noted,
    Paged,
    Resolved,
    Rung,
    Written,
)
from bot.domain.person import BOT, Who
from bot.domain.request import NOWHERE, Place, Request, incident_id

#: How long somebody who has it may be silent before they are asked, and how long they have to answer.
SILENT = timedelta(hours=1)
ANSWER = timedelta(minutes=15)
#: Who is called when nobody of the ladder is left.
_OTHERWISE = frozenset({"engineering-manager"})


#: How the names begin under which it is noted why it ended. What was said of an earlier end is not said of this one.
ENDING = "end "


class Stage(Enum):
    """Where an incident is in its life: PagerDuty's three words for it."""

    OPEN = "triggered"
    TAKEN = "acknowledged"
    OVER = "resolved"


@dataclass(frozen=True)
class IncidentState:
    """Where an incident is, and what follows from that alone. How it gets there is in ``bot.domain.incident``."""

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
    #: The address of the Alertmanager that told its newest firing first, by fingerprint.
    told_by: Mapping[str, str] = field(default_factory=dict)
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
    #: Who had it last, and until when: until it was given back, or over and then opened again.
    last_had: tuple[Who, datetime] | None = None
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
    #: Why it is over, as somebody said who did not resolve it.
    explained: Noted | None = None
    #: Which one the same alerts had, not long ago.
    before: Before | None = None
    written: Written | None = None
    #: When its document was written last, also before it was opened again.
    document: datetime | None = None
    #: Whether nothing was noted of it since.
    documented: bool = False
    reminded: bool = False
    children: tuple[Begotten, ...] = ()
    last: Event | None = None
    #: When its card is to be drawn: at once, or a little later when only numbers have moved.
    drawn: datetime | None = None

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
        if self.explained is not None:
            return self.explained.words
        return self.resolved.because if self.resolved is not None and self.resolved.by.id else ""

    @property
    def owner(self) -> Who | None:
        """Whose it is to look back at it: of who had it, else of who resolved it, else of who had it before."""
        over = self.resolved
        return (
            self.holder
            or (over.by if over is not None and over.by.id else None)
            or (self.last_had[0] if self.last_had else None)
        )

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
    return f"{ENDING}{who.id} {because}"
