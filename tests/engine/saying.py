"""What is said on a wall on which something goes wrong: for the tests of the outbox."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from bot.domain.report import Report
from bot.domain.request import Place
from bot.engine.outbox import Deliverer
from bot.ports import Kind, Posting, Say
from tests.engine.bench import Bench, bench
from tests.engine.wall import Wall


class Trouble(Wall):
    """A wall on which the next things go wrong as the test says."""

    def __init__(self) -> None:
        super().__init__()
        self.wrong: list[Exception] = []
        self.left: tuple[str, str] | None = None
        self.posted: list[str] = []

    async def post(self, posting: Posting) -> tuple[str, str]:
        if self.wrong:
            raise self.wrong.pop(0)
        self.posted.append(posting.say.key)
        return await super().post(posting)

    async def update(self, posting: Posting) -> None:
        if self.wrong:
            raise self.wrong.pop(0)
        await super().update(posting)

    async def find(self, posting: Posting) -> tuple[str, str] | None:
        return self.left


def play(folder: Path, story: Callable[[Bench, Trouble, Deliverer], Awaitable[None]], apart: float = 0.0) -> None:
    async def run() -> None:
        async with bench(folder) as b:
            wall = Trouble()
            await story(b, wall, Deliverer(b.core.outbox, wall, b.core.cases, b.clock, Place("C9"), apart))

    asyncio.run(run())


def card(key: str = "card:r-1", words: str = "one", channel: str = "C1") -> Say:
    return Say(key, Kind.CARD, Report(words), Place(channel))
