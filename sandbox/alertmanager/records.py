"""What the Alertmanager holds: its settings, alerts, and the receivers of notifications."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sandbox.alertmanager.labels import Labels, fingerprint

Json = dict[str, Any]
#: Go's zero time: what ``endsAt`` says while an alert fires.
ZERO = datetime(1, 1, 1, tzinfo=UTC)
#: What is pretended to be: the generation of the newest Debian package, of which real webhooks were looked at.
VERSION = "0.28.1"


@dataclass(frozen=True)
class Settings:
    """The one route of the configuration, and the global part of it. The times are those of the real defaults."""

    receiver: str = "aureus-bot"
    #: ``...`` alone groups by all labels; nothing puts everything into one group.
    group_by: tuple[str, ...] = ("alertname",)
    group_wait: timedelta = timedelta(seconds=30)
    group_interval: timedelta = timedelta(minutes=5)
    repeat_interval: timedelta = timedelta(hours=4)
    resolve_timeout: timedelta = timedelta(minutes=5)
    external_url: str = "http://alertmanager.sandbox:9093"

    def group_labels(self, labels: Labels) -> dict[str, str]:
        """Those labels of an alert that its group goes by; one that it has not is left out."""
        if self.group_by == ("...",):
            return dict(labels)
        return {name: labels[name] for name in sorted(self.group_by) if name in labels}


@dataclass(frozen=True)
class Webhook:
    """A receiver over HTTP: ``webhook_configs``."""

    url: str
    #: For ``Authorization: Bearer …``.
    token: str = ""
    send_resolved: bool = True
    #: How many alerts a body carries at most; 0 is all.
    max_alerts: int = 0
    #: For https: what certificates are believed.
    tls: ssl.SSLContext | None = None

    kind = "webhook"


@dataclass(frozen=True)
class PagerDuty:
    """PagerDuty's Events API v2: ``pagerduty_configs`` with a ``routing_key``."""

    url: str
    routing_key: str
    #: None takes the group's common ``severity`` label, if it is one that PagerDuty knows, or else ``error``.
    severity: str | None = None
    send_resolved: bool = True
    tls: ssl.SSLContext | None = None

    kind = "pagerduty"


Receiver = Webhook | PagerDuty


@dataclass(frozen=True)
class Alert:
    """One alert as it was last told of; who has the same labels is the same alert."""

    labels: Labels
    annotations: Labels
    starts_at: datetime
    ends_at: datetime
    updated_at: datetime
    generator_url: str = ""
    #: The end was not told, and is only when it is given up (``resolve_timeout``).
    timeout: bool = False
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fingerprint", fingerprint(self.labels))

    def resolved(self, now: datetime) -> bool:
        """Whether it is over."""
        return self.ends_at <= now


def moment(at: datetime) -> str:
    """A time in a webhook: Go's RFC 3339, without zeros at its end; to the microsecond, where Go has nanoseconds."""
    text = at.strftime("%Y-%m-%dT%H:%M:%S") if at != ZERO else "0001-01-01T00:00:00"
    return text + (f".{at.microsecond:06d}".rstrip("0") if at.microsecond else "") + "Z"


def millis(at: datetime) -> str:
    """A time in the API: always with three places."""
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def plain(labels: Mapping[str, str]) -> dict[str, str]:
    """In the order of names, as Go writes a map."""
    return {name: labels[name] for name in sorted(labels)}
