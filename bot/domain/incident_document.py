"""The incident document: the team's template, filled with what really happened; what nobody knows is marked as open."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from bot.domain.alert import Severity
from bot.domain.event import Event
from bot.domain.incident import Incident
from bot.domain.incident_card import besides
from bot.domain.incident_event import Resolved, Written
from bot.domain.report import Document
from bot.domain.run import Run
from bot.domain.sentence import flat, sentence
from bot.domain.verb import spell

OPEN = "_open_"
#: Those whose incidents have a post-mortem.
REVIEWED = frozenset({Severity.P0, Severity.P1})

Line = Callable[[Incident, Event], str]


def document(
    incident: Incident, events: Sequence[Event], children: Sequence[Run], meanwhile: Iterable[Run], line: Line
) -> Document:
    """The document of an incident.

    ``children`` are its own runs, ``meanwhile`` those that changed the platform while it was open. ``line`` says in
    words what an event was; "" where it deserves none.
    """
    seen = [
        f"- {_time(child.request.at)} Seen when it was resolved: {_flat(flat(said.parts))}"
        for child in children
        for said in besides(child)
    ]
    sections = {
        "Summary": _summary(incident),
        "Timeline": _timeline(events, line),
        "Impact": _impact(incident, unwell=_was_unwell(incident, children)),
        "Root cause": _cause(incident),
        "Resolution": _resolution(incident, list(meanwhile), seen),
        "Action items": _actions(incident),
        "Lessons learned": OPEN,
    }
    title = f"{incident.opened:%Y-%m-%d} {incident.severities} {incident.title}"
    text = "\n\n".join([f"# {_flat(title)}", *(f"## {name}\n\n{said}" for name, said in sections.items())])
    return Document(f"{incident.id}-{incident.position}.md", _flat(title), text + "\n")


def _summary(incident: Incident) -> str:
    later = f" (later {incident.severity.said(False)})" if incident.severity is not incident.worst else ""
    said = [f"{incident.worst.said(incident.security)}{later}: {incident.title}."]
    if incident.acknowledged_after is not None:
        said.append(f"Acknowledged after {spell(incident.acknowledged_after)}.")
    if incident.resolved_after is not None:
        said.append(f"Resolved after {spell(incident.resolved_after)}.")
    before = incident.before
    again = f"It fired before as {before.id}, resolved at {_minute(before.at)}." if before is not None else ""
    page = f", #{incident.page.number} in PagerDuty" if incident.page is not None else ""
    had = f"{_who_had(incident)} This is {incident.id}{page}."
    return "\n\n".join(_flat(each) for each in (" ".join(said), had, again, replacing(incident)) if each)


def _who_had(incident: Incident) -> str:
    if incident.holder is not None:
        return f"{incident.holder.name} had it."
    if incident.last_had is not None:
        who, until = incident.last_had
        return f"{who.name} had it until {_minute(until)}."
    return "Nobody had it."


def replacing(incident: Incident) -> str:
    """Which document the last one takes the place of, and why, where it is not the first; "" where it is."""
    written = incident.written
    if written is None or written.replaces is None:
        return ""
    by = f" by {written.by.name}" if written.by.id else ""
    why = f": {written.because}" if written.because else ""
    return sentence(f"Written anew{by}; it replaces the document of {_minute(written.replaces)}{why}")


def _timeline(events: Sequence[Event], line: Line) -> str:
    lines: list[str] = []
    incident: Incident | None = None
    end: int | None = None
    for event in events:
        incident = Incident.born(event) if incident is None else incident.after(event)
        if not isinstance(event, Written) and (said := line(incident, event)):
            end = len(lines) if isinstance(event, Resolved) else end
            lines.append(f"- {_time(event.at)} {_flat(said)}")
    # What has to be filled in was before it was over. A cause that was said has a time; when it was found, nobody said.
    end = len(lines) if end is None else end
    lines[end:end] = [f"- {OPEN} when the root cause was found", f"- {OPEN} when it was mitigated"]
    return "\n".join(lines)


def _was_unwell(incident: Incident, children: Sequence[Run]) -> bool:
    """Whether whoever resolved it, since it was opened again if it was, saw that something was still wrong."""
    if incident.resolved is None or not incident.resolved.by.id:
        return False
    return any(besides(child) for child in children if child.request.at >= incident.counts)


def _impact(incident: Incident, *, unwell: bool) -> str:
    took = spell(incident.resolved_after) if incident.resolved_after is not None else "it is not over"
    if unwell:
        # Somebody said that it is over; for how long it went on nobody knows here.
        took = f"at least {took}: it was resolved while something was still wrong (see Resolution)"
    facts = {
        "Services": incident.service or "the platform as a whole",
        "Duration": took,
        "Users": OPEN,
        "Error rate": OPEN,
    }
    return "\n".join(f"- {name}: {said if said is OPEN else _flat(said)}" for name, said in facts.items())


def _cause(incident: Incident) -> str:
    if not incident.cause:
        return OPEN
    by = incident.explained
    when = f"said by {by.by.name} at {_minute(by.at)}" if by is not None else "as it was said when it was resolved"
    return f"{_flat(incident.cause)} ({_flat(when)})"


def _resolution(incident: Incident, runs: Sequence[Run], seen: Sequence[str]) -> str:
    """What was done; that it is over, and why, stands in the timeline and under the root cause."""
    done = [_done(run) for run in runs] or ["Nothing of the platform was changed through the bot."]
    rest = "was said with the root cause, above." if incident.cause else f"is {OPEN}."
    return "\n".join((*done, *seen)) + f"\n\nWhat was done without the bot {rest}"


def _done(run: Run) -> str:
    how = run.ended.how if run.ended else run.phase.word
    return f"- {_time(run.request.at)} {_flat(run.request.who.name)}: `{_flat(run.words)}` ({run.id}, {how})"


def _actions(incident: Incident) -> str:
    lines = [f"- [ ] {OPEN} (owner: {OPEN}, due: {OPEN})"]
    review = incident.written.review if incident.written is not None else None
    if review is not None:
        owner = _flat(incident.owner.name) if incident.owner is not None else OPEN
        lines.insert(0, f"- [ ] Post-mortem (owner: {owner}, due: {_time(review)})")
    return "\n".join(lines)


def _minute(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S} UTC"


def _flat(said: str) -> str:
    """Other people's words on one line, in which nothing is markup."""
    plain = " ".join(said.split())
    return "".join(f"\\{letter}" if letter in "\\`*_<>[]|" else letter for letter in plain)
