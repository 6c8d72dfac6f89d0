"""The Alertmanager itself, without I/O: alerts, groups, silences, and the notifications that are due."""

import threading
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sandbox.alertmanager.bodies import body_of, status_of
from sandbox.alertmanager.errors import refused
from sandbox.alertmanager.faults import Faults
from sandbox.alertmanager.grouping import Answer, Group, Notification, Told, due_among, needed
from sandbox.alertmanager.labels import Labels, as_told, by_labels, is_name, text_of
from sandbox.alertmanager.records import Alert, Json, Receiver, Settings, moment
from sandbox.alertmanager.silences import Silences
from sandbox.clock import Clock

#: How long an alert that is over is remembered: ``--alerts.gc-interval``.
_REMEMBERED = timedelta(minutes=30)
#: How often empty groups are forgotten (dispatch.go). Until then, what comes waits for the group's next flush.
_TIDIED_EVERY = timedelta(seconds=30)
_SHOWN_DELIVERIES = 50


@dataclass(frozen=True)
class Posted:
    """An alert as somebody tells of it: times may be missing."""

    labels: Labels
    annotations: Labels
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    generator_url: str = ""


class Alertmanager:
    """All state. Whoever carries notifications ``take``s those that are due, and ``settle``s each attempt."""

    def __init__(self, clock: Clock, receivers: Iterable[Receiver] = (), settings: Settings | None = None) -> None:
        self.clock = clock
        #: Each is told of every group. May be changed while it runs, at the end of the list.
        self.receivers = list(receivers)
        self.settings = settings or Settings()
        self.started_at = clock.now()
        self.silences = Silences(clock.now)
        self.faults = Faults()
        self.lock = threading.RLock()
        #: The last attempts, the newest first, as the control panel shows them.
        self.deliveries: deque[Json] = deque(maxlen=_SHOWN_DELIVERIES)
        self._alerts: dict[str, Alert] = {}
        self._groups: dict[str, Group] = {}
        self._told: dict[tuple[str, int], Told] = {}
        self._tidied_at = self.started_at

    def post(self, posted: Iterable[Posted]) -> None:
        """Take alerts in. Those that are valid are kept even when others are not.

        Raises ``ApiError`` 400 that names what is wrong with the others.
        """
        with self.lock:
            now, wrong = self.clock.now(), []
            for one in posted:
                alert = self._completed(one, now)
                if why := _invalid(alert):
                    wrong.append(why)
                else:
                    self._put(alert, now)
            if wrong:
                raise refused("; ".join(wrong))

    def _completed(self, one: Posted, now: datetime) -> Alert:
        starts = one.starts_at or one.ends_at or now
        ends = one.ends_at or now + self.settings.resolve_timeout
        labels = {name: value for name, value in one.labels.items() if value}
        return Alert(labels, one.annotations, starts, ends, now, one.generator_url, timeout=one.ends_at is None)

    def _put(self, alert: Alert, now: datetime) -> None:
        before = self._alerts.get(alert.fingerprint)
        # One that overlaps with what was known of it goes on (provider/mem); one that comes back later starts anew.
        if before is not None and (
            before.starts_at < alert.ends_at < before.ends_at or before.starts_at < alert.starts_at < before.ends_at
        ):
            alert = _merged(before, alert, now)
        self._alerts[alert.fingerprint] = alert
        labels = self.settings.group_labels(alert.labels)
        key = "{}:" + text_of(labels)
        group = self._groups.setdefault(key, Group(key, labels, now + self.settings.group_wait))
        group.insert(alert, self.settings, now)

    def catch_up(self) -> None:
        """Bring the groups up to now: what is due is queued. A time that was jumped over makes one flush, not many."""
        with self.lock:
            now = self.clock.now()
            self._tidy(now)
            for group in list(self._groups.values()):
                for late in group.give_up(now):
                    self._record(late, "given up", again=False)
                if group.due(now):
                    self._flush(group, now)

    def _tidy(self, now: datetime) -> None:
        if now - self._tidied_at < _TIDIED_EVERY:
            return
        self._tidied_at = now
        self._alerts = {key: one for key, one in self._alerts.items() if not one.resolved(now - _REMEMBERED)}
        self._groups = {key: one for key, one in self._groups.items() if one.alerts or one.under_way}

    def _flush(self, group: Group, now: datetime) -> None:
        alerts = [one for one in group.begin(self.settings, now) if not self.silences.muting(one.labels)]
        if alerts:
            for place, receiver in enumerate(self.receivers):
                notification = group.prepare(place, receiver, alerts, self.settings, now)
                if not needed(notification, self._told.get((group.key, place)), self.settings, now):
                    continue
                if notification.alerts:
                    group.under_way.append(notification)
                else:
                    self._know(notification, now)
        group.finish()

    def take(self) -> list[Notification]:
        """The notifications to be tried now; each is the caller's until it is settled."""
        with self.lock:
            due = due_among(self._groups.values(), self.clock.now())
            for one in due:
                one.taken = True
            return due

    def body_of(self, notification: Notification) -> Json:
        """What a notification says."""
        return body_of(notification, self.settings)

    def settle(self, notification: Notification, answer: Answer) -> None:
        """What came of an attempt. One that failed comes again after a while, or at the next flush of its group."""
        with self.lock:
            now, group = self.clock.now(), notification.group
            notification.attempts += 1
            again = not answer.well and answer.again(notification.receiver)
            if notification not in group.under_way:  # given up while it was on its way
                return
            self._record(notification, answer.status or answer.problem, again=again)
            if again:
                notification.postpone(now)
                return
            if answer.well:
                self._know(notification, now)
            # Alertmanager logs only what was delivered. So a refused one is not tried again, and still is made anew
            # at each group_interval until it is taken: seen with 0.25, and held by a test with it.
            group.end(notification, well=answer.well)

    def _know(self, notification: Notification, now: datetime) -> None:
        told = Told(now, notification.firing, notification.resolved)
        self._told[notification.group.key, notification.place] = told

    def _record(self, notification: Notification, answer: int | str, *, again: bool) -> None:
        self.deliveries.appendleft(
            {
                "at": moment(self.clock.now()),
                "to": notification.receiver.kind,
                "url": notification.receiver.url,
                "groupKey": notification.group.key,
                "status": status_of(notification.alerts),
                "alerts": len(notification.alerts),
                "attempt": notification.attempts,
                "answer": answer,
                "again": again,
            }
        )

    def alerts(self) -> list[Alert]:
        """Those that are not over, by fingerprint."""
        with self.lock:
            now = self.clock.now()
            return [one for _, one in sorted(self._alerts.items()) if not one.resolved(now)]

    def groups(self) -> list[tuple[dict[str, str], list[Alert]]]:
        """The labels of each group, and its alerts that are not over."""
        with self.lock:
            now, found = self.clock.now(), []
            for group in sorted(self._groups.values(), key=lambda one: by_labels(one.labels)):
                firing = [one for one in group.alerts.values() if not one.resolved(now)]
                if firing:
                    found.append((group.labels, sorted(firing, key=lambda one: as_told(one.labels))))
            return found

    def firing(self, wanted: Sequence[str] = ()) -> list[Alert]:
        """As ``alerts``, of those names only; for tests and for the panel."""
        return [one for one in self.alerts() if not wanted or one.labels.get("alertname") in wanted]


def _merged(before: Alert, alert: Alert, now: datetime) -> Alert:
    """What is known of one alert by two tellings (types.Alert.Merge): the earliest start, and the newest end."""
    ends = alert.ends_at
    if alert.resolved(now):
        ends = max(ends, before.ends_at) if before.resolved(now) else ends
    elif not before.timeout:
        ends = max(ends, before.ends_at)
    return replace(alert, starts_at=min(before.starts_at, alert.starts_at), ends_at=ends)


def _invalid(alert: Alert) -> str:
    """Why it cannot be taken; empty when it can."""
    if alert.ends_at < alert.starts_at:
        return "start time must be before end time"
    if not alert.labels:
        return "at least one label pair required"
    for what, labels in (("label set", alert.labels), ("annotations", alert.annotations)):
        for name in sorted(labels):
            if not is_name(name):
                return f'invalid {what}: invalid name "{name}"'
    return ""
