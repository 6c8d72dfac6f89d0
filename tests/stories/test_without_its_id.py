"""Who types in a hurry names no incident: the newest is meant, and its card is the only message of it."""

from pathlib import Path

import pytest

from tests.stories.alarm import ALERTS, Alarm, alarm

CARD = "P1 · BridgeHighErrorRate · bridge"


@pytest.mark.parametrize(
    ("words", "comes"),
    [
        ("acknowledge", "Ana Silva has it"),
        ("note the cache is cold", "the cache is cold"),
        ("severity p2", "set the severity to P2"),
        ("escalate to secondary because it spreads", "it spreads"),
        ("resolve because it was the cache", "it was the cache"),
    ],
)
def test_what_is_said_without_an_id_is_on_the_card_of_the_newest(words: str, comes: str, tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(CARD)
        await s.says("ana", f"/aureus {words}", where=ALERTS)
        said = await s.sees("ana", comes, where=ALERTS)
        assert card.ts in (said.thread_ts, said.ts)
        await s.passes(minutes=1)
        alone = [one for one in s.lines("") if not one.thread_ts]
        assert [one.ts for one in alone] == [card.ts]

    alarm(tmp_path, story)


def test_the_document_of_the_newest_that_is_over_is_written_in_its_thread(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(CARD)
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.passes(minutes=1)
        await s.says("ana", "/aureus postmortem because there is more to say", where=ALERTS)
        again = await s.sees("ana", "It replaces the one of", where=ALERTS)
        assert again.thread_ts == card.ts
        assert [one.ts for one in s.lines("") if not one.thread_ts] == [card.ts]

    alarm(tmp_path, story)


def test_which_one_is_meant_is_fixed_when_it_is_said(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        await s.sees_card(CARD)
        first = await s.incident()
        await s.says("ana", "/aureus acknowledge", where=ALERTS)
        rows = await s.bot.core.journal.list(kind="run", limit=50)
        runs = await s.bot.core.cases.load_all([row.case for row in rows])
        assert f"acknowledge {first.id}" in [run.words for run in runs]

    alarm(tmp_path, story)
