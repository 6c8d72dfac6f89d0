"""Two releases work at one journal, as in an upgrade: what this one cannot read holds up nothing else."""

import logging
from pathlib import Path

import pytest

from handlers.runs import Runs
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


def test_a_lookup_that_meets_what_a_later_release_wrote_says_that_something_is_wrong(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        theirs = await b.says("ana", "turn a 20")
        assert theirs is not None
        tamper(f"sqlite:///{tmp_path / 'journal.db'}", renamed("journal", "event", "planned", "position = 2"))
        await b.says("ben", "runs")
        for _ in range(3):
            await b.later(seconds=15)
        assert "Something unforeseen happened 3 times" in b.told("ben")

    play(tmp_path, story, (Runs,))
