"""What is told of an incident afterwards: who had it, who ended it, who says why, and what came before it."""

import json
from pathlib import Path

from tests.stories.alarm import ALERTS, Alarm, alarm

CARD = "P1 · BridgeHighErrorRate · bridge"


def test_who_says_why_it_ended_by_itself_has_not_resolved_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(CARD)
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.until(lambda: "Cause" in s.card(card).buttons)
        await s.passes(minutes=3)
        await s.fills_in("elif", s.card(card), "Cause", "a cache was cold")
        await s.until(lambda: "A cache was cold" in s.card(card))
        assert "Resolved in Alertmanager after" in s.card(card)
        assert "Resolved by Elif Kaya" not in s.card(card)
        said = await s.document("a cache was cold")
        assert "a cache was cold (said by Elif Kaya at 2026-11-24 10:0" in said
        assert "(as it was said when it was resolved)" not in said
        assert "Elif Kaya" in await s.sees("ana", " says why:", where=ALERTS)

    alarm(tmp_path, story)


def test_who_had_it_until_it_was_given_back_is_named_and_told(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(CARD)
        await s.presses("ben", card, "Acknowledge")
        await s.until(lambda: "Ben Okafor has it since" in s.card(card))
        await s.passes(hours=1, minutes=1)
        await s.until(lambda: "Still at it" in s.card(card).buttons)
        await s.passes(minutes=16)
        await s.until(lambda: "Nobody has it any more" in s.card(card))
        assert "Ben Okafor had it." in await s.sees("ana", "Nobody has it any more: nothing was heard", where=ALERTS)
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        said = await s.document()
        assert "Ben Okafor had it until 2026-11-24 11:1" in said
        assert "Post-mortem (owner: Ben Okafor" in said
        assert (await s.incident()).id in said
        assert f", #{s.page.number} in PagerDuty" in said.replace("\\", "")
        assert s.lines("Ben Okafor had it until")
        assert not s.lines("Nobody had it.")

    alarm(tmp_path, story)


def test_what_fires_again_names_the_one_before_and_that_one_leads_to_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(CARD)
        first = await s.incident()
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.passes(minutes=10)
        await s.fires("BridgeHighErrorRate")
        led = await s.sees("ana", "It fires again", where=ALERTS)
        again = await s.incident()
        assert again.id != first.id
        assert again.id in led
        assert led.thread_ts == card.ts
        new = await s.sees_card("It fired before as")
        assert new.ts != card.ts
        for said, to in ((led, new), (new, card)):
            assert f"/archives/{to.channel}/p{to.ts.replace('.', '')}" in json.dumps(said.blocks)

    alarm(tmp_path, story)


def test_what_fires_again_a_week_later_is_not_told_to_be_the_same(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(CARD)
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        first = await s.incident()
        await s.passes(days=7)
        await s.fires("BridgeHighErrorRate")
        await s.until(lambda: len(s.lines(CARD)) >= 2)
        assert (await s.incident()).before is None
        assert not s.lines(f"It fired before as `{first.id}`")

    alarm(tmp_path, story)


def test_what_was_changed_meanwhile_is_in_the_document_wherever_it_was_asked_for(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.says("ana", "/aureus scale openclaw 4")
        await s.presses("ana", await s.sees("ana", "Scale openclaw from 3 to 4"), "Confirm")
        await s.sees("ana", "Scale openclaw from 3 to 4: Done")
        await s.passes(minutes=1)
        await s.fires("BridgeHighErrorRate")
        await s.sees_card(CARD)
        await s.passes(minutes=1)
        await s.says("ana", "/aureus scale bridge 4 because of errors")
        await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 4"), "Confirm")
        await s.sees("ana", "Scale bridge from 3 to 4: Done")
        await s.passes(minutes=1)
        await s.ends("BridgeHighErrorRate")
        said = await s.document()
        resolution = said[said.index("## Resolution") :]
        assert "Ana Silva: `scale bridge 4 because of errors` (r-" in resolution
        assert "Nothing of the platform was changed" not in resolution
        assert "scale openclaw" not in resolution, "that was before"

    alarm(tmp_path, story)
