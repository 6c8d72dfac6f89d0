"""Alertmanager: the alerts that it has, and ending them."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from bot.domain.alert import Alert, Group
from bot.domain.record import record
from bot.domain.verb import Change, Check, Question
from bot.world.reading import UNTOLD, Mask, as_is, line, moment, number, rows, table, text, words


@record("alertmanager.firing")
class Firing(Question[tuple[Alert, ...]]):
    """The alerts that are active now and carry all of these labels; of all, when there are none."""

    labels: tuple[tuple[str, str], ...] = ()
    #: Only those that somebody is told of: neither silenced, nor inhibited, nor muted.
    told: bool = False
    #: Only those that this receiver is told of; empty: whichever.
    receiver: str = ""


@dataclass(frozen=True)
class Active:
    """An alert that is active, and whom Alertmanager tells of it."""

    alert: Alert
    #: How many silences, other alerts and times of its route keep it from being told.
    silenced: int
    inhibited: int
    muted: int
    #: The names of the receivers of its route.
    receivers: tuple[str, ...]

    @property
    def told(self) -> bool:
        """Whether anybody is told of it."""
        return not (self.silenced or self.inhibited or self.muted)


@record("alertmanager.active-named")
class ActiveNamed(Question[tuple[Active, ...]]):
    """The alerts of a name that are active now, whatever its case; the oldest first."""

    name: str


@record("alertmanager.end")
class End(Change):
    """None of these alerts is active: each is ended now. One whose rule still holds fires again within a minute.

    Or they are no longer those of ``of``, whose end it was to be told: what goes before it may have waited for long.
    """

    outside: ClassVar[bool] = False

    alerts: tuple[Alert, ...]
    #: The incident of the bot that is over; empty in what older releases planned: whichever has them.
    of: str = ""
    #: When it was said to be over: what was opened again after that fires on.
    said: datetime | None = None

    @property
    def touches(self) -> str:
        return f"alerts {', '.join(sorted(alert.fingerprint for alert in self.alerts))}"

    def __str__(self) -> str:
        count = len(self.alerts)
        return f"End {count} {'alert' if count == 1 else 'alerts'} in Alertmanager"


@record("alertmanager.ended")
class Ended(Check):
    """None of these alerts, as they began, is active any more; or they are no longer those of ``of``, as ``End``."""

    alerts: tuple[Alert, ...]
    of: str = ""
    said: datetime | None = None

    def __str__(self) -> str:
        return "Alertmanager shows none of them"


def group_of(body: object, mask: Mask = as_is) -> Group:
    """What the body of a webhook (version "4") tells. ``mask`` takes secrets out of all that it keeps, but the key.

    Whatever else is missing or of a wrong kind is left out. An alert without a status has that of the group, and fires
    when that has none either; one of a status that is not known is left out. Raises ``ValueError`` with a sentence when
    it is no object with a list of alerts, and when the status of none of them is known.
    """
    told = table(body)
    if not isinstance(told.get("alerts"), list):
        raise ValueError('This is no webhook of an Alertmanager: it is no object with a list of "alerts".')
    whole = text(told.get("status")) or "firing"
    alerts = [(text(one.get("status")) or whole, alert_of(one, mask)) for one in rows(told["alerts"])]
    if alerts and not any(status in ("firing", "resolved") for status, _ in alerts):
        raise ValueError("Its alerts neither fire nor are they resolved: they have a status that is not known here.")
    labels = words(told.get("groupLabels"), mask)
    receiver = text(told.get("receiver"), mask)
    # Not masked, and not cut: its SHA-256 is the name by which PagerDuty knows the same group.
    key = told.get("groupKey")
    return Group(
        key=key if isinstance(key, str) and key else f"{receiver}:{json.dumps(labels, sort_keys=True)}",
        receiver=receiver,
        firing=tuple(alert for status, alert in alerts if status == "firing"),
        ended=tuple(alert for status, alert in alerts if status == "resolved"),
        truncated=number(told.get("truncatedAlerts")),
        labels=labels,
        url=text(told.get("externalURL"), mask),
    )


def alert_of(told: Mapping[str, Any], mask: Mask = as_is) -> Alert:
    """An alert of a webhook or of ``GET /api/v2/alerts``: both name its fields alike. Raises nothing.

    ``since`` is 1970 when it is not told, and whole milliseconds: the API has no more places, a webhook may, and one
    firing must be the same by both.
    """
    since = moment(told.get("startsAt")) or UNTOLD
    labels, notes = words(told.get("labels"), mask), words(told.get("annotations"), mask)
    return Alert(
        fingerprint=text(told.get("fingerprint")) or _fingerprint(labels),
        name=line(labels.get("alertname", "")) or "an alert without a name",
        since=since.replace(microsecond=since.microsecond // 1000 * 1000),
        labels=labels,
        summary=notes.get("summary", ""),
        description=notes.get("description", ""),
        runbook=notes.get("runbook_url") or notes.get("runbook", ""),
        source=text(told.get("generatorURL"), mask),
    )


def active_of(told: Mapping[str, Any], mask: Mask = as_is) -> Active:
    """An alert of ``GET /api/v2/alerts``, with its status there. Raises nothing: what is missing is none."""
    status = table(told.get("status"))
    names = tuple(text(one.get("name"), mask) for one in rows(told.get("receivers")))
    return Active(
        alert=alert_of(told, mask),
        silenced=_length(status.get("silencedBy")),
        inhibited=_length(status.get("inhibitedBy")),
        muted=_length(status.get("mutedBy")),  # from 0.28 on
        receivers=tuple(name for name in names if name),
    )


def _length(told: object) -> int:
    return len(told) if isinstance(told, list) else 0


def _fingerprint(labels: Mapping[str, str]) -> str:
    """For who sends none (Alertmanager does since 0.16): 16 hexadecimal digits, too, but not the same."""
    plain = json.dumps(labels, sort_keys=True)
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
