"""What somebody writes to an incident in PagerDuty is in its timeline here, once, and as whose it is."""

from pathlib import Path

import pytest

from bot.domain.incident_event import Noted
from bot.domain.person import Who
from sandbox.pagerduty.aureus import BOT_EMAIL
from sandbox.pagerduty.faults import Fault
from sandbox.slack.person import Seen
from tests.doors.hooks import Hooks, body, event, hooks
from tests.stories.alarm import ALERTS, Alarm, alarm

WEB = "The PagerDuty website or APIs"


async def an_alert(s: Alarm) -> Seen:
    await s.fires("BridgeHighErrorRate")
    card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
    await s.until(lambda: "#1" in s.card(card))
    return card


def writes(s: Alarm, who: str, words: str) -> None:
    """Somebody writes a note in PagerDuty."""
    s.account.life.annotate(s.page, words, s.account.person(who).agent, WEB)


def test_a_note_of_pagerduty_is_a_line_of_the_timeline_with_its_author(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await an_alert(s)
        writes(s, "ben", "<!channel> *it* is the disk, password=hunter2")
        line = await s.sees("ana", "Ben Okafor notes (in PagerDuty):", where=ALERTS)
        assert line.thread_ts == card.ts
        assert "<!channel> *it* is the disk" in str(line.blocks), "as words"
        assert "hunter2" not in s.shows(ALERTS)
        await s.ends("BridgeHighErrorRate")
        assert "Ben Okafor notes (in PagerDuty)" in await s.document()

    alarm(tmp_path, story)


@pytest.mark.parametrize("held", [False, True])
def test_a_note_of_here_comes_back_from_pagerduty_and_is_not_written_twice(tmp_path: Path, held: bool) -> None:
    async def story(s: Alarm) -> None:
        card = await an_alert(s)
        if held:
            s.account.faults.add(Fault("webhooks-held"))
        await s.fills_in("ana", card, "Note", "the disk is full")
        # In his own conversation it is no press on the card.
        await s.says("ben", f"/aureus note {(await s.incident()).id} it  grows", where=ALERTS)
        await s.until(lambda: len(s.page.notes) == 2)
        s.account.faults.heal("webhooks-held")
        await s.passes(minutes=1)
        await s.until(lambda: not any(one.queue for one in s.account.subscriptions.values()))
        await s.passes(minutes=1)
        assert len(s.lines("the disk is full")) == len(s.lines("it grows")) == 1
        assert not s.lines("(in PagerDuty)")
        # By somebody else the very same words are a note of theirs.
        writes(s, "ben", "Ana Silva: the disk is full")
        await s.sees("ana", "Ben Okafor notes (in PagerDuty):", where=ALERTS)

    alarm(tmp_path, story)


def test_a_note_of_here_that_was_cut_in_the_middle_of_a_secret_is_not_written_twice(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        async def told(id_: str, words: str) -> None:
            data = {
                "id": id_,
                "type": "incident_note",
                "content": words,
                "trimmed": True,
                "incident": {"id": "Q1BURNS"},
            }
            of = {"id": id_, "event_type": "incident.annotated", "occurred_at": s.clock.now().isoformat()}
            await s.sends("pagerduty", body({"event": {**of, "agent": None, "data": data}}))
            await s.passes(seconds=15)

        await s.sends("pagerduty", event())
        await s.sees_card("P1 · It burns")
        # Stored by a release that knew fewer shapes of secrets.
        words = "it is ghp_abcdefghijklmnopqrstuvwxyz and more"
        note = Noted(s.clock.now(), Who("ana", "Ana Silva"), words=words, run="r-before")
        await s.bot.core.cases.record(await s.incident(), note)
        for end in range(5, len(words)):
            await told(f"PN{end}", f"Ana Silva: {words[:end]}...")
        assert not s.lines("(in PagerDuty)")
        await told("PN", "Ana Silva: it is not...")
        assert len(s.lines("(in PagerDuty)")) == 1

    hooks(tmp_path, story)


def test_what_the_user_of_the_bot_writes_otherwise_is_a_note(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await an_alert(s)
        writes(s, BOT_EMAIL.partition("@")[0], "a workflow says so")
        await s.sees("ana", "a workflow says so", where=ALERTS)

    alarm(tmp_path, story)


def test_who_has_it_and_writes_in_pagerduty_was_heard_of(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await an_alert(s)
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.passes(minutes=50)
        writes(s, "ana", "I am at it")
        await s.sees("ana", "I am at it", where=ALERTS)
        await s.passes(minutes=30)
        assert not s.lines("nothing was heard of this for an hour")
        await s.passes(minutes=31)
        await s.sees("ana", "nothing was heard of this for an hour", where=ALERTS)

    alarm(tmp_path, story)


def test_a_note_that_comes_before_its_incident_waits_and_is_written_once(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        def note(event_id: str, note_id: str, words: str) -> bytes:
            data = {"id": note_id, "type": "incident_note", "content": words, "incident": {"id": "Q1BURNS"}}
            told = {"id": event_id, "event_type": "incident.annotated", "occurred_at": s.clock.now().isoformat()}
            return body({"event": {**told, "agent": None, "data": data}})

        await s.sends("pagerduty", note("N1", "PN1", "somebody is here"))
        await s.settle()
        await s.sends("pagerduty", event())
        await s.sees_card("P1 · It burns")
        await s.passes(seconds=15)
        line = await s.sees("ana", "somebody is here", where=ALERTS)
        assert "Somebody notes (in PagerDuty)" in line
        for event_id in ("N1", "N2"):
            await s.sends("pagerduty", note(event_id, "PN1", "somebody is here"))
        await s.passes(seconds=15)
        assert len(s.lines("somebody is here")) == 1
        # One of an incident that nobody tells of is done with, and nothing waits for it.
        lost = note("N3", "PN3", "of nothing").replace(b"Q1BURNS", b"Q2LOST")
        await s.sends("pagerduty", lost)
        await s.passes(minutes=3)
        assert not await s.bot.core.journal.untaken(until=s.clock.now())
        assert not s.lines("of nothing")

    hooks(tmp_path, story)
