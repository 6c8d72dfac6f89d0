"""Who is called to an incident, here and in PagerDuty, and who is not."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from sandbox.pagerduty.aureus import PRIMARY
from sandbox.pagerduty.faults import Fault
from sandbox.slack.person import Seen
from tests.stories.alarm import ALERTS, Alarm, alarm


def test_nobody_acknowledges_and_the_secondary_is_called(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        await s.sees_card("P0 · ServiceDown · bridge")
        await s.sees("ana", "Elif Kaya, Femi Adeyemi", where=ALERTS)
        await s.passes(minutes=5, seconds=1)
        called = await s.sees("ana", "nobody has acknowledged it within 5 minutes", where=ALERTS)
        assert "UBEN" in str(called.blocks)

    alarm(tmp_path, story)


def test_what_pagerduty_does_not_take_keeps_nobody_from_being_called_here(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        await s.sees_card("P0 · ServiceDown · bridge")
        s.account.life.set_urgency(s.page, "low", by=s.account.person("ana").agent, channel={"type": "api"})
        await s.passes(minutes=5, seconds=1)
        called = await s.sees("ana", "nobody has acknowledged it within 5 minutes", where=ALERTS)
        assert "UBEN" in str(called.blocks)

    alarm(tmp_path, story)


def test_pagerduty_is_away_and_the_secondary_is_called_here(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        await s.sees_card("P0 · ServiceDown · bridge")
        await s.until(lambda: s.page.assignments)
        s.account.faults.add(Fault("away"))
        began = s.clock.now()
        await s.passes(minutes=5, seconds=1)
        called = await s.sees("ana", "nobody has acknowledged it within 5 minutes", where=ALERTS)
        assert "UBEN" in str(called.blocks)
        assert s.clock.now() - began < timedelta(minutes=6)

    alarm(tmp_path, story)


def test_whoever_is_on_duty_and_not_known_here_does_not_leave_their_role_without_anybody(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.account.schedules[PRIMARY].users = (s.account.add_user("Nobody Knows", "nobody@elsewhere.example"),)
        await s.fires("ServiceDown")
        called = await s.sees("ana", "it is P0.", where=ALERTS)
        for who in ("UANA", "UELIF", "UFEMI"):
            assert who in str(called.blocks), who

    alarm(tmp_path, story)


def test_who_is_called_is_added_in_pagerduty_and_that_is_read_back(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        await s.sees_card("P0 · ServiceDown · bridge")
        await s.until(lambda: s.page.assignments)
        await s.passes(hours=1, seconds=1)
        await s.sees("ana", "not resolved after 60 minutes", where=ALERTS)
        await s.until(lambda: "ivan@aureus.example" in {who.email for _, who in s.page.assignments})
        await s.settle()
        called = [run for run in await s.runs() if run.command == "escalate"]
        assert called
        assert [run.id for run in called if run.went_on or not run.over] == []

    alarm(tmp_path, story)


def test_who_is_called_is_added_in_pagerduty_also_before_it_has_told_of_the_incident(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.account.faults.add(Fault("webhooks-held"))
        await s.fires("ServiceDown")
        await s.sees("ana", "Elif Kaya, Femi Adeyemi", where=ALERTS)
        await s.until(lambda: len(s.page.assignments) > 1)
        assert {"elif@aureus.example", "femi@aureus.example"} <= {who.email for _, who in s.page.assignments}

    alarm(tmp_path, story)


def test_who_is_silent_for_an_hour_is_asked_and_then_it_pages_again(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.passes(hours=1, seconds=1)
        await s.sees("ana", "nothing was heard of this for an hour", where=ALERTS)
        await s.passes(minutes=15, seconds=1)
        await s.until(lambda: "Nobody has it" in s.card(card))
        await s.until(lambda: s.page.status == "triggered")

    alarm(tmp_path, story)


def test_nobody_is_asked_at_night_about_what_counts_in_business_hours_only(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.clock.move(timedelta(hours=6, minutes=30))  # a Tuesday, half past five in Berlin
        await s.fires("BridgeHighCPU")
        card = await s.sees_card("P2 · BridgeHighCPU · bridge")
        began = s.clock.now()
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        asks = "nothing was heard of this for an hour"
        for hours in (1, 2, 8):
            await s.passes(hours=hours, minutes=20)
            assert not s.lines(asks)
        await s.passes(seconds=(began + timedelta(hours=16) - s.clock.now()).total_seconds())
        asked = await s.sees("ana", asks, where=ALERTS)
        given_back = s.clock.now() + timedelta(minutes=15)
        assert f'"timestamp": {int(given_back.timestamp())}' in json.dumps(asked.blocks)
        await s.passes(minutes=15, seconds=1)
        await s.until(lambda: "Nobody has it" in s.card(card))

    alarm(tmp_path, story)


def test_what_was_told_before_it_was_over_is_told_again_when_it_is_open_again(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.sees("ana", "it is P1.", where=ALERTS)
        await s.passes(minutes=30, seconds=1)
        await s.sees("ana", "not resolved after 30 minutes", where=ALERTS)
        ben, there = s.account.person("ben").agent, {"type": "api"}
        s.account.life.resolve(s.page, by=ben, channel=there)
        await s.until(lambda: "Resolved by Ben Okafor" in s.card(card))
        await s.passes(minutes=2)
        s.account.life.reopen(s.page, by=ben, channel=there)
        await s.sees("ana", "nobody has it any more.", where=ALERTS)
        await s.passes(seconds=31)  # the card is drawn anew until then: what is pressed stands on it
        await s.fills_in("dana", s.card(card), "Severity", choice="p0")
        called = await s.sees("ana", "it is P0.", where=ALERTS)
        assert "UELIF" in str(called.blocks), "told after 30 minutes, before it was over"
        assert "UANA" not in str(called.blocks), "told since"
        assert not s.lines("not resolved after 60 minutes"), "it counts since it is open again"

    alarm(tmp_path, story)


def test_what_is_given_back_calls_the_same_people_again(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        late = "nobody has acknowledged it within 5 minutes"
        await s.passes(minutes=5, seconds=1)
        await s.sees("ana", late, where=ALERTS)
        await s.presses("ana", s.card(card), "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.passes(minutes=30)
        managers = "not resolved after 30 minutes"
        await s.sees("ana", managers, where=ALERTS)
        await s.passes(minutes=31)
        await s.passes(minutes=15, seconds=1)
        await s.until(lambda: "Nobody has it" in s.card(card))
        called = await s.sees("ana", "nobody has it any more.", where=ALERTS)
        assert "UANA" in str(called.blocks)
        await s.until(lambda: s.page.status == "triggered")
        await s.passes(minutes=5, seconds=1)
        await s.until(lambda: len(s.lines(late)) == 2)
        await s.passes(minutes=40)
        assert len(s.lines(managers)) == 1, "it was not resolved after 30 minutes once, and they know"

    alarm(tmp_path, story)


def test_what_is_opened_again_in_pagerduty_calls_people_again(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        late = "nobody has acknowledged it within 5 minutes"
        await s.passes(minutes=5, seconds=1)
        await s.sees("ana", late, where=ALERTS)
        ben, there = s.account.person("ben").agent, {"type": "api"}
        s.account.life.resolve(s.page, by=ben, channel=there)
        await s.until(lambda: "Resolved by Ben Okafor" in s.card(card))
        await s.passes(minutes=2)
        s.account.life.reopen(s.page, by=ben, channel=there)
        await s.until(lambda: "Nobody has it" in s.card(card))
        called = await s.sees("ana", "nobody has it any more.", where=ALERTS)
        assert "UANA" in str(called.blocks)
        await s.passes(minutes=5, seconds=1)
        await s.until(lambda: len(s.lines(late)) == 2)

    alarm(tmp_path, story)


def test_nobody_is_pinged_for_the_help_that_they_asked_for(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.passes(minutes=2)
        # Ben is the secondary, who would be called next: so he chooses those who come after.
        await s.fills_in("ben", card, "Escalate", "I cannot find it", choice="to engineering-manager")
        called = await s.sees("ana", "I cannot find it", where=ALERTS)
        assert "UBEN" not in str(called.blocks)
        assert "UELIF" in str(called.blocks)
        await s.says("ben", f"/aureus escalate {(await s.incident()).id} to secondary", where=ALERTS)
        await s.is_told("ben", "You alone are secondary", where=ALERTS)

    alarm(tmp_path, story)


async def _form(s: Alarm, who: str, card: Seen) -> dict[str, Any]:
    """The menu of the form that asks for help."""
    person = s.person(who)
    await person.presses(s.card(card), "Escalate")
    assert person.modal is not None
    menu = next(
        one for one in person.modal.definition["blocks"] if one.get("element", {}).get("type") == "static_select"
    )
    element: dict[str, Any] = menu["element"]
    return element


def test_the_form_that_asks_for_help_has_those_chosen_who_were_not_called_yet(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.until(lambda: "told: Ana Silva" in s.card(card))
        before = await _form(s, "ana", card)
        assert before["initial_option"]["text"]["text"] == "secondary: Ben Okafor"
        assert {"to secondary", "to engineering-manager", "to cto"} <= {one["value"] for one in before["options"]}
        # Whom somebody has called is not chosen again, though the clock comes to them only later.
        await s.fills_in(
            "ana", s.card(card), "Escalate", "of data", choice="engineering manager: Elif Kaya, Femi Adeyemi"
        )
        await s.sees("ana", "asks for help: of data", where=ALERTS)
        assert (await _form(s, "ana", card))["initial_option"]["value"] == "to secondary"
        await s.passes(minutes=20)
        await s.until(lambda: "Ben Okafor" in s.card(card))
        after = await _form(s, "ana", card)
        assert after["initial_option"]["text"]["text"] == "CTO: Ivan Costa"
        assert "secondary: Ben Okafor (told already)" in [one["text"]["text"] for one in after["options"]]
        await s.fills_in("ana", s.card(card), "Escalate", "still of data")
        called = await s.sees("ana", "asks for help: still of data", where=ALERTS)
        assert "UIVAN" in str(called.blocks)
        runs = [run.words for run in await s.runs() if run.request.who.id == "ana"]
        assert runs[0] == f"escalate {(await s.incident()).id} to cto because still of data"
        assert "initial_option" not in await _form(s, "ana", card), "all of them were called"

    alarm(tmp_path, story)


def test_whoever_was_told_is_not_told_again_when_the_severity_is_set(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.sees("ana", "it is P1.", where=ALERTS)
        await s.fills_in("dana", card, "Severity", choice="p2")
        await s.until(lambda: "P2 · BridgeHighErrorRate" in s.card(card))
        await s.passes(seconds=30)
        assert not s.lines("it is P2.")
        await s.fills_in("dana", s.card(card), "Severity", choice="p0")
        called = await s.sees("ana", "it is P0.", where=ALERTS)
        assert "UELIF" in str(called.blocks)
        assert "UANA" not in str(called.blocks)
        await s.passes(minutes=5)
        await s.sees("ana", "nobody has acknowledged it within 5 minutes", where=ALERTS)

    alarm(tmp_path, story)


def test_who_has_it_keeps_it_when_further_people_are_called(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        # Two rungs of the ladder at one stroke, after the bot was away: both are called, for the longer time.
        await s.passes(hours=1, seconds=1)
        await s.sees("ana", "not resolved after 60 minutes", where=ALERTS)
        assert not s.lines("not resolved after 30 minutes")
        await s.settle()
        assert "Ana Silva has it since" in s.card(card)
        assert s.page.status == "acknowledged"
        assert {who.email.partition("@")[0] for _, who in s.page.assignments} >= {"ana", "elif", "femi", "ivan"}

    alarm(tmp_path, story)


def test_the_bot_starts_again_and_calls_whom_it_would_have_called(tmp_path: Path) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s:
            async with s.with_bot():
                await s.fires("ServiceDown")
                await s.sees_card("P0 · ServiceDown · bridge")
            s.clock.move(timedelta(minutes=6))
            async with s.with_bot():
                await s.passes(seconds=1)
                called = await s.sees("ana", "nobody has acknowledged it within 5 minutes", where=ALERTS)
                assert "UBEN" in str(called.blocks)

    asyncio.run(run())


def test_for_whom_pagerduty_does_not_ring_is_said_in_the_thread(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        case = (await s.incident()).id
        await s.says("ana", f"/aureus escalate {case} to devops-manager,secondary because it spreads", where=ALERTS)
        said = await s.sees("ana", "Goran Petrov is told here, and PagerDuty does not ring", where=ALERTS)
        assert "PagerDuty knows nobody with goran@aureus.example." in said
        assert "Nothing was changed" not in said
        assert "Ben Okafor is told here" not in said

    alarm(tmp_path, story)
