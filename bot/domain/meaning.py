"""What an alert means: how bad it is, whose service it is about, and what it is called."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from bot.domain.alert import Alert, Group, PageTold, Severity
from bot.domain.request import Place

_VALUE: Final = re.compile(r"\b(?:is|has) (-?\d+(?:\.\d+)?(?:e[+-]?\d{1,3})?)(?=%|s\b|[.,;)]?(?:\s|$))")

#: The name of a service that people know, by any name that it has; empty for none.
Find = Callable[[str], str]


@dataclass(frozen=True)
class Meaning:
    """What an alert of one name means. A service that is empty follows from the alert's labels."""

    severity: Severity
    service: str = ""
    security: bool = False
    #: Beyond this value it is worse.
    over: float | None = None
    worse: Severity | None = None

    def at(self, value: float | None) -> Severity:
        """How bad it is at a value; without one, as it is by itself."""
        if self.worse is None or self.over is None or value is None or value <= self.over:
            return self.severity
        return self.worse


def value_of(alert: Alert) -> float | None:
    """The value that an alert was told with; ``None``: it says none.

    The rules of the platform have it in their description, behind "is" or "has": "is 96.5%", "has 2100 active".
    """
    found = _VALUE.search(alert.description)
    return float(found[1]) if found else None


@dataclass(frozen=True)
class Meanings:
    """What every alert means, and where its incident is shown."""

    alerts: Mapping[str, Meaning]
    #: By the ``severity`` label, for those of other names.
    labels: Mapping[str, Severity]
    otherwise: Severity
    channel: Place
    also: Mapping[Severity, tuple[Place, ...]] = field(default_factory=dict)

    def of(self, alerts: Sequence[Alert], find: Find) -> Meaning:
        """What these alerts mean together: the worst of them counts, and the first service that one names."""
        each = [self._one(alert, find) for alert in alerts]
        if not each:
            return Meaning(self.otherwise)
        worst = min((one.severity for one in each), key=lambda severity: severity.value)
        services = [one.service for one in each if one.service]
        return Meaning(worst, services[0] if services else "", any(one.security for one in each))

    def of_page(self, told: PageTold) -> Meaning:
        """What an incident that only PagerDuty tells of means: by its urgency."""
        return Meaning(Severity.P1 if told.urgency == "high" else Severity.P3)

    def places(self, severity: Severity) -> tuple[Place, ...]:
        """Where the card of such an incident stands; the first has the timeline."""
        return (self.channel, *self.also.get(severity, ()))

    @property
    def all_places(self) -> tuple[Place, ...]:
        """Wherever a card of an incident may stand."""
        return (self.channel, *(place for places in self.also.values() for place in places))

    def _one(self, alert: Alert, find: Find) -> Meaning:
        known = self.alerts.get(alert.name)
        # The platform's rules set no service label, so the job says it, then the name of the alert.
        service = find(alert.labels.get("service", "")) or find(alert.labels.get("job", ""))
        if known is not None:
            return Meaning(known.at(value_of(alert)), service or known.service, known.security)
        return Meaning(self.labels.get(alert.labels.get("severity", ""), self.otherwise), service)


def title_of(group: Group, service: str) -> str:
    """What the incident of a group is called: its alerts' names, and the service."""
    names = list(dict.fromkeys(alert.name for alert in group.firing))
    said = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{said or 'An alert without a name'}{f' · {service}' if service else ''}"[:200]
