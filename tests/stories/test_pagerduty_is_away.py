"""PagerDuty is away for longer than a few minutes: what it is to be told is kept, and nobody waits here for it."""

from datetime import timedelta
from pathlib import Path

from sandbox.pagerduty.faults import Fault
from sandbox.slack.person import Seen
from tests.stories.alarm import ALERTS, Alarm, alarm

LATE = "nobody has acknowledged it within 5 minutes"
API = {"type": "api"}


async def an_alert(s: Alarm) -> Seen:
    await s.fires("BridgeHighErrorRate")
    card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
    await s.passes(seconds=12)
    return card


async def taken_by_ana(s: Alarm) -> Seen:
    card = await an_alert(s)
    await s.presses("ana", card, "Acknowledge")
    await s.until(lambda: "Ana Silva has it since" in s.card(card))
    await s.passes(minutes=1)
    return card


async def given_back(s: Alarm, card: Seen) -> None:
    """Ana gives it back, while PagerDuty is away."""
    s.account.faults.add(Fault("away"))
    await s.says("ana", f"/aureus release {(await s.incident()).id}", where=ALERTS)
    await s.until(lambda: "Nobody has it" in s.card(card))


def test_what_is_given_back_while_it_is_away_pages_again_when_it_is_back(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await taken_by_ana(s)
        await given_back(s, card)
        for _ in range(10):
            await s.passes(minutes=2)
        s.account.faults.heal("away")
        await s.until(lambda: s.page.status == "triggered")
        assert "Nobody has it" in s.card(card)

    alarm(tmp_path, story)


def test_who_takes_it_in_pagerduty_meanwhile_keeps_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await taken_by_ana(s)
        await given_back(s, card)
        await s.passes(minutes=10)
        # Only the bot does not reach it.
        s.account.life.reassign(s.page, [s.account.person("ben")], s.account.person("ben").agent, API)
        s.account.life.acknowledge(s.page, by=s.account.person("ben").agent, channel=API)
        await s.until(lambda: "Ben Okafor has it since" in s.card(card))
        s.account.faults.heal("away")
        for _ in range(8):
            await s.passes(seconds=30)
        assert "Ben Okafor has it since" in s.card(card)
        assert s.page.status == "acknowledged"

    alarm(tmp_path, story)


def test_the_secondary_is_called_at_once_and_in_pagerduty_when_it_is_back(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await an_alert(s)
        s.account.faults.add(Fault("away"))
        began = s.clock.now()
        await s.passes(minutes=5, seconds=1)
        await s.sees("ana", LATE, where=ALERTS)
        assert s.clock.now() - began < timedelta(minutes=6)
        # The next rung does not wait for the one that PagerDuty keeps waiting, nor does who asks for help.
        await s.says("ana", f"/aureus escalate {(await s.incident()).id} to ciso because of data", where=ALERTS)
        await s.sees("ana", "asks for help: of data", where=ALERTS)
        await s.passes(minutes=15)
        assert "ben@aureus.example" not in {who.email for _, who in s.page.assignments}
        s.account.faults.heal("away")
        await s.until(lambda: "ben@aureus.example" in {who.email for _, who in s.page.assignments})
        for _ in range(4):
            await s.passes(seconds=16)
        called = [run for run in await s.runs() if run.command == "escalate"]
        assert [run.id for run in called if run.went_on or not run.over] == []

    alarm(tmp_path, story)


def test_whose_acknowledgement_waits_is_said_in_the_headline_and_escalation_goes_on(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await an_alert(s)
        assert s.card(card).buttons[0] == "Acknowledge"
        s.account.faults.add(Fault("away"))
        await s.person("ana").reacts(card, "white_check_mark")
        taking = "Ana Silva is taking it: not confirmed by PagerDuty yet."
        await s.until(lambda: taking in s.card(card).text)
        shown = s.card(card)
        assert "Nobody has it" not in shown
        assert "Acknowledge" not in shown.buttons
        assert "Take over" in shown.buttons
        # Whoever has not seen that yet presses what they see.
        await s.presses_as_it_was("ben", card, "Acknowledge")
        both = "Ana Silva and Ben Okafor are taking it"
        await s.until(lambda: both in s.card(card))
        assert (await s.incident()).holder is None
        await s.passes(minutes=5, seconds=1)
        await s.sees("ana", LATE, where=ALERTS)
        s.account.faults.heal("away")
        await s.until(lambda: "has it since" in s.card(card))
        assert "taking it" not in s.card(card).text

    alarm(tmp_path, story)


def test_who_takes_over_what_somebody_is_taking_has_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await an_alert(s)
        s.account.faults.add(Fault("away"))
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva is taking it" in s.card(card))
        await s.presses("ben", s.card(card), "Take over")
        s.account.faults.heal("away")
        await s.until(lambda: "Ben Okafor has it since" in s.card(card))
        assert [who.summary for _, who in s.page.acknowledgements] == ["Ben Okafor"]

    alarm(tmp_path, story)


def test_what_pagerduty_does_not_take_is_said_in_the_thread_and_why(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await an_alert(s)
        s.account.life.set_urgency(s.page, "low", by=s.account.person("ana").agent, channel=API)
        await s.passes(minutes=5, seconds=1)
        await s.sees("ana", LATE, where=ALERTS)
        said = await s.sees("ana", "It did not work: Escalate it in PagerDuty to level 2", where=ALERTS)
        assert said.thread_ts == card.ts
        assert "urgency" in said
        assert "Nothing was changed" not in said

    alarm(tmp_path, story)


def test_what_was_never_given_back_in_pagerduty_is_seen_and_given_back_there(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        card = await taken_by_ana(s)
        s.account.faults.add(Fault("errors", verb="PUT", status=403))
        await s.says("ana", f"/aureus release {(await s.incident()).id}", where=ALERTS)
        await s.until(lambda: "Nobody has it" in s.card(card))
        await s.sees("ana", "It did not work: Give it back in PagerDuty", where=ALERTS)
        await s.passes(minutes=6)  # the secondary cannot be called there either, which would give it back, too
        s.account.faults.heal("errors")
        await s.looks()
        assert s.page.status == "acknowledged", "it may take minutes to follow"
        await s.passes(minutes=10)
        await s.looks()
        await s.until(lambda: s.page.status == "triggered")
        assert "Nobody has it" in s.card(card)

    alarm(tmp_path, story)
