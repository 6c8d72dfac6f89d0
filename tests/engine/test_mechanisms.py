"""The eight mechanisms, each shown over a toy world: what is asked, agreed, done, proved, and put back."""

from pathlib import Path

import pytest

from bot.domain.run import Phase
from handlers.pause import Pause
from handlers.undo import Undo as UndoHandler
from handlers.unpause import Unpause
from tests.engine.bench import Bench, play

MORE = (UndoHandler, Pause, Unpause)


def test_an_own_run_of_low_risk_is_confirmed_carried_out_and_proved(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 5")
        assert run is not None
        assert run.phase is Phase.WAITING
        assert b.world.numbers["a"] == 0
        run = await b.presses("ana", run, "Confirm")
        assert run.ended is not None
        assert run.ended.how == "done"
        assert b.world.numbers["a"] == 5
        assert "a shows 5" in str(b.card(run))
        assert [offer.label for offer in b.card(run).offers] == ["Undo"]

    play(tmp_path, story, MORE)


def test_nothing_to_do_is_an_answer_and_makes_no_card(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 0")
        assert run is not None
        assert run.over
        assert "nothing to do" in b.told("ana")
        assert b.wall.cards == {}

    play(tmp_path, story)


def test_the_asker_never_approves_and_the_right_person_does(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        run = await b.presses("ana", run, "Approve")
        assert "somebody else must agree" in b.told("ana")
        assert run.phase is Phase.WAITING
        run = await b.presses("ben", run, "Approve")
        assert "cannot agree" in b.told("ben")
        run = await b.presses("elif", run, "Approve")
        assert run.ended is not None
        assert b.world.numbers["a"] == 20

    play(tmp_path, story)


def test_an_asker_who_could_approve_for_others_cannot_for_themselves(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("elif", "turn a 20")
        assert run is not None
        run = await b.presses("elif", run, "Approve")
        assert run.phase is Phase.WAITING
        assert "somebody else" in b.told("elif")

    play(tmp_path, story)


def test_two_press_at_once_and_one_counts(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        run = await b.presses("elif", run, "Approve")
        await b.says("femi", f"agree {run.id} {run.digest}")
        assert "can no longer be agreed to" in b.told("femi")
        assert [who.id for who in run.signers] == ["elif"]
        assert len(b.world.done) == 1

    play(tmp_path, story)


def test_a_reason_is_asked_for_where_policy_says_so(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 60")
        assert run is not None
        assert run.phase is Phase.CHOOSING
        run = await b.presses("ana", run, "Say why", "load test on Friday")
        assert run.phase is Phase.WAITING
        assert "load test on Friday" in str(b.card(run))

    play(tmp_path, story)


def test_declined_needs_a_reason_and_the_asker_hears_it(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        await b.says("elif", f"decline {run.id}")
        assert "needs a reason" in b.told("elif")
        run = await b.presses("elif", run, "Decline", "not on a Friday")
        assert run.ended is not None
        assert run.ended.how == "declined"
        assert "not on a Friday" in str(b.card(run))
        assert b.world.done == []

    play(tmp_path, story)


def test_seats_expire(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        await b.later(minutes=61)
        run = await b.now(run)
        assert run.ended is not None
        assert run.ended.how == "expired"
        await b.says("elif", f"agree {run.id} {run.digest}")
        assert "can no longer be agreed to" in b.told("elif")
        assert b.world.done == []

    play(tmp_path, story)


def test_a_plan_that_no_longer_fits_is_made_and_asked_for_anew(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        b.world.numbers["a"] = 3
        run = await b.presses("elif", run, "Approve")
        assert run.phase is Phase.WAITING
        assert run.drifts == 1
        assert b.world.done == []
        assert "from 3 to 20" in b.card(run).title
        run = await b.presses("elif", run, "Approve")
        assert b.world.numbers["a"] == 20

    play(tmp_path, story)


def test_an_old_digest_signs_nothing(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        await b.says("elif", f"agree {run.id} {'0' * 64}")
        assert "no longer the one that you saw" in b.told("elif")
        assert (await b.now(run)).phase is Phase.WAITING

    play(tmp_path, story)


def test_what_does_not_come_to_hold_is_put_back_and_proved(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.stuck.add("a")
        run = await b.says("ana", "turn a 5")
        assert run is not None
        run = await b.presses("ana", run, "Confirm")
        assert run.phase is Phase.DOING
        assert "a is stuck" in str(b.card(run))
        await b.later(minutes=6)
        run = await b.now(run)
        assert run.ended is not None
        assert run.ended.how == "put back"
        assert "a is stuck" in run.ended.because
        assert b.world.numbers["a"] == 0

    play(tmp_path, story)


def test_undo_is_a_child_covered_for_half_an_hour_and_gated_anew_afterwards(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 20")
        assert run is not None
        await b.presses("elif", run, "Approve")
        run = await b.presses("ana", run, "Undo")
        assert b.world.numbers["a"] == 0
        assert run.settled
        assert "taken back" in str(b.card(run))
        assert len(b.wall.cards) == 1

        late = await b.says("ana", "turn a 20")
        assert late is not None
        await b.presses("elif", late, "Approve")
        await b.later(minutes=31)
        late = await b.presses("ana", late, "Undo")
        assert b.world.numbers["a"] == 20
        child = await b.core.cases.load(late.children[0].case)
        assert child is not None
        assert child.phase is Phase.WAITING

    play(tmp_path, story, MORE)


def test_undo_is_refused_when_something_else_changed_it(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 5")
        assert run is not None
        run = await b.presses("ana", run, "Confirm")
        b.world.numbers["a"] = 8
        await b.presses("ana", run, "Undo")
        assert f"Somebody changed switch a after {run.id}" in b.told("ana")
        assert b.world.numbers["a"] == 8

    play(tmp_path, story, MORE)


def test_what_is_asked_for_afterwards_is_a_case_of_its_own(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 7")
        assert run is not None
        run = await b.presses("ana", run, "Confirm")
        assert [child.words for child in run.children] == ["show b"]
        child = await b.core.cases.load(run.children[0].case)
        assert child is not None
        assert child.answer is not None

    play(tmp_path, story)


def test_paused_nothing_changes_the_world_and_afterwards_it_goes_on(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 5")
        assert run is not None
        await b.core.cases.journal.set_switch("paused", "Dana: storm")
        run = await b.presses("ana", run, "Confirm")
        assert b.world.numbers["a"] == 0
        assert "paused" in str(b.card(run))
        shown = await b.says("ana", "show a")
        assert shown is not None
        assert shown.answer is not None
        await b.core.cases.journal.set_switch("paused", "")
        await b.later(minutes=2)
        assert b.world.numbers["a"] == 5

    play(tmp_path, story)


def test_the_same_request_twice_happens_once(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        first = await b.says("ana", "turn a 5", key="same")
        again = await b.says("ana", "turn a 5", key="same")
        assert first is not None
        assert again is not None
        assert first.id == again.id
        assert len(b.wall.cards) == 1

    play(tmp_path, story)


def test_a_refusal_by_the_outside_is_a_failure_with_its_reason(tmp_path: Path) -> None:
    async def story(b: Bench) -> None:
        b.world.refuses = "a"
        run = await b.says("ana", "turn a 5")
        assert run is not None
        run = await b.presses("ana", run, "Confirm")
        assert run.ended is not None
        assert "nailed down" in run.ended.because

    play(tmp_path, story)


def test_three_unforeseen_errors_rest_for_people_with_a_token(tmp_path: Path) -> None:
    def bang() -> None:
        raise ZeroDivisionError

    async def story(b: Bench) -> None:
        run = await b.says("ana", "turn a 5")
        assert run is not None
        b.world.before_do = bang
        await b.presses("ana", run, "Confirm")
        for _ in range(4):
            await b.later(minutes=1)
        run = await b.now(run)
        assert run.phase is Phase.ASKING
        assert run.stumbles[-1] in str(b.card(run))

    play(tmp_path, story)


@pytest.mark.parametrize(
    ("who", "words", "answer"),
    [
        ("olga", "show a", "do not know you"),
        ("ana", "trun a 5", "turn"),
        ("ana", "turn a", "needs the number"),
        ("ana", "turn a five", "whole number"),
        ("ana", "turn a -1", "too few"),
        ("ana", "turn a 10000", "too many"),
        ("ana", "turn a 5 6 7", "not “6 7”"),
        ("ana", "turn c 5", "none of a, b"),
        ("ana", "turn a 5 in kube-system", "not a place"),
        ("ana", "choose", "You may not ask"),
        ("ana", "press r-00000000 abc", "no card that I know"),
        ("ana", "cancel", "no run under way"),
        ("ana", "agree r-00000000 12345678", "no run"),
    ],
)
def test_bad_input_has_a_clear_answer_and_changes_nothing(tmp_path: Path, who: str, words: str, answer: str) -> None:
    async def story(b: Bench) -> None:
        await b.says(who, words)
        assert answer in b.told(who)
        assert b.world.done == []
        assert b.wall.cards == {}

    play(tmp_path, story)
