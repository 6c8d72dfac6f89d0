"""What the port Journal promises, on both databases."""

import asyncio
import json
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.clients.journal import Database, SqlJournal
from bot.domain.errors import Conflict, Full, Taken
from bot.domain.request import Notice
from bot.doors.told import read
from bot.world.alertmanager import group_of
from bot.world.pagerduty import page_of
from tests.clients.journal.samples import START, Store, card, request, row, within, write


@asynccontextmanager
async def writer_held(store: Store) -> AsyncIterator[None]:
    """Keep the writer busy, so that all that is asked for meanwhile is stored in one transaction afterwards."""
    busy, go = threading.Event(), threading.Event()

    def wait(connection: Connection) -> None:
        connection.exec_driver_sql("SELECT 1")
        busy.set()
        go.wait(10)

    held = asyncio.ensure_future(store.database.write(wait))
    await asyncio.to_thread(busy.wait, 10)
    try:
        yield
        await asyncio.sleep(0.05)  # until all of them have reached the writer
    finally:
        go.set()
        await held


def test_what_came_in_is_stored_once_and_is_there_until_something_is_made_of_it(database_url: str) -> None:
    async def story(store: Store) -> None:
        late, early = request("late", at=START + timedelta(seconds=1)), request("early")
        assert await store.journal.receive(late)
        assert await store.journal.receive(early)
        assert not await store.journal.receive(early)
        assert await store.journal.untaken() == [early, late]
        assert await store.journal.untaken(limit=1) == [early]
        assert await store.journal.untaken(until=early.at) == [early]
        await store.journal.append(write("r-1"), taken="early")
        assert await store.journal.untaken() == [late]
        assert not await store.journal.receive(early), "it stays known when it is taken"

    within(database_url, story)


def test_whatever_outsides_tell_both_databases_take(database_url: str) -> None:
    """No text of PostgreSQL holds the character of number 0, and neither has half a character."""

    async def story(store: Store) -> None:
        strange = "\x00\ud800 " + "x" * 10_000
        group = {"groupKey": strange, "alerts": [{"labels": {strange: strange}}]}
        alerts, _ = read("Alertmanager", json.dumps(group).encode(), group_of)
        vain, _ = read("PagerDuty", json.dumps({strange: strange}).encode(), page_of)
        told = [Notice(f"k{number}", START, each) for number, each in enumerate((alerts, vain))]
        for notice in told:
            assert await store.journal.receive(notice)
        assert await store.journal.untaken() == told

    within(database_url, story)


def test_of_many_at_once_each_key_is_new_exactly_once(database_url: str) -> None:
    async def story(store: Store) -> None:
        keys = [f"key-{n % 20}" for n in range(60)]
        answers = await asyncio.gather(*(store.journal.receive(request(key)) for key in keys))
        assert sorted(key for key, new in zip(keys, answers, strict=True) if new) == sorted(set(keys))
        assert len(await store.journal.untaken()) == 20

    within(database_url, story)


def test_what_cannot_be_stored_takes_none_of_its_neighbours_along(database_url: str) -> None:
    async def story(store: Store) -> None:
        async with writer_held(store):
            answers = asyncio.gather(
                store.journal.receive(request("good")),
                store.journal.receive(replace(request("bad"), key="a key with half a character \ud800")),
                store.journal.receive(request("good too")),
                return_exceptions=True,
            )
        good, bad, good_too = await answers
        assert (good, good_too) == (True, True)
        assert isinstance(bad, Exception)

    within(database_url, story)


def test_events_come_back_as_they_were_appended(database_url: str) -> None:
    async def story(store: Store) -> None:
        first, second = write("r-1", events=3), write("r-1", after=3, events=9)
        await store.journal.append(first)
        await store.journal.append(write("r-2"))
        await store.journal.append(second)
        assert tuple(await store.journal.events("r-1")) == first.events + second.events
        assert await store.journal.events("r-3") == ()

    within(database_url, story)


@pytest.mark.parametrize("after", [0, 1, 3])
def test_an_append_at_another_position_is_a_conflict_and_stores_nothing(database_url: str, after: int) -> None:
    async def story(store: Store) -> None:
        await store.journal.receive(request("key"))
        await store.journal.append(write("r-1", events=2))
        with pytest.raises(Conflict, match="r-1 has 2 events"):
            await store.journal.append(
                write("r-2"), write("r-1", after=after, claim=frozenset({"a"})), says=[card()], taken="key"
            )
        assert len(await store.journal.events("r-1")) == 2
        assert [found.case for found in await store.journal.list()] == ["r-1"]
        assert await store.journal.claims(frozenset({"a"})) == {}
        assert await store.outbox.next_due() is None
        assert len(await store.journal.untaken()) == 1
        assert (await store.journal.verify()).lines == 2

    within(database_url, story)


def test_what_is_said_of_cases_that_have_moved_on_is_a_conflict_and_stores_nothing(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.journal.append(write("r-1", events=2))
        await store.journal.append(write("r-2"))
        for still in ({"r-1": 1, "r-2": 1}, {"r-1": 2, "r-2": 1, "r-4": 1}):
            with pytest.raises(Conflict, match="moved on"):
                await store.journal.append(write("r-3"), says=[card()], still=still)
        assert await store.outbox.next_due() is None
        await store.journal.append(write("r-3"), says=[card()], still={"r-1": 2, "r-2": 1})
        assert await store.outbox.next_due() is not None
        assert len(await store.journal.events("r-3")) == 1

    within(database_url, story)


def test_of_two_who_follow_the_same_event_one_wins(database_url: str) -> None:
    async def story(store: Store) -> None:
        other = await Database.open(database_url, store.clock)
        journals = [store.journal, SqlJournal(other)]
        try:
            for after in range(20):
                answers = await asyncio.gather(
                    *(journal.append(write("r-1", after)) for journal in journals * 2), return_exceptions=True
                )
                assert sum(answer is None for answer in answers) == 1
                assert sum(isinstance(answer, Conflict) for answer in answers) == 3
        finally:
            await other.close()
        audit = await store.journal.verify()
        assert (audit.lines, audit.broken) == (20, "")

    within(database_url, story)


def test_claims_are_taken_all_or_none_and_let_go_when_asked(database_url: str) -> None:
    async def story(store: Store) -> None:
        both, all_three = frozenset({"a", "b"}), frozenset({"a", "b", "c"})
        await store.journal.append(write("r-1", claim=both))
        with pytest.raises(Taken) as refused:
            await store.journal.append(write("r-2", claim=frozenset({"b", "c"})))
        assert (refused.value.claim, refused.value.holder) == ("b", "r-1")
        assert await store.journal.claims(all_three) == {"a": "r-1", "b": "r-1"}
        assert await store.journal.events("r-2") == ()

        await store.journal.append(write("r-1", after=1))
        await store.journal.append(write("r-1", after=2, claim=all_three))
        assert set(await store.journal.claims(all_three)) == all_three, "left out is not let go, and held is no refusal"

        await store.journal.append(write("r-1", after=3, free=True))
        await store.journal.append(write("r-2", claim=both))
        assert await store.journal.claims(all_three) == {"a": "r-2", "b": "r-2"}

    within(database_url, story)


def test_a_claim_goes_from_one_case_to_another_in_one_append(database_url: str) -> None:
    async def story(store: Store) -> None:
        held = frozenset({"a"})
        await store.journal.append(write("r-1", claim=held))
        await store.journal.append(write("r-2", claim=held), write("r-1", after=1, free=True))
        assert await store.journal.claims(held) == {"a": "r-2"}

    within(database_url, story)


def test_a_refusal_in_a_shared_transaction_is_that_of_one_only(database_url: str) -> None:
    commits: list[Connection] = []

    def count(connection: Connection) -> None:
        commits.append(connection)

    sa.event.listen(Engine, "commit", count)

    async def story(store: Store) -> None:
        await store.journal.append(write("r-1", claim=frozenset({"a"})))
        async with writer_held(store):
            commits.clear()
            answers = asyncio.gather(
                store.journal.append(write("r-2", claim=frozenset({"b"}))),
                store.journal.append(write("r-1", after=7)),
                store.journal.receive(request("key")),
                store.journal.append(write("r-3", claim=frozenset({"c", "a"}))),
                store.journal.append(write("r-1", after=1)),
                return_exceptions=True,
            )
        good, conflict, new, taken, also_good = await answers
        assert (good, new, also_good) == (None, True, None)
        assert isinstance(conflict, Conflict)
        assert isinstance(taken, Taken)
        assert len(commits) == 2, "the one that held the writer, and one for all of these"
        assert await store.journal.claims(frozenset({"a", "b", "c"})) == {"a": "r-1", "b": "r-2"}
        audit = await store.journal.verify()
        assert (audit.lines, audit.broken) == (3, "")

    try:
        within(database_url, story)
    finally:
        sa.event.remove(Engine, "commit", count)


def test_one_who_no_longer_waits_stops_nobody(database_url: str) -> None:
    async def story(store: Store) -> None:
        async with writer_held(store):
            gone = asyncio.ensure_future(store.journal.append(write("r-1")))
            there = asyncio.ensure_future(store.journal.append(write("r-2")))
            await asyncio.sleep(0.05)  # until both have reached the writer
            gone.cancel()
        await there
        there_is = [found.case for found in await store.journal.list()]
        assert there_is == ["r-2"], "the other was taken back before its turn"

    within(database_url, story)


def test_what_waits_when_it_closes_is_stored_and_what_comes_later_is_refused(database_url: str) -> None:
    async def story(store: Store) -> None:
        waiting = [asyncio.ensure_future(store.journal.append(write(f"r-{n}"))) for n in range(20)]
        await asyncio.sleep(0)
        await store.database.close()
        await asyncio.gather(*waiting)
        with pytest.raises(Full, match="closed, since the bot is stopping: nothing was stored"):
            await store.journal.receive(request("key"))
        with pytest.raises(Full, match="nothing was read"):
            await store.journal.events("r-1")

    async def later(store: Store) -> None:
        assert (await store.journal.verify()).lines == 20

    within(database_url, story)
    within(database_url, later)


def test_a_case_is_due_when_it_rests_or_else_when_its_fold_says(database_url: str) -> None:
    async def story(store: Store) -> None:
        def due(minutes: int) -> object:
            return row(due=START + timedelta(minutes=minutes))

        async def found(minutes: int) -> list[str]:
            return [each.case for each in await store.journal.list(due=START + timedelta(minutes=minutes))]

        await store.journal.append(write("r-1", row=row(due=START + timedelta(minutes=30))))
        await store.journal.append(write("r-2", row=row(due=START + timedelta(minutes=10))))
        await store.journal.append(write("r-3"))
        assert await found(9) == []
        assert await found(10) == ["r-2"]
        assert await found(60) == ["r-2", "r-1"]

        await store.journal.rest("r-1", 1, START + timedelta(minutes=5))
        await store.journal.rest("r-2", 1, START + timedelta(minutes=20))
        await store.journal.rest("r-3", 0, START)
        assert await found(10) == ["r-1"]
        assert await found(60) == ["r-1", "r-2"], "a rest for another position has no effect"

        await store.journal.rest("r-2", 1, None)
        assert await found(10) == ["r-1", "r-2"]
        await store.journal.append(write("r-1", after=1, row=row(due=START + timedelta(minutes=40))))
        assert await found(60) == ["r-2", "r-1"], "an append ends the rest"

    within(database_url, story)


def test_lists_are_by_row_newest_first(database_url: str) -> None:
    async def story(store: Store) -> None:
        def later(minutes: int) -> timedelta:
            return timedelta(minutes=minutes)

        await store.journal.append(write("r-1", row=row(over=True, asker="ben")))
        await store.journal.append(write("r-2", row=row(at=START + later(2), loose=True, over=True)))
        await store.journal.append(write("r-3", row=row(at=START + later(1), of="r-1", phase="doing")))

        async def cases(**how: object) -> list[str]:
            return [found.case for found in await store.journal.list(**how)]  # type: ignore[arg-type]  # as given

        assert await cases() == ["r-2", "r-3", "r-1"]
        assert await cases(limit=1) == ["r-2"]
        assert await cases(open_only=True) == ["r-3"]
        assert await cases(loose=True) == ["r-2"]
        assert await cases(asker="ben") == ["r-1"]
        assert await cases(asker="ben", open_only=True) == []

    within(database_url, story)


def test_the_row_of_a_case_is_the_last_one_given_to_the_microsecond(database_url: str) -> None:
    async def story(store: Store) -> None:
        last = row(phase="doing", loose=True, due=START + timedelta(microseconds=1), at=START - timedelta(days=20_000))
        await store.journal.append(write("r-1"))
        await store.journal.append(write("r-1", after=1, events=2, row=last))
        [found] = await store.journal.list()
        assert (found.case, found.position, found.row) == ("r-1", 3, last)

    within(database_url, story)


def test_a_switch_is_what_it_was_set_to_last(database_url: str) -> None:
    async def story(store: Store) -> None:
        assert await store.journal.switch("paused") == ""
        await store.journal.set_switch("paused", "by Ana")
        await store.journal.set_switch("paused", "by Ben")
        assert await store.journal.switch("paused") == "by Ben"

    within(database_url, story)
