"""PagerDuty: incidents as it has them, who is on call, and what can be done to an incident.

Every change names who makes it (``as_``, the e-mail address of a user of PagerDuty): it is sent as ``From``.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar, Final

from bot.domain.alert import NoteTold, PageTold
from bot.domain.record import record
from bot.domain.verb import Change, Check, Question
from bot.world.reading import UNTOLD, Mask, as_is, line, moment, number, table, text

#: As people and ``bot.world.bot.Unconfigured`` call it.
NAME: Final = "PagerDuty"
#: So much earlier than here an incident may have begun there: clocks differ.
_EARLIER: Final = timedelta(minutes=1)
#: The events that tell how an incident stands (webhooks v3).
_TELLING: Final = frozenset(
    f"incident.{each}"
    for each in (
        "triggered", "acknowledged", "unacknowledged", "resolved", "reopened", "escalated", "delegated", "reassigned",
        "priority_updated", "service_updated", "incident_type.changed",
    )
)  # fmt: skip
_NOTED: Final = "incident.annotated"
_ID: Final = re.compile(r"[A-Za-z0-9]{1,64}")
_KEY_MOST: Final = 255  # characters, as PagerDuty has it
_NOTE_MOST: Final = 2000  # characters of a note of ours


class Status(Enum):
    """The only three that there are."""

    TRIGGERED = "triggered"
    ACKNOWLEDGED = "acknowledged"
    RESOLVED = "resolved"


@dataclass(frozen=True)
class User:
    """Somebody whom PagerDuty knows."""

    id: str
    name: str
    email: str


@dataclass(frozen=True)
class Page:
    """An incident of PagerDuty, as it was read."""

    id: str
    number: int
    url: str
    status: Status
    title: str
    #: ``incident_key``: for what an Alertmanager sent, the SHA-256 of its group key.
    key: str
    created: datetime
    assignees: tuple[User, ...] = ()
    #: Who acknowledged it last, and when; ``None`` when nobody has it now.
    holder: User | None = None
    held_since: datetime | None = None
    #: All who acknowledged it and have it now, the holder last: PagerDuty lets several have one.
    holders: tuple[User, ...] = ()
    #: Who resolved it (``None``: the integration did, or it is not), and when.
    resolver: User | None = None
    resolved_at: datetime | None = None
    level: int = 1

    def since(self, opened: datetime) -> bool:
        """Whether it may be of what began then: what is over and began before was of an earlier time.

        An alert that comes again has the same key.
        """
        return self.status is not Status.RESOLVED or self.created >= opened - _EARLIER

    def told(self, event: str, read: datetime) -> PageTold:
        """This, as a webhook would tell it: of when it became so, or of when it was read where that is not known."""
        who, at = {
            Status.TRIGGERED: (None, read),
            Status.ACKNOWLEDGED: (self.holder, self.held_since or read),
            Status.RESOLVED: (self.resolver, self.resolved_at or read),
        }[self.status]
        return PageTold(
            event, self.id, self.number, self.url, self.status.value, self.title, self.key, self.created, at,
            who.id if who else "", who.name if who else "",
        )  # fmt: skip


@dataclass(frozen=True)
class Duty:
    """Who is on call on one level of an escalation policy, and until when."""

    level: int
    schedule: str
    user: User
    until: datetime | None = None


@record("pagerduty.page-of")
class PageOf(Question[Page | None]):
    """An incident by its id; or, without one, the newest by its key, open ones first. ``None``: there is none."""

    id: str = ""
    key: str = ""


@record("pagerduty.open-pages")
class OpenPages(Question[frozenset[str]]):
    """The ids of the incidents that are not resolved there, the newest 500."""


@record("pagerduty.user-of")
class UserOf(Question[User]):
    """The user of an e-mail address, or of an id. Refused when PagerDuty knows nobody with it."""

    email: str = ""
    id: str = ""


@record("pagerduty.own-user")
class OwnUser(Question[User]):
    """The user that the bot acts as when no person asked (``PAGERDUTY_FROM``). Refused when none is configured."""


@record("pagerduty.on-call")
class OnCall(Question[tuple[Duty, ...]]):
    """Who is on call at a time, by level; ``None``: now."""

    at: datetime | None = None


class PageChange(Change):
    """A change of one incident. Nothing of the platform is changed by it, so a pause does not hold it up."""

    outside: ClassVar[bool] = False
    #: What of it is changed: two runs may change different things of one incident at once.
    facet: ClassVar[str] = "state"
    id: str
    as_: str

    @property
    def touches(self) -> str:
        return f"{self.facet} of PagerDuty incident {self.id}"


@record("pagerduty.acknowledge")
class Acknowledge(PageChange):
    """The incident is acknowledged, and ``user`` has it. Refused when it is resolved, since that would re-open it.

    When it was resolved between the look and the change, it is resolved again, and that is the refusal.
    """

    facet: ClassVar[str] = "holder"

    id: str
    as_: str
    #: The id of the user.
    user: str

    def __str__(self) -> str:
        return "Acknowledge it in PagerDuty"


@record("pagerduty.resolve")
class Resolve(PageChange):
    """The incident is resolved; or it is no longer that of ``of``, whose end it was to be told.

    PagerDuty may have been away for long: what came again meanwhile has the same incident there.
    """

    id: str
    as_: str
    #: The incident of the bot that is over; empty in what older releases planned: whichever has it.
    of: str = ""
    #: When it was said to be over: what was opened again after that stays open.
    said: datetime | None = None

    def __str__(self) -> str:
        return "Resolve it in PagerDuty"


@record("pagerduty.escalate-to")
class EscalateTo(PageChange):
    """The incident is on this level of its escalation policy, or above; or it is over."""

    facet: ClassVar[str] = "level"

    id: str
    as_: str
    level: int
    #: Who has taken it since then keeps it, and it stays on its level: PagerDuty may have been away for long.
    unless_taken: datetime | None = None

    def __str__(self) -> str:
        return f"Escalate it in PagerDuty to level {self.level}"


@record("pagerduty.assign")
class Assign(PageChange):
    """These users are among those whom the incident is assigned to, or it is over; whoever has it keeps it."""

    facet: ClassVar[str] = "people"

    id: str
    as_: str
    users: frozenset[str]

    def __str__(self) -> str:
        return "Add them to the incident in PagerDuty"


@record("pagerduty.release")
class Release(PageChange):
    """Nobody has the incident any more: it is triggered again, within two minutes, and pages.

    Who has taken it meanwhile keeps it: PagerDuty may have been away for long.
    """

    facet: ClassVar[str] = "holder"

    id: str
    as_: str
    #: Whose it was, by e-mail address or id; empty: whoever has it.
    whose: str = ""

    def __str__(self) -> str:
        return "Give it back in PagerDuty, so that it pages again"


@record("pagerduty.note")
class Note(PageChange):
    """The incident has a note with exactly these words."""

    facet: ClassVar[str] = "notes"

    id: str
    as_: str
    words: str

    def __str__(self) -> str:
        return "Add the note in PagerDuty"


def signed(name: str, words: str) -> str:
    """What somebody said here as a note there, where the bot writes it: with their name, and cut."""
    return f"{name}: {words}"[:_NOTE_MOST]


@record("pagerduty.held")
class Held(Check):
    """The incident is acknowledged and this user has it, read back. Broken when it was resolved meanwhile."""

    id: str
    #: The id of the user, and the name that people know.
    user: str
    name: str

    def __str__(self) -> str:
        return f"PagerDuty shows that {self.name} has it"


def told_of(body: object, mask: Mask = as_is) -> PageTold | NoteTold:
    """What a webhook v3 tells: of an incident, or of a note. Raises ``ValueError`` as ``page_of`` and ``note_of``."""
    event = table(table(body).get("event"))
    return note_of(event, mask) if text(event.get("event_type")) == _NOTED else page_of(body, mask)


def note_of(event: Mapping[str, Any], mask: Mask = as_is) -> NoteTold:
    """What the event of a webhook v3 tells of a note. ``mask`` takes secrets out of its words.

    Raises ``ValueError`` with a sentence when there are no words in it, or it or its incident has no id.
    """
    data = table(event.get("data"))
    id_, page, words = (
        text(data.get("id")),
        text(table(data.get("incident")).get("id")),
        text(data.get("content"), mask),
    )
    if data.get("type") != "incident_note" or not words.strip():
        raise ValueError("It is a note without words.")
    if not (_ID.fullmatch(id_) and _ID.fullmatch(page)):
        raise ValueError("PagerDuty tells of a note without its id or its incident's, or with one that is none.")
    agent = table(event.get("agent"))
    return NoteTold(
        id_, page, words.strip(), moment(event.get("occurred_at")) or UNTOLD, _user(agent),
        line(text(agent.get("summary"), mask)), data.get("trimmed") is True,
    )  # fmt: skip


def page_of(body: object, mask: Mask = as_is) -> PageTold:
    """What a webhook v3 tells of an incident. ``mask`` takes secrets out of its words.

    Raises ``ValueError`` with a sentence when it is no object with an event, when it says nothing of an incident's
    state (``pagey.ping``, events of services, of responders and of workflows, and what is not
    known), and when it tells of an incident without an id.
    """
    event = table(body).get("event")
    if not isinstance(event, dict):
        raise ValueError('This is no webhook of PagerDuty: it is no object with an "event".')
    kind, data = text(event.get("event_type")), table(event.get("data"))
    status = text(data.get("status"))
    if kind not in _TELLING or data.get("type") != "incident" or status not in {one.value for one in Status}:
        raise ValueError("It says nothing of how an incident stands.")
    id_, created = text(data.get("id")), moment(data.get("created_at"))
    if not _ID.fullmatch(id_):
        raise ValueError("PagerDuty tells of an incident without its id, or with one that is none.")
    agent = table(event.get("agent"))
    return PageTold(
        event=kind,
        id=id_,
        number=number(data.get("number")),
        url=text(data.get("html_url"), mask),
        status=status,
        title=line(text(data.get("title"), mask)) or "an incident without a title",
        key=_key(data.get("incident_key")),
        created=created or UNTOLD,
        at=moment(event.get("occurred_at")) or created or UNTOLD,
        by=_user(agent),
        by_name=text(agent.get("summary")) if _is_person(agent) else "",
        urgency=text(data.get("urgency")),
    )


def _is_person(agent: Mapping[str, Any]) -> bool:
    return agent.get("type") in ("user_reference", "user")


def _user(agent: Mapping[str, Any]) -> str:
    """The id of who did it, where a person did."""
    by = text(agent.get("id")) if _is_person(agent) else ""
    return by if _ID.fullmatch(by) else ""


def _key(told: object) -> str:
    """Its key; of one that is longer than PagerDuty's may be, the SHA-256: it is a name in the database."""
    key = text(told)
    return key if len(key) <= _KEY_MOST else hashlib.sha256(str(told).encode("utf-8", "replace")).hexdigest()
