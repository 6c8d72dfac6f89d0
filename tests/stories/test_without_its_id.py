"""Who types in a hurry names no incident: the only one is meant, and its card is the only message of it."""

from pathlib import Path

import pytest

from bot.domain.request import Request
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
def test_what_is_said_without_an_id_is_on_the_card_of_the_only_one(words: str, comes: str, tmp_path: Path) -> None:
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


async def says_and_dies(s: Alarm, words: str) -> None:
    """Ana's words are stored, and the bot dies before it takes them: the sweep of the next start does."""
    ana = next(person for person in s.bot.core.cases.people if person.name == "Ana Silva")
    assert await s.bot.core.receive(Request(f"k:{words}", words, ana.who, s.clock.now()))
    await s.passes(seconds=1)


async def starts_again(s: Alarm) -> None:
    for _ in range(2):
        await s.passes(seconds=12)


def test_what_is_taken_late_is_of_the_incident_that_was_the_only_one_when_it_was_said(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        first = await s.incident()
        await s.passes(minutes=1)
        await says_and_dies(s, "severity p2")
        await s.fires("BridgeHighCPU")
        await starts_again(s)
        assert (await s.incident(first.id)).severity.value == "P2"
        assert (await s.incident()).id != first.id
        assert {run.words for run in await s.runs() if run.command == "severity"} == {f"severity {first.id} p2"}

    alarm(tmp_path, story)


def test_where_several_are_open_nothing_is_done_to_any_before_one_is_named(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighCPU")
        old = await s.incident()
        await s.passes(minutes=2)
        await s.fires("BridgeHighErrorRate")
        new = await s.incident()
        await s.says("ana", "/aureus resolve because the cache is warm", where=ALERTS)
        told = await s.is_told("ana", "2 incidents are open", where=ALERTS)
        # The worst comes first, and with the words that were said.
        assert told.words.index(new.id) < told.words.index(old.id)
        assert f"resolve {new.id} because the cache is warm" in told.words
        assert not [run for run in await s.runs() if run.command == "resolve"]
        await s.says("ana", f"/aureus resolve {new.id} because the cache is warm", where=ALERTS)
        await s.until(lambda: s.lines("Resolved by Ana Silva"))
        # One is left, and is meant now.
        await s.says("ana", "/aureus note it goes on", where=ALERTS)
        await s.until(lambda: s.lines("it goes on"))
        assert {run.words for run in await s.runs() if run.command == "note"} == {f"note {old.id} it goes on"}

    alarm(tmp_path, story)


def test_the_end_that_is_taken_late_is_that_of_none_where_two_were_open_when_it_was_said(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighCPU")
        old = await s.incident()
        await s.passes(minutes=2)
        await s.fires("BridgeHighErrorRate")
        new = await s.incident()
        await s.passes(minutes=1)
        await says_and_dies(s, "resolve because the cache is warm")
        await s.ends("BridgeHighErrorRate")
        await starts_again(s)
        assert not (await s.incident(old.id)).over
        assert not (await s.incident(new.id)).cause
        assert not [run for run in await s.runs() if run.command == "resolve" and run.request.who.id]

    alarm(tmp_path, story)


def test_where_none_was_open_none_is_meant_that_opens_later(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await says_and_dies(s, "severity p0")
        await s.fires("BridgeHighErrorRate")
        await starts_again(s)
        assert (await s.incident()).severity.value == "P1"
        assert not [run for run in await s.runs() if run.command == "severity"]
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: s.lines("Resolved in Alertmanager"))
        await s.says("ana", "/aureus note it is quiet", where=ALERTS)
        await s.is_told("ana", "No incident is open.", where=ALERTS)

    alarm(tmp_path, story)


def test_in_the_thread_of_a_card_its_own_incident_is_meant(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(CARD)
        first = await s.incident()
        await s.passes(minutes=1)
        await s.fires("BridgeHighCPU")
        await s.says("ana", "@Aureus note the cache is cold", where=ALERTS, thread=card.ts)
        said = await s.sees("ana", "the cache is cold", where=ALERTS)
        await s.until(lambda: s.lines("Ana Silva notes"))
        assert said.thread_ts == card.ts
        assert {run.words for run in await s.runs() if run.command == "note"} == {f"note {first.id} the cache is cold"}

    alarm(tmp_path, story)


def test_the_question_to_one_person_is_on_nobody_elses_card(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card(CARD)
        await s.presses("ben", card, "Acknowledge")
        await s.until(lambda: "Ben Okafor has it since" in s.card(card))
        await s.says("ana", "/aureus acknowledge", where=ALERTS)
        await s.is_told("ana", "Take over?", where=ALERTS)
        await s.passes(minutes=1)
        assert "Take over?" not in s.card(card)
        assert "Ana Silva, " not in s.card(card)

    alarm(tmp_path, story)
