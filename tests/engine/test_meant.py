"""Who names no run means one that was there when they said it, however late that is taken."""

from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.bench import Bench, play


@pytest.mark.parametrize("words", ["cancel", "decline because not now"])
def test_a_reply_that_is_taken_late_is_to_no_run_that_was_asked_for_since(words: str, tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        old = await b.says("ana", "turn a 20")
        assert old is not None
        await b.hands_in("ana", words)
        b.clock.move(timedelta(seconds=3))
        new = await b.says("ana", "turn b 20")
        assert new is not None
        await b.later(seconds=12)
        assert (await b.now(old)).over
        assert not (await b.now(new)).over

    play(tmp_path, story)


def test_who_had_none_when_they_said_so_is_told_that(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        await b.hands_in("ana", "cancel")
        b.clock.move(timedelta(seconds=3))
        new = await b.says("ana", "turn b 20")
        assert new is not None
        await b.later(seconds=12)
        assert not (await b.now(new)).over
        assert "You have no run under way" in b.told("ana")

    play(tmp_path, story)
