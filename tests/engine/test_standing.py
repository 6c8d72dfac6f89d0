"""What stands for a time, what is in somebody's hands, and what rests for people."""

from pathlib import Path

from bot.domain.plan import Act, Level, Offers, Plan, Risk, Undo, Wait
from bot.domain.run import Phase
from bot.domain.verb import Ticked
from bot.runbook import Ask, Runbook
from handlers.pause import Pause
from handlers.undo import Undo as UndoHandler
from handlers.unpause import Unpause
from tests.domain.toy import Is, Set
from tests.engine.bench import Bench, NumberOf, play

MORE = (UndoHandler, Pause, Unpause)


def test_a_hold_is_a_loose_end_and_is_put_back_by_itself(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 5 for 2h")
        assert run is not None
        run = await b.presses("ana", run, "Confirm")
        assert run.phase is Phase.STANDING
        assert [found.case for found in await b.core.cases.journal.list(loose=True)] == [run.id]
        await b.later(minutes=119)
        assert b.world.numbers["a"] == 5
        await b.later(minutes=2)
        assert b.world.numbers["a"] == 0
        assert (await b.now(run)).over
        assert await b.core.cases.journal.list(loose=True) == []

    play(tmp_path, story)


def test_a_second_hold_extends_the_first_and_keeps_its_way_back(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        first = await b.says("ana", "turn a 5 for 2h")
        assert first is not None
        await b.presses("ana", first, "Confirm")
        second = await b.says("ana", "turn a 6 for 4h")
        assert second is not None
        await b.presses("ana", second, "Confirm")
        assert (await b.now(first)).over
        await b.later(minutes=130)
        assert b.world.numbers["a"] == 6
        await b.later(minutes=120)
        assert b.world.numbers["a"] == 0

    play(tmp_path, story)


def test_a_hold_that_somebody_else_changed_is_not_put_back_blindly(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 5 for 2h")
        assert run is not None
        await b.presses("ana", run, "Confirm")
        b.world.numbers["a"] = 42
        await b.later(minutes=121)
        run = await b.now(run)
        assert run.phase is Phase.ASKING
        assert "somebody else changed it" in run.asking
        assert b.world.numbers["a"] == 42
        run = await b.presses("ana", run, "Leave it as it is")
        assert run.over

    play(tmp_path, story)


def test_one_run_an_object_at_a_time_and_the_next_hears_whose_it_is(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.stuck.add("a")
        run = await b.says("ana", "turn a 5")
        assert run is not None
        await b.presses("ana", run, "Confirm")
        other = await b.says("ben", "turn a 6")
        assert other is not None
        assert other.over
        assert "Ana is at it" in b.told("ben")
        assert run.id in b.told("ben")

    play(tmp_path, story)


def test_an_outside_that_is_away_is_a_retry_and_never_a_lost_request(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.away = "The toy is away."
        run = await b.says("ana", "turn a 5")
        assert run is not None
        assert run.phase is Phase.ASKED
        assert "The toy is away" in str(b.card(run))
        b.world.away = ""
        await b.later(minutes=2)
        assert (await b.now(run)).phase is Phase.WAITING

    play(tmp_path, story)


def test_what_waits_for_an_outside_can_be_cancelled_on_its_card(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.away = "The toy is away."
        run = await b.says("ana", "turn a 5")
        assert run is not None
        run = await b.presses("ana", run, "Cancel")
        assert run.ended is not None
        assert run.ended.how == "cancelled"
        b.world.away = ""
        await b.later(minutes=2)
        assert (await b.now(run)).over

    play(tmp_path, story)


def test_away_in_the_middle_is_waited_for_and_then_asked_about(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.stuck.add("a")
        run = await b.says("ana", "turn a 5")
        assert run is not None
        await b.presses("ana", run, "Confirm")
        b.world.away = "The toy is away."
        for _ in range(8):
            await b.later(minutes=1)
        run = await b.now(run)
        assert run.phase is Phase.ASKING
        b.world.away = ""
        b.world.stuck.clear()
        run = await b.presses("ana", run, "Try again")
        assert run.ended is not None
        assert run.ended.how == "done"

    play(tmp_path, story)


def test_cancelled_in_the_middle_it_asks_undo_or_keep(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn-both")
        assert run is not None
        await b.presses("ana", run, "Confirm")
        run = await b.presses("ana", run, "Cancel")
        assert run.cancelled_by is not None
        run = await b.presses("ana", run, "it hums") if run.phase is Phase.DOING else run
        assert run.phase is Phase.ASKING
        run = await b.presses("ana", run, "Put back")
        assert run.ended is not None
        assert run.ended.how == "put back"
        assert b.world.numbers == {"a": 0, "b": 0}

    play(tmp_path, story)


def test_a_person_answers_a_check_and_it_goes_on(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn both")
        assert run is not None
        await b.presses("ana", run, "Confirm")
        assert b.world.numbers == {"a": 1, "b": 0}
        run = await b.presses("ben", run, "it hums")
        assert b.world.numbers == {"a": 1, "b": 1}
        assert "ticked by Ben" in str(b.card(run))

    play(tmp_path, story)


def test_after_a_rest_for_a_person_what_stands_is_looked_at_again(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn both")
        assert run is not None
        await b.presses("ana", run, "Confirm")
        b.world.numbers["a"] = 9
        run = await b.presses("ana", run, "it hums")
        assert run.phase is Phase.ASKING
        assert b.world.numbers["b"] == 0

    play(tmp_path, story)


def test_a_choice_refines_the_same_run_and_only_its_asker_chooses(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("elif", "choose")
        assert run is not None
        assert run.phase is Phase.CHOOSING
        await b.presses("femi", run, "Two")
        assert "the choice is theirs" in b.told("femi")
        run = await b.presses("elif", run, "Two")
        assert run.words == "turn a 2"
        assert run.plan is not None

    play(tmp_path, story)


class TwoTurns(Runbook[int]):
    """Turn one switch twice, with a person's look between."""

    async def look(self, ask: Ask) -> int:
        return await ask(NumberOf("a"))

    def plan(self, now: int) -> Plan | Offers:
        first = Act(Set("a", 5), Is("a", 5), Undo(Set("a", now), Is("a", now)))
        second = Act(Set("a", 6), Is("a", 6), Undo(Set("a", 5), Is("a", 5)))
        last = Act(Set("b", 1), Is("b", 1), Undo(Set("b", 0), Is("b", 0)))
        return Plan("Turn it twice", Risk(Level.LOW, "toy"), (first, second, Wait(Ticked("it hums")), last))


def test_a_run_that_changed_one_object_twice_goes_on_after_a_rest_and_is_taken_back(tmp_path: Path) -> None:
    """What it left there is its last change, not each of them."""

    async def story(b: Bench) -> None:
        run = await b.says("ana", "two-turns")
        assert run is not None
        run = await b.presses("ana", run, "Confirm")
        run = await b.presses("ana", run, "it hums")
        assert run.ended is not None
        assert (run.ended.how, b.world.numbers["a"], b.world.numbers["b"]) == ("done", 6, 1)
        await b.presses("ana", run, "Undo")
        assert (b.world.numbers["a"], b.world.numbers["b"]) == (0, 0)
        assert "taken back" in str(b.card(await b.now(run)))

    play(tmp_path, story, (*MORE, TwoTurns))
