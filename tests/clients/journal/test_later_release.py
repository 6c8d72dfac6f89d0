"""What a later release has stored and this one cannot read stays where it is, and holds up nothing else."""

import logging
from datetime import timedelta

import pytest

from bot.clients.journal import SqlOutbox
from bot.domain.errors import Unreadable
from tests.clients.journal.samples import START, Store, card, request, tamper, within, write


def renamed(table: str, column: str, name: str, where: str) -> str:
    """Make a record of some rows one that nobody here knows; lines of a journal are other lines then."""
    changed = f"""{column} = replace({column}, '"@":"{name}"', '"@":"later"')"""
    if table == "journal":
        changed += ", hash = hash || '~'"
    return f"UPDATE {table} SET {changed} WHERE {where}"  # noqa: S608  # of a test


def test_what_came_in_and_cannot_be_read_is_left_there_and_said_once(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(store: Store) -> None:
        for number in range(7):
            await store.journal.receive(request(f"k{number}", at=START + timedelta(seconds=number)))
        tamper(database_url, renamed("inbox", "request", "request", "key < 'k5'"))
        with caplog.at_level(logging.WARNING):
            for _ in range(2):
                assert [each.key for each in await store.journal.untaken(limit=2)] == ["k5", "k6"]
        said = [message for message in caplog.messages if "is left to a later release" in message]
        assert len(said) == 5, "each once"
        assert "k0 is left to a later release, which has stored it: no record is called later" in said[0]
        assert not await store.journal.receive(request("k0")), "it is known and waits"

    within(database_url, story)


def test_a_case_with_an_event_that_cannot_be_read_says_so(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.journal.append(write("r-1", events=2), write("r-2"))
        tamper(database_url, renamed("journal", "event", "agreed", "case_id = 'r-1'"))
        with pytest.raises(Unreadable, match="r-1: no record is called later: was it stored by a later release"):
            await store.journal.events("r-1")
        assert len(await store.journal.events("r-2")) == 1

    within(database_url, story)


def test_what_could_not_be_read_and_is_put_right_is_read(database_url: str) -> None:
    async def story(store: Store) -> None:
        first, second = write("r-1", events=2), write("r-1", after=2, events=1)
        await store.journal.append(first)
        assert await store.journal.events("r-1") == first.events
        await store.journal.append(second)
        tamper(database_url, "UPDATE journal SET event = replace(event, '\"agreed\"', '\"later\"') WHERE position = 3")
        for _ in range(2):
            with pytest.raises(Unreadable, match="no record is called later"):
                await store.journal.events("r-1")
        tamper(database_url, "UPDATE journal SET event = replace(event, '\"later\"', '\"agreed\"')")
        assert await store.journal.events("r-1") == (*first.events, *second.events)

    within(database_url, story)


def test_what_is_to_be_said_and_cannot_be_read_holds_up_nothing_and_is_left_as_it_is(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(*(card(f"later{number}") for number in range(25)), card("now"), card("then"))
        tamper(database_url, renamed("outbox", "say", "report", "key NOT IN ('now', 'then')"))
        now = store.clock.now()
        assert [each.say.key for each in await store.outbox.take(now, limit=1)] == ["now"]
        assert [each.say.key for each in await store.outbox.take(now)] == ["then"]
        assert await store.outbox.take(now) == []
        assert await store.outbox.next_due() == now + timedelta(seconds=30), "nobody here waits for what others say"
        assert len([each for each in caplog.messages if "is left to a later release" in each]) == 25, "each once"
        # The release that can read it takes it as one that nobody has had in hand.
        tamper(database_url, "UPDATE outbox SET say = replace(say, '\"later\"', '\"report\"')")
        taken = await SqlOutbox(store.database).take(now, limit=30)
        assert len(taken) == 25
        assert {(each.attempts, each.unsure) for each in taken} == {(0, False)}

    within(database_url, story)


def test_a_card_that_could_not_be_read_is_drawn_again_when_it_can(database_url: str) -> None:
    async def story(store: Store) -> None:
        await store.outbox.say(card("one"))
        tamper(database_url, renamed("outbox", "say", "report", "key = 'one'"))
        assert await store.outbox.take(store.clock.now()) == []
        await store.outbox.say(card("one", "Scale bridge again"))
        assert [each.say.report.summary for each in await store.outbox.take(store.clock.now())] == [
            "Scale bridge again"
        ]

    within(database_url, story)
