"""Two releases work at one journal, as in an upgrade: what this one cannot read holds up nothing else."""

import logging
from pathlib import Path

import pytest

from bot.domain.run import Phase, Run
from bot.world.bot import SetPaused
from handlers.loose_ends import LooseEnds
from handlers.runs import Runs
from handlers.undo import Undo as UndoHandler
from tests.clients.journal.samples import tamper
from tests.clients.journal.test_later_release import renamed
from tests.engine.bench import Bench, play


def test_what_a_later_release_wrote_holds_up_nothing_else(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(b: Bench) -> None:
        theirs, mine = await b.says("ana", "turn a 20"), await b.says("ana", "turn b 20")
        assert theirs is not None
        assert mine is not None
        lost, kept = await b.hands_in("ben", "show a", "k1"), await b.hands_in("ben", "show a", "k2")
        tamper(
            f"sqlite:///{tmp_path / 'journal.db'}",
            renamed("journal", "event", "planned", f"case_id = '{theirs.id}'"),
            renamed("inbox", "request", "request", f"key = '{lost.key}'"),
        )
        await b.later(seconds=11)
        answer = await b.core.cases.load(kept.case)
        assert answer is not None
        assert answer.answer is not None
        with caplog.at_level(logging.WARNING):
            await b.later(minutes=61)
        assert (await b.now(mine)).over, "nobody agreed in time"
        assert theirs.id in [found.case for found in await b.journal.list(open_only=True)]
        assert theirs.id not in [found.case for found in await b.journal.list(due=b.clock.now())], "it rests"
        await b.later(seconds=31)
        said = [each for each in caplog.messages if f"{theirs.id} is left to a later release" in each]
        assert len(said) == 1
        assert not [each for each in caplog.messages if "unforeseen" in each]

    play(tmp_path, story)


def written_by_a_later_release(folder: Path, run: Run, back: bool = False) -> None:
    """Nobody here can read any more how it was planned (``back``: again)."""
    statement = renamed("journal", "event", "planned", f"case_id = '{run.id}'")
    restored = statement.replace('"planned"', '"x"').replace('"later"', '"planned"').replace('"x"', '"later"')
    tamper(f"sqlite:///{folder / 'journal.db'}", restored if back else statement)


def test_a_list_goes_without_what_a_later_release_wrote(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        theirs, mine = await b.says("ana", "turn a 5 for 2h"), await b.says("ana", "turn b 5 for 2h")
        assert theirs is not None
        assert mine is not None
        for run in (theirs, mine):
            await b.presses("ana", run, "Confirm")
        written_by_a_later_release(tmp_path, theirs)
        for words in ("runs", "loose-ends"):
            asked = await b.says("ben", words)
            assert asked is not None
            shown = str(b.card(asked))
            assert "turn b 5" in shown or "Turn b" in shown
            assert "Turn a" not in shown
        more = await b.says("ana", "turn b 6 for 1h")
        assert more is not None
        assert more.plan is not None
        assert more.plan.settles, "what stands on it is known"

    play(tmp_path, story, (Runs, LooseEnds))


def test_what_builds_upon_what_a_later_release_wrote_says_that_something_is_wrong(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        theirs = await b.says("ana", "turn a 5")
        assert theirs is not None
        await b.presses("ana", theirs, "Confirm")
        written_by_a_later_release(tmp_path, theirs)
        await b.says("ana", f"undo {theirs.id}")
        for _ in range(3):
            await b.later(seconds=15)
        assert "Something unforeseen happened 3 times" in b.told("ana")
        assert b.world.numbers["a"] == 5

    play(tmp_path, story, (UndoHandler,))


def test_what_a_run_has_in_hand_that_cannot_be_read_nobody_else_changes(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.stuck.add("a")
        theirs = await b.says("ana", "turn a 5")
        assert theirs is not None
        theirs = await b.presses("ana", theirs, "Confirm")
        assert theirs.phase is Phase.DOING
        written_by_a_later_release(tmp_path, theirs)
        mine = await b.says("ben", "turn a 3")
        for _ in range(4):
            await b.later(seconds=15)
        assert mine is not None
        assert (await b.now(mine)).opened_at is None
        assert b.world.numbers["a"] == 5

    play(tmp_path, story)


def test_a_pause_is_shown_by_all_cards_that_can_be_read(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        mine, theirs = await b.says("ana", "turn a 20"), await b.says("ana", "turn b 20")
        assert theirs is not None
        assert mine is not None
        written_by_a_later_release(tmp_path, theirs)
        await b.core.house.do(SetPaused(True, "we look into it"))
        await b.settle()
        assert "we look into it" in str(b.card(mine))

    play(tmp_path, story)


def test_who_presses_is_answered_by_the_release_that_can_or_after_a_minute(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        written_by_a_later_release(tmp_path, run)
        await b.says("elif", f"agree {run.id}")
        await b.later(seconds=30)
        assert not b.told("elif")
        written_by_a_later_release(tmp_path, run, back=True)
        await b.later(seconds=15)
        assert b.world.numbers["a"] == 20
        other = await b.says("ana", "turn b 20")
        assert other is not None
        written_by_a_later_release(tmp_path, other)
        await b.says("elif", f"agree {other.id}")
        await b.later(seconds=61)
        assert "Something unforeseen happened" in b.told("elif")
        assert not await b.journal.untaken()

    play(tmp_path, story)


def test_the_card_of_a_run_that_cannot_be_read_is_posted_once(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    async def story(b: Bench) -> None:
        request = await b.hands_in("ana", "turn a 20")
        await b.core.desk.take(request)
        await b.core.driver.drive(request.case)
        run = await b.core.cases.load(request.case)
        assert run is not None
        written_by_a_later_release(tmp_path, run)
        await b.core.deliverer.deliver()
        assert f"card:{run.id}" in b.wall.cards
        assert not [each for each in caplog.messages if "unforeseen" in each]

    play(tmp_path, story)
