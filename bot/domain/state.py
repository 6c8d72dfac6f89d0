"""How a run stands: the values of its fold, and what can be read from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum

from bot.domain.event import (
    Answered,
    Begotten,
    Ended,
    Event,
    Failed,
    Postponed,
    Settled,
)
from bot.domain.gate import OPEN, Gate, seating
from bot.domain.person import BOT, Who
from bot.domain.plan import Act, For, Never, Offers, Plan, Step, Through, Undo
from bot.domain.reason import reason
from bot.domain.report import Report
from bot.domain.request import Request
from bot.domain.verb import Answer, Change, Check


class Phase(Enum):
    """Where a run is in its life."""

    ASKED = "asked"  # the words are stored; nothing was looked at yet
    CHOOSING = "choosing"  # rests for somebody to choose among offers
    WAITING = "waiting"  # rests for people to agree to the plan
    AGREED = "agreed"  # everybody agreed; claims and drift come next
    DOING = "doing"
    UNDOING = "undoing"  # what stands is being put back
    ASKING = "asking"  # rests for people, in the middle
    STANDING = "standing"  # done, but something stands that has an end
    OVER = "over"

    @property
    def word(self) -> str:
        """The phase as people read it: what rests for them waits, whatever it waits for."""
        return _WORDS.get(self, self.value)


_WORDS = {Phase.ASKED: "being looked at", Phase.CHOOSING: "waiting", Phase.DOING: "ongoing",
          Phase.UNDOING: "being put back", Phase.ASKING: "waiting for a decision"}  # fmt: skip


@dataclass(frozen=True)
class Leg:
    """The step in hand, there or back: how often it was begun, what its checks said."""

    step: str
    back: bool = False
    attempt: int = 0
    started: datetime | None = None
    made: bool = False
    answers: tuple[Answer, ...] = ()
    #: For checks that must hold for a time: since when each has held.
    good: tuple[datetime | None, ...] = ()
    told: Mapping[int, tuple[Who, str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Stand:
    """A step whose changes stand, and since when."""

    step: str
    since: datetime
    proved: bool = False


@dataclass(frozen=True)
class RunState:
    """Where a run is, and what follows from that alone. How it gets there is in ``bot.domain.run``."""

    request: Request
    position: int = 1
    phase: Phase = Phase.ASKED
    words: str = ""
    command: str = ""
    plan: Plan | None = None
    digest: str = ""
    gate: Gate = OPEN
    #: When its plan, or its last choice, was made.
    planned_at: datetime | None = None
    agreed: Mapping[str, frozenset[str]] = field(default_factory=dict)
    signers: tuple[Who, ...] = ()
    #: When the last of them agreed.
    agreed_at: datetime | None = None
    offers: Offers | None = None
    drifts: int = 0
    opened_at: datetime | None = None
    leg: Leg | None = None
    next_step: int = 0
    stands: tuple[Stand, ...] = ()
    failure: Failed | None = None
    went_on: tuple[Failed, ...] = ()
    put_back: tuple[str, ...] = ()
    #: What was read back when each step came to hold.
    proofs: Mapping[str, str] = field(default_factory=dict)
    asking: str = ""
    #: Since when it rests for people because of that.
    asking_since: datetime | None = None
    #: It rested for people since its last change: the world may have moved meanwhile.
    rested: bool = False
    resume: Phase = Phase.DOING
    #: The last decision on how it goes on, until something breaks again.
    decided: Answered | None = None
    cancelled_by: Who | None = None
    postponed: Postponed | None = None
    stumbles: tuple[str, ...] = ()
    children: tuple[Begotten, ...] = ()
    settled: tuple[Settled, ...] = ()
    ended: Ended | None = None
    done_at: datetime | None = None
    answer: Report | None = None
    #: Whether it has been worth a card: a plan, a choice or a wait. What is over before that is answered in private.
    carded: bool = False
    last: Event | None = None

    @property
    def id(self) -> str:
        return self.request.case

    @property
    def because(self) -> str:
        """The reason that was given when asking, or ""."""
        return reason(self.words)[1] or ""

    @property
    def over(self) -> bool:
        return self.phase is Phase.OVER

    @property
    def seats_taken(self) -> dict[int, str]:
        """Which seat of the gate each person who agreed fills."""
        return seating(self.gate.seats, self.agreed)

    @property
    def expires(self) -> datetime | None:
        """When it is over if it has not begun by then; ``None`` when it has begun.

        People agree to something that is done soon: what is held up for as long as they had for answering (the bot is
        paused, the cluster away) must be asked for anew.
        """
        if self.phase is Phase.WAITING and self.planned_at:
            return self.planned_at + self.gate.expires
        if self.phase is Phase.ASKED and (self.request.who == BOT or self.request.of.startswith("i-")):
            return None  # nobody would see that it came to nothing, and PagerDuty may be away for longer
        if self.phase in (Phase.CHOOSING, Phase.ASKED):
            return (self.planned_at or self.request.at) + timedelta(hours=1)
        if self.agreed_at and not self.touched:
            return self.agreed_at + self.gate.expires
        return None

    @property
    def touched(self) -> bool:
        """Whether a step was begun, or somebody has decided since how it goes on."""
        begun = self.phase not in (Phase.AGREED, Phase.DOING) or self.leg is not None or self.next_step > 0
        return begun or bool(self.stands) or self.rested

    @property
    def changed(self) -> bool:
        """Whether a change was begun, whatever has become of it since."""
        return bool(self.stands or self.put_back or self.settled)

    def step(self, name: str) -> Step:
        """The step of this name in its plan. Raises ``LookupError``."""
        for step in self.plan.steps if self.plan else ():
            if step.name == name:
                return step
        raise LookupError(f"{self.id} has no step {name}")

    def way_back(self, name: str) -> Undo | Never:
        """How a step is put back as things are: after a failure (or when it was left unproved), or later.

        Raises ``LookupError`` for a Wait.
        """
        step = self.step(name)
        if not isinstance(step, Act):
            raise LookupError(f"{name} changes nothing, so it has no way back")
        failed = Phase.UNDOING in (self.phase, self.resume if self.phase is Phase.ASKING else self.phase)
        proved = any(stand.step == name and stand.proved for stand in self.stands)
        # What is done for good once it is proved is not put back because a later step failed.
        return step.back if proved and (not failed or isinstance(step.later, Never)) else step.undo

    @property
    def leaves(self) -> dict[str, Change]:
        """How it left each object that it changed: the last of its changes that stands there."""
        steps = [self.step(stand.step) for stand in self.stands]
        return {change.touches: change for step in steps if isinstance(step, Act) for change in step.changes}

    def end_of(self, stand: Stand) -> datetime | None:
        """When a standing step is to be put back by itself, if it is known yet."""
        step = self.step(stand.step)
        if not isinstance(step, Act):
            return None
        match step.lasts:
            case For(time):
                return stand.since + time
            case Through(name):
                names = [each.name for each in self.plan.steps] if self.plan else []
                return stand.since if self.next_step > names.index(name) else None
        return None

    @property
    def loose(self) -> tuple[Stand, ...]:
        """What stands and has an end: the loose ends of this run."""
        return tuple(stand for stand in self.stands if _has_end(self.step(stand.step)))

    @property
    def deadline(self) -> datetime | None:
        """Until when the checks of the step in hand may take."""
        if self.leg is None or self.leg.started is None:
            return None
        within = self.step(self.leg.step).within
        return self.leg.started + within if within is not None else None

    @property
    def due(self) -> datetime | None:
        """When to look at it again at the latest, by the clock that is handed in elsewhere."""
        if self.phase in (Phase.OVER, Phase.ASKING):
            return None
        if self.postponed is not None and self.postponed.until is not None:
            return self.postponed.until
        if self.phase in (Phase.WAITING, Phase.CHOOSING):
            return self.expires
        if self.phase is Phase.STANDING and self.leg is None:
            return min((end for stand in self.stands if (end := self.end_of(stand))), default=None)
        return self.last.at if self.last else None


def _has_end(step: Step) -> bool:
    return isinstance(step, Act) and isinstance(step.lasts, For | Through)


def checks_of(run: RunState, leg: Leg) -> tuple[Check, ...]:
    """The checks that the step in hand waits for, there or back."""
    if not leg.back:
        return run.step(leg.step).checks
    back = run.way_back(leg.step)
    return back.checks if isinstance(back, Undo) else ()
