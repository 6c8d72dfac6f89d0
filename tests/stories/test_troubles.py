"""The outside is away, the bot dies, somebody types a secret: nothing is lost, and nothing leaks."""

import asyncio
import sqlite3
from pathlib import Path

import pytest

from tests.stories.stage import ON_CALL, Stage, tell


@pytest.mark.parametrize("outage", ["away", "errors", "throttle"])
def test_the_cluster_is_away_and_the_request_is_carried_out_later(tmp_path: Path, outage: str) -> None:
    async def story(s: Stage) -> None:
        await s.kubectl("break", what=outage, on=True)
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Nothing is lost: it is tried again by itself")
        await s.passes(minutes=5)
        s.cluster.heal_cluster(outage)
        await s.until(lambda: "Scale bridge from 3 to 5" in s.card(card) and "Waits for Ana" in s.card(card))
        await s.presses("ana", s.card(card), "Confirm")
        await s.sees("ana", "Done in")
        assert s.replicas() == 5

    tell(tmp_path, story)


def test_the_cluster_goes_away_in_the_middle(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        s.cluster.set_pace(start=20)
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        card = await s.sees("ana", "3 of 5 pods ready")
        s.cluster.break_cluster("away")
        await s.until(lambda: "Nothing is lost" in s.card(card))
        s.cluster.heal_cluster("away")
        await s.sees("ana", "Done in")
        assert s.replicas() == 5

    tell(tmp_path, story)


def test_the_cluster_does_not_let_the_bot_in_for_a_moment_and_a_good_rollout_goes_on(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        s.cluster.set_pace(start=20)
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        card = await s.sees("ana", "3 of 5 pods ready")
        s.cluster.break_cluster("unauthorized")
        await s.until(lambda: "Nothing is lost" in s.card(card))
        assert "401" in s.card(card)
        s.cluster.heal_cluster("unauthorized")
        await s.sees("ana", "Done in")
        assert s.replicas() == 5
        assert "It did not work" not in s.shows()

    tell(tmp_path, story)


def test_the_bot_starts_again_with_a_card_waiting(tmp_path: Path) -> None:
    async def run() -> None:
        async with Stage(tmp_path).set_up() as s:
            async with s.with_bot():
                await s.says("ana", "/aureus scale bridge 8 because the sale begins")
                card = await s.sees("ana", "Scale bridge from 3 to 8")
            await s.passes(minutes=10)
            async with s.with_bot():
                await s.presses("elif", card, "Approve")
                await s.sees("ana", "Done in")
                assert s.replicas() == 8
                cards = [one for one in s.person("ana").sees(ON_CALL) if "Scale bridge from 3 to 8" in one]
                assert len(cards) == 1

    asyncio.run(run())


def test_the_bot_starts_again_in_the_middle_of_a_rollout(tmp_path: Path) -> None:
    async def run() -> None:
        async with Stage(tmp_path).set_up() as s:
            s.cluster.set_pace(start=60)
            async with s.with_bot():
                await s.says("ana", "/aureus scale bridge 5")
                await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
                await s.sees("ana", "3 of 5 pods ready")
            async with s.with_bot():
                await s.passes(seconds=90)
                card = await s.sees("ana", "Done in")
                assert card.buttons == ["Undo"]

    asyncio.run(run())


def test_slack_loses_an_answer_and_the_card_is_there_once(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        s.workspace.break_("lose-answer", method="chat.postMessage", times=1)
        await s.says("ana", "/aureus scale bridge 5")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.passes(seconds=30)
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "Done in")
        assert len([one for one in s.person("ana").sees(ON_CALL) if "Scale bridge from 3 to 5" in one]) == 1

    tell(tmp_path, story)


def test_slack_asks_to_wait_and_is_obeyed(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        s.workspace.break_("ratelimit", method="chat.postMessage", times=1, seconds=30)
        await s.says("ana", "/aureus scale bridge 5")
        asked = s.clock.now()
        await s.sees("ana", "Scale bridge from 3 to 5")
        assert (s.clock.now() - asked).total_seconds() >= 30

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("said", "secret"),
    [
        ("because token=hunter2hunter2", "hunter2hunter2"),
        ("because xoxb-123456789012-abcdefabcdef", "123456789012-abcdefabcdef"),
        ("because postgres://aureus:s3cr3tpass@db/bridge is slow", "s3cr3tpass"),
        ("because AKIAABCDEFGHIJKLMNOP leaked", "ABCDEFGHIJKLMNOP"),
    ],
)
def test_a_secret_that_was_typed_is_stored_nowhere(tmp_path: Path, said: str, secret: str) -> None:
    async def run() -> None:
        async with Stage(tmp_path).set_up() as s, s.with_bot():
            await s.says("ana", f"/aureus scale bridge 5 {said}")
            card = await s.sees("ana", "Scale bridge from 3 to 5")
            assert "•••" in card
            assert secret not in s.shows()

    asyncio.run(run())
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("aureus.db*"))
    assert b"scale bridge 5" in stored
    assert secret.encode() not in stored


def test_the_store_is_locked_and_the_person_is_told(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        locked = sqlite3.connect(tmp_path / "aureus.db", isolation_level=None)
        locked.execute("BEGIN IMMEDIATE")
        try:
            await s.person("ana").says(ON_CALL, "/aureus scale bridge 5")
        finally:
            locked.execute("ROLLBACK")
            locked.close()
        told = await s.is_told("ana", "please say them again")
        assert "were not carried out" in told
        await s.passes(minutes=1)
        assert s.replicas() == 3
        assert await s.runs() == []

    tell(tmp_path, story)


def test_a_card_that_went_to_the_fallback_channel_is_found_again_and_goes_on(tmp_path: Path) -> None:
    """config/ names that channel, and Slack reads only by id."""

    async def story(s: Stage) -> None:
        s.workspace.break_("lose-answer", method="chat.postMessage", times=1)
        await s.says("ana", "/aureus scale bridge 5", where="#random")
        card = await s.sees("ana", "Scale bridge from 3 to 5")
        await s.is_told("ana", "the card is elsewhere", where="#random")
        await s.presses("ana", card, "Confirm")
        await s.sees("ana", "Done in")
        assert len([one for one in s.person("ana").sees(ON_CALL) if "Scale bridge from 3 to 5" in one]) == 1

    tell(tmp_path, story)


def test_slack_is_away_at_the_start_and_is_found_when_it_comes(tmp_path: Path) -> None:
    async def run() -> None:
        async with Stage(tmp_path).set_up() as s:
            s.workspace.break_("down", method="auth.test", times=2)
            async with s.with_bot(trouble=True):
                assert await s.bot.ready()
                for _ in range(400):
                    if not await s.bot.ready():
                        break
                    await asyncio.sleep(0.02)
                assert await s.bot.ready() == ""
                await s.says("ana", "/aureus scale bridge 5")
                await s.sees("ana", "Scale bridge from 3 to 5")

    asyncio.run(run())


def test_what_has_changed_something_never_says_that_nothing_was_changed(tmp_path: Path) -> None:
    """And whoever has to decide is told so, and what they decided."""

    async def story(s: Stage) -> None:
        s.cluster.set_pace(start=20)
        await s.says("ana", "/aureus scale bridge 5")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
        card = await s.sees("ana", "3 of 5 pods ready")
        s.cluster.break_cluster("away")
        await s.until(lambda: "It rests here until somebody decides" in s.card(card))
        assert "Nothing was changed" not in s.card(card)
        asked = await s.sees("ana", "How shall it go on?")
        assert asked.thread_ts == card.ts
        assert "UANA" in str(asked.blocks)
        assert "Nothing was changed" not in asked
        assert ".." not in asked.text
        s.cluster.heal_cluster("away")
        await s.presses("dana", s.card(card), "Leave it as it is")
        await s.sees("ana", "Dana Weiss decided: leave it as it is")
        assert "Dana Weiss left it as it is" in s.card(card)
        assert "Nothing was changed" not in s.shows()

    tell(tmp_path, story)


@pytest.mark.parametrize(
    ("decided", "becomes"), [("Leave it as it is", "left it as it is"), ("Try again", "had been done was put back")]
)
def test_what_a_single_call_says_of_itself_is_not_said_of_the_run(tmp_path: Path, decided: str, becomes: str) -> None:
    async def story(s: Stage) -> None:
        for name in ("aureus-bridge", "openclaw"):
            await s.kubectl("scale", namespace="aureus", name=name, replicas=2)
        s.cluster.set_pace(start=20)
        await s.says("ana", "/aureus scale baseline")
        card = await s.sees("ana", "Scale bridge, openclaw to the baseline")
        await s.presses("ana", card, "Confirm")
        await s.until(lambda: s.replicas() == 3)
        s.cluster.break_cluster("forbid")
        await s.sees("ana", "It did not work")
        await s.until(lambda: "could not be put back" in s.card(card))
        assert "Nothing was changed" not in s.shows()
        s.cluster.heal_cluster("forbid")
        await s.presses("ana", s.card(card), decided)
        await s.sees("ana", becomes)
        assert "Nothing was changed" not in s.shows()

    tell(tmp_path, story)
