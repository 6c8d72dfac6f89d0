"""What happens to an incident, as past participles; the journal holds nothing else of it."""

from datetime import datetime

from bot.domain.alert import Alert, Severity
from bot.domain.event import Event
from bot.domain.person import Who
from bot.domain.record import record
from bot.domain.request import NOWHERE, Place


@record("rung")
class Rung:
    """A step of the ladder: at this time, unless somebody has it by then (or it is over), these are told."""

    at: datetime
    roles: frozenset[str]
    because: str
    #: The level of PagerDuty's escalation policy; 0: they are added to those who have it already.
    level: int = 0
    #: It is left out when somebody has acknowledged the incident.
    unless_taken: bool = False


@record("incident.before")
class Before:
    """The incident that the same alerts had before: how it ended, and when."""

    id: str
    by: Who
    via: str
    at: datetime


@record("incident.fired")
class Fired(Event):
    """Alerts began to fire. The first of these opens the incident; later ones add to it."""

    #: The name by which the outside knows it: of an alert group, the SHA-256 of its key.
    key: str = ""
    source: str = ""
    title: str = ""
    #: The service of the catalogue; empty: the platform as a whole.
    service: str = ""
    alerts: tuple[Alert, ...] = ()
    #: Where its cards stand. The first has the timeline.
    places: tuple[Place, ...] = (NOWHERE,)
    #: When the telling of it was stored; ``None`` in what older releases wrote down.
    received: datetime | None = None
    #: Where they fire again soon.
    before: Before | None = None
    #: The address of the Alertmanager that told it; empty in what older releases wrote down.
    url: str = ""
    #: How many more there were that its telling left out, and that were not known then.
    left_out: int = 0


@record("incident.retold")
class Retold(Event):
    """Alerts that fire on say something else now: another value. Only what people see, or what is worse, is written."""

    alerts: tuple[Alert, ...] = ()
    #: When the telling of it was stored; ``None`` in what older releases wrote down.
    received: datetime | None = None


@record("incident.cleared")
class Cleared(Event):
    """Alerts have ended, by fingerprint."""

    alerts: frozenset[str] = frozenset()


@record("incident.assessed")
class Assessed(Event):
    """How bad it is, and so who is told when."""

    severity: Severity = Severity.P3
    because: str = ""
    #: A matter of security.
    security: bool = False
    rungs: tuple[Rung, ...] = ()
    #: Further places for its card.
    places: tuple[Place, ...] = ()
    #: The run that said so; and the one whose word this takes back. "" in what older releases wrote down.
    run: str = ""
    takes_back: str = ""


@record("incident.paged")
class Paged(Event):
    """PagerDuty has it too, under this id."""

    id: str = ""
    number: int = 0
    url: str = ""
    #: When it was made there; ``None`` in what older releases wrote down.
    created: datetime | None = None


@record("incident.unpaged")
class Unpaged(Event):
    """PagerDuty is not told what is done here: it is not configured."""

    because: str = ""


@record("incident.missed")
class Missed(Event):
    """PagerDuty was asked, and has none of it, though it should."""


@record("incident.acknowledged")
class Acknowledged(Event):
    """Somebody has it. ``via`` says where they said so; ``since`` is the time there, in this and the next ones."""

    via: str = ""
    since: datetime | None = None


@record("incident.released")
class Released(Event):
    """Nobody has it any more; ``rungs`` are all that is left of the ladder, or begins anew."""

    because: str = ""
    rungs: tuple[Rung, ...] = ()
    since: datetime | None = None


@record("incident.climbed")
class Climbed(Event):
    """The time of a rung of the ladder has come: its escalation was asked for, as ``case``; or it was left out."""

    rung: int = 0
    case: str = ""


@record("incident.escalated")
class Escalated(Event):
    """Further people were told."""

    roles: frozenset[str] = frozenset()
    people: tuple[Who, ...] = ()
    because: str = ""
    #: The run that called them; "" in what older releases wrote down.
    run: str = ""


@record("incident.nudged")
class Nudged(Event):
    """Whoever has it was asked whether they are still at it."""

    #: Until when they have to answer; ``None`` in what older releases wrote down: fifteen minutes.
    until: datetime | None = None


@record("incident.noted")
class Noted(Event):
    """Somebody wrote something down, or said that they are still at it (no words)."""

    words: str = ""
    #: The run that wrote it down.
    run: str = ""
    #: It says why it is over; by then it was.
    ends: bool = False
    #: When it was said; ``None`` in what older releases wrote down.
    said: datetime | None = None
    #: Where, if not here.
    via: str = ""


@record("incident.resolved")
class Resolved(Event):
    """It is over. ``via`` says where; ``because`` what was said of it."""

    via: str = ""
    because: str = ""
    since: datetime | None = None


@record("incident.reopened")
class Reopened(Event):
    """It is not over after all; the ladder begins anew with ``rungs``. Older releases wrote none: it went on."""

    via: str = ""
    because: str = ""
    since: datetime | None = None
    rungs: tuple[Rung, ...] = ()


@record("incident.written")
class Written(Event):
    """The incident document was made; ``review`` is when its post-mortem is held, if it needs one."""

    review: datetime | None = None
    #: The run that made it: it may be made again.
    run: str = ""
    #: When the document was written that it takes the place of; ``None``: it is the first, or an older release's.
    replaces: datetime | None = None
    #: Why it was written anew, where that was said.
    because: str = ""


@record("incident.reminded")
class Reminded(Event):
    """Who had it was reminded of the post-mortem."""
