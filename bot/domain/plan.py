"""Plans: what will be done, as data that people read and sign."""

from dataclasses import replace
from datetime import timedelta
from enum import Enum
from typing import Any, cast

from bot.domain.offer import Offer
from bot.domain.record import digest, record
from bot.domain.report import Part
from bot.domain.verb import Change, Check


@record("or-else")
class OrElse(Enum):
    """What happens when a step breaks."""

    UNDO = "undo"  # what stands is put back, in reverse
    GO_ON = "go on"  # and it is said
    ASK = "ask"  # rest, with offers


@record("level")
class Level(Enum):
    """How much can go wrong."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@record("risk")
class Risk:
    """A level and why; ``kinds`` (``infrastructure``, ``security``) bring further seats."""

    level: Level
    because: str
    kinds: frozenset[str] = frozenset()

    def __or__(self, other: "Risk") -> "Risk":
        """The higher of two, with the kinds of both: what has to be agreed to where both may come."""
        levels = list(Level)
        higher = max(self, other, key=lambda risk: levels.index(risk.level))
        return replace(higher, kinds=self.kinds | other.kinds)


@record("never")
class Never:
    """There is no way back: what was done is left standing, and that is said."""

    because: str


@record("undo")
class Undo:
    """The way back, with the check that says that it worked."""

    do: Change | tuple[Change, ...]
    until: Check | tuple[Check, ...] = ()
    #: How much can go wrong on the way back, where that is more than on the way there.
    risk: Risk | None = None

    def __post_init__(self) -> None:
        _several(self, "do", "until")

    @property
    def changes(self) -> tuple[Change, ...]:
        return cast(tuple[Change, ...], self.do)

    @property
    def checks(self) -> tuple[Check, ...]:
        return cast(tuple[Check, ...], self.until)


@record("for")
class For:
    """It stands for this long after it was made, and is then put back."""

    time: timedelta


@record("through")
class Through:
    """It stands until the step of this name is over, and is then put back."""

    step: str


@record("always")
class Always:
    """It stands until somebody asks for its undo."""


ALWAYS = Always()
Lasts = Always | For | Through


@record("act")
class Act:
    """Changes made together, the checks that prove them, and the way back."""

    do: Change | tuple[Change, ...]
    until: Check | tuple[Check, ...]
    undo: Undo | Never
    name: str = ""
    #: How long the checks may take, from the first attempt.
    within: timedelta = timedelta(minutes=5)
    or_else: OrElse = OrElse.UNDO
    lasts: Lasts = ALWAYS
    #: The way back once it is proved, at its end or when somebody asks, where that is another one than after a failure:
    #: a hold that is extended goes back to the old hold when it fails, and to what was before both at its end.
    #: A restart that worked is not taken back at all: the new pods are as the old ones were.
    later: Undo | Never | None = None

    def __post_init__(self) -> None:
        _several(self, "do", "until")
        if isinstance(self.lasts, For | Through) and isinstance(self.back, Never):
            raise ValueError("what has an end needs a way back")

    @property
    def back(self) -> Undo | Never:
        """The way back of what went well."""
        return self.undo if self.later is None else self.later

    @property
    def changes(self) -> tuple[Change, ...]:
        return cast(tuple[Change, ...], self.do)

    @property
    def checks(self) -> tuple[Check, ...]:
        return cast(tuple[Check, ...], self.until)

    def __str__(self) -> str:
        return "; ".join(str(change) for change in self.changes)


@record("wait")
class Wait:
    """Checks and no change."""

    until: Check | tuple[Check, ...]
    name: str = ""
    within: timedelta | None = None
    or_else: OrElse = OrElse.ASK

    def __post_init__(self) -> None:
        _several(self, "until")

    @property
    def checks(self) -> tuple[Check, ...]:
        return cast(tuple[Check, ...], self.until)

    def __str__(self) -> str:
        return "Wait until " + ", and ".join(str(check) for check in self.checks)


Step = Act | Wait


@record("settles")
class Settles:
    """When this plan is done, these steps of that run stand no longer by that run's doing: undone, or taken over."""

    case: str
    steps: frozenset[str]


@record("plan")
class Plan:
    """What will be done, in order.

    ``relies`` are facts that it rests upon beyond those that stand in its steps: another value is another plan.
    ``shows`` is for people to read and may move without making it another plan.
    """

    title: str
    risk: Risk
    steps: tuple[Step, ...]
    places: frozenset[str] = frozenset({"production"})
    relies: tuple[Any, ...] = ()
    shows: tuple[Part, ...] = ()
    #: Objects that it claims beyond those that its changes touch.
    claims: frozenset[str] = frozenset()
    settles: tuple[Settles, ...] = ()
    #: The run whose agreement covers this one, if it is made soon after (an undo).
    covered_by: str = ""
    #: Words that are asked for when it is done.
    then: tuple[str, ...] = ()
    #: Other plans that may fit better, for the asker to choose instead of this one.
    offers: tuple[Offer, ...] = ()

    def __post_init__(self) -> None:
        named = tuple(
            step if step.name else replace(step, name=f"step-{number}") for number, step in enumerate(self.steps, 1)
        )
        object.__setattr__(self, "steps", named)
        names = [step.name for step in named]
        if len(set(names)) != len(names):
            raise ValueError("two steps have one name")
        for step in named:
            if isinstance(step, Act) and isinstance(step.lasts, Through) and step.lasts.step not in names:
                raise ValueError(f"{step.name} lasts through {step.lasts.step}, and there is no such step")
            if isinstance(step, Act) and isinstance(step.lasts, For | Through):
                self._bear(step.back)

    def _bear(self, back: Undo | Never) -> None:
        """What is put back by itself at its end is agreed to with the plan: so its risk is the plan's, too."""
        if isinstance(back, Undo) and back.risk is not None:
            at_end = replace(back.risk, because=f"at its end: {back.risk.because}")
            object.__setattr__(self, "risk", self.risk | at_end)

    def digest(self, words: str, gate: object) -> str:
        """What people sign: words, title, risk, steps, gate and the facts relied upon; not what is only shown."""
        signed = (self.title, self.risk, self.steps, self.places, self.relies, self.settles, self.covered_by, self.then)
        return digest((words, gate, *signed))

    @property
    def outside(self) -> bool:
        """Whether it changes the operated platform, and so waits while the bot is paused."""
        return any(change.outside for change in self.changes)

    @property
    def changes(self) -> tuple[Change, ...]:
        """All that it changes, on the way there."""
        return tuple(change for step in self.steps if isinstance(step, Act) for change in step.changes)

    @property
    def touches(self) -> frozenset[str]:
        """Every object that it may change, on the way back too; it is claimed before the first change.

        What it goes on without is claimed when its turn comes: it holds up none of the other steps.
        """
        ways: list[Change] = []
        for step in self.steps:
            if isinstance(step, Act) and step.or_else is not OrElse.GO_ON:
                ways += step.changes
                for back in (step.undo, step.back):
                    ways += back.changes if isinstance(back, Undo) else ()
        return self.claims | {change.touches for change in ways}


@record("offers")
class Offers:
    """No plan, but choices, and why; without any there is nothing to do, or nothing that can be done."""

    because: str
    offers: tuple[Offer, ...] = ()
    shows: tuple[Part, ...] = ()


def _several(step: object, *names: str) -> None:
    """One change or check may stand where several can (``do=SetReplicas(…)``); it is kept as several."""
    for name in names:
        value = getattr(step, name)
        if not isinstance(value, tuple):
            object.__setattr__(step, name, (value,))
