"""What is old is forgotten, and nothing that people may still see or do is any different for it."""

import asyncio
from datetime import timedelta
from pathlib import Path

from bot.domain.report import Report
from bot.domain.run import Phase, Run
from bot.ports import Kind, Say
from handlers.undo import Undo as UndoHandler
from tests.domain.toy import ANA
from tests.engine.bench import Bench, play


async def done(b: Bench, words: str = "turn a 5", key: str = "") -> Run:
    run = await b.says("ana", words, key)
    assert run is not None
    return await b.presses("ana", run, "Confirm")


async def days_later(b: Bench, days: int) -> int:
    """So many days go by, and what is old then is forgotten; how much that was."""
    await b.later(days=days)
    return await b.core.forget()


def test_a_run_is_forgotten_bit_by_bit_and_its_journal_never(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await done(b)
        before = await b.journal.verify()
        assert await days_later(b, 29) == 0
        assert await days_later(b, 2) == 3, "what was asked, what was pressed, and who confirmed"
        assert await b.core.outbox.read(f"card:{run.id}") is not None
        assert await days_later(b, 58) == 0
        assert await days_later(b, 2) == 1
        assert await b.core.outbox.read(f"card:{run.id}") is None
        assert await b.now(run) == run
        assert await b.journal.verify() == before

    play(tmp_path, story)


def test_the_card_of_a_run_that_is_not_over_stays_and_is_redrawn_in_place(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await done(b, "turn a 5 for 2h")
        b.world.numbers["a"] = 42
        await b.later(hours=3)
        where = await b.core.outbox.where(f"card:{run.id}")
        await days_later(b, 200)
        assert (await b.now(run)).phase is Phase.ASKING
        run = await b.presses("ana", run, "Leave it as it is")
        assert run.over
        assert await b.core.outbox.where(f"card:{run.id}") == where
        assert await days_later(b, 91) > 0
        assert await b.core.outbox.read(f"card:{run.id}") is None

    play(tmp_path, story)


def test_a_request_that_is_repeated_after_it_was_forgotten_is_no_new_run(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await done(b, key="same")
        b.world.numbers["a"] = 0
        await days_later(b, 31)
        request = await b.hands_in("ana", "turn a 5", key="same")
        assert [each.key for each in await b.journal.untaken()] == ["same"], "it is as if it had never come in"
        await b.core.take(request)
        await b.settle()
        assert await b.now(run) == run
        assert len(await b.journal.list()) == 1
        assert await b.journal.untaken() == []
        assert b.world.numbers["a"] == 0

    play(tmp_path, story)


def test_a_run_whose_card_was_forgotten_can_still_be_taken_back(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await done(b)
        await days_later(b, 91)
        b.wall.cards.clear()
        undo = await b.says("ana", f"undo {run.id}")
        assert undo is not None
        await b.presses("ana", undo, "Confirm")
        assert b.world.numbers["a"] == 0
        assert "taken back" in str(b.card(run)), "it was posted anew"

    play(tmp_path, story, (UndoHandler,))


def test_what_is_old_is_forgotten_to_the_last_however_much_it_is(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        await b.core.outbox.say(*(Say(f"private:{n}", Kind.PRIVATE, Report("hush"), to=ANA) for n in range(1001)))
        await asyncio.gather(*(b.core.outbox.posted(f"private:{n}", 1, "", "") for n in range(1001)))
        b.clock.move(timedelta(days=31))
        assert await b.core.forget() == 1001
        assert await b.core.forget() == 0

    play(tmp_path, story)
