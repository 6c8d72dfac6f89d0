"""Scaling, as people do it: ask, confirm, see it done, take it back."""

from pathlib import Path

from tests.stories.stage import Stage, tell


def test_a_plan_says_which_place_it_is_about(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        assert "*production* (namespace aureus)" in await s.sees("ana", "Scale bridge from 3 to 5")
        await s.says("ana", "/aureus restart openclaw in staging because it leaks")
        assert "*staging* (namespace aureus-staging)" in await s.sees("ana", "Restart openclaw")
        await s.says("elif", "/aureus pause because a test")  # it is about no place
        assert "namespace" not in await s.sees("elif", "Pause every change")

    tell(tmp_path, story)


def test_ana_scales_bridge_sees_it_done_and_takes_it_back(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        assert card.buttons == ["Confirm", "Cancel"]
        for fact in ("low", "between the baseline (3) and twice of it", "people; no autoscaler", "Room on the nodes"):
            assert fact in card
        await s.presses("ana", card, "Confirm")
        card = await s.sees("ana", "Done in")
        assert "5 of 5 pods ready" in card
        assert s.replicas() == 5
        await s.presses("ana", card, "Undo")
        card = await s.sees("ana", "taken back")
        assert card.buttons == []
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_five_are_there_already(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.kubectl("scale", namespace="aureus", name="aureus-bridge", replicas=5)
        await s.passes(seconds=20)
        await s.says("ana", "/aureus scale bridge 5")
        await s.is_told("ana", "Already 5 replicas of bridge, 5 ready: nothing to do")

    tell(tmp_path, story)


def test_what_does_not_fit_on_the_nodes_is_said_and_as_many_as_fit_are_offered(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale openclaw 30 because the sale begins")
        card = await s.sees("ana", "Scale openclaw from 3 to 30")
        assert "The nodes have room for 12 of the 27 more pods" in card
        assert card.buttons == ["Approve", "Decline", "Scale to 15 instead", "Cancel"]
        await s.presses("elif", card, "Scale to 15 instead")
        await s.is_told("elif", "Ana Silva asked for this, so the choice is theirs")
        await s.presses("ana", card, "Scale to 15 instead")
        now = await s.sees("ana", "Scale openclaw from 3 to 15")
        assert now.ts == card.ts
        assert "The nodes have room" not in now
        assert now.buttons == ["Approve", "Decline", "Cancel"]
        assert "the sale begins" in now
        await s.presses_as_it_was("ana", card, "Scale to 15 instead")
        await s.is_told("ana", "That button belongs to an earlier state of its card")
        await s.presses_as_it_was("elif", card, "Approve")
        await s.is_told("elif", "That button belongs to an earlier state of its card")
        await s.presses("elif", now, "Approve")
        await s.sees("ana", "Done in")
        assert s.replicas("openclaw") == 15

    tell(tmp_path, story)


def test_while_it_runs_the_card_shows_the_pods_becoming_ready(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        s.cluster.set_pace(start=20, ready=20)
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        card = await s.sees("ana", "3 of 5 pods ready")
        assert "Under way" in card
        assert card.buttons == ["Cancel"]
        await s.sees("ana", "Done in")

    tell(tmp_path, story)


def test_anybody_of_the_team_scales_in_staging(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("chen", "/aureus scale bridge 4 in staging")
        await s.presses("chen", await s.sees("chen", "Scale bridge from 3 to 4 in staging"), "Confirm")
        await s.sees("chen", "Done in")
        assert s.replicas(namespace="aureus-staging") == 4
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_who_is_not_on_call_needs_the_on_call(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("chen", "/aureus scale bridge 5")
        card = await s.sees("chen", "on-call")
        await s.presses("chen", card, "Approve")
        await s.is_told("chen", "You asked for this, so somebody else must agree to it")
        assert s.replicas() == 3
        await s.presses("ana", card, "Approve")
        card = await s.sees("chen", "Done in")
        assert "agreed by Ana Silva" in card
        assert s.replicas() == 5

    tell(tmp_path, story)


def test_an_undo_of_yesterdays_run_is_gated_anew(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        card = await s.sees("ana", "Done in")
        await s.passes(hours=20)
        await s.presses("ana", card, "Undo")
        undo = await s.sees("ana", "Take back “Scale bridge from 3 to 5”")
        assert s.replicas() == 5
        await s.presses("ana", undo, "Confirm")
        await s.sees("ana", "Done, and since then taken back")
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_somebody_scales_past_the_bot_before_it_is_confirmed(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.kubectl("scale", namespace="aureus", name="aureus-bridge", replicas=4)
        await s.passes(seconds=20)
        await s.presses("ana", card, "Confirm")
        card = await s.sees("ana", "Scale bridge from 4 to 5")
        assert "The world has changed since it was agreed to" in card
        assert s.replicas() == 4
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "Done in")
        assert s.replicas() == 5

    tell(tmp_path, story)


def test_what_somebody_else_changed_is_not_undone(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        card = await s.sees("ana", "Done in")
        await s.kubectl("scale", namespace="aureus", name="aureus-bridge", replicas=6)
        await s.presses("ana", card, "Undo")
        await s.is_told("ana", "taking it back could undo other people's work")
        assert s.replicas() == 6

    tell(tmp_path, story)


def test_the_next_one_is_told_whose_run_it_is_and_how_far(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        s.cluster.set_pace(start=30)
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.sees("ana", "3 of 5 pods ready")
        await s.says("dana", "/aureus scale bridge 6")
        told = await s.is_told("dana", "Ana Silva is at it")
        assert "step 1 of 1" in told
        await s.sees("ana", "Done in")
        assert s.replicas() == 5

    tell(tmp_path, story)


def test_it_is_cancelled_halfway_and_put_back(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        s.cluster.set_pace(start=30)
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.presses("ana", await s.sees("ana", "3 of 5 pods ready"), "Cancel")
        card = await s.sees("ana", "It rests here until somebody decides")
        assert card.buttons == ["Put back", "Leave it as it is", "Go on"]
        await s.presses("ana", card, "Put back")
        await s.sees("ana", "What had been done was put back, and read back")
        assert s.replicas() == 3

    tell(tmp_path, story)


def test_scaling_to_nothing_needs_em_cto_and_ciso(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 0 because signatures fail")
        card = await s.sees("ana", "Scale bridge from 3 to 0")
        for role in ("engineering manager", "CTO", "CISO"):
            assert role in card
        for who in ("elif", "ivan"):
            await s.presses(who, card, "Approve")
            card = s.card(card)
        assert "Waits for agreement" in card
        assert s.replicas() == 3
        await s.presses("hana", card, "Approve")
        card = await s.sees("ana", "Done in")
        assert s.replicas() == 0
        assert "agreed by Elif Kaya, Ivan Costa, Hana Sato" in card

    tell(tmp_path, story)


def test_everything_goes_back_to_the_baseline_as_one_plan(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.kubectl("scale", namespace="aureus", name="aureus-bridge", replicas=5)
        await s.kubectl("scale", namespace="aureus", name="openclaw", replicas=1)
        await s.passes(seconds=20)
        await s.says("ana", "/aureus scale baseline")
        card = await s.sees("ana", "Scale bridge, openclaw to the baseline")
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "Done in")
        assert (s.replicas(), s.replicas("openclaw")) == (3, 3)

    tell(tmp_path, story)


def test_who_asks_for_what_another_run_is_bringing_about_reads_whose_it_is(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        s.cluster.set_pace(start=20)
        await s.says("ana", "/aureus scale bridge 6")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 6"), "Confirm")
        await s.until(lambda: s.replicas() == 6)
        await s.says("dana", "/aureus scale bridge 6")
        told = await s.is_told("dana", "Ana Silva is at it since")
        assert "“Scale bridge from 3 to 6”, step 1 of 1" in told
        assert "nothing to do" not in told

    tell(tmp_path, story)
