"""Somebody deletes the card of an incident: it is there again, and what is said of it stands under it."""

from pathlib import Path

from sandbox.slack.messages import delete
from tests.stories.alarm import ALERTS, Alarm, alarm


def test_the_card_was_deleted_and_who_is_called_is_called_under_a_new_one(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.sees("ana", "Elif Kaya, Femi Adeyemi", where=ALERTS)
        message = s.workspace.message(card.channel, card.ts)
        assert message is not None
        delete(s.workspace, message)  # as an owner of the workspace can
        await s.passes(minutes=5, seconds=1)
        called = await s.sees("ana", "nobody has acknowledged it within 5 minutes", where=ALERTS)
        assert "UBEN" in str(called.blocks)
        new = await s.sees_card("P0 · ServiceDown · bridge")
        assert new.ts != card.ts
        assert called.thread_ts == new.ts

    alarm(tmp_path, story)


def test_a_card_that_was_deleted_is_there_again_within_minutes_though_nothing_happens(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("PolicyViolations")
        card = await s.sees_card("P2 · PolicyViolations")
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.passes(minutes=1)
        message = s.workspace.message(card.channel, card.ts)
        assert message is not None
        delete(s.workspace, message)
        await s.passes(minutes=1)
        await s.bot.core.check_cards()
        await s.settle()
        new = await s.sees_card("P2 · PolicyViolations")
        assert new.ts != card.ts
        assert "Ana Silva has it since" in new.words
        await s.passes(minutes=2)
        # Looked at again, what stands is left where it stands.
        await s.bot.core.check_cards()
        await s.settle()
        assert [one.ts for one in s.lines("P2 · PolicyViolations") if not one.thread_ts] == [new.ts]

    alarm(tmp_path, story)
