"""What arrives at the desk is taken once, whatever goes wrong; who presses too late or too often hears why."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.event import Begotten
from bot.domain.offer import Offer
from bot.domain.plan import Act, Level, Offers, Plan, Risk, Undo
from bot.domain.run import Phase, Run
from bot.runbook import Ask, Runbook, arg
from handlers.help import Help
from handlers.undo import Undo as UndoHandler
from tests.domain.toy import Is, Set
from tests.engine.bench import Bench, NumberOf, play


class Dial(Runbook[int]):
    """Turn a switch, with another number to choose."""

    number: int = arg("the number", example="1", least=0, most=99)

    async def look(self, ask: Ask) -> int:
        return await ask(NumberOf("a"))

    def plan(self, now: int) -> Plan:
        step = Act(Set("a", self.number), Is("a", self.number), Undo(Set("a", now), Is("a", now)))
        other = Offer("Another", "dial 49")
        return Plan(f"Dial {self.number}", Risk(Level.MEDIUM, "it is a toy"), (step,), offers=(other,))


class Ways(Runbook[int]):
    """Offer two ways, and two others behind one of them."""

    way: str = arg("the way", example="left", default="")

    async def look(self, ask: Ask) -> int:
        return await ask(NumberOf("a"))

    def plan(self, now: int) -> Offers:
        ways = ("up", "down") if self.way else ("left", "right")
        return Offers("There are two ways.", tuple(Offer(way, f"ways {way}") for way in ways))


async def asked(b: Bench, who: str, words: str) -> Run:
    run = await b.says(who, words)
    assert run is not None
    return run


def moves(b: Bench, run: Run) -> Callable[[], Awaitable[object]]:
    """Something else happens to the run: it goes on by one event."""

    async def happens() -> None:
        b.journal.first, waiting = [], b.journal.first
        now = await b.now(run)
        await b.core.cases.write(now, Begotten(b.clock.now(), case="r-00000000", words="show a"))
        b.journal.first = waiting

    return happens


def test_what_cannot_be_stored_now_is_taken_later(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.journal.full = 1
        request = await b.hands_in("ana", "show a")
        await b.core.take(request)
        assert await b.core.cases.load(request.case) is None
        assert [each.key for each in await b.journal.untaken()] == [request.key]
        await b.later(seconds=11)
        run = await b.core.cases.load(request.case)
        assert run is not None
        assert run.answer is not None
        assert await b.journal.untaken() == []

    play(tmp_path, story)


def test_one_request_is_in_one_hand_only(tmp_path: Path) -> None:
    """The sweep comes by while the door is still at it."""

    async def story(b: Bench) -> None:
        request = await b.hands_in("ana", "turn a 5")
        seen: list[Run | None] = []

        async def sweeps() -> None:
            await b.core.take(request)
            seen.append(await b.core.cases.load(request.case))

        b.journal.first = [sweeps]
        await b.core.take(request)
        await b.settle()
        assert seen == [None], "the second hand left it to the first"
        assert await b.core.cases.load(request.case) is not None

    play(tmp_path, story)


def test_what_was_taken_and_not_marked_is_marked_and_not_begun_again(tmp_path: Path) -> None:
    """A crash between the two, or a request that is repeated after it was forgotten."""

    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5")
        run = await b.presses("ana", run, "Confirm")
        await b.core.take(run.request)
        await b.settle()
        assert await b.now(run) == run
        assert len(b.world.done) == 1
        assert len(b.wall.cards) == 1

    play(tmp_path, story)


def test_a_press_whose_card_moves_at_that_very_moment_is_not_lost(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5")
        run = await b.presses("ana", run, "Confirm")
        b.journal.first = [moves(b, run)]
        await b.presses("ana", run, "Undo")
        assert b.world.numbers["a"] == 0
        assert await b.journal.untaken() == []

    play(tmp_path, story, (UndoHandler,))


def test_a_press_whose_card_never_stands_still_is_taken_later(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5")
        run = await b.presses("ana", run, "Confirm")
        b.journal.first = [moves(b, run) for _ in range(8)]
        await b.presses("ana", run, "Undo")
        assert b.world.numbers["a"] == 5
        await b.later(seconds=11)
        assert b.world.numbers["a"] == 0
        assert await b.journal.untaken() == []

    play(tmp_path, story, (UndoHandler,))


def test_what_nobody_foresaw_is_told_with_a_token_and_not_tried_again(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        async def bang() -> None:
            raise ZeroDivisionError

        b.journal.first = [bang]
        await b.says("ana", "show a")
        assert "Something unforeseen happened" in b.told("ana")
        assert "Say them again" in b.told("ana")
        assert await b.journal.untaken() == []

    play(tmp_path, story)


def test_what_nobody_foresaw_and_cannot_even_be_told_is_taken_later(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        async def bang() -> None:
            b.journal.full = 1
            raise ZeroDivisionError

        b.journal.first = [bang]
        request = await b.hands_in("ana", "show a")
        await b.core.take(request)
        assert b.told("ana") == ""
        await b.later(seconds=11)
        run = await b.core.cases.load(request.case)
        assert run is not None
        assert run.answer is not None

    play(tmp_path, story)


def test_a_reply_that_meets_others_is_decided_again_by_how_it_stands_then(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 20")
        b.journal.first = [moves(b, run)] * 4
        run = await b.presses("elif", run, "Approve")
        assert run.ended is not None
        assert b.world.numbers["a"] == 20

    play(tmp_path, story)


def test_a_reply_that_meets_too_many_others_is_told_to_come_again(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 20")
        b.journal.first = [moves(b, run)] * 5
        run = await b.presses("elif", run, "Approve")
        assert run.phase is Phase.WAITING
        assert "Too many people answered this at once" in b.told("elif")
        run = await b.presses("elif", run, "Approve")
        assert run.ended is not None

    play(tmp_path, story)


def test_without_a_number_it_is_the_newest_run_of_the_one_who_says_it(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        older, newer = await asked(b, "ana", "turn a 5"), await b.says("ana", "turn b 20", key="later")
        assert newer is not None
        others = await asked(b, "ben", "turn b 21")
        b.clock.move(others.request.at - older.request.at)
        await b.says("ben", "cancel")
        assert [(await b.now(each)).over for each in (older, newer, others)] == [False, False, True]

    play(tmp_path, story)


@pytest.mark.parametrize("planned", [False, True], ids=["looked at", "planned"])
def test_of_two_choices_at_once_one_counts_and_the_other_hears_it(tmp_path: Path, planned: bool) -> None:
    """Also when what was chosen first is planned already, and waits."""

    async def story(b: Bench) -> None:
        run = await asked(b, "elif", "choose")
        one = next(offer for offer in b.card(run).offers if offer.label == "One")

        async def chooses() -> None:
            await (b.says if planned else b.says_at_once)("elif", f"press {run.id} {one.key}")

        b.journal.first = [chooses]
        now = await b.presses("elif", run, "Two")
        assert now.words == "turn a 1"
        assert "This can no longer be chosen" in b.told("elif")

    play(tmp_path, story)


def test_of_two_choices_at_once_the_one_that_is_offered_no_more_is_not_taken(tmp_path: Path) -> None:
    """Also where what was chosen first leads to a choice again."""

    async def story(b: Bench) -> None:
        run = await asked(b, "elif", "ways")
        left = next(offer for offer in b.card(run).offers if offer.label == "left")

        async def chooses() -> None:
            await b.says("elif", f"press {run.id} {left.key}")

        b.journal.first = [chooses]
        now = await b.presses("elif", run, "right")
        assert (now.words, now.phase) == ("ways left", Phase.CHOOSING)
        assert "This can no longer be chosen" in b.told("elif")

    play(tmp_path, story, (Ways,))


def test_a_choice_that_meets_too_many_others_is_told_to_come_again(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "elif", "choose")
        b.journal.first = [moves(b, run)] * 5
        now = await b.presses("elif", run, "Two")
        assert now.phase is Phase.CHOOSING
        assert "Too many answers came at once" in b.told("elif")

    play(tmp_path, story)


def test_a_button_of_an_earlier_state_says_how_it_stands_now(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5")
        await b.says("ana", f"press {run.id} no-such-offer")
        assert "belongs to an earlier state of its card" in b.told("ana")
        assert "waits for agreement" in b.told("ana")

    play(tmp_path, story)


@pytest.mark.parametrize("late", [True, False], ids=["taken late", "at that very moment"])
def test_who_types_agree_agrees_to_no_plan_that_was_made_since(tmp_path: Path, late: bool) -> None:
    """The words were stored and the process died; or the plan changes while they are taken."""

    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "dial 20")
        another = next(offer for offer in b.card(run).offers if offer.label == "Another")

        async def chooses() -> None:
            await b.says_at_once("ana", f"press {run.id} {another.key}")
            await b.core.driver.drive(run.id)

        said = await b.hands_in("elif", f"agree {run.id}")
        if late:
            await b.later(seconds=5)
            await chooses()
        else:
            b.journal.first = [chooses]
        await b.core.take(said)
        await b.settle()
        now = await b.now(run)
        assert (now.words, now.phase, b.world.numbers["a"]) == ("dial 49", Phase.WAITING, 0)
        assert "no longer the one that you saw" in b.told("elif")
        await b.says("elif", f"agree {run.id}")
        assert b.world.numbers["a"] == 49

    play(tmp_path, story, (Dial,))


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "pressed"])
def test_a_decision_that_is_taken_late_decides_nothing_that_was_asked_since(tmp_path: Path, typed: bool) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 5 for 2h")
        await b.presses("ana", run, "Confirm")
        b.world.numbers["a"] = 42
        await b.later(minutes=121)
        assert (await b.now(run)).phase is Phase.ASKING
        keep = next(offer for offer in b.card(run).offers if offer.label == "Leave it as it is")
        late = await b.hands_in("ana", f"keep {run.id}" if typed else f"press {run.id} {keep.key}")
        b.clock.move(timedelta(seconds=5))
        await b.presses("ana", run, "Try again")
        assert (await b.now(run)).phase is Phase.ASKING
        await b.core.take(late)
        await b.settle()
        assert (await b.now(run)).phase is Phase.ASKING
        assert "has gone on since you said it, and rests anew" in b.told("ana")
        assert (await b.presses("ana", run, "Leave it as it is")).over

    play(tmp_path, story)


def test_a_secret_between_signs_that_nobody_sees_is_taken_out_too(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await asked(b, "ana", "turn a 20 because pass\u200bword=hunter2secret leaked")
        assert run.words == "turn a 20 because password=••• leaked"

    play(tmp_path, story)


def test_whose_run_would_have_the_number_of_another_by_chance_is_told_to_say_it_again(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        keys = ("t-969474", "t-1944641")  # found by trying: they have one hash of forty bits
        first, second = await b.says("ana", "turn a 5", keys[0]), await b.says("ben", "turn b 6", keys[1])
        assert first is not None
        assert second is not None
        assert second.request.key == keys[0]
        assert f"would be that of an earlier one, {first.id}: it was not begun" in b.told("ben")
        assert await b.journal.untaken() == []
        assert (await asked(b, "ben", "turn b 6")).phase is Phase.WAITING

    play(tmp_path, story)


def test_help_for_cancel_says_what_becomes_of_the_step_in_hand(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "help cancel")
        assert run is not None
        assert "the step in hand is finished first, and its card says by when" in str(run.answer)

    play(tmp_path, story, (Help,))
