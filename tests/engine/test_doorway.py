"""Answers first: work waits while there is a crowd at the doors, and not for ever."""

import asyncio
from contextlib import ExitStack

from bot.engine.doorway import Doorway


def test_without_a_crowd_nothing_waits() -> None:
    async def run() -> None:
        doorway = Doorway()
        with doorway.someone(), doorway.someone(), doorway.someone():
            async with asyncio.timeout(0.05):
                await doorway.clear()

    asyncio.run(run())


def test_while_there_is_a_crowd_work_waits_and_goes_on_when_it_is_gone() -> None:
    async def run() -> None:
        doorway = Doorway()
        with ExitStack() as crowd:
            for _ in range(4):
                crowd.enter_context(doorway.someone())
            work = asyncio.ensure_future(doorway.clear())
            done, _ = await asyncio.wait({work}, timeout=0.3)
            assert not done
        async with asyncio.timeout(0.5):
            await work

    asyncio.run(run())


def test_in_a_crowd_without_an_end_one_piece_of_work_after_the_other_is_let_through() -> None:
    async def run() -> None:
        doorway, order = Doorway(), list[int]()

        async def work(number: int) -> None:
            await doorway.clear()
            order.append(number)

        with ExitStack() as crowd:
            for _ in range(4):
                crowd.enter_context(doorway.someone())
            async with asyncio.timeout(5):
                await asyncio.gather(*(work(number) for number in range(3)))
        assert order == [0, 1, 2]

    asyncio.run(run())
