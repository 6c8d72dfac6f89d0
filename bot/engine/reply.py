"""Replies: what people say to a case that is there already, as decisions without I/O."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bot.domain.card_offers import undoable
from bot.domain.errors import Refusal
from bot.domain.event import Agreed, Answered, Cancelled, Declined, Event, TickedOff
from bot.domain.gate import Seat, seating
from bot.domain.person import Person, roles
from bot.domain.run import Phase, Run
from bot.domain.verb import Ticked, Told

#: What stands for a digest where no plan is meant: no digest begins so.
NO_PLAN = "none"


@dataclass(frozen=True)
class Reply:
    """Who replies to which run, with which further words, and when."""

    run: Run
    person: Person
    rest: str
    because: str
    now: datetime
    #: When it was said: it may be taken much later, as after a crash.
    said_at: datetime
    #: Whether this person may ask for changes at all.
    may_change: bool


@dataclass(frozen=True)
class Spoken:
    """A word that is a reply: what it does, for help, and how it is decided."""

    about: str
    usage: str
    decide: Callable[[Reply], Event]
    #: What help adds to it.
    details: str = ""
    #: Whether it is for whoever may ask for changes, too, and not only for those who have a part in the run.
    steers: bool = True
    #: Whether people type it; what they only press is not in help.
    typed: bool = True
    #: Where a run is that may be meant when none is named; and what is said when there is no such run.
    phases: frozenset[Phase] = frozenset({Phase.ASKING})
    none: str = "You have no run that rests and waits for a decision."


def how_it_stands(run: Run) -> str:
    """One sentence on where a run is, for somebody who comes too late."""
    if run.settled:
        last = run.settled[-1]
        return f"{run.id} is done, and since then {'taken back' if last.back else 'taken over'} by {last.by.name}."
    if run.ended is not None:
        who = f" by {run.ended.by.name}" if run.ended.by.id else ""
        return f"{run.id} is over: {run.ended.how}{who}."
    if run.cancelled_by is not None and run.phase is Phase.DOING:
        return f"{run.id} was stopped by {run.cancelled_by.name}; the step in hand is finished first."
    return {
        Phase.ASKED: f"{run.id} is still being looked at.",
        Phase.CHOOSING: f"{run.id} waits for {run.request.who.name} to choose.",
        Phase.WAITING: f"{run.id} waits for agreement.",
        Phase.AGREED: f"{run.id} was agreed to{_by(run)} and is about to begin.",
        Phase.DOING: f"{run.id} is being carried out.",
        Phase.UNDOING: f"{run.id} is being put back.",
        Phase.ASKING: f"{run.id} rests and waits for a decision.",
    }.get(run.phase, f"{run.id} is done.")


def _by(run: Run) -> str:
    """Who was quicker, for who presses second."""
    return f" by {' and '.join(who.name for who in run.signers)}" if run.signers else ""


def plan_meant(run: Run, at: datetime) -> str:
    """The digest of the plan that words of then mean which name none; of one that was made later: none.

    Words may be taken long after they were said, as after a crash.
    """
    seen = run.planned_at is not None and run.planned_at <= at
    return run.digest if seen and run.digest else NO_PLAN


def agree(reply: Reply) -> Agreed:
    """Sign the digest that the words name."""
    run, person = reply.run, reply.person
    if person.id in run.agreed and run.phase in (Phase.WAITING, Phase.AGREED, Phase.DOING):
        raise Refusal("You have agreed to this already; it counts once.", how_it_stands(run))
    if run.phase is not Phase.WAITING:
        raise Refusal(f"This can no longer be agreed to. {how_it_stands(run)}", "Nothing was changed by this.")
    if len(reply.rest) < 8 or not run.digest.startswith(reply.rest):
        raise Refusal(
            "The plan is no longer the one that you saw.",
            "Nothing was agreed to. Read the card as it is now, and agree again if you still do.",
        )
    _may_fill(run, person)
    then = {**run.agreed, person.id: person.roles}
    if len(seating(run.gate.seats, then)) == len(run.seats_taken):
        raise Refusal("Somebody else has already agreed in your place.", how_it_stands(run))
    return Agreed(reply.now, person.who, digest=run.digest, roles=person.roles)


def waits_for(run: Run, person: Person) -> bool:
    """Whether this person's agreement is what a run waits for."""
    if run.phase is not Phase.WAITING or person.id in run.agreed:
        return False
    then = {**run.agreed, person.id: person.roles}
    return len(seating(run.gate.seats, then)) > len(run.seats_taken)


def _may_fill(run: Run, person: Person) -> None:
    mine = [seat for seat in run.gate.seats if person.id in seat.people and (seat.own or seat.roles & person.roles)]
    if mine:
        return
    if person.id == run.request.who.id:
        raise Refusal(
            "You asked for this, so somebody else must agree to it.",
            f"It needs {_needed(run.gate.seats)}. You can cancel it.",
        )
    raise Refusal(
        f"You cannot agree to this: it needs {_needed(run.gate.seats)}.",
        "Nothing was changed. The card names who can: ask one of them. `whoami` says what you are.",
    )


def _needed(seats: tuple[Seat, ...]) -> str:
    return " and ".join("the asker's own confirmation" if seat.own else roles(seat.roles) for seat in seats)


def decline(reply: Reply) -> Declined | Cancelled | Answered:
    """No, with a reason. From the asker it is a cancellation."""
    run, person = reply.run, reply.person
    if person.id == run.request.who.id:
        return cancel(reply)
    if run.phase is not Phase.WAITING:
        raise Refusal(f"This can no longer be declined. {how_it_stands(run)}", "Nothing was changed by this.")
    if not any(person.id in seat.people for seat in run.gate.seats):
        raise Refusal(
            f"Only those who could agree can decline: {_needed(run.gate.seats)}.",
            f"Nothing was changed. To stop it, say `cancel {run.id} because …`."
            if reply.may_change
            else f"Nothing was changed. Tell {_asker(run)}, or somebody whom the card names, what speaks against it.",
        )
    if not reply.because:
        raise Refusal("To decline needs a reason.", f"Say it like this: `decline {run.id} because …`.")
    return Declined(reply.now, person.who, because=reply.because)


def cancel(reply: Reply) -> Cancelled | Answered:
    """Stop: at once before anything was changed, after the step in hand otherwise.

    What rests has nothing to stop: where nothing can be put back either, it is left as it is.
    """
    run = reply.run
    _may_steer(reply)
    if run.over or run.phase is Phase.STANDING:
        raise Refusal(f"There is nothing to cancel. {how_it_stands(run)}", f"`undo {run.id}` takes back what it did.")
    if run.phase is Phase.ASKING:
        if not undoable(run):
            return Answered(reply.now, reply.person.who, choice="keep")
        raise Refusal(
            f"It is stopped already. {how_it_stands(run)}",
            f"Nothing was changed by this. Decide it: `put-back {run.id}` or `keep {run.id}`.",
        )
    if run.cancelled_by is not None or run.phase is Phase.UNDOING:
        raise Refusal(f"It is stopped already. {how_it_stands(run)}", "Nothing was changed by this.")
    involved = {run.request.who.id, *(id_ for seat in run.gate.seats for id_ in seat.people)}
    if run.opened_at is None and reply.person.id not in involved and not reply.because:
        raise Refusal(
            f"This is {run.request.who.name}'s run, so to cancel it needs a reason.",
            f"Nothing was changed. Say it like this: `cancel {run.id} because …`.",
        )
    return Cancelled(reply.now, reply.person.who, because=reply.because)


def answer(choice: str) -> Callable[[Reply], Event]:
    """The decision on a run that rests in the middle."""

    def decide(reply: Reply) -> Answered:
        _may_steer(reply)
        run = reply.run
        if run.phase is not Phase.ASKING:
            raise Refusal(f"Nothing is to be decided. {how_it_stands(run)}", "Nothing was changed by this.")
        if run.asking_since is not None and run.asking_since > reply.said_at:
            raise Refusal(
                f"{run.id} has gone on since you said it, and rests anew.",
                "Nothing was changed by this. Read its card as it is now, and decide again.",
            )
        return Answered(reply.now, reply.person.who, choice=choice)

    return decide


def tick(reply: Reply) -> TickedOff:
    """A person's answer to a check: ``tick <run> <step> <number> [words]``."""
    run = reply.run
    step, number, words = (*reply.rest.split(maxsplit=2), "", "", "")[:3]
    leg = run.leg
    if run.phase is not Phase.DOING or leg is None or leg.step != step or not number.isdigit():
        raise Refusal(f"This is not waited for. {how_it_stands(run)}", "Nothing was changed by this.")
    checks = run.step(step).checks
    check = checks[int(number)] if int(number) < len(checks) else None
    if not isinstance(check, Ticked | Told):
        raise Refusal("That is not for a person to say: the bot looks at it itself.", "Nothing was changed.")
    if not check.roles & reply.person.roles:
        raise Refusal(f"That is for {roles(check.roles)} to say.", "Nothing was changed.")
    said = " because ".join(part for part in (words, reply.because) if part)
    if isinstance(check, Told) and not said:
        raise Refusal(f"It needs words: {check.what}.", "Nothing was changed.")
    return TickedOff(reply.now, reply.person.who, step=step, check=int(number), words=said)


def _may_steer(reply: Reply) -> None:
    signed = reply.person.id in reply.run.agreed or any(reply.person.id in seat.people for seat in reply.run.gate.seats)
    if not (reply.may_change or signed or reply.person.id == reply.run.request.who.id):
        raise Refusal(
            "You may not steer this run: you may only read.",
            f"Nothing was changed. Ask {_asker(reply.run)} to do it. `whoami` says what you may.",
        )


def _asker(run: Run) -> str:
    return run.request.who.name if run.request.who.id else "somebody who is on call"


_UNDER_WAY = frozenset(Phase) - {Phase.STANDING, Phase.OVER}

#: Other words for a reply: what its button says.
SYNONYMS: Mapping[str, str] = {"approve": "agree", "confirm": "agree"}

REPLIES: Mapping[str, Spoken] = {
    "agree": Spoken(
        "Agree to the plan of a run, as its card shows it now.",
        "agree [run]",
        agree,
        details="Without a run it is the one that waits for you, where only one does.",
        steers=False,
    ),
    "decline": Spoken(
        "Decline the plan of a run, with a reason.",
        "decline [run] because …",
        decline,
        steers=False,
        phases=_UNDER_WAY,
        none="No run waits for your agreement, and you have none under way.",
    ),
    "cancel": Spoken(
        "Stop a run: after the step in hand it asks: undo or keep?",
        "cancel [run]",
        cancel,
        phases=_UNDER_WAY,
        none="You have no run under way, so there is nothing to cancel.",
        details="Without a run it is your own that waits or is under way, where only one is. What has changed nothing "
        "yet is over at once. Else the step in hand is finished first, and its card says by when; none is begun after.",
    ),
    "put-back": Spoken("Put back what a resting run has done.", "put-back <run>", answer("undo")),
    "keep": Spoken("Leave what a resting run has done as it is.", "keep <run>", answer("keep")),
    "go-on": Spoken("Let a resting run go on.", "go-on <run>", answer("go-on")),
    "again": Spoken("Let a resting run try its step again.", "again <run>", answer("again")),
    "tick": Spoken("Answer what a run waits for.", "tick <run> <step> <number> [words]", tick, typed=False),
}
