"""Taking back: by whom, for how long under the old agreement, and what a hold leaves."""

import asyncio
from pathlib import Path

import pytest

from tests.stories.stage import ON_CALL, Stage, tell


def test_a_pause_is_not_ended_by_somebody_who_takes_it_back(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("elif", "/aureus pause because a storm")
        card = await s.sees("elif", "Pause every change: Done")
        await s.presses("chen", card, "Undo")
        told = await s.is_told("chen", "You may not take back pause: that is for engineering manager or on-call lead")
        pause = next(run for run in await s.runs() if run.words.startswith("pause"))
        assert "Nothing was changed. Ask one of them to say" in told
        assert f"undo {pause.id}" in told
        assert await s.bot.core.journal.switch("paused")

    tell(tmp_path, story)


def test_what_was_taken_back_is_not_brought_back_under_the_old_agreement(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8 because the sale begins")
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.presses("elif", card, "Approve")
        await s.sees("ana", "Done in")
        await s.passes(minutes=25)
        await s.presses("ana", s.card(card), "Undo")
        await s.sees("ana", "taken back by Ana Silva")
        undo = next(run for run in await s.runs() if run.words.startswith("undo"))
        await s.says("chen", f"/aureus undo {undo.id} because I liked it")
        again = await s.sees("chen", "Bring back “Scale bridge from 3 to 8”")
        assert "Waits for agreement" in again
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_an_undo_is_covered_for_half_an_hour_and_gated_anew_afterwards(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8 because the sale begins")
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.presses("elif", card, "Approve")
        await s.sees("ana", "Done in")
        await s.passes(minutes=31)
        await s.presses("ana", s.card(card), "Undo")
        told = await s.is_told("ana", "Policy asks for a reason")
        await s.fills_in("ana", told, "Say why", "the sale is over")
        again = await s.sees("ana", "Waits for agreement")
        assert "Take back “Scale bridge from 3 to 8”" in again
        assert s.replicas() == 8
        await s.presses("femi", again, "Approve")
        await s.sees("ana", "taken back by Ana Silva")
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_an_undo_of_the_last_run_is_of_that_which_was_the_last_when_it_was_asked_for(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8 because the sale begins")
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.presses("elif", card, "Approve")
        await s.sees("ana", "Done in")
        await s.passes(minutes=31)
        await s.says("ana", "/aureus undo")
        told = await s.sees("ana", "It would be done then: Take back “Scale bridge from 3 to 8”")
        await s.says("ana", "/aureus scale openclaw 4")
        other = await s.sees("ana", "Scale openclaw from 3 to 4")
        await s.presses("ana", other, "Confirm")
        await s.until(lambda: "Done in" in s.card(other))
        await s.fills_in("ana", told, "Say why", "the sale is over")
        await s.until(lambda: "Waits for agreement" in s.card(told))
        assert "Take back “Scale bridge from 3 to 8”" in s.card(told)

    tell(tmp_path, story)


@pytest.mark.parametrize(("up", "minutes"), [("scale openclaw 3", 1), ("scale openclaw 3", 31), ("scale baseline", 1)])
def test_an_undo_that_stops_a_service_needs_whoever_stopping_it_needs(tmp_path: Path, up: str, minutes: int) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale openclaw 0 because it talks nonsense")
        card = await s.sees("ana", "Scale openclaw from 3 to 0")
        for name in ("elif", "ivan"):
            await s.presses(name, s.card(card), "Approve")
        await s.until(lambda: s.replicas("openclaw") == 0)
        await s.until(lambda: "Done in" in s.card(card))
        await s.says("ana", f"/aureus {up}")
        card = await s.sees("ana", "Waits for Ana Silva to confirm")
        await s.presses("ana", card, "Confirm")
        await s.until(lambda: "Done in" in s.card(card))
        await s.passes(minutes=minutes)
        await s.presses("ana", s.card(card), "Undo")
        told = await s.is_told("ana", "Policy asks for a reason")
        await s.fills_in("ana", told, "Say why", "it talks nonsense again")
        again = await s.sees("ana", "nothing of openclaw is left running")
        assert "Take back “" in again
        for name in ("elif", "ivan"):
            assert "Waits for agreement" in s.card(again)
            assert s.replicas("openclaw") == 3
            await s.presses(name, s.card(again), "Approve")
        await s.until(lambda: s.replicas("openclaw") == 0)

    tell(tmp_path, story)


def test_a_hold_that_ends_with_nothing_left_running_needs_whoever_that_needs(tmp_path: Path) -> None:
    """It is put back by itself at its end: so that is agreed to with it, and nothing more later."""

    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale openclaw 0 because it talks nonsense")
        card = await s.sees("ana", "Scale openclaw from 3 to 0")
        for name in ("elif", "ivan"):
            await s.presses(name, s.card(card), "Approve")
        await s.until(lambda: "Done in" in s.card(card))
        await s.says("ana", "/aureus scale openclaw 3 hold for 2h because we look at it")
        card = await s.sees("ana", "Scale openclaw from 0 to 3 for 2 h")
        assert "at its end: nothing of openclaw is left running" in card
        for name in ("elif", "ivan"):
            assert "Waits for agreement" in s.card(card)
            await s.presses(name, s.card(card), "Approve")
        await s.sees("ana", "then it is put back by itself")
        await s.passes(minutes=45)
        await s.presses("ana", s.card(card), "Put back now")
        await s.until(lambda: s.replicas("openclaw") == 0)

    tell(tmp_path, story)


def test_three_who_press_undo_at_once_each_get_an_answer(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "Done in")
        names = ("ana", "dana", "elif")
        await asyncio.gather(*(s.person(name).presses(s.card(card), "Undo") for name in names))
        await s.sees("ana", "taken back by")
        await s.passes(minutes=1)
        undone = [run for run in await s.runs() if run.words.startswith("undo")]
        assert sorted(run.request.who.id for run in undone) == sorted(names)
        assert sorted(run.ended.how for run in undone if run.ended) == ["done", "refused", "refused"]
        assert s.replicas() == 3
        for run in undone:
            assert run.ended
            took = run.ended.how == "done"
            assert (run.id in s.card(card)) is took, "whose press came second is told alone"
            assert took or run.id in str([one.words for one in s.person(run.request.who.id).sees(ON_CALL)])

    tell(tmp_path, story)


def test_a_scale_that_fails_over_a_hold_goes_back_to_the_hold(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5 hold for 2h")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.sees("ana", "then it is put back by itself")
        await s.kubectl("break", what="image", on=True, namespace="aureus", name="aureus-bridge")
        await s.says("ana", "/aureus scale bridge 6")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 5 to 6"), "Confirm")
        await s.sees("ana", "what had been done was put back")
        assert s.replicas() == 5, "the hold stands as it did"
        await s.kubectl("break", what="image", on=False, namespace="aureus", name="aureus-bridge")
        await s.passes(hours=2)
        await s.until(lambda: s.replicas() == 3)

    tell(tmp_path, story)


def test_the_baseline_leaves_alone_what_is_held(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale aureus-os 6 hold for 2h")
        await s.presses("ana", await s.sees("ana", "Hold aureus-os at 6"), "Confirm")
        await s.sees("ana", "then it is put back by itself")
        await s.says("ana", "/aureus scale openclaw 5")
        await s.presses("ana", await s.sees("ana", "Scale openclaw from 3 to 5"), "Confirm")
        await s.until(lambda: s.replicas("openclaw") == 5)
        await s.sees("ana", "Scale openclaw from 3 to 5: Done")
        await s.says("ana", "/aureus scale baseline")
        card = await s.sees("ana", "Scale openclaw to the baseline")
        assert "aureus-os stays at 6" in card
        await s.presses("ana", card, "Confirm")
        await s.until(lambda: "Done in" in s.card(card))
        assert (s.replicas("openclaw"), s.least()) == (3, 6)

    tell(tmp_path, story)


def test_a_hold_is_put_back_early_long_after_it_was_agreed_to(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5 hold for 4h")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "then it is put back by itself")
        await s.passes(hours=2)
        await s.presses("ana", s.card(card), "Put back now")
        await s.sees("ana", "taken back by Ana Silva")
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_who_has_no_part_in_a_run_says_why_it_is_cancelled(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 8 because the sale begins")
        card = await s.sees("ana", "Scale bridge from 3 to 8")
        await s.presses("chen", card, "Cancel")
        told = await s.is_told("chen", "This is Ana Silva's run, so to cancel it needs a reason")
        (run,) = [one for one in await s.runs() if not one.over]
        assert f"cancel {run.id} because" in told
        assert "Waits for agreement" in s.card(card)
        await s.says("chen", f"/aureus cancel {run.id} because the sale was moved")
        card = await s.sees("ana", "Cancelled by Chen Li; nothing was changed")
        assert "the sale was moved" in card
        line = await s.sees("ana", "Chen Li cancelled the run of")
        assert "the sale was moved" in line
        assert line.thread_ts == card.ts

    tell(tmp_path, story)


def test_who_types_cancel_is_told_which_run_that_was_and_where_its_card_is(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        case = (await s.runs())[0].id
        await s.says("ana", "/aureus cancel", "#random")
        told = await s.is_told("ana", "You said `cancel` to “Scale bridge from 3 to 5”", "#random")
        assert f"{case} is over: cancelled by Ana Silva" in told
        assert "open the card" in told
        assert card.ts.replace(".", "") in str(told.blocks)
        await s.says("ana", "/aureus cancel", "#random")
        told = await s.is_told("ana", "You have no run under way, so there is nothing to cancel", "#random")
        assert "Nothing was changed" in told
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Waits for Ana Silva to confirm")
        await s.says("ana", "/aureus agree")
        assert "open the card" not in await s.is_told("ana", "You said `agree` to “Scale bridge from 3 to 5”")
        await s.presses("ana", await s.sees("ana", "Done in"), "Undo")

    tell(tmp_path, story)


def test_what_only_stands_until_its_end_is_nothing_to_cancel(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5 hold for 4h")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.sees("ana", "then it is put back by itself")
        await s.says("ana", "/aureus cancel")
        await s.is_told("ana", "You have no run under way, so there is nothing to cancel")

    tell(tmp_path, story)


def test_cancel_stops_the_run_that_it_names_and_no_other(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        first = await s.sees("ana", "Scale bridge from 3 to 5")
        case = (await s.runs())[0].id
        await s.says("ana", "/aureus scale openclaw 5")
        second = await s.sees("ana", "Scale openclaw from 3 to 5")
        await s.says("ana", "/aureus cancel bridge")
        await s.is_told("ana", "“bridge” is no run")
        await s.says("ana", f"/aureus Cancel {case.upper()}")
        await s.until(lambda: "Cancelled by Ana Silva" in s.card(first))
        assert "Waits for Ana Silva" in s.card(second)

    tell(tmp_path, story)


def test_many_lookups_hide_no_run(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.sees("ana", "Done in")
        for _ in range(65):
            await s.person("ana").says(ON_CALL, "/aureus whoami")
        await s.settle()
        await s.says("ana", "/aureus runs")
        await s.sees("ana", "The last run")
        await s.says("ana", "/aureus undo")
        await s.sees("ana", "taken back by Ana Silva")

    tell(tmp_path, story)
