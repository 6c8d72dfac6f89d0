"""Who takes an incident, or says something of it: what comes of it is told to them, also when others are as quick."""

import asyncio
from pathlib import Path

import pytest

from bot.domain.run import Phase
from sandbox.pagerduty.faults import Fault
from sandbox.slack.person import Seen
from tests.clients.pagerduty.stand import Watched
from tests.stories.alarm import ALERTS, Alarm, alarm

API = {"type": "api"}


async def bridge_fails(s: Alarm) -> Seen:
    """The card of an incident that PagerDuty has, and whom it calls was called."""
    await s.fires("BridgeHighErrorRate")
    card = await s.sees_card("P1 · B")
    await s.passes(seconds=12)
    return card


def test_what_pagerduty_refuses_is_told_and_locks_nothing(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await bridge_fails(s)
        s.account.faults.add(Fault("errors", verb="PUT", status=403))
        await s.person("ana").reacts(card, "white_check_mark")
        await s.settle()
        told = await s.is_told("ana", "The bot's key may not do that in PagerDuty", where=ALERTS)
        assert "Nothing was changed" in told
        assert any("it came to nothing" in one for one in s.lines("The bot's key may not do that"))
        s.account.faults.heal("errors")
        await s.person("ben").reacts(card, "white_check_mark")
        await s.until(lambda: "Ben Okafor has it" in s.card(card))

    alarm(tmp_path, story)


def test_one_that_was_resolved_in_the_moment_of_the_acknowledgement_is_said_once_and_held_by_nobody(
    tmp_path: Path,
) -> None:
    async def story(s: Alarm) -> None:
        card = await bridge_fails(s)
        requests = s.account.requests = Watched()
        ben = s.account.person("ben").agent
        requests.before[f"PUT /incidents/{s.page.id}"] = lambda: s.account.life.resolve(s.page, ben, API)
        await s.person("ana").reacts(card, "white_check_mark")
        await s.passes(seconds=5)
        await s.is_told("ana", "So it was resolved again", where=ALERTS)
        (line,) = [one for one in s.lines("it came to nothing") if one.thread_ts not in ("", None, one.ts)]
        assert "Ben Okafor resolved it at 10:00 UTC" in line
        s.account.life.reopen(s.page, by=ben, channel=API)
        await s.passes(seconds=5)
        await s.person("ben").reacts(card, "white_check_mark")
        await s.until(lambda: "Ben Okafor has it" in s.card(card))

    alarm(tmp_path, story)


def test_what_rests_for_people_shows_a_card_and_says_how_to_end_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await bridge_fails(s)
        # After a try without an answer it is not sure that nothing was changed.
        s.account.faults.add(Fault("away", verb="PUT"))
        await s.person("ana").reacts(card, "white_check_mark")
        await s.settle()
        s.account.faults.heal("away")
        s.account.faults.add(Fault("errors", verb="PUT", status=403))
        await s.passes(seconds=5)
        resting = await s.sees("ana", "It rests here until somebody decides", where=ALERTS)
        assert {"Try again", "Leave it as it is"} <= set(resting.buttons)
        (run,) = [run for run in await s.runs() if run.phase is Phase.ASKING]
        await s.person("ben").reacts(card, "white_check_mark")
        await s.settle()
        told = await s.is_told("ben", "Ana Silva asked for", where=ALERTS)
        assert f"keep {run.id}" in told.text
        assert "cancel" not in told.text
        s.account.faults.heal("errors")
        await s.says("ana", f"/aureus cancel {run.id}", where=ALERTS)
        await s.person("ben").reacts(card, "white_check_mark", on=False)
        await s.person("ben").reacts(card, "white_check_mark")
        await s.until(lambda: "Ben Okafor has it" in s.card(card))

    alarm(tmp_path, story)


def test_who_presses_a_moment_later_is_asked_whether_to_take_over(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await bridge_fails(s)
        ana, ben = s.person("ana"), s.person("ben")
        await asyncio.gather(ana.reacts(card, "white_check_mark"), ben.reacts(card, "white_check_mark"))
        await s.passes(seconds=5)
        first, second = ("ana", "ben") if "Ana Silva has it" in s.card(card) else ("ben", "ana")
        told = await s.is_told(second, "has it. Take over?", where=ALERTS)
        assert "Take over" in told.buttons
        assert not [one for who in (first, second) for one in s.person(who).sees(ALERTS) if "Only one run" in one]

    alarm(tmp_path, story)


def test_of_two_who_resolve_it_at_once_both_causes_are_written_down(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await bridge_fails(s)
        ana, ben = s.person("ana"), s.person("ben")
        forms = []
        for person, words in ((ana, "the disk was full"), (ben, "I restarted it")):
            await person.presses(card, "Resolve")
            form = person.modal
            assert form is not None
            forms.append(person.submits(form, {form.definition["blocks"][-1]["block_id"]: words}))
        await asyncio.gather(*forms)
        for words in ("the disk was full", "I restarted it"):
            for _ in range(5):
                await s.passes(seconds=2)
            assert [one for one in s.lines(words) if one.thread_ts not in ("", None, one.ts)], words

    alarm(tmp_path, story)


def test_only_who_has_it_is_still_at_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await bridge_fails(s)
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it" in s.card(card))
        await s.passes(minutes=61)
        await s.passes(seconds=2)
        await s.presses("ben", s.card(card), "Still at it")
        told = await s.is_told("ben", "Ana Silva has it, so only they can say that", where=ALERTS)
        assert "Take over" in told.buttons
        assert not s.lines("is still at it.")
        await s.presses("ana", s.card(card), "Still at it")
        await s.until(lambda: s.lines("Ana Silva is still at it."))

    alarm(tmp_path, story)


@pytest.mark.parametrize("words", ["note {} the pod is new", "severity {} P2", "escalate {} because it spreads"])
def test_what_is_typed_beside_the_card_of_its_incident_is_a_line_of_its_thread(tmp_path: Path, words: str) -> None:
    async def story(s: Alarm) -> None:
        await bridge_fails(s)
        incident = await s.incident()
        said = words.format(incident.id)

        def posted(where: str) -> list[Seen]:
            return [
                one for one in s.person("ana").sees(where) if not one.ephemeral and one.thread_ts in ("", None, one.ts)
            ]

        before = len(posted(ALERTS))
        await s.says("ana", f"/aureus {said}", where=ALERTS)
        await s.passes(seconds=3)
        assert len(posted(ALERTS)) == before
        assert any(one.words == said for one in (await s.incident()).children)
        # Elsewhere it has a card of its own, where it was said.
        before = len(posted("#aureus-on-call"))
        await s.says("ana", f"/aureus note {incident.id} and elsewhere", where="#aureus-on-call")
        await s.passes(seconds=3)
        assert len(posted("#aureus-on-call")) == before + 1

    alarm(tmp_path, story)
