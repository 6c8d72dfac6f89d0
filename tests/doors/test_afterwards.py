"""What doors go on with after an answer: done before the end, or left in good time; what breaks is logged."""

import asyncio

import pytest

from bot.doors.afterwards import Afterwards


def test_at_the_end_what_is_in_hand_is_done_and_what_takes_too_long_is_left() -> None:
    async def story() -> None:
        afterwards, done = Afterwards(), []

        async def work(name: str, until: asyncio.Event) -> None:
            await until.wait()
            done.append(name)

        soon, never = asyncio.Event(), asyncio.Event()
        afterwards.begin(work("soon", soon))
        afterwards.begin(work("never", never))
        asyncio.get_running_loop().call_soon(soon.set)
        await afterwards.wait(patience=0.01)
        assert done == ["soon"], "the other one goes on"
        await afterwards.finish(patience=0.01)
        never.set()
        await afterwards.wait(patience=0.01)
        assert done == ["soon"], "it was left"

    asyncio.run(story())


def test_what_breaks_is_logged_and_hinders_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    async def story() -> None:
        afterwards, done = Afterwards(), []

        async def breaks() -> None:
            raise LookupError("this was not foreseen")

        async def works() -> None:
            done.append(True)

        afterwards.begin(breaks())
        afterwards.begin(works())
        await afterwards.finish()
        assert done == [True]

    asyncio.run(story())
    (line,) = caplog.records
    assert (line.levelname, line.getMessage()) == ("ERROR", "unforeseen after an answer at a door")
    assert "this was not foreseen" in caplog.text
