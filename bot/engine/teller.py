"""What is said of a case after each event: its card, lines in the card's thread, private words. Pure."""

from collections.abc import Iterable, Sequence

from bot.domain.card import since_begun, tell
from bot.domain.event import (
    Agreed,
    Answered,
    Asked,
    Cancelled,
    Declined,
    Drifted,
    Ended,
    Event,
    Failed,
    Planned,
    Settled,
    Stumbled,
)
from bot.domain.person import People, Who
from bot.domain.report import Bold, Inline, Mention, Report, Tone
from bot.domain.request import Request
from bot.domain.run import Phase, Run
from bot.domain.sentence import flat, marked
from bot.ports import Kind, Say


def card_key(case: str, channel: str = "") -> str:
    """The key of a case's card in the outbox; of a second one, in another channel, too."""
    return f"card:{case}@{channel}" if channel else f"card:{case}"


def case_of(key: str) -> str:
    """The case whose card has this key; empty when it is none."""
    kind, _, rest = key.partition(":")
    return rest.partition("@")[0] if kind == "card" else ""


def says(
    run: Run, events: Iterable[Event], people: People, children: Sequence[Run] = (), paused: str = ""
) -> list[Say]:
    """Everything to say of a run after these events, which are the last of it. ``paused`` as in ``card.tell``."""
    if not run.carded:
        worth = run.phase is Phase.CHOOSING or (run.over and _worth_saying(run))
        return [_private(run, people)] if worth and run.request.who.id else []
    said = [card(run, people, children, paused)]
    events = list(events)
    for back, event in enumerate(reversed(events)):
        report = _line(run, event, people)
        if report is not None:
            key = f"line:{run.id}:{run.position - back}"
            said.append(Say(key, Kind.LINE, report, run.request.place, under=card_key(run.id)))
    return said


def _worth_saying(run: Run) -> bool:
    """What never had a card is told to its asker, unless the card that it belongs to shows it."""
    return run.answer is not None or not run.request.of or (run.ended is not None and run.ended.how != "done")


def card(run: Run, people: People, children: Sequence[Run] = (), paused: str = "") -> Say:
    """The card as it is now."""
    return Say(card_key(run.id), Kind.CARD, tell(run, people, children, paused), run.request.place)


def private(request_key: str, to: Who, run_or_place: Run, report: Report) -> Say:
    """Words for one person, where a run was asked for."""
    return Say(f"private:{request_key}", Kind.PRIVATE, report, run_or_place.request.place, to)


def _private(run: Run, people: People) -> Say:
    # A choice is one saying, what comes of it another.
    key = run.request.key if run.over else f"{run.id}:{run.position}"
    return private(key, run.request.who, run, tell(run, people))


def _line(run: Run, event: Event, people: People) -> Report | None:
    """The line of the thread that an event deserves, if it does."""
    match event:
        case Planned() if event.gate.seats:
            whom = _who_may_fill(run, people)
            return _said(run, *pings(whom, f"{run.request.who.name} asks for your agreement.")) if whom else None
        case Agreed():
            confirmed = event.by.id == run.request.who.id
            return _said(run, Mention(event.by), " confirmed." if confirmed else " agreed.")
        case Drifted():
            return _said(run, "The world changed after it was agreed to, so nothing was done; the plan was made anew.")
        case Failed() if run.phase is not Phase.ASKING:
            return _said(run, Bold("It did not work: "), since_begun(run, event.because))
        case Asked():
            who = run.cancelled_by.id if run.cancelled_by else ""
            ask = run.request.who
            words: tuple[Inline, ...] = (f"{since_begun(run, event.because).rstrip('.')}. How shall it go on?",)
            return _said(run, *(words if ask.id == who else (Mention(ask, ping=True), ": ", *words)))
        case Failed() | Stumbled() if run.phase is Phase.ASKING:
            words = (f": {since_begun(run, run.asking).rstrip('.')}. It rests until somebody decides.",)
            return _said(run, *_mentioned(_who_decides(run)), *words)
        case Answered(choice=choice):
            return _said(run, Mention(event.by), f" decided: {_CHOICES.get(choice, choice)}.")
        case Settled() if event.by.id:
            return _said(run, Mention(event.by), f" took it {'back' if event.back else 'over'} ({event.case}).")
        case Declined(because=because):
            return _said(run, Mention(run.request.who, ping=True), f": {event.by.name} declined it: {because}")
        case Cancelled(because=because) if run.over and event.by.id != run.request.who.id:
            ask = run.request.who
            return _said(run, Mention(event.by), " cancelled the run of ", Mention(ask, ping=True), f": {because}"
                         if because else ".")  # fmt: skip
        case Ended(how=how) if how in ("put back", "failed", "expired"):
            # Why a step failed is in the thread already, at length.
            because = f" {since_begun(run, event.because)}" if event.because and run.failure is None else ""
            # Nobody is called for what they decided themselves.
            own = run.decided is not None and run.decided.by.id == run.request.who.id
            called: tuple[Inline, ...] = () if own else (Mention(run.request.who, ping=True), ": ")
            return _said(run, *called, f"{run.id}: {how}.{because}")
    return None


#: What people chose, as they read it on the button.
_CHOICES = {"undo": "put it back", "keep": "leave it as it is", "go-on": "go on", "again": "try again"}


def _who_decides(run: Run) -> list[Who]:
    """Whoever asked for it and whoever agreed to it."""
    return list({who.id: who for who in (run.request.who, *run.signers) if who.id}.values())


def _who_may_fill(run: Run, people: People) -> list[Who]:
    """Those whose agreement is asked for; nobody is pinged for their own run."""
    ids = {id_ for seat in run.gate.seats for id_ in seat.people if id_ != run.request.who.id}
    return [person.who for person in people if person.id in ids]


def pings(whom: list[Who], words: str) -> list[Inline]:
    """People, each pinged, and what they are told."""
    return [*_mentioned(whom), f": {words}"]


def _mentioned(whom: list[Who]) -> list[Inline]:
    parts: list[Inline] = []
    for who in whom:
        parts += [", "] if parts else []
        parts.append(Mention(who, ping=True))
    return parts


def _said(run: Run, *parts: Inline) -> Report:
    return Report(f"{run.id}: {flat(parts)}", parts=(marked(*parts),), tone=Tone.PLAIN)


def answered(request: Request, verb: str, run: Run, stands: str) -> Say:
    """To whoever typed a reply: to which run it was said, and how that stands; its card may be in another channel."""
    title = run.plan.title if run.plan else run.words
    words = f"You said `{verb}` to “{title}”. {stands}"
    report = Report(words, parts=(marked(words),))
    under = card_key(run.id) if run.carded else ""
    return Say(f"private:{request.key}", Kind.PRIVATE, report, request.place, request.who, under)


def refusal(because: str, hint: str = "", tone: Tone = Tone.PLAIN) -> Report:
    """A no, with what to do next. It needs attention only where something went wrong."""
    return Report(f"{because} {hint}".strip(), tone=tone, parts=(marked(because), *((marked(hint),) if hint else ())))
