"""What a notification says: the body of a webhook (version "4"), and an event for PagerDuty."""

import hashlib
from collections.abc import Iterable, Sequence
from urllib.parse import quote_plus

from sandbox.alertmanager.grouping import Notification
from sandbox.alertmanager.labels import Labels, common
from sandbox.alertmanager.records import ZERO, Alert, Json, PagerDuty, Settings, Webhook, moment, plain

#: What PagerDuty takes (developer.pagerduty.com, Events API v2).
_SEVERITIES = ("critical", "error", "warning", "info")


def body_of(notification: Notification, settings: Settings) -> Json:
    """The body for the notification's receiver."""
    if isinstance(notification.receiver, PagerDuty):
        return _event(notification, notification.receiver, settings)
    return _webhook(notification, notification.receiver, settings)


def headers_of(notification: Notification, version: str) -> dict[str, str]:
    """What is sent beside it."""
    headers = {"User-Agent": f"Alertmanager/{version}", "Content-Type": "application/json"}
    if isinstance(notification.receiver, Webhook) and notification.receiver.token:
        headers["Authorization"] = f"Bearer {notification.receiver.token}"
    return headers


def status_of(alerts: Iterable[Alert]) -> str:
    """Firing while one of them fires."""
    return "firing" if any(one.ends_at == ZERO for one in alerts) else "resolved"


def _webhook(notification: Notification, receiver: Webhook, settings: Settings) -> Json:
    # Cut first: status and common labels of the real one are of the alerts that are shown, too (webhook.go), so that
    # a cut body may say "resolved" while an alert that it does not show still fires.
    shown = notification.alerts[: receiver.max_alerts or None]
    return {
        "receiver": settings.receiver,
        "status": status_of(shown),
        "alerts": [_alert(one) for one in shown],
        "groupLabels": plain(notification.group.labels),
        "commonLabels": common([one.labels for one in shown]),
        "commonAnnotations": common([one.annotations for one in shown]),
        "externalURL": settings.external_url,
        "version": "4",
        "groupKey": notification.group.key,
        "truncatedAlerts": len(notification.alerts) - len(shown),
    }


def _alert(alert: Alert) -> Json:
    return {
        "status": status_of([alert]),
        "labels": plain(alert.labels),
        "annotations": plain(alert.annotations),
        "startsAt": moment(alert.starts_at),
        "endsAt": moment(alert.ends_at),
        "generatorURL": alert.generator_url,
        "fingerprint": alert.fingerprint,
    }


def dedup_key(group_key: str) -> str:
    """By which PagerDuty knows that it is the same incident: notify.Key.Hash."""
    return hashlib.sha256(group_key.encode()).hexdigest()


def _event(notification: Notification, receiver: PagerDuty, settings: Settings) -> Json:
    """With the texts of Alertmanager's own templates (template/default.tmpl)."""
    alerts = notification.alerts
    firing = [one for one in alerts if one.ends_at == ZERO]
    resolved = [one for one in alerts if one.ends_at != ZERO]
    shared = common([one.labels for one in alerts])
    severity = receiver.severity
    if severity is None:
        severity = shared.get("severity", "")
        severity = severity if severity in _SEVERITIES else "error"
    return {
        "routing_key": receiver.routing_key,
        "dedup_key": dedup_key(notification.group.key),
        "event_action": "trigger" if firing else "resolve",
        "payload": {
            "summary": _subject(notification.group.labels, shared, len(firing))[:1024],
            "source": "Alertmanager",
            "severity": severity,
            "custom_details": {
                "firing": _listed(firing),
                "num_firing": str(len(firing)),
                "num_resolved": str(len(resolved)),
                "resolved": _listed(resolved),
            },
        },
        "client": "Alertmanager",
        "client_url": f"{settings.external_url}/#/alerts?receiver={quote_plus(settings.receiver)}",
    }


def _subject(group: Labels, shared: Labels, firing: int) -> str:
    state = f"FIRING:{firing}" if firing else "RESOLVED"
    subject = f"[{state}] {' '.join(group[name] for name in _names(group))} "
    if len(shared) > len(group):
        subject += "(" + " ".join(shared[name] for name in _names(shared) if name not in group) + ")"
    return subject


def _names(labels: Labels) -> list[str]:
    """By name, the alert's own first: SortedPairs."""
    return sorted(labels, key=lambda name: (name != "alertname", name))


def _listed(alerts: Sequence[Alert]) -> str:
    return "".join(
        "Labels:\n"
        + "".join(f" - {name} = {one.labels[name]}\n" for name in _names(one.labels))
        + "Annotations:\n"
        + "".join(f" - {name} = {one.annotations[name]}\n" for name in _names(one.annotations))
        + f"Source: {one.generator_url}\n"
        for one in alerts
    )
