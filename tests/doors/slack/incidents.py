"""Incidents as their events leave them, one for each state in which people see a card; their cards are golden ones."""

from datetime import timedelta
from typing import Final

from bot.domain import incident_event as e
from bot.domain.alert import Alert, Severity
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.person import Who
from bot.domain.request import Place
from tests.doors.slack.reports import ANA, AT, DANA

ELIF: Final = Who("elif", "Elif Kaya")
PLACE: Final = (Place("#aureus-alerts"),)
SOON, LATER = AT + timedelta(minutes=4), AT + timedelta(minutes=52)


def _alert(number: int = 1, name: str = "ServiceDown", summary: str = "bridge does not answer") -> Alert:
    labels = {"job": "bridge", "pod": f"aureus-bridge-{number}"}
    return Alert(f"f{number}", name, AT - timedelta(seconds=30 - number), labels, summary)


def _opened(severity: Severity, *alerts: Alert, service: str = "bridge", security: bool = False) -> tuple[Event, ...]:
    title = f"{alerts[0].name} · {service}" if alerts else "Somebody called the pager"
    return (
        e.Fired(AT, key="k", source="alertmanager", title=title, service=service, alerts=alerts, places=PLACE),
        e.Assessed(AT, severity=severity, security=security),
    )


_DOWN: Final = _opened(Severity.P0, _alert())
_PAGED: Final = e.Paged(AT, id="Q1", number=7, url="https://aureus.pagerduty.example/incidents/Q1")
_CALLED: Final = e.Escalated(AT, roles=frozenset({"engineering-manager"}), people=(ELIF, DANA), because="it is P0")
_TAKEN: Final = (*_DOWN, _PAGED, _CALLED, e.Acknowledged(SOON, ANA))

#: What happened in each, in order.
STORIES: Final[dict[str, tuple[Event, ...]]] = {
    "open": (*_DOWN, _PAGED, _CALLED),
    "open-security": _opened(Severity.P1, _alert(name="AuthenticationFailures"), service="", security=True),
    "open-medium": _opened(Severity.P2, _alert(name="HighDiskUsage", summary="")),
    "open-flood": _opened(Severity.P3, *(_alert(number) for number in range(1, 12))),
    "pagerduty-alone": (*_opened(Severity.P1, service=""), _PAGED),
    "taken": _TAKEN,
    "asked": (*_TAKEN, e.Nudged(LATER)),
    "given-back": (*_TAKEN, e.Released(LATER, because="nothing was heard of it for 75 minutes")),
    "resolved": (*_TAKEN, e.Cleared(LATER, alerts=frozenset({"f1"})), e.Resolved(LATER, via="Alertmanager")),
    "resolved-by": (*_TAKEN, e.Resolved(LATER, ANA, because="the database was full")),
    "hostile": _opened(Severity.P1, _alert(name="<!channel> *bold*", summary="`code` <https://evil.example|click>")),
}


def _folded(events: tuple[Event, ...]) -> Incident:
    incident = Incident.born(events[0])
    for event in events[1:]:
        incident = incident.after(event)
    return incident


INCIDENTS: Final = {name: _folded(events) for name, events in STORIES.items()}
