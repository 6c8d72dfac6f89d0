"""Runs: the life of one asked-for procedure, as a fold of its events and one table."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from bot.domain.case import Impossible
from bot.domain.event import (
    Agreed,
    Answered,
    AnsweredWith,
    Asked,
    Begotten,
    Cancelled,
    Declined,
    Drifted,
    Ended,
    Event,
    Failed,
    Looked,
    Made,
    Offered,
    Opened,
    Passed,
    Planned,
    Postponed,
    Refined,
    Requested,
    Settled,
    Started,
    Stumbled,
    TickedOff,
)
from bot.domain.gate import OPEN
from bot.domain.plan import Act, OrElse
from bot.domain.state import Leg, Phase, RunState, Stand, checks_of
from bot.domain.verb import Met

P = Phase
_STEPS = frozenset({Started, Made, Looked, Passed, Failed, Postponed, Asked})

#: The life of a run: what may happen in each phase. ``after`` says what follows.
LIFE: Mapping[Phase, frozenset[type[Event]]] = {
    P.ASKED: frozenset({Offered, Planned, Postponed, Ended, Cancelled, AnsweredWith}),
    P.CHOOSING: frozenset({Refined, Ended, Cancelled}),
    P.WAITING: frozenset({Refined, Agreed, Declined, Ended, Cancelled}),
    P.AGREED: frozenset({Opened, Drifted, Planned, Offered, Postponed, Ended, Cancelled}),
    P.DOING: _STEPS | {TickedOff, Cancelled, Ended},
    P.UNDOING: _STEPS | {Ended},
    P.ASKING: frozenset({Answered, Asked, Ended}),
    P.STANDING: _STEPS | {Settled, Begotten, Ended},
    P.OVER: frozenset({Settled, Begotten}),
}
#: Possible in every phase but the last.
_ANY_TIME = frozenset({Stumbled, Begotten, Settled})
#: Unforeseen errors before a run rests for people.
PATIENCE = 3


@dataclass(frozen=True)
class Run(RunState):
    """One asked-for procedure. Only ``after`` makes another."""

    @classmethod
    def born(cls, event: Event) -> "Run":
        """The run that a ``Requested`` opens. Raises ``Impossible`` for any other event."""
        if not isinstance(event, Requested) or event.request is None:
            raise Impossible(f"a run begins with Requested, not with {type(event).__name__}")
        return cls(event.request, words=event.request.words, last=event)

    def after(self, event: Event) -> "Run":
        """The run after an event. Raises ``Impossible`` when the table has no place for it."""
        kind = type(event)
        if kind not in LIFE[self.phase] and not (kind in _ANY_TIME and self.phase is not Phase.OVER):
            raise Impossible(f"{self.id} is {self.phase.value}: {kind.__name__} cannot happen now")
        postponed = event if isinstance(event, Postponed) else None
        if isinstance(event, Begotten | Settled):
            postponed = self.postponed
        after = _fold(self, event)
        # Whatever brought it to rest for people: without a card none of them would know.
        carded = self.carded or _worth_a_card(self, event) or after.phase is P.ASKING
        asks_anew = after.phase is P.ASKING and (self.phase, self.asking) != (P.ASKING, after.asking)
        since = event.at if asks_anew else self.asking_since
        return replace(
            after, carded=carded, position=self.position + 1, last=event, postponed=postponed, asking_since=since
        )


def _worth_a_card(run: Run, event: Event) -> bool:
    """A case of its own shows what it waits for; one that belongs to another only when it rests for people.

    What only its asker can choose is asked of them alone.
    """
    if isinstance(event, AnsweredWith):
        return not event.private
    if run.request.of:
        return isinstance(event, Planned) and bool(event.gate.seats)
    return isinstance(event, Planned | Offered | Postponed)


def _fold(run: Run, event: Event) -> Run:  # noqa: PLR0912 - the table of a whole life, one line or two an event
    match event:
        case Refined():
            anew = replace(run, phase=P.ASKED, words=event.words, offers=None)
            return replace(
                anew, plan=None, planned_at=event.at, digest="", gate=OPEN, agreed={}, signers=(), agreed_at=None
            )
        case Offered():
            return replace(run, phase=P.CHOOSING, offers=event.offers, plan=None, planned_at=event.at)
        case Planned():
            return _planned(run, event)
        case Agreed():
            agreed = {**run.agreed, event.by.id: event.roles}
            now = replace(run, agreed=agreed, signers=(*run.signers, event.by), agreed_at=event.at)
            full = len(now.seats_taken) == len(run.gate.seats)
            return replace(now, phase=P.AGREED) if full else now
        case Drifted():
            return replace(run, phase=P.AGREED, drifts=run.drifts + 1)
        case Opened():
            return replace(run, phase=P.DOING, opened_at=event.at)
        case Started() | Made() | Looked() | Passed() | Failed():
            return _stepped(replace(run, decided=None) if isinstance(event, Failed) else run, event)
        case TickedOff():
            leg = run.leg or Leg(event.step, started=event.at, made=True)
            return replace(run, leg=replace(leg, told={**leg.told, event.check: (event.by, event.words)}), rested=True)
        case Cancelled() if run.opened_at is None:
            return _over(run, Ended(event.at, event.by, "cancelled", event.because))
        case Cancelled():
            return replace(run, cancelled_by=event.by)
        case Asked():
            return _rests(run, event.because)
        case Answered():
            return replace(_answered(run, event), rested=True, decided=event)
        case Stumbled():
            now = replace(run, stumbles=(*run.stumbles, event.token))
            stuck = len(now.stumbles) % PATIENCE == 0 and run.opened_at is not None
            return _rests(now, f"something unforeseen happened {PATIENCE} times (log: {event.token})") if stuck else now
        case Settled():
            stands = tuple(stand for stand in run.stands if stand.step not in event.steps)
            now = replace(run, stands=stands, settled=(*run.settled, event))
            return replace(now, phase=P.OVER) if run.phase is P.STANDING and not now.loose else now
        case Begotten():
            return replace(run, children=(*run.children, event))
        case Declined():
            return _over(run, Ended(event.at, event.by, "declined", event.because))
        case AnsweredWith():
            return replace(_over(run, Ended(event.at, event.by, "done")), answer=event.report)
        case Ended():
            return _over(run, event)
    return run


def _rests(run: Run, because: str) -> Run:
    resume = run.resume if run.phase is P.ASKING else run.phase
    return replace(run, phase=P.ASKING, asking=because, resume=resume)


def _planned(run: Run, event: Planned) -> Run:
    """A new plan forgets every agreement that an older one got."""
    return replace(
        run,
        phase=P.WAITING if event.gate.seats else P.AGREED,
        plan=event.plan,
        digest=event.digest,
        gate=event.gate,
        command=event.command,
        planned_at=event.at,
        agreed={},
        signers=(),
        agreed_at=None,
        offers=None,
    )


def _stepped(run: Run, event: Started | Made | Looked | Passed | Failed) -> Run:
    leg = run.leg
    if leg is None or (leg.step, leg.back) != (event.step, event.back):
        leg = Leg(event.step, event.back)
    match event:
        case Started():
            leg = replace(leg, attempt=event.attempt, started=leg.started or event.at, made=False)
            stands = run.stands
            acts = isinstance(run.step(event.step), Act)
            if acts and not event.back and all(stand.step != event.step for stand in stands):
                stands = (*stands, Stand(event.step, event.at))
            return replace(run, leg=leg, stands=stands, rested=False)
        case Made():
            return replace(run, leg=replace(leg, made=True))
        case Looked():
            before = leg.good or (None,) * len(event.answers)
            good = tuple(
                (since or event.at) if isinstance(answer, Met) else None
                for since, answer in zip(before, event.answers, strict=True)
            )
            return replace(run, leg=replace(leg, answers=event.answers, good=good))
        case Passed() if event.back:
            stands = tuple(stand for stand in run.stands if stand.step != event.step)
            now = replace(run, leg=None, stands=stands, put_back=(*run.put_back, event.step))
            return replace(now, phase=P.OVER) if run.phase is P.STANDING and not now.loose else now
        case Passed():
            stands = tuple(
                replace(stand, proved=True, since=event.at) if stand.step == event.step else stand
                for stand in run.stands
            )
            proof = "; ".join(answer.says for answer in event.answers if isinstance(answer, Met) and answer.says)
            proofs = {**run.proofs, event.step: proof}
            return replace(run, leg=None, stands=stands, proofs=proofs, next_step=run.next_step + 1)
    return _broken(run, event)


def _broken(run: Run, event: Failed) -> Run:
    if event.back:
        why = f"it could not be put back: {event.because}"
        return replace(run, phase=P.ASKING, asking=why, resume=run.phase, failure=run.failure or event)
    match run.step(event.step).or_else:
        case OrElse.UNDO:
            return replace(run, phase=P.UNDOING, leg=None, failure=event)
        case OrElse.GO_ON:
            return replace(run, leg=None, next_step=run.next_step + 1, went_on=(*run.went_on, event))
    if event.unmade:
        run = replace(run, stands=tuple(stand for stand in run.stands if stand.step != event.step))
        if not run.changed:
            # There is nothing to decide on: whoever wants it all the same asks again.
            return _over(replace(run, failure=event), Ended(event.at, how="refused", because=event.because))
    return replace(run, phase=P.ASKING, asking=event.because, resume=P.DOING, failure=event)


def _answered(run: Run, event: Answered) -> Run:
    leg = None if run.leg is None else replace(run.leg, started=None, attempt=0, made=False, answers=(), good=())
    match event.choice:
        case "undo":
            return replace(run, phase=P.UNDOING, leg=None, asking="")
        case "keep":
            return _over(run, Ended(event.at, event.by, "kept", run.asking))
        case "go-on":
            skipped = (run.failure,) if run.failure and not run.failure.back else ()
            return replace(
                run,
                phase=run.resume,
                leg=None,
                next_step=run.next_step + len(skipped),
                went_on=(*run.went_on, *skipped),
                failure=None,
                cancelled_by=None,
                asking="",
            )
    # Tried again, it has not failed any more.
    return replace(run, phase=run.resume, leg=leg, asking="", failure=run.failure if run.resume is P.UNDOING else None)


def _over(run: Run, event: Ended) -> Run:
    done = replace(run, leg=None, ended=event, done_at=run.done_at or event.at, asking="")
    return replace(done, phase=P.STANDING if event.how == "done" and done.loose else P.OVER)


__all__ = ["LIFE", "PATIENCE", "Leg", "Phase", "Run", "Stand", "checks_of"]
