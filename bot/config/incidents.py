"""``alerts.yaml`` and ``escalation.yaml``: what alerts mean, and who is told of an incident when."""

from datetime import time
from zoneinfo import ZoneInfo

from bot.config.document import Document
from bot.config.mistakes import meant
from bot.config.schema import AlertsFile, EscalationFile
from bot.domain.alert import Severity
from bot.domain.duty import Calendar, Ladder, Step
from bot.domain.meaning import Meaning, Meanings
from bot.domain.request import Place

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def check_alerts(alerts: Document, services: Document) -> None:
    """Services that are known."""
    known = {str(at[-1]) for at, _ in services.each("services", "*")}
    for at, name in alerts.each("alerts", "*", "service"):
        if known and isinstance(name, str) and name not in known:
            alerts.wrong(at, f"no service is called `{name}`{meant(name, known)}")


def check_escalation(escalation: Document, people: Document) -> None:
    """Roles that are known, and hours that are some."""
    roles = {value for _, value in people.each("roles", "*") if isinstance(value, str)}
    for pattern in (("ladder", "*", "*", "tell", "*"), ("security", "*")):
        for at, name in escalation.each(*pattern):
            if roles and isinstance(name, str) and name not in roles:
                escalation.wrong(at, f"no role is called `{name}`{meant(name, roles)}")
    hours = escalation.data if isinstance(escalation.data, dict) else {}
    begins, ends = hours.get("from"), hours.get("to")
    if isinstance(begins, str) and isinstance(ends, str) and begins >= ends:
        escalation.wrong(("to",), f"the day ends at {ends}, and it begins at {begins}: so there are no business hours.")


def meanings_of(file: AlertsFile) -> Meanings:
    """What the engine works with."""
    return Meanings(
        {name: Meaning(Severity(m.severity), m.service or "", m.security) for name, m in file.alerts.items()},
        {label: Severity(severity) for label, severity in file.labels.items()},
        Severity(file.otherwise),
        Place(file.channel),
        {Severity(severity): tuple(map(Place, places)) for severity, places in file.also.items()},
    )


def ladder_of(file: EscalationFile) -> Ladder:
    """What the engine works with."""
    calendar = Calendar(
        ZoneInfo(file.zone),
        frozenset(_DAYS.index(day) for day in file.days),
        time.fromisoformat(file.from_),
        time.fromisoformat(file.to),
        frozenset(file.holidays),
    )
    steps = {
        Severity(severity): tuple(Step(s.after, frozenset(s.tell), s.level, s.unless_taken) for s in shapes)
        for severity, shapes in file.ladder.items()
    }
    business = frozenset(Severity(each) for each in file.business)
    return Ladder(steps, frozenset(file.security), business, calendar)
