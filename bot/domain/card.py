"""The card of a run: a function of the run, the same whoever draws it and whenever."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.card_offers import offers, undoable
from bot.domain.errors import nothing_changed, why_alone
from bot.domain.person import People, Who, roles
from bot.domain.plan import Act, Never, Step
from bot.domain.report import (
    Bold,
    CaseId,
    Code,
    Facts,
    Inline,
    Item,
    Items,
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
    text,
)
from bot.domain.run import Phase, Run
from bot.domain.sentence import flat, marked, sentence, short
from bot.domain.verb import Met, NotYet, spell


def tell(run: Run, people: People, children: Sequence[Run] = (), paused: str = "") -> Report:
    """The report of a run as it stands. ``children`` are the cases that belong to it, each a line.

    ``paused`` says why, by whom and since when nothing may change the world; it is empty when it may.
    """
    if run.answer is not None:
        return run.answer
    tone, state = _state(run)
    title = run.plan.title if run.plan else run.words
    parts: list[Part] = [Text(state)]
    if paused and run.phase is Phase.WAITING and run.plan is not None and run.plan.outside:
        parts.append(Text((f"The bot is paused – {paused}. What is agreed to starts when it is unpaused.",)))
    because = _because(run)
    if because:
        parts.append(Quote(because))
    if run.offers is not None:
        parts += run.offers.shows
    if run.plan is not None:
        parts += _plan(run, people)
    lines = tuple(line_of(child) for child in children if not private(child))
    parts += [Items(lines)] if lines else []
    parts.append(note(*_small_print(run)))
    return Report(f"{title}: {flat(state)}", title, tone, tuple(parts), offers(run))


def private(child: Run) -> bool:
    """Whether it is between the bot and its asker, and to others nothing: it has no card and changed nothing.

    It waits for their choice, or came to nothing, and they were told alone.
    """
    alone = child.phase is Phase.CHOOSING or (child.ended is not None and child.ended.how != "done")
    return alone and not child.carded and not child.changed and bool(child.request.who.id)


def _state(run: Run) -> tuple[Tone, tuple[Inline, ...]]:
    """Where it stands, as tone and sentence; in that are the words of refusals, which name what can be typed."""
    tone, parts = _stands(run)
    return tone, marked(*parts).parts


def _stands(run: Run) -> tuple[Tone, tuple[Inline, ...]]:
    if _is_tried_again(run):
        return Tone.WARN, (f"{_held_up(run)} Nothing is lost: it is tried again by itself", *_until(run), ".")
    match run.phase:
        case Phase.ASKED:
            return Tone.PLAIN, ("Looking …",)
        case Phase.CHOOSING:
            return Tone.WAITING, (sentence(run.offers.because if run.offers else ""),)
        case Phase.WAITING:
            return Tone.WAITING, _waits(run)
        case Phase.AGREED:
            return Tone.RUNNING, ("Agreed; about to begin.",)
        case Phase.DOING if run.cancelled_by:
            return Tone.RUNNING, _stopped(run, run.cancelled_by)
        case Phase.DOING:
            return Tone.RUNNING, ("Under way.",)
        case Phase.UNDOING:
            if run.failure is None:
                return Tone.RUNNING, ("Being put back.",)
            why = sentence(short(since_begun(run, run.failure.because)))
            return Tone.WARN, (f"It did not work, and is being put back. {why}",)
        case Phase.ASKING:
            return Tone.WARN, (
                f"{sentence(short(since_begun(run, run.asking)))} It rests here until somebody decides.",
            )
        case Phase.STANDING:
            return Tone.GOOD, _standing(run)
    return _end(run)


def _stopped(run: Run, by: Who) -> tuple[Inline, ...]:
    """Who stopped it, and until when it may take all the same, where that is known."""
    said, then = f"{by.name} stopped it; the step in hand is finished first", "No further one is begun."
    if run.deadline is None:
        return (f"{said}. {then}",)
    return f"{said}, by ", Moment(run.deadline), f" at the latest. {then}"


def _is_tried_again(run: Run) -> bool:
    return run.postponed is not None and run.postponed.until is not None and not run.over


def _held_up(run: Run) -> str:
    """By what it is held up."""
    return sentence(short(since_begun(run, run.postponed.because if run.postponed else "")))


def _until(run: Run) -> tuple[Inline, ...]:
    return (", until ", Moment(run.expires)) if run.expires else ()


def _waits(run: Run) -> tuple[Inline, ...]:
    until: tuple[Inline, ...] = (*_until(run), ".")
    if run.drifts:
        return ("The world has changed since it was agreed to. This is the new plan; it must be agreed to anew", *until)
    if all(seat.own for seat in run.gate.seats):
        return (f"Waits for {run.request.who.name} to confirm", *until)
    return ("Waits for agreement", *until)


def _standing(run: Run) -> tuple[Inline, ...]:
    ends = [end for stand in run.stands if (end := run.end_of(stand))]
    return ("Done, and stands until ", Moment(min(ends)), "; then it is put back by itself.") if ends else ("Done.",)


def _put_back(run: Run, because: str) -> tuple[Tone, tuple[Inline, ...]]:
    if run.failure is None:  # somebody chose it
        return Tone.GOOD, (f"{because} What had been done was put back, and read back.".strip(),)
    return Tone.WARN, (f"It did not work; what had been done was put back, and read back. {because}".strip(),)


def _end(run: Run) -> tuple[Tone, tuple[Inline, ...]]:
    ended = run.ended
    if ended is None:
        return Tone.PLAIN, ("Over.",)
    # A plan that was never begun is refused in our own words, and in nothing but these.
    because = sentence(short(since_begun(run, ended.because)) if run.opened_at else ended.because)
    back = next((each for each in reversed(run.settled)), None)
    match ended.how:
        case "done" if back is not None and not undoable(run):
            what = "taken back" if back.back else "taken over"
            return Tone.PLAIN, (f"Done, and since then {what} by {back.by.name} (", CaseId(back.case), ").")
        case "done" if run.put_back:
            return Tone.GOOD, ("Done; what had an end was put back by itself.",)
        case "done":
            took = spell(_took(run))
            return Tone.GOOD, (f"Done in {took}.",)
        case "declined":
            return Tone.DECLINED, (f"Declined by {ended.by.name}; nothing was changed.",)
        case "cancelled":
            return Tone.PLAIN, (f"Cancelled by {ended.by.name}; nothing was changed.",)
        case "expired":
            return Tone.PLAIN, (f"{_too_late(run)}, so it is over; nothing was changed. {because}".strip(),)
        case "nothing":
            return Tone.PLAIN, (nothing_changed(because),)
        case "refused":
            return Tone.WARN, (nothing_changed(because),)
        case "put back":
            return _put_back(run, because)
        case "failed":
            return Tone.BAD, (f"{because} There is no way back for what was done.".strip(),)
        case "kept":
            return Tone.WARN, (f"{because} {ended.by.name} left it as it is.".strip(),)
    return Tone.PLAIN, (ended.how,)


def _too_late(run: Run) -> str:
    """What did not come in time: an answer, or the beginning after it."""
    if run.agreed and len(run.seats_taken) == len(run.gate.seats):
        return f"It could not begin within {spell(run.gate.expires)} of being agreed to"
    return f"{'Not everybody' if run.agreed else 'Nobody'} answered in time"


def _took(run: Run) -> timedelta:
    if run.opened_at is None or run.done_at is None:
        return timedelta()
    return run.done_at - run.opened_at


def _because(run: Run) -> str:
    """The reason that was given when asking, or for saying no."""
    if run.ended is not None and run.ended.how in ("declined", "cancelled") and run.ended.because:
        return run.ended.because
    return run.because


def _plan(run: Run, people: People) -> list[Part]:
    plan = run.plan
    if plan is None:
        return []
    parts: list[Part] = list(plan.shows) if run.phase in (Phase.WAITING, Phase.AGREED, Phase.DOING) else []
    risk = Text((Bold(plan.risk.level.value), f" – {plan.risk.because}"))
    if run.phase is Phase.WAITING:
        parts.append(Facts((("Risk", risk),)))
        parts.append(Items(tuple(_seats(run, people))))
    if run.phase not in (Phase.CHOOSING, Phase.WAITING) and run.opened_at is not None:
        parts.append(Items(tuple(_step(run, step) for step in plan.steps)))
    elif run.phase is Phase.WAITING:
        parts.append(Items(tuple(_step(run, step) for step in plan.steps)))
        acts = [step for step in plan.steps if isinstance(step, Act)]
        ways = [_way_back(act, f" for “{act}”" if len(acts) > 1 else "") for act in acts]
        parts.append(Note(marked("Way back: ", "; ".join(dict.fromkeys(ways)), ".")))
    return parts


def _way_back(step: Act, which: str) -> str:
    """How a step is put back; ``which`` says whose way it is, where one of several has none."""
    if isinstance(step.undo, Never):
        return f"none{which} – {step.undo.because}"
    way = "; ".join(str(change) for change in step.undo.changes)
    if step.later is None or step.later == step.undo:
        return way
    if isinstance(step.later, Never):
        return f"if it breaks: {way}; once it is done: none{which} – {step.later.because}"
    return f"if it breaks: {way}; once it is done: {'; '.join(str(change) for change in step.later.changes)}"


def _seats(run: Run, people: People) -> list[Item]:
    taken = run.seats_taken
    items = []
    for index, seat in enumerate(run.gate.seats):
        name = roles(seat.roles)
        if index in taken:
            who = people.get(taken[index])
            items.append(
                Item(Mark.GOOD, text(f"{who.name if who else taken[index]} ", "confirmed" if seat.own else "agreed"))
            )
        elif seat.own:
            items.append(Item(Mark.TO_DO, text("Needs the confirmation of ", Mention(run.request.who))))
        else:
            names = ", ".join(sorted(person.name for each in seat.people if (person := people.get(each))))
            detail = names or "nobody holds this role: config/people.yaml names who does"
            items.append(Item(Mark.TO_DO, text("Needs ", Bold(name)), detail))
    return items


def _step(run: Run, step: Step) -> Item:
    """One step of the list: its sign, its text, and what is known of it."""
    line = text(str(step))
    stand = next((each for each in run.stands if each.step == step.name), None)
    if step.name in run.put_back:
        return Item(Mark.BACK, line, "put back")
    if run.leg is not None and run.leg.step == step.name:
        said = [answer.says for answer in run.leg.answers if isinstance(answer, NotYet | Met) and answer.says]
        if run.leg.back:
            return Item(Mark.NOW, line, "being put back" + (f": {short('; '.join(said))}" if said else ""))
        return Item(Mark.NOW, line, short("; ".join(said)))
    if run.failure is not None and run.failure.step == step.name:
        # The sentence above has said why.
        return Item(Mark.BAD, line)
    if any(event.step == step.name for event in run.went_on):
        why = next(short(since_begun(run, event.because)) for event in run.went_on if event.step == step.name)
        return Item(Mark.WARN, marked(str(step), f" – {why}"))
    if stand is not None and not stand.proved:
        return Item(Mark.WARN, line, "perhaps made; not proved")
    done = run.plan is not None and [each.name for each in run.plan.steps].index(step.name) < run.next_step
    if done:
        return Item(Mark.GOOD, line, run.proofs.get(step.name, ""))
    if run.over or run.phase is Phase.UNDOING:
        return Item(Mark.PLAIN, line, "not begun")
    return Item(Mark.TO_DO, line)


def line_of(child: Run) -> Item:
    """A run as a line on the card of the case that it belongs to."""
    tone, state = _state(child)
    if _is_tried_again(child):
        held_up = f"not confirmed yet: {_held_up(child)} It is tried again by itself"
        state = marked(held_up, *_until(child), ".").parts
    mark = {Tone.GOOD: Mark.GOOD, Tone.BAD: Mark.BAD, Tone.WARN: Mark.WARN, Tone.RUNNING: Mark.NOW}.get(
        tone, Mark.PLAIN if child.over else Mark.TO_DO
    )
    # What it is about, the card says already.
    words = " ".join(word for word in child.words.split() if word != child.request.of)
    title = child.plan.title if child.plan else words
    return Item(mark, Text((title, f" – {child.request.who.name}, ", CaseId(child.id), " – ", *state)))


def _small_print(run: Run) -> tuple[Inline, ...]:
    asked: tuple[Inline, ...] = (
        *_where(run),
        Code(run.id),
        f" · asked by {run.request.who.name} at ",
        Moment(run.request.at),
    )
    signers = ", ".join(dict.fromkeys(who.name for who in run.signers if who.id != run.request.who.id))
    if signers:
        asked = (*asked, f" · agreed by {signers}")
    return (*asked, " · plan ", Code(run.digest[:8])) if run.digest else asked


def _where(run: Run) -> tuple[Inline, ...]:
    """Which place it is about, as people call it and as the outside does: the first thing to know before agreeing."""
    if run.plan is None or not run.plan.outside:
        return ()
    inside = " and ".join(sorted({change.where for change in run.plan.changes} - {""}))
    return Bold(" and ".join(sorted(run.plan.places))), f" ({inside}) · " if inside else " · "


def since_begun(run: Run, because: str) -> str:
    """Why it goes no further. That a single call changed nothing says nothing of a run that has changed something."""
    return why_alone(because) if run.changed else because
