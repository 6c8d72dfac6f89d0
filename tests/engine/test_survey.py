"""What is planned rests upon the world as it is, and what covers a plan is looked at, never believed."""

from pathlib import Path

import pytest

from bot.domain.event import Planned
from bot.domain.plan import Act, Level, Plan, Risk, Undo
from bot.domain.run import Phase
from bot.runbook import Ask, Runbook
from handlers.why import Why
from tests.domain.toy import Is, Set
from tests.engine.bench import Bench, NumberOf, play


class Sneak(Runbook[int]):
    """Turn a switch, and say that the agreement to another run covers it."""

    async def look(self, ask: Ask) -> int:
        return await ask(NumberOf("a"))

    def plan(self, now: int) -> Plan:
        step = Act(Set("a", 20), Is("a", 20), Undo(Set("a", now), Is("a", now)))
        return Plan("Sneak", Risk(Level.MEDIUM, "it is a toy"), (step,), covered_by="r-00000000")


def test_a_plan_that_says_it_is_covered_by_a_run_that_nobody_knows_needs_agreement(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "sneak")
        assert run is not None
        assert run.phase is Phase.WAITING
        assert b.world.done == []

    play(tmp_path, story, (Sneak,))


def test_what_is_held_already_is_refused_before_anybody_is_asked(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        first = await b.says("ana", "turn both")
        assert first is not None
        await b.presses("ana", first, "Confirm")
        second = await b.says("ben", "turn b 20")
        assert second is not None
        assert second.over
        told = b.told("ben")
        assert f"Ana is at it since 10:00 UTC: “Turn both”, step 2 of 3 ({first.id})." in told
        assert "it hums" not in told, "what it waits for is on its own card"
        assert "Only one run at a time may change switch b; yours was not started, nothing was changed." in told
        assert f"Wait until that one is over, or ask Ana to cancel it: cancel {first.id}." in told
        assert "Nothing was changed" not in told, "it is said once"
        events = await b.journal.events(second.id)
        assert not any(isinstance(event, Planned) for event in events)

    play(tmp_path, story)


def test_there_is_not_nothing_to_do_where_another_run_is_at_it(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.stuck.add("a")
        first = await b.says("ana", "turn a 5")
        assert first is not None
        await b.presses("ana", first, "Confirm")
        assert b.world.numbers["a"] == 5
        await b.says("ben", "turn a 5")
        told = b.told("ben")
        assert f"Ana is at it since 10:00 UTC: “Turn a from 0 to 5”, step 1 of 1 ({first.id})." in told
        assert "nothing to do" not in told
        await b.says("ben", "turn b 0")
        assert "nothing to do" in b.told("ben")

    play(tmp_path, story)


def test_a_hold_is_extended_on_its_own_object_and_not_on_another(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        holds = []
        for words in ("turn a 5 for 2h", "turn b 6 for 2h"):
            run = await b.says("ana", words)
            assert run is not None
            holds.append(await b.presses("ana", run, "Confirm"))
        more = await b.says("ana", "turn b 7 for 4h")
        assert more is not None
        await b.presses("ana", more, "Confirm")
        assert [(await b.now(hold)).over for hold in holds] == [False, True]
        await b.later(minutes=121)
        assert b.world.numbers == {"a": 0, "b": 7}

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("away", "words", "because"),
    [
        ("", "why turn a 0", "shows 0 already: nothing to do"),
        ("The toy is away.", "why turn a 5", "The toy is away."),
        ("", "why choose", "There are two ways."),
    ],
)
def test_where_there_would_be_no_plan_why_tells_each_risk(tmp_path: Path, away: str, words: str, because: str) -> None:
    async def story(b: Bench) -> None:
        b.world.away = away
        run = await b.says("elif", words)
        assert run is not None
        said = str(run.answer)
        assert because in said
        assert "low: the agreement of another: on-call" in said
        assert "high (security)" in said
        assert b.wall.cards == {}

    play(tmp_path, story, (Why,))
