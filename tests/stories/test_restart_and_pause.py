"""Restarting, and the switch that stops every change."""

from datetime import timedelta
from pathlib import Path

import pytest

from sandbox.kubernetes.kinds import DEPLOYMENTS
from tests.stories.stage import Stage, tell


def _pods(s: Stage, name: str = "aureus-bridge") -> set[str]:
    return {pod["metadata"]["name"] for pod in s.cluster.pods_of("aureus", name)}


def test_a_restart_replaces_every_pod(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        before = _pods(s)
        await s.says("ana", "/aureus restart bridge because it leaks")
        card = await s.sees("ana", "Restart bridge")
        assert "every pod is replaced while it serves" in card
        assert "once it is done: none – the old pods are gone" in card
        await s.presses("dana", card, "Approve")
        card = await s.sees("ana", "Done in")
        assert card.buttons == []
        assert len(_pods(s)) == 3
        assert not _pods(s) & before
        await s.says("ana", "/aureus undo")
        await s.is_told("ana", "None of your last runs left anything that can be undone")

    tell(tmp_path, story)


@pytest.mark.parametrize("words", ["/aureus restart bridge because it leaks", "/aureus scale bridge 5"])
def test_a_paused_rollout_is_not_restarted(tmp_path: Path, words: str) -> None:
    async def story(s: Stage) -> None:
        with s.cluster.lock:
            deployment = s.cluster.store.get(DEPLOYMENTS, "aureus", "aureus-bridge")
            with s.cluster.store.edit(DEPLOYMENTS, deployment, s.clock.now(), subresource="") as edited:
                edited["spec"]["paused"] = True
        before = _pods(s)
        await s.says("ana", words)
        if "restart" in words:
            await s.is_told("ana", "is paused, so a restart would do nothing")
        else:  # its number may still be changed
            await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
            await s.sees("ana", "Done in")
        assert before <= _pods(s)

    tell(tmp_path, story)


def test_while_it_is_paused_nothing_changes_and_lookups_go_on(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("chen", "/aureus pause")
        await s.is_told("chen", "You may not ask for `pause`")
        await s.says("elif", "/aureus pause because we look into something")
        await s.sees("elif", "Done in")
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.sees("ana", "The bot is paused: nothing changes the world until it is unpaused")
        await s.says("hana", "/aureus status bridge")
        await s.sees("hana", "The bot is paused – Elif Kaya: we look into something")
        await s.passes(minutes=20)
        assert s.replicas() == 3
        await s.says("dana", "/aureus unpause")
        await s.sees("dana", "Let changes go on")
        await s.until(lambda: s.replicas() == 5)
        await s.sees("ana", "5 of 5 pods ready")

    tell(tmp_path, story)


def test_a_pause_needs_a_reason_which_people_read_at_night(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("elif", "/aureus pause")
        card = await s.sees("elif", "Policy asks for a reason")
        assert not await s.bot.core.journal.switch("paused")
        await s.fills_in("elif", card, "Say why", "because")
        await s.is_told("elif", "There is no reason behind")
        await s.fills_in("elif", s.card(card), "Say why", "Because the cluster is moved")
        await s.sees("elif", "Pause every change: Done")
        await s.says("ana", "/aureus loose-ends")
        listed = await s.sees("ana", "1 loose end")
        assert "Elif Kaya: the cluster is moved, since 20" in listed
        await s.says("ana", "/aureus status bridge")
        await s.sees("ana", "bridge in production: all well, and the bot is paused")

    tell(tmp_path, story)


def test_what_waited_for_the_end_of_a_pause_goes_on_in_that_moment(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("elif", "/aureus pause because we look into something")
        await s.sees("elif", "Done in")
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        card = await s.sees("ana", "The bot is paused: nothing changes the world until it is unpaused")
        await s.passes(seconds=16)  # it has looked once more
        began = s.clock.now()
        await s.says("dana", "/aureus unpause")
        await s.until(lambda: s.replicas() == 5)
        assert s.clock.now() - began < timedelta(seconds=2)
        assert "The bot is paused" not in s.card(card)

    tell(tmp_path, story)


def test_a_plan_says_that_the_bot_is_paused_for_as_long_as_it_is(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.says("elif", "/aureus pause because we look into something")
        await s.sees("elif", "Done in")
        said = "The bot is paused – Elif Kaya: we look into something, since 20"
        assert said in s.card(card)
        assert "What is agreed to starts when it is unpaused" in s.card(card)
        await s.says("ana", "/aureus scale openclaw 4")
        assert said in await s.sees("ana", "Scale openclaw from 3 to 4")
        await s.says("dana", "/aureus unpause")
        await s.sees("dana", "Let changes go on")
        assert "The bot is paused" not in s.card(card)
        assert "Waits for Ana Silva to confirm" in s.card(card)

    tell(tmp_path, story)


def test_what_was_agreed_to_before_a_long_pause_does_not_begin_after_it(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("elif", "/aureus pause because we look into something")
        await s.sees("elif", "Done in")
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        await s.passes(minutes=59)
        await s.sees("ana", "The bot is paused: nothing changes the world until it is unpaused")
        await s.passes(minutes=2)
        card = await s.sees("ana", "It could not begin within 1 h of being agreed to, so it is over")
        assert "The bot is paused" in card
        assert card.buttons == ["Ask again"]
        await s.says("dana", "/aureus unpause")
        await s.sees("dana", "Let changes go on")
        await s.passes(minutes=5)
        assert s.replicas() == 3
        await s.presses("ana", card, "Ask again")
        await s.presses("ana", await s.sees("ana", "Waits for Ana Silva to confirm"), "Confirm")
        await s.until(lambda: s.replicas() == 5)

    tell(tmp_path, story)


def test_an_unpause_does_not_begin_what_was_agreed_to_long_ago(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("elif", "/aureus pause because we look into something")
        await s.sees("elif", "Done in")
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        # By another replica: here it would go on at its next look, which is in some seconds.
        await s.bot.core.journal.set_switch("paused", "")
        s.clock.move(timedelta(hours=2))
        await s.sees("ana", "It could not begin within 1 h")
        assert s.replicas() == 3

    tell(tmp_path, story)
