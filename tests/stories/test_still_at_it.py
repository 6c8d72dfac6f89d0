"""Whoever has an incident is asked whether they are still at it, and loses no words by that."""

import hashlib
from pathlib import Path

import pytest

from sandbox.slack.person import Seen
from tests.stories.alarm import ALERTS, Alarm, alarm

WORDS = "the disk of postgres-0 is full, I am growing it"
ASKED = "nothing was heard of this for an hour"


async def taken_by_ana(s: Alarm) -> Seen:
    """The card of an incident that Ana has."""
    await s.fires("BridgeHighErrorRate")
    card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
    await s.presses("ana", card, "Acknowledge")
    await s.until(lambda: "Ana Silva has it since" in s.card(card))
    return s.card(card)


async def asked(s: Alarm, card: Seen) -> None:
    await s.passes(hours=1, seconds=1)
    await s.sees("ana", ASKED, where=ALERTS)
    await s.until(lambda: "Still at it" in s.card(card).buttons)


def test_who_is_asked_says_that_they_are_still_at_it_and_keeps_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await taken_by_ana(s)
        await asked(s, card)
        assert "Note" in s.card(card).buttons
        await s.presses("ana", s.card(card), "Still at it")
        await s.sees("ana", "Ana Silva is still at it.", where=ALERTS)
        await s.passes(minutes=20)
        assert "Ana Silva has it since" in s.card(card)

    alarm(tmp_path, story)


def test_a_note_whose_form_was_open_when_its_writer_was_asked_is_written_down(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await taken_by_ana(s)
        ana = s.person("ana")
        await ana.presses(card, "Note")
        form = ana.modal
        assert form is not None
        await asked(s, card)
        assert not await ana.submits(form, {form.definition["blocks"][-1]["block_id"]: WORDS})
        await s.sees("ana", WORDS, where=ALERTS)
        assert not s.lines("is still at it")
        await s.until(lambda: any(WORDS in note.content for note in s.page.notes))

    alarm(tmp_path, story)


def test_the_form_of_a_card_that_an_older_release_posted_loses_no_words(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await taken_by_ana(s)
        id_ = (await s.incident()).id
        old = hashlib.sha256(f"note {id_}".encode()).hexdigest()[:10]  # of its words alone
        await asked(s, card)
        ana = s.person("ana")
        await s.presses_as_it_was("ana", s.card(card), "Note", f"{id_}|{old}|What is to be written?")
        form = ana.modal
        assert form is not None
        assert not await ana.submits(form, {form.definition["blocks"][-1]["block_id"]: WORDS})
        await s.sees("ana", WORDS, where=ALERTS)

    alarm(tmp_path, story)


@pytest.mark.parametrize(
    ("button", "words", "said", "shown"),
    [
        ("Severity", "severity {} …", "P2 because few notice", "P2 · BridgeHighErrorRate"),
        ("Escalate", "escalate {} because …", "I cannot find it", "asks for help: I cannot find it"),
    ],
)
def test_the_field_of_a_form_that_has_choices_now_still_does_what_it_did(
    tmp_path: Path, button: str, words: str, said: str, shown: str
) -> None:
    async def story(s: Alarm) -> None:
        card = await taken_by_ana(s)
        id_, ana = (await s.incident()).id, s.person("ana")
        key = hashlib.sha256(words.format(id_).encode()).hexdigest()[:10]
        await s.presses_as_it_was("ana", s.card(card), button, f"{id_}|{key}|What is it?")
        form = ana.modal
        assert form is not None
        assert [one["label"]["text"] for one in form.definition["blocks"] if "label" in one] == ["What is it?"]
        assert not await ana.submits(form, {"answer": said})
        await s.sees("ana", shown, where=ALERTS)

    alarm(tmp_path, story)


def test_words_that_come_too_late_are_given_back_to_who_wrote_them(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await taken_by_ana(s)
        ana = s.person("ana")
        await ana.presses(card, "Escalate")
        form = ana.modal
        assert form is not None
        await s.ends("BridgeHighErrorRate")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        assert not await ana.submits(form, {"answer": WORDS})
        await s.is_told("ana", f"You wrote: “to secondary because {WORDS}”", where=ALERTS)

    alarm(tmp_path, story)
