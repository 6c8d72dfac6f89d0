"""What the bot knows itself: its runs, its people, its commands, and whether it is paused."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar, Generic, TypeVar

from bot.domain.channel import Closed
from bot.domain.errors import Away
from bot.domain.gate import OPEN, Gate
from bot.domain.person import Person
from bot.domain.plan import Plan, Undo
from bot.domain.record import record
from bot.domain.run import Run
from bot.domain.verb import Change, Check, Question
from bot.world.catalogue import Catalogue

T = TypeVar("T")


@dataclass(frozen=True)
class Command:
    """A command as help shows it."""

    name: str
    summary: str
    usage: str
    examples: tuple[str, ...]
    details: str
    #: Whether it can change anything.
    changes: bool
    may: frozenset[str]
    #: Whether it is said to a run that is there already.
    reply: bool = False


@dataclass(frozen=True)
class Standing:
    """A step of another run that stands on an object and has an end."""

    run: Run
    step: str
    undo: Undo


@record("bot.each")
class Each(Question[tuple[T | Away, ...]], Generic[T]):
    """The answers to several questions, asked all at once; or why there is none, also where it took longer than that.

    For what is worth knowing and holds nobody up.
    """

    questions: tuple[Question[T], ...]
    within: timedelta


@record("bot.run-of")
class RunOf(Question[Run]):
    """A run by its id, or, when that is empty, the last of ``asker`` that can be undone; refused without one."""

    id: str
    asker: str = ""


@record("bot.runs")
class Runs(Question[tuple[Run, ...]]):
    """The last runs, newest first."""

    limit: int = 15


@record("bot.loose-ends")
class LooseEnds(Question[tuple[Run, ...]]):
    """All runs of which something with an end still stands."""


@record("bot.standing-on")
class StandingOn(Question[Standing | None]):
    """What stands with an end on an object (``Change.touches``), by another run."""

    touches: str

    @property
    def about(self) -> str:
        return self.touches


@record("bot.stands")
class Stands(Question[bool]):
    """Whether the world still shows what a change left."""

    change: Change


@record("bot.commands")
class Commands(Question[tuple[Command, ...]]):
    """Every command that there is."""


@record("bot.the-catalogue")
class TheCatalogue(Question[Catalogue]):
    """What is operated."""


@record("bot.me")
class Me(Question[Person]):
    """The person who asks, with their roles as they are now."""

    id: str


@dataclass(frozen=True)
class Judgement:
    """What policy says of some words, without asking for them."""

    command: str
    may: bool
    may_roles: frozenset[str]
    #: What would be planned as the world is now, and its gate; ``None`` when there would be no plan.
    plan: Plan | None = None
    gate: Gate = OPEN
    #: Why there would be no plan: nothing to do, a choice to make first, an outside that is away.
    because: str = ""
    #: Where there is no plan: who must agree, for each risk that one could have.
    cases: tuple[tuple[str, Gate], ...] = ()


@record("bot.judgement-of")
class JudgementOf(Question[Judgement]):
    """Who may ask for these words, and who must agree. It looks and plans, as asking for them would."""

    words: str
    asker: str
    at: datetime


@record("bot.closed-channels")
class ClosedChannels(Question[tuple[Closed, ...]]):
    """Those of these channels that take nothing of what the bot says, as they are now."""

    channels: tuple[str, ...]


@record("bot.unconfigured")
class Unconfigured(Question[str]):
    """Why an outside system, by its name, can neither be asked nor told anything here; empty when it is configured."""

    system: str


@record("bot.link-to")
class LinkTo(Question[str]):
    """An address for people of a message that was said. Refused: it is there no longer."""

    channel: str
    ts: str


@record("bot.paused")
class Paused(Question[str]):
    """Why, by whom and since when nothing may change the world; empty when it may."""


@record("bot.set-paused")
class SetPaused(Change):
    """Whether runs may change the world. Lookups go on all the time."""

    outside: ClassVar[bool] = False

    paused: bool
    because: str = ""

    @property
    def touches(self) -> str:
        return "the bot's own switch"

    def __str__(self) -> str:
        return "Pause: nothing changes the world" if self.paused else "Unpause: changes go on"


@record("bot.paused-is")
class PausedIs(Check):
    paused: bool

    def __str__(self) -> str:
        return "paused" if self.paused else "not paused"
