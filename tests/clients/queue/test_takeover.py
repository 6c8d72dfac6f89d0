"""Processes that are killed, cut off or ended: what they left is done by those who live."""

import asyncio
import time
from datetime import timedelta
from functools import partial
from pathlib import Path

import psycopg
import pytest

from bot.domain.errors import Full, Refusal
from bot.ports import Work
from tests.clients.queue.another import Process, another
from tests.clients.queue.stand import DurableStand


def test_what_a_killed_process_had_in_hand_is_taken_up_at_launch(durable: DurableStand) -> None:
    async def story() -> None:
        done: list[str] = []
        queue = await durable.open({"hang": _noting(done), "note": _noting(done)})
        await durable.until(lambda: done == ["run-1"])
        await queue.start("note", "run-1", "note:run-1")  # what is dead blocks nobody
        await queue.start("hang", "run-1", "hang:run-1")  # and its key stays known
        await queue.start("note", "run-1", "note:run-1:2")
        await durable.until(lambda: done == ["run-1"] * 3)
        await queue.close()
        assert not await _begun(durable, done)

    with another(durable) as process:
        assert process.hears() == "ready"
        process.told("start", "hang", "run-1", "hang:run-1")
        assert {process.hears(), process.hears()} == {"ok", "hangs run-1"}
        process.kill()
        asyncio.run(story())


def test_what_a_killed_process_stored_for_later_is_done_in_its_time(durable: DurableStand) -> None:
    async def story() -> None:
        done: list[str] = []
        queue = await durable.open({"note": _noting(done)})
        await durable.until(lambda: sorted(done) == ["far", "near"])
        await queue.close()

    with another(durable) as process:
        assert process.hears() == "ready"
        process.told("later", "note", "near", "note:near", "0.9")  # waits in a thread of the process
        process.told("later", "note", "far", "note:far", "1.5")  # waits in the database
        assert [process.hears(), process.hears()] == ["ok", "ok"]
        process.kill()
        asyncio.run(story())


def test_work_that_three_processes_began_and_none_ended_is_given_up(
    durable: DurableStand, caplog: pytest.LogCaptureFixture
) -> None:
    async def story() -> None:
        begun: list[str] = []

        async def hang(subject: str) -> None:
            begun.append(subject)
            await asyncio.Event().wait()

        for life in (1, 2, 3):
            queue = await durable.open({"hang": hang})
            await queue.start("hang", "run-1", "hang:run-1")
            await durable.until(partial(lambda life: len(begun) == life, life))
            await queue.close(0)
        done: list[str] = []
        queue = await durable.open({"hang": hang, "note": _noting(done)})
        await queue.start("note", "run-1", "note:run-1")
        await durable.until(lambda: done == ["run-1"])
        await queue.close()
        assert len(begun) == 3

    asyncio.run(story())
    assert "was begun three times and never ended" in caplog.text


def test_a_second_process_on_sqlite_is_refused_and_told_whose_it_is(on_sqlite: DurableStand) -> None:
    async def refused(number: int) -> None:
        with pytest.raises(Refusal, match=f"process {number} .*Nothing was changed"):
            await on_sqlite.open({})

    with another(on_sqlite) as process:
        assert process.hears() == "ready"
        asyncio.run(refused(process.number))
        with another(on_sqlite) as third:
            assert third.hears().startswith(
                f"refused The queue of this bot is in the hands of process {process.number}"
            )
        assert process.end() == 0
    asyncio.run(_open_and_close(on_sqlite))


def test_a_second_queue_in_one_process_is_refused_and_the_first_goes_on(
    on_sqlite: DurableStand, tmp_path: Path
) -> None:
    async def story() -> None:
        done: list[str] = []
        first = await on_sqlite.open({"note": _noting(done)})
        other = DurableStand(f"sqlite:///{tmp_path}/other.db", "aureus", on_sqlite.clock)
        with pytest.raises(Refusal, match="only one"):
            await other.open({})
        await first.start("note", "run-1", "note:run-1")
        await on_sqlite.until(lambda: done == ["run-1"])
        await first.close()

    asyncio.run(story())


def test_what_is_in_hand_has_patience_and_then_is_left_to_the_next(durable: DurableStand) -> None:
    async def story() -> None:
        done: list[str] = []
        begun = asyncio.Barrier(3)
        tries = 0

        async def short(subject: str) -> None:
            await begun.wait()
            await asyncio.sleep(0.1)
            done.append(subject)

        async def long(subject: str) -> None:
            nonlocal tries
            tries += 1
            if tries == 1:
                await begun.wait()
                await asyncio.Event().wait()
            done.append(subject)

        hands = {"short": short, "long": long}
        first = await durable.open(hands)
        await first.start("long", "long", "long:1")
        await first.start("short", "short", "short:1")
        await begun.wait()
        before = time.monotonic()
        await first.close(1.5)
        assert time.monotonic() - before < 10
        assert done == ["short"]
        second = await durable.open(hands)
        await durable.until(lambda: done == ["short", "long"])
        await second.close()
        assert tries == 2

    asyncio.run(story())


def test_what_a_last_hand_asks_for_is_done_by_the_next_process(durable: DurableStand) -> None:
    async def story() -> None:
        done: list[str] = []
        begun, go = asyncio.Event(), asyncio.Event()

        async def last(subject: str) -> None:
            begun.set()
            await go.wait()
            await first.start("note", subject, "note:run-1")

        first = await durable.open({"last": last, "note": _noting(done)})
        await first.start("last", "run-1", "last:run-1")
        await begun.wait()
        closing = asyncio.create_task(first.close(5))
        await asyncio.sleep(0)
        go.set()
        await closing
        assert done == []
        second = await durable.open({"last": last, "note": _noting(done)})
        await durable.until(lambda: done == ["run-1"])
        await second.close()

    asyncio.run(story())


def test_what_ended_long_ago_is_forgotten(durable: DurableStand) -> None:
    async def story() -> None:
        done: list[str] = []
        queue = await durable.open({"note": _noting(done)}, keep=timedelta(seconds=-2))
        await queue.start("note", "run-1", "note:run-1")
        await durable.until(lambda: len(done) == 1)

        async def known() -> None:
            while len(done) == 1:
                await queue.sweep()
                await queue.start("note", "run-1", "note:run-1")
                await asyncio.sleep(0.01)

        await asyncio.wait_for(known(), 30)
        await queue.close()

    asyncio.run(story())


def test_a_moved_clock_does_not_forget_what_ended_today(on_sqlite: DurableStand) -> None:
    async def story() -> None:
        done: list[str] = []
        queue = await on_sqlite.open({"note": _noting(done)})
        await queue.start("note", "run-1", "note:run-1")
        await on_sqlite.until(lambda: len(done) == 1)
        on_sqlite.clock.move(timedelta(days=3))
        await queue.sweep()
        await queue.start("note", "run-1", "note:run-1")
        await queue.start("note", "run-1", "note:run-1:2")
        await on_sqlite.until(lambda: len(done) == 2)
        await queue.close()
        assert len(done) == 2

    asyncio.run(story())


@pytest.mark.xdist_group("queue-postgres")
def test_the_living_are_left_alone_and_the_killed_are_taken_over_by_the_next_sweeps(on_postgres: DurableStand) -> None:
    async def story(dying: Process) -> None:
        done: list[str] = []
        queue = await on_postgres.open({"hang": _noting(done)})
        assert await queue.sweep() == 0
        assert done == []
        dying.kill()
        killed = time.monotonic()
        while not await queue.sweep():
            assert time.monotonic() - killed < 30
        await on_postgres.until(lambda: done == ["run-1"])
        assert await queue.sweep() == 0
        await queue.close()

    with another(on_postgres) as process:
        assert process.hears() == "ready"
        process.told("start", "hang", "run-1", "hang:run-1")
        assert {process.hears(), process.hears()} == {"ok", "hangs run-1"}
        asyncio.run(story(process))


@pytest.mark.xdist_group("queue-postgres")
def test_one_subject_is_in_one_hand_among_all_processes(on_postgres: DurableStand) -> None:
    async def story(other: Process) -> None:
        done: list[str] = []
        queue = await on_postgres.open({"note": _noting(done), "hang": _noting(done)})
        await queue.start("note", "run-1", "note:run-1")
        await queue.start("note", "run-2", "note:run-2")
        await on_postgres.until(lambda: done == ["run-2"])
        await queue.start("note", "run-3", "note:run-3")
        await on_postgres.until(lambda: len(done) > 1)
        assert done == ["run-2", "run-3"], "what was asked for before it had its turn before it, and did not get it"
        other.kill()
        await on_postgres.until(lambda: done == ["run-2", "run-3", "run-1"])
        await queue.close()

    with another(on_postgres) as process:
        assert process.hears() == "ready"
        process.told("start", "hang", "run-1", "hang:run-1")
        assert {process.hears(), process.hears()} == {"ok", "hangs run-1"}
        asyncio.run(story(process))


@pytest.mark.xdist_group("queue-postgres")
def test_who_loses_the_session_stops_driving_says_so_and_is_taken_over(on_postgres: DurableStand) -> None:
    async def story() -> None:
        begun, stopped = asyncio.Event(), asyncio.Event()

        async def hang(subject: str) -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                stopped.set()

        queue = await on_postgres.open({"hang": hang})
        await queue.start("hang", "run-1", "hang:run-1")
        await begun.wait()
        _cut_off(on_postgres)
        await asyncio.wait_for(stopped.wait(), 30)
        assert len(on_postgres.lost) == 1
        with pytest.raises(Full, match="lost its place"):
            await queue.start("hang", "run-2", "hang:run-2")
        await queue.close(0)

    with another(on_postgres) as process:
        assert process.hears() == "ready"
        process.told("sweep")
        assert process.hears() == "ok"
        asyncio.run(story())
        assert {process.hears(), process.hears()} == {"took 1", "hangs run-1"}


@pytest.mark.xdist_group("queue-postgres")
def test_a_database_that_is_not_there_is_refused_with_what_to_do(on_postgres: DurableStand) -> None:
    async def story() -> None:
        nowhere = DurableStand("postgresql://aureus@127.0.0.1:1/postgres", "aureus", on_postgres.clock)
        with pytest.raises(Refusal, match=r"cannot be used.*Nothing was changed.*PostgreSQL"):
            await nowhere.open({})

    asyncio.run(story())


def test_a_file_that_is_no_database_is_refused(on_sqlite: DurableStand, tmp_path: Path) -> None:
    (tmp_path / "queue.db").write_text(
        "This is a letter, and it is longer than the header of a database would be. " * 9
    )
    with pytest.raises(Refusal, match=r"cannot be used.*Nothing was changed"):
        asyncio.run(_open_and_close(on_sqlite))


def _cut_off(stand: DurableStand) -> None:
    """End the lock session of this process, the younger one, as a server does that restarts."""
    with psycopg.connect(stand.url, autocommit=True) as admin:
        admin.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"
            " AND backend_start = (SELECT max(backend_start) FROM pg_stat_activity WHERE application_name = %s)",
            (f"{stand.name}_queue hold",) * 2,
        )


async def _open_and_close(stand: DurableStand) -> None:
    queue = await stand.open({})
    await queue.close()


async def _begun(stand: DurableStand, done: list[str]) -> bool:
    """Whether anything is begun again by the next process."""
    before = len(done)
    queue = await stand.open({"hang": _noting(done), "note": _noting(done)})
    await queue.close()
    return len(done) > before


def _noting(done: list[str]) -> Work:
    async def hand(subject: str) -> None:
        done.append(subject)

    return hand
