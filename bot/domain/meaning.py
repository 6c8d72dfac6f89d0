"""What an alert means: how bad it is, whose service it is about, and what it is called."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from bot.domain.alert import Alert, Group, PageTold, Severity
from bot.domain.request import Place

#: The name of a service that people know, by any name that it has; empty for none.
Find = Callable[[str], str]


@dataclass(frozen=True)
class Meaning:
    """What an alert of one name means. A service that is empty follows from the alert's labels."""

    severity: Severity
    service: str = ""
    security: bool = False


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
            return Meaning(known.severity, service or known.service, known.security)
        return Meaning(self.labels.get(alert.labels.get("severity", ""), self.otherwise), service)


def title_of(group: Group, service: str) -> str:
    """What the incident of a group is called: its alerts' names, and the service."""
    names = list(dict.fromkeys(alert.name for alert in group.firing))
    said = ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")
    return f"{said or 'An alert without a name'}{f' · {service}' if service else ''}"[:200]
