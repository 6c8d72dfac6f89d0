"""Alerts: what Alertmanager and PagerDuty tell by themselves, as plain values."""

import hashlib
from collections.abc import Mapping
from dataclasses import field
from datetime import datetime
from enum import Enum

from bot.domain.record import record


@record("severity")
class Severity(Enum):
    """How bad it is; the smaller the number, the worse."""

    P0 = "P0"
    P1 = "P1"
    P2 = "P2"
    P3 = "P3"

    @property
    def word(self) -> str:
        """A word for those who do not know the numbers."""
        return {"P0": "critical", "P1": "high", "P2": "medium", "P3": "low"}[self.value]

    def said(self, security: bool) -> str:
        """The number, its word, and that it is a matter of security where it is."""
        return f"{self.value}, {self.word}{', security' if security else ''}"


@record("alert")
class Alert:
    """A rule that holds for one set of labels, since a time: one firing of it."""

    fingerprint: str
    name: str
    since: datetime
    labels: Mapping[str, str]
    summary: str = ""
    description: str = ""
    runbook: str = ""
    #: The expression behind it, as a link.
    source: str = ""

    @property
    def firing(self) -> tuple[str, datetime]:
        """Names this firing: the same rule and labels later are another one."""
        return self.fingerprint, self.since


@record("alert-group")
class Group:
    """What an Alertmanager tells at once: the alerts of a group that fire, and those that have ended."""

    key: str
    receiver: str
    firing: tuple[Alert, ...]
    ended: tuple[Alert, ...]
    #: How many more there are that it did not tell.
    truncated: int = 0
    #: The labels by which it was grouped.
    labels: Mapping[str, str] = field(default_factory=dict)
    #: The Alertmanager's own address.
    url: str = ""
    #: Its name, where that alone is known, and no key: it was read, and not told.
    known_as: str = ""

    @property
    def name(self) -> str:
        """The SHA-256 of the key: what Alertmanager gives PagerDuty as its key (notify/pagerduty/pagerduty.go)."""
        return self.known_as or hashlib.sha256(self.key.encode("utf-8", "surrogatepass")).hexdigest()


@record("alerts-gone")
class Gone:
    """Alerts of an incident, by fingerprint, that Alertmanager no longer has: it was read, and not told."""

    incident: str
    alerts: frozenset[str]


@record("page-missing")
class NoPage:
    """PagerDuty has none of an open incident: it was read, and not told."""

    incident: str


@record("page-told")
class PageTold:
    """What PagerDuty tells of one of its incidents (webhooks v3)."""

    #: ``incident.acknowledged`` and the like.
    event: str
    id: str
    number: int
    url: str
    status: str
    title: str
    key: str
    created: datetime
    #: When it happened there.
    at: datetime
    #: Who did it: the id of a user, and the name; empty when no person did.
    by: str = ""
    by_name: str = ""
    urgency: str = ""


@record("note-told")
class NoteTold:
    """A note that was written to an incident in PagerDuty (webhooks v3)."""

    #: The id of the note, and of its incident.
    id: str
    page: str
    words: str
    #: When it was written there.
    at: datetime
    #: Who wrote it: the id of a user, empty when no person did; and the name, empty when nobody is known.
    by: str = ""
    by_name: str = ""
    #: Only the beginning of it was told.
    trimmed: bool = False


@record("told-in-vain")
class Vain:
    """What an outside told, and proved, from which nothing follows here: kept for who asks why nothing did."""

    #: Who told it: ``Alertmanager`` or ``PagerDuty``.
    source: str
    #: Why nothing follows, as a sentence.
    because: str
    #: What it said, in a line: without secrets, and cut.
    words: str = ""
