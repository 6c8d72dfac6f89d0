"""Groups of alerts, and the notifications that come of them: when one goes out, and when it is needless.

After dispatch/dispatch.go and notify/notify.go of Alertmanager; each attempt and each wait is by the clock.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sandbox.alertmanager.labels import as_told
from sandbox.alertmanager.records import ZERO, Alert, PagerDuty, Receiver, Settings

# The waits between attempts: cenkalti/backoff's defaults, without their randomness.
_FIRST_WAIT, _GROWTH, _LONGEST_WAIT = 0.5, 1.5, 60.0
#: An attempt may go on for as long as a group_interval, and for this at least (notify.MinTimeout).
_MIN_TIMEOUT = timedelta(seconds=10)


@dataclass(frozen=True)
class Answer:
    """What came of an attempt: a status, or the problem that there was none."""

    status: int | None = None
    problem: str = ""

    @property
    def well(self) -> bool:
        return self.status is not None and self.status // 100 == 2

    def again(self, receiver: Receiver) -> bool:
        """Whether the same attempt is made again: after 5xx and broken lines; 429 from PagerDuty only."""
        if self.status is None or self.status // 100 == 5:
            return True
        return self.status == 429 and isinstance(receiver, PagerDuty)


@dataclass(frozen=True)
class Told:
    """What a receiver was last told of a group: the notification log's entry."""

    at: datetime
    firing: frozenset[str]
    resolved: frozenset[str]


@dataclass
class Notification:
    """One notification for one receiver, until it is delivered or given up."""

    group: "Group"
    #: Which of the receivers it is for, by its place.
    place: int
    receiver: Receiver
    #: What is told; the ends of those that fire are the zero time.
    alerts: tuple[Alert, ...]
    #: What the log will say that the receiver knows.
    firing: frozenset[str]
    resolved: frozenset[str]
    next_try: datetime
    given_up_at: datetime
    attempts: int = 0
    #: Somebody is sending it now.
    taken: bool = False

    def postpone(self, now: datetime) -> None:
        """After an attempt that failed: when the next one is."""
        self.next_try = now + timedelta(seconds=min(_FIRST_WAIT * _GROWTH ** (self.attempts - 1), _LONGEST_WAIT))
        self.taken = False


@dataclass
class Group:
    """Alerts that are told of together."""

    key: str
    labels: dict[str, str]
    next_flush: datetime
    alerts: dict[str, Alert] = field(default_factory=dict)
    flushed: bool = False
    under_way: list[Notification] = field(default_factory=list)
    #: Of the flush that is under way: the alerts that it found over, and whether a receiver refused.
    _over: list[Alert] = field(default_factory=list)
    _failed: bool = False

    def insert(self, alert: Alert, settings: Settings, now: datetime) -> None:
        """Take it in, or what is new of it. One that has waited elsewhere for long enough does not wait here."""
        self.alerts[alert.fingerprint] = alert
        if not self.flushed and alert.starts_at + settings.group_wait < now:
            self.next_flush = now

    def give_up(self, now: datetime) -> list[Notification]:
        """Those that took too long; the next flush makes them anew, as things are then."""
        late = [one for one in self.under_way if one.given_up_at <= now]
        for one in late:
            self.end(one, well=False)
        return late

    def due(self, now: datetime) -> bool:
        """Whether it is time to tell. A group has only one flush at a time, so that its news come in order."""
        return self.next_flush <= now and not self.under_way

    def begin(self, settings: Settings, now: datetime) -> list[Alert]:
        """Start a flush: the alerts in their order, those that fire without an end."""
        self.next_flush, self.flushed, self._failed = now + settings.group_interval, True, False
        found = sorted(self.alerts.values(), key=lambda one: as_told(one.labels))
        self._over = [one for one in found if one.resolved(now)]
        return [one if one.resolved(now) else replace(one, ends_at=ZERO) for one in found]

    def prepare(
        self, place: int, receiver: Receiver, alerts: Sequence[Alert], settings: Settings, now: datetime
    ) -> Notification:
        """What a receiver is to be told."""
        firing = frozenset(one.fingerprint for one in alerts if one.ends_at == ZERO)
        resolved = frozenset(one.fingerprint for one in alerts) - firing
        told = alerts if receiver.send_resolved else [one for one in alerts if one.ends_at == ZERO]
        until = now + max(settings.group_interval, _MIN_TIMEOUT)
        return Notification(self, place, receiver, tuple(told), firing, resolved, now, until)

    def end(self, notification: Notification, *, well: bool) -> None:
        """It was delivered, or not. When it was the last: forget the alerts that are over, if all receivers know."""
        self.under_way.remove(notification)
        self._failed |= not well
        self.finish()

    def finish(self) -> None:
        """What a flush does at its end."""
        if self.under_way or self._failed:
            return
        for one in self._over:
            if self.alerts.get(one.fingerprint) == one:
                del self.alerts[one.fingerprint]
        self._over = []


def needed(notification: Notification, before: Told | None, settings: Settings, now: datetime) -> bool:
    """Whether the receiver has to be told, by what it knows already (DedupStage.needsUpdate)."""
    firing, resolved = notification.firing, notification.resolved
    if before is None:
        return bool(firing)
    if not firing <= before.firing:
        return True
    if not firing:
        return bool(before.firing)
    if notification.receiver.send_resolved and not resolved <= before.resolved:
        return True
    return before.at < now - settings.repeat_interval


def due_among(groups: Iterable[Group], now: datetime) -> list[Notification]:
    """The notifications that are to be tried now, and that nobody tries."""
    return [one for group in groups for one in group.under_way if not one.taken and one.next_try <= now]
