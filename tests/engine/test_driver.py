"""Driving when things go wrong: others are quicker, the store is full, the world is away or not as it was."""

from pathlib import Path

from bot.domain.errors import Away
from bot.domain.event import Ended, Event
from bot.domain.offer import Offer
from bot.domain.plan import Act, Level, Offers, Plan, Risk, Undo
from bot.domain.run import Phase, Run
from bot.runbook import Ask, Runbook, arg
from handlers.undo import Undo as UndoHandler
from tests.domain.toy import Is, Set
from tests.engine.bench import Bench, NumberOf, play


class Wind(Runbook[int]):
    """Turn a switch up, one number after the other."""

    number: int = arg("the last number", example="3", least=1, most=99)

    async def look(self, ask: Ask) -> int:
        return await ask(NumberOf("a"))

    def plan(self, now: int) -> Plan | Offers:
        if now == 50:
            return Offers("It shows 50: two ways lead from there.", (Offer("Down", "wind 1"),))
        steps = [Act(Set("a", n), Is("a", n), Undo(Set("a", n - 1), Is("a", n - 1))) for n in range(1, self.number + 1)]
        return Plan(f"Wind a up to {self.number}", Risk(Level.MEDIUM, "it is a toy"), tuple(steps))


async def asked(b: Bench, who: str, words: str) -> Run:
    run = await b.says(who, words)
    assert run is not None
    return run


def test_a_plan_of_many_steps_is_carried_out_to_its_end(tmp_path: Path) -> None:
    """Longer than what one drive does before it lets others go first."""

    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "wind 99")
        run = await b.presses("elif", run, "Approve")
        for _ in range(4):
            await b.later(seconds=10)
        run = await b.now(run)
        assert run.ended is not None
        assert run.ended.how == "done"
        assert [change.to for change in b.world.done if isinstance(change, Set)] == list(range(1, 100))

    play(tmp_path, story, (Wind,))


def test_who_is_quicker_than_the_driver_is_right(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        request = await b.hands_in("ana", "turn a 5")
        await b.core.take(request)

        async def cancels() -> None:
            await b.says_at_once("ana", f"cancel {request.case}")

        b.journal.first = [cancels]  # just as the plan is about to be written
        await b.settle()
        run = await b.core.cases.load(request.case)
        assert run is not None
        assert run.ended is not None
        assert run.ended.how == "cancelled"
        assert run.plan is None

    play(tmp_path, story)


def test_a_store_without_room_holds_a_run_up_and_loses_nothing(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        request = await b.hands_in("ana", "turn a 5")
        await b.core.take(request)
        b.journal.full = 1
        await b.queue.run()
        run = await b.core.cases.load(request.case)
        assert run is not None
        assert run.phase is Phase.ASKED
        await b.later(seconds=11)
        assert (await b.now(run)).phase is Phase.WAITING

    play(tmp_path, story)


def test_who_asked_for_the_very_same_a_moment_ago_is_told_that_it_is_under_way(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        first, second = await asked(b, "ana", "turn a 20"), await asked(b, "ana", "turn a 20")
        b.world.stuck.add("a")
        await b.presses("elif", first, "Approve")
        second = await b.presses("elif", second, "Approve")
        assert second.ended is not None
        assert f"You asked for this already: {first.id} is at it since 10:00 UTC, step 1 of 1." in second.ended.because
        assert "cancel" not in second.ended.because

    play(tmp_path, story)


def test_of_two_that_were_agreed_to_the_second_is_refused_while_the_first_is_at_it(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        first, second = await asked(b, "ana", "turn a 20"), await asked(b, "ben", "turn a 21")
        b.world.stuck.add("a")
        await b.presses("elif", first, "Approve")
        second = await b.presses("elif", second, "Approve")
        assert second.ended is not None
        assert second.ended.how == "refused"
        assert f"step 1 of 1 ({first.id})" in second.ended.because
        assert b.world.numbers["a"] == 20
        assert set((await b.core.journal.claims(frozenset({"switch a"}))).values()) == {first.id}

    play(tmp_path, story)


def test_what_was_refused_is_offered_again_only_where_asking_again_can_help(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        first = await asked(b, "ana", "turn a 5")
        for words, labels in (("undo xyz", []), (f"undo {first.id}", ["Ask again"])):
            refused = await asked(b, "ben", words)
            assert refused.ended is not None
            assert refused.ended.how == "refused"
            assert [offer.label for offer in b.wall.private[-1][1].offers] == labels

    play(tmp_path, story, (UndoHandler,))


def test_what_has_become_so_meanwhile_is_not_done_after_all(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 20")
        b.world.numbers["a"] = 20
        run = await b.presses("elif", run, "Approve")
        assert run.ended is not None
        assert (run.ended.how, b.world.done) == ("nothing", [])
        assert "shows 20 already" in run.ended.because
        assert await b.core.journal.claims(frozenset({"switch a"})) == {}

    play(tmp_path, story)


def test_what_has_become_a_choice_meanwhile_is_not_chosen_by_the_bot(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "wind 3")
        b.world.numbers["a"] = 50
        run = await b.presses("elif", run, "Approve")
        assert run.ended is not None
        assert (run.ended.how, b.world.done) == ("refused", [])
        assert "now there is a choice to make" in run.ended.because
        assert "Nothing was changed. Ask for it again, and choose: `wind 3`." in run.ended.because

    play(tmp_path, story, (Wind,))


def test_an_outside_that_goes_away_between_agreement_and_beginning_is_waited_for(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 20")
        b.world.away = "The toy is away."
        run = await b.presses("elif", run, "Approve")
        assert run.phase is Phase.AGREED
        assert "The toy is away" in str(b.card(run))
        b.world.away = ""
        await b.later(minutes=1)
        assert b.world.numbers["a"] == 20

    play(tmp_path, story)


def test_an_outside_that_goes_away_in_the_middle_of_a_change_is_waited_for(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        def goes_away() -> None:
            b.world.before_do = lambda: None
            raise Away("The line is cut.")

        run = await asked(b, "ana", "turn a 5")
        b.world.before_do = goes_away
        run = await b.presses("ana", run, "Confirm")
        assert "The line is cut" in str(b.card(run))
        await b.later(minutes=1)
        run = await b.now(run)
        assert run.ended is not None
        assert run.ended.how == "done"
        assert len(b.world.done) == 1

    play(tmp_path, story)


def test_a_change_that_came_through_although_its_answer_was_lost_is_not_made_again(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        def is_lost() -> None:
            b.world.before_do = lambda: None
            b.world.numbers["a"] = 5
            raise Away("The answer was lost.")

        run = await asked(b, "ana", "turn a 5")
        b.world.before_do = is_lost
        await b.presses("ana", run, "Confirm")
        await b.later(minutes=1)
        run = await b.now(run)
        assert run.ended is not None
        assert (run.ended.how, b.world.done) == ("done", [])

    play(tmp_path, story)


def test_what_is_gone_when_it_is_looked_at_is_a_failure_and_what_was_left_rests_for_people(tmp_path: Path) -> None:
    """Its way back cannot be looked at either, so nobody puts anything back blindly."""

    async def story(b: Bench) -> None:
        b.world.stuck.add("a")
        run = await asked(b, "ana", "turn a 5")
        run = await b.presses("ana", run, "Confirm")
        b.world.gone.add("a")
        await b.later(seconds=2)
        run = await b.now(run)
        assert run.phase is Phase.ASKING
        assert run.stumbles == ()
        assert "There is no switch a any more" in str(b.card(run))
        run = await b.presses("ana", run, "Leave it as it is")
        assert run.over

    play(tmp_path, story)


def test_a_hold_whose_object_is_gone_at_its_end_rests_for_people(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5 for 2h")
        await b.presses("ana", run, "Confirm")
        b.world.gone.add("a")
        await b.later(minutes=121)
        run = await b.now(run)
        assert run.phase is Phase.ASKING
        assert run.asking == "There is no switch a any more."

    play(tmp_path, story)


def test_a_hold_that_ends_while_another_has_the_object_waits_for_it(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5 for 2h")
        await b.presses("ana", run, "Confirm")
        await b.later(minutes=118)
        b.world.stuck.add("a")
        other = await asked(b, "ben", "turn a 20")
        await b.presses("elif", other, "Approve")
        await b.later(minutes=3)
        run = await b.now(run)
        assert run.phase is Phase.STANDING
        assert f"Switch a is in the hands of {other.id}" in str(b.card(run))
        assert b.world.numbers["a"] == 20
        b.world.stuck.clear()
        await b.later(minutes=1)
        assert (await b.now(run)).over
        assert b.world.numbers["a"] == 20, "the other one took it over"

    play(tmp_path, story)


def test_three_unforeseen_errors_before_anything_was_changed_end_it_with_a_token(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "show no-such-switch")
        for _ in range(3):
            await b.later(minutes=1)
        run = await b.now(run)
        assert run.ended is not None
        assert (run.ended.how, len(run.stumbles)) == ("refused", 3)
        assert run.stumbles[-1] in b.told("ana")

    play(tmp_path, story)


def test_an_unforeseen_error_that_cannot_be_written_down_holds_nothing_up(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        def bang() -> None:
            b.world.before_do = lambda: None
            b.journal.full = 1
            raise ZeroDivisionError

        run = await asked(b, "ana", "turn a 5")
        b.world.before_do = bang
        await b.presses("ana", run, "Confirm")
        await b.later(seconds=11)
        run = await b.now(run)
        assert run.ended is not None
        assert (run.ended.how, run.stumbles) == ("done", ())

    play(tmp_path, story)


def test_an_observer_that_breaks_at_the_end_takes_nothing_from_the_run(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        def breaks(run: Run, event: Event) -> None:
            if isinstance(event, Ended):
                raise ZeroDivisionError

        b.core.cases.observers.append(breaks)
        run = await asked(b, "ana", "turn a 5")
        run = await b.presses("ana", run, "Confirm")
        assert run.over
        assert run.stumbles == ()
        assert "Done in" in str(b.card(run))

    play(tmp_path, story)


def test_what_still_stands_is_put_back_without_being_agreed_to_again(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 20 for 2h")
        run = await b.presses("elif", run, "Approve")
        await b.later(minutes=119)
        run = await b.presses("ana", run, "Put back now")
        assert run.over
        assert b.world.numbers["a"] == 0

    play(tmp_path, story, (UndoHandler,))


def test_a_run_that_nobody_knows_is_not_driven(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        await b.core.drive("r-00000000")
        assert b.wall.cards == {}

    play(tmp_path, story)
