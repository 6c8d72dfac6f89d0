"""What every queue must keep."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from bot.domain.errors import Full
from bot.ports import Queue
from tests.clients.queue.stand import Stand


def test_work_that_is_asked_for_is_done(stand: Stand) -> None:
    async def story() -> None:
        done: list[str] = []
        queue = await stand.open({"drive": _noting(done)})
        await queue.start("drive", "run-1", "drive:run-1:1")
        await stand.until(lambda: done == ["run-1"])
        await queue.close()

    asyncio.run(story())


def test_the_same_key_is_done_once(stand: Stand) -> None:
    async def story() -> None:
        done: list[str] = []
        queue = await stand.open({"drive": _noting(done, "drive "), "tell": _noting(done, "tell ")})
        await asyncio.gather(*(queue.start("drive", "run-1", "drive:run-1:1") for _ in range(5)))
        await stand.until(lambda: "drive run-1" in done)
        await queue.start("drive", "run-1", "drive:run-1:1")
        await queue.later("drive", "run-1", "drive:run-1:1", stand.clock.now())
        await queue.start("tell", "run-1", "tell:run-1:1")
        await stand.until(lambda: "tell run-1" in done)
        await queue.close()
        assert done == ["drive run-1", "tell run-1"]

    asyncio.run(story())


def test_one_subject_is_in_one_hand_at_a_time(stand: Stand) -> None:
    async def story() -> None:
        inside, most, done = 0, 0, 0

        async def hand(subject: str) -> None:
            nonlocal inside, most, done
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.01)
            inside -= 1
            done += 1

        queue = await stand.open({"drive": hand, "tell": hand})
        for number in range(4):
            await queue.start("drive", "run-1", f"drive:run-1:{number}")
            await queue.start("tell", "run-1", f"tell:run-1:{number}")
        await stand.until(lambda: done == 8)
        await queue.close()
        assert most == 1

    asyncio.run(story())


def test_different_subjects_are_in_hand_at_once(stand: Stand) -> None:
    async def story() -> None:
        met = asyncio.Barrier(3)
        done: list[str] = []

        async def hand(subject: str) -> None:
            async with asyncio.timeout(5):
                await met.wait()
            done.append(subject)

        queue = await stand.open({"drive": hand})
        for subject in ("run-1", "run-2", "run-3"):
            await queue.start("drive", subject, f"drive:{subject}:1")
        await stand.until(lambda: len(done) == 3)
        await queue.close()

    asyncio.run(story())


def test_work_for_later_is_not_done_before_its_time(stand: Stand) -> None:
    async def story() -> None:
        done: list[str] = []

        async def late(subject: str) -> None:
            done.append("late" if stand.clock.now() >= at else "early")

        queue = await stand.open({"late": late, "drive": _noting(done)})
        at = stand.clock.now() + timedelta(seconds=1)
        await queue.later("late", "run-1", "late:run-1", at)
        await queue.start("drive", "now", "drive:now:1")
        await stand.until(lambda: "now" in done)
        assert done == ["now"] or stand.clock.now() >= at
        stand.pass_time(timedelta(seconds=1))
        await stand.until(lambda: len(done) == 2)
        await queue.close()
        assert sorted(done) == ["late", "now"]

    asyncio.run(story())


def test_a_time_that_has_passed_is_at_once(stand: Stand) -> None:
    async def story() -> None:
        done: list[str] = []
        queue = await stand.open({"drive": _noting(done)})
        await queue.later("drive", "run-1", "drive:run-1:1", stand.clock.now() - timedelta(hours=1))
        await stand.until(lambda: done == ["run-1"])
        await queue.close()

    asyncio.run(story())


def test_a_hand_may_ask_for_more_of_its_own_subject(stand: Stand) -> None:
    async def story() -> None:
        done: list[str] = []

        async def hand(subject: str) -> None:
            done.append(subject)
            if len(done) < 3:
                await queue.start("drive", subject, f"drive:{subject}:{len(done)}")

        queue: Queue = await stand.open({"drive": hand})
        await queue.start("drive", "run-1", "drive:run-1:0")
        await stand.until(lambda: len(done) == 3)
        await queue.close()

    asyncio.run(story())


@pytest.mark.parametrize("wrong", [RuntimeError("no"), asyncio.CancelledError()], ids=["error", "cancelled"])
def test_a_hand_that_raises_stops_nobody_and_is_not_asked_again(
    stand: Stand, wrong: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        done: list[str] = []

        async def bad(subject: str) -> None:
            done.append("bad")
            raise wrong

        queue = await stand.open({"bad": bad, "drive": _noting(done)})
        await queue.start("bad", "run-1", "bad:run-1")
        await stand.until(lambda: done == ["bad"])
        await queue.start("drive", "run-1", "drive:run-1:1")
        await stand.until(lambda: done == ["bad", "run-1"])
        await queue.close()
        again = await stand.open({"bad": bad, "drive": _noting(done)})
        await again.start("bad", "run-1", "bad:run-1")
        await again.start("drive", "run-1", "drive:run-1:2")
        await stand.until(lambda: done == ["bad", "run-1", "run-1"])
        await again.close()

    asyncio.run(story())
    said = [record.getMessage() for record in caplog.records if "failed, token" in record.getMessage()]
    assert len(said) == 1
    assert "bad of run-1" in said[0]


def test_work_for_later_and_known_keys_outlive_a_restart(stand: Stand) -> None:
    async def story() -> None:
        done: list[str] = []
        first = await stand.open({"drive": _noting(done)})
        await first.start("drive", "run-1", "drive:run-1:1")
        await first.later("drive", "run-2", "drive:run-2:1", stand.clock.now() + timedelta(seconds=1))
        await stand.until(lambda: "run-1" in done)
        await first.close()
        second = await stand.open({"drive": _noting(done)})
        await second.start("drive", "run-1", "drive:run-1:1")
        stand.pass_time(timedelta(seconds=1))
        await stand.until(lambda: len(done) == 2)
        await second.close()
        assert done == ["run-1", "run-2"]

    asyncio.run(story())


def test_a_closed_queue_stores_nothing_and_says_so(stand: Stand) -> None:
    async def story() -> None:
        queue = await stand.open({})
        await queue.close()
        with pytest.raises(Full, match="Nothing was stored"):
            await queue.start("drive", "run-1", "drive:run-1:1")
        await queue.close()

    asyncio.run(story())


def _noting(done: list[str], word: str = "") -> Callable[[str], Awaitable[None]]:
    async def hand(subject: str) -> None:
        done.append(word + subject)

    return hand
