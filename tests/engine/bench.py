"""The whole engine over a toy world: a real journal on SQLite, a queue that runs by hand, a clock that stands."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import time, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.clients.journal import Database, SqlJournal, SqlOutbox
from bot.clients.queue import MemoryQueue
from bot.domain.alert import Severity
from bot.domain.duty import Calendar, Ladder
from bot.domain.errors import Away, Barred, Full, Refusal
from bot.domain.meaning import Meanings
from bot.domain.offer import Offer
from bot.domain.person import Person, Who
from bot.domain.plan import Act, Level, Offers, Plan, Risk, Undo, Wait
from bot.domain.policy import Policy, Rule
from bot.domain.report import Report, text
from bot.domain.request import Place, Request
from bot.domain.run import Run
from bot.domain.verb import Answer, Change, Check, Met, NotYet, Question, Ticked
from bot.engine.commands import Commands
from bot.engine.core import Core
from bot.ports import Write
from bot.runbook import Ask, For, Lookup, Runbook, Seen, Settles, arg
from bot.world.bot import StandingOn
from bot.world.catalogue import Catalogue
from sandbox.clock import StandingClock
from tests.domain.toy import PEOPLE, Is, Set
from tests.engine.wall import Wall

T = TypeVar("T")


@dataclass(frozen=True)
class NumberOf(Question[int]):
    """What a switch shows."""

    switch: str


@dataclass
class Switches:
    """The toy world: numbers by name, and what goes wrong with it."""

    clock: StandingClock
    numbers: dict[str, int] = field(default_factory=lambda: {"a": 0, "b": 0})
    away: str = ""
    stuck: set[str] = field(default_factory=set)
    refuses: str = ""
    done: list[Change] = field(default_factory=list)
    before_do: Callable[[], None] = lambda: None
    #: Switches that somebody took out of the wall.
    gone: set[str] = field(default_factory=set)
    #: Why the switches may not be looked at.
    shut: str = ""

    def _there(self) -> None:
        if self.away:
            raise Away(self.away)

    def _on_the_wall(self, switch: str) -> None:
        if self.shut:
            raise Barred(self.shut, "Ask for the key.")
        if switch in self.gone:
            raise Refusal(f"There is no switch {switch} any more.")

    async def ask(self, question: Question[T]) -> T:
        self._there()
        assert isinstance(question, NumberOf)
        return self.numbers[question.switch]  # type: ignore[return-value]  # a toy has one question

    async def rehearse(self, change: Change) -> None:
        self._there()

    async def do(self, change: Change) -> None:
        self._there()
        self.before_do()
        assert isinstance(change, Set)
        if self.refuses == change.switch:
            raise Refusal(f"{change.switch} is nailed down.")
        self.numbers[change.switch] = change.to
        self.done.append(change)

    async def stands(self, change: Change) -> bool:
        self._there()
        assert isinstance(change, Set)
        self._on_the_wall(change.switch)
        return self.numbers[change.switch] == change.to

    async def test(self, check: Check) -> Answer:
        self._there()
        assert isinstance(check, Is)
        self._on_the_wall(check.switch)
        if check.switch in self.stuck and check.number != 0:
            return NotYet(f"{check.switch} is stuck")
        shown = self.numbers[check.switch]
        return (
            Met(f"{check.switch} shows {shown}") if shown == check.number else NotYet(f"{check.switch} shows {shown}")
        )


class Turn(Runbook[int]):
    """Turn a switch to a number."""

    switch: str = arg("the switch", example="a", choices=("a", "b"))
    number: int = arg("the number", example="1", least=0, most=99)
    time: timedelta | None = arg("for how long", example="2h", default=None, keyword="for")

    async def look(self, ask: Ask) -> Any:
        return await ask(NumberOf(self.switch)), await ask(StandingOn(f"switch {self.switch}"))

    def plan(self, now: Any) -> Plan | Offers:
        number, held = now
        if number == self.number and self.time is None:
            return Offers(f"{self.switch} shows {number} already: nothing to do.")
        level = Level.LOW if self.number < 10 else Level.MEDIUM if self.number < 50 else Level.HIGH
        undo = held.undo if held else Undo(Set(self.switch, number), Is(self.switch, number))
        return Plan(
            f"Turn {self.switch} from {number} to {self.number}",
            Risk(level, "it is a toy"),
            (
                Act(Set(self.switch, self.number), Is(self.switch, self.number), undo, lasts=For(self.time))
                if self.time
                else Act(Set(self.switch, self.number), Is(self.switch, self.number), undo),
            ),
            settles=(Settles(held.run.id, frozenset({held.step})),) if held else (),
            then=("show b",) if self.number == 7 else (),
        )


class TurnBoth(Runbook[int]):
    """Turn both switches, with a person's look between them."""

    async def look(self, ask: Ask) -> int:
        return await ask(NumberOf("a"))

    def plan(self, now: int) -> Plan | Offers:
        first = Act(Set("a", 1), Is("a", 1), Undo(Set("a", now), Is("a", now)), name="first")
        second = Act(Set("b", 1), Is("b", 1), Undo(Set("b", 0), Is("b", 0)), name="second")
        return Plan("Turn both", Risk(Level.LOW, "toy"), (first, Wait(Ticked("it hums"), name="look"), second))


class Choose(Runbook[int]):
    """Offer a choice."""

    async def look(self, ask: Ask) -> int:
        return await ask(NumberOf("a"))

    def plan(self, now: int) -> Plan | Offers:
        return Offers("There are two ways.", (Offer("One", "turn a 1"), Offer("Two", "turn a 2")))


class Show(Lookup):
    """Show a switch."""

    switch: str = arg("the switch", example="a")

    def asks(self, seen: Seen) -> tuple[Question[Any], ...]:
        return (NumberOf(self.switch),)

    def tell(self, seen: Seen) -> Report:
        said = seen.get(NumberOf(self.switch))
        words = f"{self.switch} shows {said}" if isinstance(said, int) else f"{getattr(said, 'because', 'looking')}"
        return Report(words, parts=(text(words),))


class Directory:
    """Everybody of the toy."""

    async def person(self, who: Who) -> Person | None:
        return PEOPLE.get(who.id)

    async def is_bot(self, who: Who) -> bool:
        return who.id.startswith("robot")


def rule(*levels: str, own: str = "", needs: str = "", reason: bool = False) -> Rule:
    return Rule(
        levels=frozenset(levels),
        own=frozenset({own} if own else ()),
        needs=(frozenset({needs}),) if needs else (),
        reason=reason,
    )


POLICY = Policy(
    read=frozenset({"anyone"}),
    change=frozenset({"team"}),
    commands={"choose": frozenset({"engineering-manager"})},
    seats=(
        rule("low", own="on-call"),
        rule("medium", needs="engineering-manager"),
        rule("high", needs="cto", reason=True),
    ),
    also=(),
)


class Bench:
    """Somebody says, presses, and sees; the clock is moved by hand."""

    def __init__(
        self, core: Core, queue: MemoryQueue, world: Switches, wall: Wall, clock: StandingClock, journal: "Interrupted"
    ) -> None:
        self.core, self.queue, self.world, self.wall, self.clock = core, queue, world, wall, clock
        self.journal = journal
        self._numbers = itertools.count(1)

    async def says(self, who: str, words: str, key: str = "") -> Run | None:
        """Say it, let everything settle, and give the run that came of it, if one did."""
        request = await self.hands_in(who, words, key)
        await self.core.take(request)
        await self.settle()
        return await self.core.cases.load(request.case)

    async def hands_in(self, who: str, words: str, key: str = "") -> Request:
        """Say it, and let nothing come of it yet."""
        person = PEOPLE.get(who)
        name = person.who if person else Who(who, who)
        request = Request(key or f"t{next(self._numbers)}", words, name, self.clock.now(), place=Place("C1"))
        await self.core.receive(request)
        return request

    async def says_at_once(self, who: str, words: str) -> None:
        """Say it, as far as it goes at this very moment."""
        await self.core.take(await self.hands_in(who, words))

    async def presses(self, who: str, run: Run, label: str, words: str = "") -> Run:
        """Press a button of a card by its label, with the words that its form asks for; the run afterwards."""
        report = self.wall.cards[f"card:{run.id}"]
        offer = next(each for each in report.offers if each.label == label)
        await self.says(who, f"press {run.id} {offer.key} {words}")
        return await self.now(run)

    async def now(self, run: Run) -> Run:
        loaded = await self.core.cases.load(run.id)
        assert loaded is not None
        return loaded

    async def later(self, **by: float) -> None:
        """Move the clock, and let everything that is due happen."""
        self.clock.move(timedelta(**by))
        await self.settle()

    async def settle(self) -> None:
        for _ in range(20):
            await self.queue.run()
            await self.core.sweep()
            if not await self.core.deliverer.deliver() and self.queue.next_due() is None:
                return
            due = self.queue.next_due()
            if due is not None and due > self.clock.now():
                return

    def card(self, run: Run) -> Report:
        return self.wall.cards[f"card:{run.id}"]

    def told(self, who: str) -> str:
        """What somebody was told last in private."""
        return next((r.summary for to, r in reversed(self.wall.private) if to == who), "")


HANDLERS = (Turn, TurnBoth, Choose, Show)


class Interrupted(SqlJournal):
    """A journal in which others are quicker, or for which there is no room."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        #: What others do just before each of the next appends.
        self.first: list[Callable[[], Awaitable[object]]] = []
        #: What others do just after each of the next looks at who holds what.
        self.then: list[Callable[[], Awaitable[object]]] = []
        #: How many of the next appends find no room.
        self.full = 0

    async def append(self, *writes: Write, **how: Any) -> None:
        if self.first:
            await self.first.pop(0)()
        if self.full:
            self.full -= 1
            raise Full("There is no room left for the toy: nothing was stored.")
        await super().append(*writes, **how)

    async def claims(self, objects: frozenset[str]) -> Mapping[str, str]:
        found = await super().claims(objects)
        if found and self.then:
            await self.then.pop(0)()
        return found


#: The toy world has no alerts.
MEANINGS = Meanings({}, {}, Severity.P3, Place("C9"))
CALENDAR = Calendar(ZoneInfo("UTC"), frozenset(range(5)), time(9), time(18))
LADDER = Ladder({}, frozenset(), frozenset(), CALENDAR, timedelta(hours=18))


@asynccontextmanager
async def bench(folder: Path, more: tuple[type[Any], ...] = ()) -> AsyncIterator[Bench]:
    """The engine, over a journal in this folder."""
    clock = StandingClock()
    database = await Database.open(f"sqlite:///{folder / 'journal.db'}", clock)
    queue, wall, switches = MemoryQueue(clock), Wall(), Switches(clock)
    journal = Interrupted(database)
    catalogue = Catalogue((), {"production": "aureus", "staging": "aureus-staging"})
    core = Core(
        journal=journal, outbox=SqlOutbox(database), queue=queue, world=switches, screen=wall,
        directory=Directory(), commands=Commands((*HANDLERS, *more), catalogue), people=PEOPLE, policy=POLICY,
        catalogue=catalogue, clock=clock, meanings=MEANINGS, ladder=LADDER, fallback=Place("C9"),
    )  # fmt: skip
    await queue.launch()
    try:
        yield Bench(core, queue, switches, wall, clock, journal)
    finally:
        await queue.close()
        await database.close()


def play(folder: Path, story: Callable[[Bench], Any], more: tuple[type[Any], ...] = ()) -> None:
    """Run a story."""

    async def run() -> None:
        async with bench(folder, more) as made:
            await story(made)

    asyncio.run(run())
