"""What a run needs next, and what its looks amount to: the decisions of the driver, without its hands."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.event import Asked, Ended, Event, Failed, Looked, Passed
from bot.domain.plan import Undo
from bot.domain.run import Leg, Phase, Run, checks_of
from bot.domain.verb import Answer, At, Broken, Check, Met, NotYet, Stays, Ticked, Told, spell


@dataclass(frozen=True)
class Survey:
    """Look at the world and make the plan (or the answer, for a lookup)."""


@dataclass(frozen=True)
class Open:
    """Take the claims, look and plan again, and begin if the plan is still the one that was agreed."""


@dataclass(frozen=True)
class Make:
    """Make the changes of a step, or take them back."""

    step: str
    back: bool = False


@dataclass(frozen=True)
class Inspect:
    """Look at the checks of the step in hand."""

    step: str
    back: bool = False


@dataclass(frozen=True)
class Give:
    """Nothing needs to be done outside: this simply happens."""

    event: Event


@dataclass(frozen=True)
class Rest:
    """Nothing to do until then; ``None``: until something happens."""

    until: datetime | None = None


Move = Survey | Open | Make | Inspect | Give | Rest

_PEOPLE = timedelta(hours=1)  # how often to look whether a person has answered; their answer wakes it anyway


def next_move(run: Run, now: datetime) -> Move:
    """What to do next for a run as it stands at ``now``."""
    if run.expires is not None and now >= run.expires:
        because = run.postponed.because if run.postponed else ""
        return Give(Ended(now, how="expired", because=because))
    if run.postponed is not None and run.postponed.until is not None and run.postponed.until > now:
        return Rest(run.postponed.until)
    match run.phase:
        case Phase.ASKED:
            return Survey()
        case Phase.CHOOSING | Phase.WAITING:
            return Rest(run.expires)
        case Phase.AGREED:
            return Open()
        case Phase.DOING:
            return _leg(run.leg) if run.leg else _forward(run, now)
        case Phase.UNDOING:
            return _leg(run.leg) if run.leg else _backward(run, now)
        case Phase.STANDING:
            return _leg(run.leg) if run.leg else (_ended(run, now) or Rest(run.due))
    return Rest()


def _leg(leg: Leg) -> Move:
    return Inspect(leg.step, leg.back) if leg.made else Make(leg.step, leg.back)


def _forward(run: Run, now: datetime) -> Move:
    back = _ended(run, now)
    if back is not None:
        return back
    if run.cancelled_by is not None:
        return Give(Asked(now, because=f"{run.cancelled_by.name} stopped it"))
    steps = run.plan.steps if run.plan else ()
    if run.next_step < len(steps):
        return Make(steps[run.next_step].name)
    return Give(Ended(now, how="done"))


def _backward(run: Run, now: datetime) -> Move:
    for stand in reversed(run.stands):
        if isinstance(run.way_back(stand.step), Undo):
            return Make(stand.step, back=True)
    because = run.failure.because if run.failure else ""
    return Give(Ended(now, how="put back" if run.put_back else "failed", because=because))


def _ended(run: Run, now: datetime) -> Move | None:
    """The way back of a standing step whose time is over, the latest first."""
    for stand in reversed(run.stands):
        end = run.end_of(stand)
        if end is not None and end <= now and stand.proved:
            return Make(stand.step, back=True)
    return None


def by_itself(leg: Leg, index: int, check: Check, now: datetime) -> Answer | None:
    """The answer to a check that needs no look at the world: time and people; ``None`` for all others."""
    match check:
        case At(when):
            return Met() if now >= when else NotYet(f"until {when:%H:%M} UTC", when - now)
        case Ticked() | Told():
            if index in leg.told:
                who, words = leg.told[index]
                return Met(f"{who.name}: {words}" if words else f"ticked by {who.name}")
            return NotYet(f"waits for somebody: {check}", _PEOPLE)
    return None


def judge(run: Run, answers: tuple[Answer, ...], now: datetime) -> Event | None:
    """What a look at the checks of the step in hand amounts to; ``None``: nothing that was not known."""
    leg = run.leg
    if leg is None:
        return None
    where = {"step": leg.step, "back": leg.back}
    broken = next((answer for answer in answers if isinstance(answer, Broken)), None)
    if broken is not None:
        return Failed(now, because=broken.because, **where)  # type: ignore[arg-type]  # mypy sees one type for both values
    looked = Looked(now, answers=answers, **where)  # type: ignore[arg-type]  # as above
    seen = run.after(looked).leg or leg
    checks = checks_of(run, leg)
    open_ = [answer for check, answer, good in _states(checks, answers, seen) if not _holds(check, answer, good, now)]
    if not open_:
        return Passed(now, answers=answers, **where)  # type: ignore[arg-type]  # as above
    if run.deadline is not None and now >= run.deadline:
        said = next((answer.says for answer in open_ if isinstance(answer, NotYet)), "it did not hold for long enough")
        waited = spell(run.step(leg.step).within or timedelta())
        return Failed(now, because=f"After {waited}: {said}", **where)  # type: ignore[arg-type]  # as above
    return looked if answers != leg.answers or seen.good != leg.good else None


def _states(
    checks: tuple[Check, ...], answers: tuple[Answer, ...], leg: Leg
) -> list[tuple[Check, Answer, datetime | None]]:
    return list(zip(checks, answers, leg.good or (None,) * len(checks), strict=True))


def _holds(check: Check, answer: Answer, good: datetime | None, now: datetime) -> bool:
    if not isinstance(answer, Met):
        return False
    return not isinstance(check, Stays) or (good is not None and now - good >= check.for_)


def look_again(run: Run, answers: tuple[Answer, ...], now: datetime) -> datetime:
    """When to look at the checks again: as the soonest answer says, and not after the deadline."""
    soonest = min((a.again for a in answers if isinstance(a, NotYet)), default=timedelta(seconds=15))
    then = now + soonest
    return min(then, run.deadline) if run.deadline is not None and run.deadline > now else then
