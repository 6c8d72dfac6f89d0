"""Several outside systems as one world: each verb goes to the one that has it."""

from collections.abc import Mapping
from typing import Protocol, TypeVar

from bot.domain.errors import Refusal
from bot.domain.verb import Answer, Change, Check, Question
from bot.ports import World

T = TypeVar("T")


class Outside(World, Protocol):
    """A world that says which verbs it has."""

    @property
    def verbs(self) -> frozenset[type]: ...


class Worlds:
    """A world made of worlds. ``absent`` says of verbs that nobody has why that is, and what to do about it."""

    def __init__(self, *outsides: Outside, absent: Mapping[type, str] | None = None) -> None:
        self._by_verb: dict[type, World] = {verb: outside for outside in outsides for verb in outside.verbs}
        self._absent = absent or {}

    async def ask(self, question: Question[T]) -> T:
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
            because = self._absent.get(
                kind, f"Nothing that is configured can do {kind.__name__}. Tell whoever runs the bot."
            )
            raise Refusal(because, "Nothing was changed.")
        return self._by_verb[kind]
