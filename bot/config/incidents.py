"""``alerts.yaml`` and ``escalation.yaml``: what alerts mean, and who is told of an incident when."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.config.document import Document
from bot.config.mistakes import meant
from bot.config.schema import AlertsFile, EscalationFile, MeaningShape
from bot.domain.alert import Severity
from bot.domain.duty import Calendar, Ladder, Step
from bot.domain.meaning import Meaning, Meanings
from bot.domain.request import Place

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEKS = 100  # that a time may take; far below the days through which a calendar looks (bot.domain.duty)


def check_alerts(alerts: Document, services: Document) -> None:
    """Services that are known, and what is worse is truly worse."""
    known = {str(at[-1]) for part in ("services", "others") for at, _ in services.each(part, "*")}
    for at, name in alerts.each("alerts", "*", "service"):
        if known and isinstance(name, str) and name not in known:
            alerts.wrong(at, f"no service is called `{name}`{meant(name, known)}")
    for at, meaning in alerts.each("alerts", "*"):
        by_itself = meaning.get("severity") if isinstance(meaning, dict) else None
        worse = meaning.get("worse") if isinstance(meaning, dict) else None
        then = worse.get("is") if isinstance(worse, dict) else None
        if isinstance(then, str) and isinstance(by_itself, str) and then >= by_itself:
            because = f"`{at[-1]}` is {by_itself} by itself, and {then} is not worse than that."
            alerts.wrong((*at, "worse", "is"), because)


def check_escalation(escalation: Document, people: Document, file: EscalationFile | None) -> None:
    """Roles that are known, hours that are some, and times that come. ``file`` is ``None`` where its shape is wrong."""
    roles = {value for _, value in people.each("roles", "*") if isinstance(value, str)}
    for pattern in (("ladder", "*", "*", "tell", "*"), ("security", "*")):
        for at, name in escalation.each(*pattern):
            if roles and isinstance(name, str) and name not in roles:
                escalation.wrong(at, f"no role is called `{name}`{meant(name, roles)}")
    hours = escalation.data if isinstance(escalation.data, dict) else {}
    begins, ends = hours.get("from"), hours.get("to")
    if isinstance(begins, str) and isinstance(ends, str) and begins >= ends:
        escalation.wrong(("to",), f"the day ends at {ends}, and it begins at {begins}: so there are no business hours.")
    elif file is not None:
        _check_times(escalation, file)


def _check_times(escalation: Document, file: EscalationFile) -> None:
    """Of business time there is so much in a week, and no more."""
    begins, ends = (datetime.combine(date.min, time.fromisoformat(each)) for each in (file.from_, file.to))
    most = _WEEKS * len(set(file.days)) * (ends.replace(tzinfo=None) - begins.replace(tzinfo=None))
    times: dict[tuple[str | int, ...], timedelta] = {("review_after",): file.review_after}
    for severity in file.business:
        steps = enumerate(file.ladder.get(severity, ()))
        times |= {("ladder", severity, number, "after"): step.after for number, step in steps}
    for at, after in times.items():
        if after > most:
            hours = after // timedelta(hours=1)
            because = f"`{at[-1]}` is {hours} business hours, which take more than {_WEEKS} weeks."
            escalation.wrong(at, f"{because} (`days`, `from` and `to` say how many a week has.)")


def meanings_of(file: AlertsFile) -> Meanings:
    """What the engine works with."""
    return Meanings(
        {name: _meaning(shape) for name, shape in file.alerts.items()},
        {label: Severity(severity) for label, severity in file.labels.items()},
        Severity(file.otherwise),
        Place(file.channel),
        {Severity(severity): tuple(map(Place, places)) for severity, places in file.also.items()},
    )


def _meaning(shape: MeaningShape) -> Meaning:
    plain = Meaning(Severity(shape.severity), shape.service or "", shape.security)
    worse = shape.worse
    return replace(plain, over=worse.over, worse=Severity(worse.is_)) if worse is not None else plain


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
    return Ladder(steps, frozenset(file.security), business, calendar, file.review_after)
