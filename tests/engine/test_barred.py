"""Driving where the bot may not look: that says nothing of how it is there, so nothing is undone for it."""

from pathlib import Path

import pytest

from bot.domain.errors import Unknown
from bot.domain.run import Phase
from tests.engine.bench import Bench, play
from tests.engine.test_driver import asked


def test_who_may_not_look_for_a_moment_waits_and_nothing_is_put_back(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.stuck.add("a")
        run = await asked(b, "ana", "turn a 5")
        run = await b.presses("ana", run, "Confirm")
        b.world.shut = "The key does not fit."
        await b.later(minutes=4)
        run = await b.now(run)
        assert (run.phase, run.failure) == (Phase.DOING, None)
        assert "The key does not fit. Ask for the key." in str(b.card(run))
        b.world.shut = ""
        b.world.stuck.clear()
        await b.later(seconds=30)
        run = await b.now(run)
        assert run.ended is not None
        assert (run.ended.how, b.world.numbers["a"]) == ("done", 5)

    play(tmp_path, story)


def test_who_may_not_look_until_the_time_of_the_step_is_over_asks(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.stuck.add("a")
        run = await asked(b, "ana", "turn a 5")
        run = await b.presses("ana", run, "Confirm")
        b.world.shut = "The key does not fit."
        for _ in range(8):
            await b.later(minutes=1)
        run = await b.now(run)
        assert (run.phase, run.resume) == (Phase.ASKING, Phase.DOING)
        assert [offer.label for offer in b.card(run).offers] == ["Try again", "Put back", "Leave it as it is"]
        b.world.shut = ""
        b.world.stuck.clear()
        run = await b.presses("ana", run, "Try again")
        assert run.ended is not None
        assert run.ended.how == "done"

    play(tmp_path, story)


@pytest.mark.parametrize(("minutes", "phase"), [(1, Phase.OVER), (9, Phase.ASKING)])
def test_a_hold_whose_object_may_not_be_looked_at_at_its_end_waits_for_that_and_then_asks(
    tmp_path: Path, minutes: int, phase: Phase
) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5 for 2h")
        await b.presses("ana", run, "Confirm")
        b.world.shut = "The key does not fit."
        await b.later(hours=2)
        assert (await b.now(run)).phase is Phase.STANDING
        for _ in range(minutes):
            await b.later(minutes=1)
        b.world.shut = ""
        await b.later(minutes=1)
        run = await b.now(run)
        assert run.phase is phase
        assert b.world.numbers["a"] == (0 if phase is Phase.OVER else 5)

    play(tmp_path, story)


def test_a_way_back_that_may_not_be_looked_at_in_the_middle_waits_too(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5 for 2h")
        await b.presses("ana", run, "Confirm")

        def is_shut() -> None:
            b.world.shut = "The key does not fit."
            raise Unknown("The answer was lost.")

        b.world.before_do = is_shut
        await b.later(hours=2)
        b.world.before_do = lambda: None
        await b.later(minutes=1)
        assert (await b.now(run)).phase is Phase.STANDING
        b.world.shut = ""
        await b.later(minutes=1)
        assert (await b.now(run)).over
        assert b.world.numbers["a"] == 0

    play(tmp_path, story)
