"""The card of an incident: a function of it, the same whoever draws it and whenever."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.alert import Alert, Severity
from bot.domain.card import line_of, private
from bot.domain.incident import Incident
from bot.domain.incident_event import Before
from bot.domain.incident_offers import offers
from bot.domain.incident_state import Stage
from bot.domain.person import People, Who, roles
from bot.domain.report import (
    Bold,
    CaseId,
    Code,
    Colour,
    Dot,
    Facts,
    Inline,
    Item,
    Items,
    Link,
    Mark,
    Mention,
    Moment,
    Note,
    Part,
    Quote,
    Report,
    Text,
    Tone,
    note,
)
from bot.domain.report import text as line
from bot.domain.run import Phase, Run
from bot.domain.sentence import cut, flat, sentence
from bot.domain.verb import spell

#: Labels that tell one alert of a group from the other; the first that it has is shown.
_TELLING = ("pod", "instance", "node", "deployment", "database", "job")
_DOTS = {Severity.P0: Colour.RED, Severity.P1: Colour.ORANGE, Severity.P2: Colour.YELLOW, Severity.P3: Colour.BLUE}
#: In these a run goes on by itself, sooner or later.
_AT_WORK = (Phase.ASKED, Phase.AGREED, Phase.DOING)
_NAME, _WORDS = 100, 300  # characters of an alert: on a phone more of it hides the buttons
_SOON = timedelta(hours=6)  # within that a time needs no date
_SHOWN = 8  # alerts; the others are counted


def tell(incident: Incident, people: People, children: Sequence[Run] = ()) -> Report:
    """The report of an incident as it stands; ``children`` are the runs that belong to it."""
    taking = _taking(incident, children)
    state = _state(incident, taking)
    title = f"{incident.severity.value} · {incident.title}"
    parts: list[Part] = [Text(state), _facts(incident)]
    seen = _seen_at_the_end(incident, children)
    parts += [Items(seen)] if seen else []
    if incident.alerts and not incident.over:
        apart = _telling(incident)
        parts.append(Items(tuple(_alert(alert, apart) for alert in first(incident))))
        if more := len(incident.alerts) - _SHOWN:
            parts += [note(f"… and {more} more that fire")] if more > 0 else []
    busy = tuple(line_of(child) for child in children if not child.over and not private(child))
    parts += [Items(busy)] if busy else []
    if incident.unpaged and not incident.over:
        parts.append(note(f"{incident.unpaged} What is done here is not told there, and people are called here only."))
    elif incident.missed and not incident.over:
        parts.append(note("PagerDuty has none of it: nobody is paged there, and people are called here only."))
    parts += _next_call(incident)
    if incident.before is not None:
        parts.append(note("It fired before as ", CaseId(incident.before.id), *ended(incident.before), "."))
    parts.append(note(Code(incident.id), *_small_print(incident)))
    buttons = offers(incident, people, taking=bool(taking))
    return Report(f"{title}: {flat(state)}", title, Tone.WARN if seen else _tone(incident), tuple(parts), buttons)


def _seen_at_the_end(incident: Incident, children: Sequence[Run]) -> tuple[Item, ...]:
    """What whoever resolved it was told then: that a service of it was still down."""
    if not incident.over:
        return ()
    notes = (flat(said.parts) for child in children for said in besides(child))
    return tuple(Item(Mark.WARN, line(f"Seen when it was resolved: {cut(words, _WORDS)}")) for words in notes)


def besides(run: Run) -> tuple[Text, ...]:
    """What the plan of a run that ends an incident says besides its steps; nothing where nothing came of it."""
    vain = run.opened_at is None or (run.ended is not None and run.ended.how != "done")
    if run.command != "resolve" or run.plan is None or vain:
        return ()
    return tuple(part.text for part in run.plan.shows if isinstance(part, Note))


def ended(before: Before) -> tuple[Inline, ...]:
    """How the incident that the same alerts had before ended."""
    by = f" by {before.by.name}" if before.by.id else ""
    via = f" in {before.via}" if before.via else ""
    return f", resolved{by}{via} ", Moment(before.at, date=True)


def summary(incident: Incident) -> tuple[Part, ...]:
    """An incident that is over in a line or two: what it was, how long, who had it, who resolved it, and why."""
    over = incident.resolved
    what: list[Inline] = [Bold(f"{incident.severities} · {incident.title}")]
    if over is not None:
        by = (" by ", Mention(over.by)) if over.by.id else (f" in {over.via}",) if over.via else ()
        what += [", resolved after ", spell(incident.lasted(over.at)), *by]
    said: list[Part] = [Text((*what, ". ", *_had(incident)))]
    if incident.explained is not None:
        said.append(Text((Mention(incident.explained.by), " says why:")))
    if over is not None and (incident.cause or over.because):
        said.append(Quote(incident.cause or over.because))
    return tuple(said)


def _had(incident: Incident) -> tuple[Inline, ...]:
    if incident.holder is not None:
        return Mention(incident.holder), " had it."
    if incident.last_had is not None:
        who, until = incident.last_had
        return Mention(who), " had it until ", Moment(until, date=True), "."
    return ("Nobody had it.",)


def _taking(incident: Incident, children: Sequence[Run]) -> tuple[Who, ...]:
    """Who said that they have it, and waits for PagerDuty to confirm it; until then it is nobody's."""
    if incident.stage is not Stage.OPEN or incident.unpaged:
        return ()
    asked = [run for run in children if run.words.partition(" ")[0] == "acknowledge" and run.phase in _AT_WORK]
    return tuple({run.request.who.id: run.request.who for run in asked}.values())


def _state(incident: Incident, taking: Sequence[Who]) -> tuple[Inline, ...]:
    match incident.stage:
        case Stage.OPEN if taking:
            verb = "is" if len(taking) == 1 else "are"
            return (f"{' and '.join(who.name for who in taking)} {verb} taking it: not confirmed by PagerDuty yet.",)
        case Stage.OPEN:
            yet = "any more" if incident.given_back else "yet"
            return (f"Nobody has it {yet}: press Acknowledge, or react with ✅.",)
        case Stage.TAKEN:
            who = incident.holder.name if incident.holder else "Somebody"
            return (f"{who} has it since ", Moment(incident.held_since or incident.opened), ".")
    over = incident.resolved
    if over is None:
        return ("Over.",)
    by = f" by {over.by.name}" if over.by.id else ""
    via, why = f" in {over.via}" if over.via else "", incident.cause or over.because
    return (f"Resolved{by}{via} after {spell(incident.lasted(over.at))}. {sentence(why)}".strip(),)


def _tone(incident: Incident) -> Tone:
    match incident.stage:
        case Stage.OPEN:
            return Tone.BAD if incident.severity in (Severity.P0, Severity.P1) else Tone.WARN
        case Stage.TAKEN:
            return Tone.RUNNING
    return Tone.GOOD


def _facts(incident: Incident) -> Facts:
    pairs: list[tuple[str, Inline | Text]] = [
        ("Severity", Text((f"{incident.severity.said(incident.security)} ", Dot(_DOTS[incident.severity])))),
        ("Service", incident.service or "the platform as a whole"),
        ("Since", Moment(incident.opened, date=True)),
        ("Alerts", _count(incident)),
    ]
    if incident.page is not None:
        pairs.append(("PagerDuty", Link(f"#{incident.page.number}", incident.page.url)))
    return Facts(tuple(pairs))


def _next_call(incident: Incident) -> list[Part]:
    """Who is called next, and when, if it goes on as it stands: at night that may be in the morning."""
    taken = incident.stage is Stage.TAKEN
    now = incident.last.at if incident.last is not None else incident.opened
    later = [rung for rung in incident.left if rung.at > now and not (taken and rung.unless_taken)]
    if incident.over or not later:
        return []
    first_at = min(rung.at for rung in later)
    rungs = [rung for rung in later if rung.at == first_at]
    unless = "somebody has it" if all(rung.unless_taken for rung in rungs) else "it is over"
    who = roles(frozenset[str]().union(*(rung.roles for rung in rungs)), " and ")
    at = Moment(first_at, date=first_at - now > _SOON)
    return [note(f"Called next, unless {unless} by then: {who}, ", at, ".")]


def _count(incident: Incident) -> str:
    firing, seen = len(incident.alerts), len(incident.seen)
    if not seen:
        return "none; PagerDuty alone has it"
    if incident.over:
        return f"{seen} in all"
    return f"{firing} firing{f', {seen - firing} ended' if seen > firing else ''}"


def first(incident: Incident) -> list[Alert]:
    """Those of its alerts that are shown; the others are counted."""
    return sorted(incident.alerts.values(), key=lambda alert: (alert.since, alert.fingerprint))[:_SHOWN]


def _telling(incident: Incident) -> tuple[str, ...]:
    """The labels by which its alerts are told apart, those that people know best first."""
    alerts = tuple(incident.alerts.values())
    names = sorted({name for alert in alerts for name in alert.labels} - {"alertname", "severity"})
    kinds = {alert.name: [other.labels for other in alerts if other.name == alert.name] for alert in alerts}
    differ = [name for name in names if any(len({each.get(name) for each in kind}) > 1 for kind in kinds.values())]
    return (*(name for name in _TELLING if name in differ), *differ, *_TELLING)


def _alert(alert: Alert, apart: Sequence[str]) -> Item:
    where = next((alert.labels[name] for name in apart if alert.labels.get(name)), "")
    return Item(Mark.BAD, line(Bold(cut(alert.name, _NAME)), f" – {words_of(alert)}"), cut(where, _NAME))


def words_of(alert: Alert) -> str:
    """What is shown of what an alert says."""
    return cut(alert.summary or alert.description or "it says no more", _WORDS)


def _small_print(incident: Incident) -> tuple[Inline, ...]:
    parts: list[Inline] = []
    if incident.escalated:
        names = dict.fromkeys(who.name for event in incident.escalated for who in event.people)
        parts.append(f" · told: {', '.join(names)}" if names else "")
    if incident.acknowledged_after is not None:
        parts.append(f" · acknowledged after {spell(incident.acknowledged_after)}")
    return tuple(part for part in parts if part)
