"""What is said of an incident after each event: its cards, and the lines of its timeline. Pure."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from bot.domain.alert import Alert, Severity
from bot.domain.errors import why_alone
from bot.domain.event import Event, Failed, Opened
from bot.domain.incident import Incident, answer_by
from bot.domain.incident_card import summary, tell, words_of
from bot.domain.incident_document import document, replacing
from bot.domain.incident_event import (
    Acknowledged,
    Assessed,
    Cleared,
    Escalated,
    Fired,
    Noted,
    Nudged,
    Released,
    Reminded,
    Reopened,
    Resolved,
    Written,
)
from bot.domain.incident_state import ANSWER, Stage
from bot.domain.person import BOT, People, Who
from bot.domain.report import Bold, CaseId, Inline, Mention, Moment, Note, Part, Quote, Report, Text
from bot.domain.run import Run
from bot.domain.sentence import flat, marked, sentence
from bot.domain.verb import spell
from bot.engine.teller import card_key, pings
from bot.ports import Kind, Say
from bot.world import incidents

#: So much later than it was said, a note says when that was.
_LATE = timedelta(minutes=1)
_FEW = 3  # alerts of which a line of the timeline says what they say
#: Those of a lower number go first; everything else is 5.
_URGENCY = {Severity.P0: 1, Severity.P1: 2}


def card_keys(incident: Incident) -> list[str]:
    """The keys of an incident's cards, in the order of its places."""
    return [card_key(incident.id, place.channel if n else "") for n, place in enumerate(incident.places)]


def says(
    incident: Incident,
    events: Iterable[Event],
    people: People,
    children: Sequence[Run] = (),
    history: Sequence[Event] = (),
    meanwhile: Sequence[Run] = (),
) -> list[Say]:
    """Everything to say of an incident after these events, which are the last of it.

    ``history`` are all of its events, needed where its document was written;
    ``meanwhile`` is what was changed of the platform while it was open.
    """
    urgency = _URGENCY.get(incident.severity, 5)
    report = tell(incident, people, children)
    said = [
        Say(key, Kind.CARD, report, place, urgency=urgency, soonest=incident.drawn)
        for key, place in zip(card_keys(incident), incident.places, strict=True)
    ]
    happened = list(events)
    for position, event in enumerate(happened, incident.position - len(happened) + 1):
        parts = _line(incident, event)
        if parts:
            said.append(_reply(incident, f"line:{incident.id}:{position}", parts))
        if isinstance(event, Written) and history:
            key = f"file:{incident.id}:{position}"
            named = f"The document of {incident.id}{'. ' if event.replaces else ''}{replacing(incident)}"
            file = Report(named, parts=(document(incident, history, children, meanwhile, _words),))
            said.append(Say(key, Kind.FILE, file, incident.places[0], under=card_key(incident.id), urgency=urgency))
    return said


def again(incident: Incident, after: Incident) -> list[Say]:
    """That the alerts of an incident that is over fire again: whoever looks there is led on."""
    words = (Bold("It fires again"), ": ", CaseId(after.id), ".")
    return [_reply(incident, f"line:{incident.id}:again:{after.id}", (Text(words),))]


def vain(incident: Incident, run: Run) -> list[Say]:
    """The line on a run of an incident that was begun and came to nothing: its card shows only what is under way."""
    if run.ended is None or run.opened_at is None:
        return []
    title, key = run.plan.title if run.plan else run.words, f"line:{incident.id}:{run.id}"
    if run.ended.how == "refused":
        return [_reply(incident, key, (marked(Bold(f"{title}: it came to nothing."), f" {run.ended.because}"),))]
    if run.last is run.ended and run.request.who != BOT and _overtaken(incident, run):
        since = "it was opened again after you asked for this, and was left open. If it is over now, say so again."
        words = marked(Bold(f"{title}: it came to nothing. "), *pings([run.request.who], since))
        return [_reply(incident, key, (words,))]
    return []


def _overtaken(incident: Incident, run: Run) -> bool:
    """Whether a run was to end an incident that was opened again since that was said: then it has ended nothing."""
    if run.ended is None or run.ended.how != "done":
        return False
    ends = [incidents.ending(change) for change in (run.plan.changes if run.plan else ())]
    return any(of == incident.id and incident.began_after(said) for of, said in ends)


def left_out(incident: Incident, run: Run, skipped: Sequence[Failed]) -> list[Say]:
    """That a run of an incident went on without these steps: it has no card of its own that would say so."""
    return [_reply(incident, f"line:{run.id}:without:{failed.step}", _did_not_work(run, failed)) for failed in skipped]


def besides(incident: Incident, run: Run, events: Iterable[Event]) -> list[Say]:
    """What a plan says besides its steps, when it begins: a run of an incident may have no card that would say so."""
    if run.carded or run.plan is None or not any(isinstance(event, Opened) for event in events):
        return []
    notes = [part.text for part in run.plan.shows if isinstance(part, Note)]
    return [_reply(incident, f"line:{run.id}:besides", notes)] if notes else []


def _reply(incident: Incident, key: str, parts: Sequence[Part]) -> Say:
    """A line in the thread of an incident's card, as urgent as it is."""
    under, urgency = card_key(incident.id), _URGENCY.get(incident.severity, 5)
    return Say(key, Kind.LINE, _report(incident, parts), incident.places[0], under=under, urgency=urgency)


def _did_not_work(run: Run, failed: Failed) -> tuple[Part, ...]:
    title = run.plan.title if run.plan is not None else run.words
    because = why_alone(failed.because)
    return (
        Text((Bold("It did not work"), f": {run.step(failed.step)} (", CaseId(run.id), f", “{title}”).")),
        marked(f"{because} The rest goes on without it. Do it by hand if it is still needed."),
    )


def _words(incident: Incident, event: Event) -> str:
    """A line of the timeline as plain words; what the thread tells people, the document tells of them."""
    match event:
        case Nudged() if incident.holder is not None:
            return f"{_were([incident.holder])} asked whether they are still at it: nothing was heard for an hour."
        case Reminded():
            return f"{_were(_whose(incident))} reminded of the post-mortem." if _whose(incident) else ""
    return " ".join(
        flat(part.parts) if isinstance(part, Text) else f"“{part.text}”"
        for part in _line(incident, event)
        if isinstance(part, Text | Quote)
    )


def _were(people: Sequence[Who]) -> str:
    return f"{' and '.join(who.name for who in people)} {'was' if len(people) == 1 else 'were'}"


def _report(incident: Incident, parts: Sequence[Part]) -> Report:
    first = parts[0]
    words = flat(first.parts) if isinstance(first, Text) else ""
    return Report(f"{incident.id}: {words}", parts=tuple(parts))


def _named(alerts: Sequence[Alert]) -> str:
    """Which they are: of a few what they say, too, since one name may be that of several services."""
    said = sorted({f"{alert.name} – {words_of(alert)}" for alert in alerts})
    return "; ".join(said) if len(said) <= _FEW else ", ".join(sorted({alert.name for alert in alerts}))


def _line(incident: Incident, event: Event) -> tuple[Part, ...]:  # noqa: PLR0912 - one line an event
    """The line of the timeline that an event deserves, if it does."""
    match event:
        case Fired(alerts=alerts) if alerts:
            count = f"{len(alerts)} alerts fire" if len(alerts) > 1 else "An alert fires"
            more = f" {event.left_out} more are not known: Alertmanager left them out." if event.left_out else ""
            return _text(Bold(count), f": {sentence(_named(alerts)) if more else _named(alerts)}{more}")
        case Cleared(alerts=ended) if incident.alerts and incident.stage is not Stage.OVER:
            return _text(f"{len(ended)} ended, {len(incident.alerts)} still fire.")
        case Acknowledged():
            return _text(Mention(event.by), f" has it{_via(event.via)}", *_taken_over(incident, event), ".")
        case Released(because=because):
            had = incident.last_had[0] if incident.last_had is not None else None
            told = (" ", Mention(had, ping=True), " had it.") if had is not None and had.id != event.by.id else ()
            return _text(Bold("Nobody has it any more"), f": {because}.", *told)
        case Escalated(people=people, because=because):
            if not people:
                who = ", ".join(sorted(event.roles))
                return _text(f"Nobody holds the role to be told ({who}): {because}.")
            return _text("Called ", *pings([who for who in people if who.id != event.by.id], f"{because}."))
        case Assessed(severity=severity, because=because) if event.by.id:
            why = f": {because}" if because else ""
            return _text(Mention(event.by), f" set the severity to {severity.value}, {severity.word}{why}.")
        case Assessed(severity=severity, because=because) if because:
            return _text(Bold(f"Now {severity.said(event.security)}"), f": {because}.")
        case Nudged() if incident.holder is not None:
            until = answer_by(event)
            end = Moment(until, date=until - event.at > ANSWER)
            return _text(
                Mention(incident.holder, ping=True), ": nothing was heard of this for an hour. Press “Still at it”, or "
                "it is given back at ", end, ".",
            )  # fmt: skip
        case Noted(words=words) if words:
            return (Text((Mention(event.by), f" notes{_via(event.via)}", *_said(event), ":")), Quote(words))
        case Noted():
            return _text(Mention(event.by), " is still at it", *_said(event), ".")
        case Resolved():
            by = (" by ", Mention(event.by)) if event.by.id else ()
            quoted: tuple[Part, ...] = (Quote(event.because),) if event.because else ()
            took = spell(incident.lasted(event.at))
            return (Text((Bold("Resolved"), *by, f"{_via(event.via)} after {took}.")), *quoted)
        case Reopened(because=because):
            return _text(Bold("Open again"), f"{_via(event.via)}: {because}.")
        case Written(replaces=replaces, because=because):
            review = incident.written.review if incident.written is not None else None
            due = (" The post-mortem is on ", Moment(review, date=True), "; I shall remind you.") if review else ()
            where = "The incident document is in this thread: what nobody knows yet is marked as open in it."
            why = f": {because}".rstrip(".") if because else ""
            old = (" It replaces the one of ", Moment(replaces, date=True), f"{why}.") if replaces else ()
            ask = f"press “Cause” on the card, or say `resolve {incident.id} because …`"
            open_ = "" if incident.cause else f" Nobody has said yet what the cause was: {ask}."
            return (*summary(incident), marked(where, *old, open_, *due))
        case Reminded():
            words = (
                "the post-mortem of this is due. `postmortem` writes its document anew from the timeline: what is "
                "written with `note` is in it, other messages of the thread are not."
            )
            return (marked(*pings(_whose(incident), words)),)
    return ()


def _taken_over(incident: Incident, event: Acknowledged) -> tuple[Inline, ...]:
    """From whom, who may not have noticed."""
    who, until = incident.last_had or (event.by, None)
    return (", taken over from ", Mention(who, ping=True)) if until == (event.since or event.at) else ()


def _whose(incident: Incident) -> list[Who]:
    """Whose post-mortem it is: of who had it; else of who resolved it; else of those who were called first."""
    one = incident.owner
    if one is not None and not one.id.startswith("pagerduty:"):  # as whom PagerDuty told of somebody unknown here
        return [one]
    return next((list(event.people) for event in incident.escalated if event.people), [])


def _said(event: Noted) -> tuple[Inline, ...]:
    """When it was said, where it had to wait: the line itself stands at the time when it was written down."""
    if event.said is None or event.at - event.said <= _LATE:
        return ()
    return " (said at ", Moment(event.said, date=True), ")"


def _via(via: str) -> str:
    return f" (in {via})" if via else ""


def _text(*parts: Inline) -> tuple[Part, ...]:
    return (Text(parts),)
