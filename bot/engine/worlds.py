"""Several outside systems as one world: each verb goes to the one that has it."""

from dataclasses import dataclass
from typing import Protocol, TypeVar, cast

from bot.domain.errors import Barred
from bot.domain.verb import Answer, Change, Check, Question
from bot.ports import World
from bot.world.bot import Unconfigured

T = TypeVar("T")


class Outside(World, Protocol):
    """A world that says which verbs it has."""

    @property
    def verbs(self) -> frozenset[type]: ...


@dataclass(frozen=True)
class Absent:
    """An outside system that is not configured: its verbs are refused, and who asks first does without it."""

    system: str
    verbs: frozenset[type]
    #: The setting that it lacks.
    variable: str

    @property
    def because(self) -> str:
        return f"{self.system} is not configured: {self.variable} is not set."


class Worlds:
    """A world made of worlds, and of those that are not there."""

    def __init__(self, *outsides: Outside | Absent) -> None:
        absent = [each for each in outsides if isinstance(each, Absent)]
        there = [each for each in outsides if not isinstance(each, Absent)]
        self._by_verb: dict[type, World] = {verb: outside for outside in there for verb in outside.verbs}
        self._absent = {verb: each for each in absent for verb in each.verbs}
        self._systems = {each.system: each.because for each in absent}

    async def ask(self, question: Question[T]) -> T:
        asked: object = question
        if isinstance(asked, Unconfigured):
            return cast(T, self._systems.get(asked.system, ""))
        return await self._of(question).ask(question)

    async def rehearse(self, change: Change) -> None:
        await self._of(change).rehearse(change)

    async def do(self, change: Change) -> None:
        await self._of(change).do(change)

    async def stands(self, change: Change) -> bool:
        return await self._of(change).stands(change)

    async def test(self, check: Check) -> Answer:
        return await self._of(check).test(check)

    def _of(self, verb: object) -> World:
        kind = type(verb)
        if kind not in self._by_verb:
            if absent := self._absent.get(kind):
                hint = f"Let whoever runs the bot set it; until then, do it in {absent.system} itself."
                raise Barred(absent.because, hint)
            raise Barred(
                f"Nothing that is configured can do {kind.__name__}.", "Nothing was changed. Tell whoever runs the bot."
            )
        return self._by_verb[kind]
