"""An autoscaler owns the number: people are told so, and hold it for a time."""

import asyncio
from pathlib import Path

from sandbox.slack.person import Seen
from tests.stories.stage import Stage, tell


async def _holds(s: Stage) -> Seen:
    await s.says("ana", "/aureus scale aureus-os 6")
    card = await s.sees("ana", "The autoscaler aureus-os-hpa (3–10) owns the number")
    await s.presses("ana", card, "Hold 6 for 2 h")
    await s.presses("ana", await s.sees("ana", "Hold aureus-os at 6 or more for 2 h"), "Confirm")
    return await s.sees("ana", "Done, and stands until")


def test_three_ways_are_offered(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale aureus-os 6")
        card = await s.sees("ana", "The autoscaler aureus-os-hpa (3–10) owns the number")
        assert card.buttons == ["Hold 6 for 2 h", "Set it once", "Cancel"]
        await s.presses("ana", card, "Cancel")
        await s.sees("ana", "Cancelled by Ana Silva; nothing was changed")
        assert (s.least(), s.replicas("aureus-os")) == (3, 3)

    tell(tmp_path, story)


def test_the_choice_is_the_askers(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale aureus-os 6")
        card = await s.sees("ana", "owns the number")
        await s.presses("dana", card, "Set it once")
        await s.is_told("dana", "Ana Silva asked for this, so the choice is theirs")
        assert s.replicas("aureus-os") == 3

    tell(tmp_path, story)


def test_a_hold_is_put_back_by_itself_at_its_end(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        card = await _holds(s)
        assert card.buttons == ["Put back now", "Extend"]
        assert s.least() == 6
        assert s.replicas("aureus-os") == 6
        await s.says("dana", "/aureus loose-ends")
        await s.sees("dana", "1 loose end")
        await s.passes(minutes=119)
        assert s.least() == 6
        await s.passes(minutes=5)
        await s.sees("ana", "Done; what had an end was put back by itself")
        assert s.least() == 3
        await s.says("dana", "/aureus loose-ends")
        await s.sees("dana", "There are no loose ends")

    tell(tmp_path, story)


def test_a_hold_that_is_extended_keeps_the_first_way_back(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        first = await _holds(s)
        await s.passes(minutes=90)
        await s.says("ana", "/aureus scale aureus-os 6 hold for 2h")
        second = await s.sees("ana", "Waits for Ana Silva to confirm")
        await s.presses("ana", second, "Confirm")
        await s.until(lambda: "since then" in s.card(first))
        await s.passes(minutes=60)  # the first one's end is past
        assert s.least() == 6
        await s.passes(minutes=70)
        await s.until(lambda: s.least() == 3)

    tell(tmp_path, story)


def test_who_asks_for_fewer_than_is_held_is_told_whose_hold_it_is_and_can_put_it_back(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _holds(s)
        await s.says("ana", "/aureus scale aureus-os 2")
        card = await s.sees("ana", "Ana Silva holds it at 6 or more now (r-")
        assert "Nor can it be held: a hold raises the minimum, and that is 3 without that hold." in card.words
        assert card.buttons == ["Set it once", "Put that hold back", "Cancel"]
        await s.presses("ana", card, "Put that hold back")
        await s.until(lambda: s.least() == 3)

    tell(tmp_path, story)


def test_a_hold_of_fewer_than_is_held_says_both_ways_back(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _holds(s)
        await s.says("ana", "/aureus scale aureus-os 4")
        card = await s.sees("ana", "Ana Silva holds it at 6 or more now (r-")
        assert card.buttons == ["Hold 4 for 2 h", "Set it once", "Put that hold back", "Cancel"]
        await s.presses("ana", card, "Hold 4 for 2 h")
        card = await s.sees("ana", "Waits for Ana Silva to confirm")
        least = "Set the minimum of aureus/aureus-os-hpa to"
        assert f"Way back: if it breaks: {least} 6; once it is done: {least} 3." in card.words
        await s.presses("ana", card, "Confirm")
        await s.until(lambda: s.least() == 4)
        await s.passes(hours=2, minutes=1)
        await s.until(lambda: s.least() == 3)

    tell(tmp_path, story)


def test_to_hold_no_more_than_there_are_without_the_hold_is_nothing_to_do(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await _holds(s)
        await s.says("ana", "/aureus scale aureus-os 3 hold for 1h")
        told = await s.sees("ana", "holds aureus-os at 3 or more by itself: nothing to do.")
        assert told.buttons == ["Put that hold back", "Cancel"]
        assert "Ana Silva holds it at 6 or more now (r-" in told.words
        assert s.least() == 6

    tell(tmp_path, story)


def test_a_hold_is_put_back_early(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        card = await _holds(s)
        await s.presses("ana", card, "Put back now")
        await s.until(lambda: s.least() == 3)
        await s.sees("ana", "since then taken back by Ana Silva")

    tell(tmp_path, story)


def test_a_hold_ends_although_the_bot_was_away(tmp_path: Path) -> None:
    """Its end comes while no bot lives; the next one puts it back."""

    async def run() -> None:
        async with Stage(tmp_path).set_up() as s:
            async with s.with_bot():
                await _holds(s)
            await s.passes(hours=3)
            assert s.least() == 6
            async with s.with_bot():
                await s.passes(seconds=1)
                await s.until(lambda: s.least() == 3)
                await s.sees("ana", "what had an end was put back by itself")

    asyncio.run(run())


def test_set_once_is_taken_back_by_the_autoscaler_as_was_said(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale aureus-os 6")
        await s.presses("ana", await s.sees("ana", "owns the number"), "Set it once")
        card = await s.sees("ana", "Scale aureus-os from 3 to 6")
        assert "may take it back at its next look" in card
        await s.presses("ana", card, "Confirm")
        await s.until(lambda: s.replicas("aureus-os") == 6)
        await s.passes(minutes=10)
        assert s.replicas("aureus-os") < 6

    tell(tmp_path, story)


def test_no_replicas_says_that_the_autoscaler_is_switched_off(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale aureus-os 0 because it must stop")
        card = await s.sees("ana", "Scale aureus-os from 3 to 0")
        assert "aureus-os-hpa is switched off, until somebody scales up again" in card
        assert "CISO" not in card
        for who in ("femi", "ivan"):
            await s.presses(who, s.card(card), "Approve")
        await s.sees("ana", "Done in")
        await s.passes(minutes=5)
        assert s.replicas("aureus-os") == 0

    tell(tmp_path, story)


def test_more_than_it_allows_cannot_be_held(tmp_path: Path) -> None:
    async def story(s: Stage) -> None:
        await s.says("ana", "/aureus scale aureus-os 20 hold because x")
        await s.is_told("ana", "The autoscaler aureus-os-hpa allows 10 at the most, so 20 cannot be held")

    tell(tmp_path, story)
