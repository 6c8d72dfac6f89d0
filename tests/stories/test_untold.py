"""What nobody told: the bot looks by itself, and what was left out of a webhook is fetched."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from bot.domain.alert import Group
from bot.domain.request import Notice
from bot.domain.telling import READ
from bot.world import pagerduty
from bot.world.alertmanager import alert_of
from bot.world.incidents import Incidents
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.matchers import Matcher
from sandbox.alertmanager.silences import Silence
from sandbox.pagerduty.faults import Fault as PagerFault
from tests.doors.hooks import ALERT, Hooks, event, hooks
from tests.stories.alarm import ALERTS, Alarm, alarm
from tests.stories.stage import ON_CALL
from tests.stories.test_where import where

SECRET = "123456789012"


def test_alerts_that_a_webhook_left_out_are_fetched(tmp_path: Path) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s:
            s.most = 1
            async with s.with_bot():
                # The webhook has only one of the three, and says that there are two more.
                for node in ("node-1", "node-2", "node-3"):
                    s.burns("HighDiskUsage", instance=node)
                await s.settle()
                card = await s.sees_card("P2 · HighDiskUsage")
                await s.until(lambda: "3 firing" in s.card(card))
                assert all(node in s.card(card) for node in ("node-1", "node-2", "node-3"))

    asyncio.run(run())


def test_secrets_in_what_is_fetched_are_masked_as_in_what_is_told(tmp_path: Path) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s:
            s.most = 1
            async with s.with_bot():
                for end in ("one", "two"):
                    s.burns("HighDiskUsage", instance=f"xoxb-{SECRET}-{end}")
                await s.settle()
                card = await s.sees_card("P2 · HighDiskUsage")
                await s.until(lambda: "2 firing" in s.card(card))
                events = await s.bot.core.journal.events((await s.incident()).id)
                assert SECRET not in str(events)
                assert SECRET not in s.shows(ALERTS)

    asyncio.run(run())


def test_those_that_were_left_out_are_asked_for_until_their_alertmanager_answers(tmp_path: Path) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s:
            s.most = 1
            async with s.with_bot():
                s.alerts.faults.switch(Fault.DOWN, on=True)
                for node in ("node-1", "node-2", "node-3"):
                    s.burns("HighDiskUsage", instance=node)
                await s.settle()
                card = await s.sees_card("P2 · HighDiskUsage")
                assert "1 firing" in s.card(card), "what was told does not wait for the rest"
                assert s.lines("2 more are not known: Alertmanager left them out.")
                s.alerts.faults.switch(Fault.DOWN, on=False)
                await s.passes(minutes=1)
                await s.until(lambda: "3 firing" in s.card(card))

    asyncio.run(run())


def test_what_is_resolved_in_pagerduty_while_its_webhooks_do_not_come_is_seen_all_the_same(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        s.account.faults.add(PagerFault("webhooks-held"))
        s.account.life.acknowledge(s.page, by=s.account.person("ben").agent, channel={"type": "api"})
        await s.looks()
        await s.until(lambda: "Ben Okafor has it since" in s.card(card))
        s.account.life.resolve(s.page, by=s.account.person("ben").agent, channel={"type": "api"})
        await s.looks()
        await s.until(lambda: "Resolved by Ben Okafor in PagerDuty" in s.card(card))
        # What comes late changes nothing.
        s.account.faults.heal("webhooks-held")
        await s.passes(seconds=30)
        assert "Resolved by Ben Okafor in PagerDuty" in s.card(card)
        assert (await s.incident()).over

    alarm(tmp_path, story)


def test_pagerduty_is_quicker_to_say_that_alerts_have_ended_and_their_alertmanager_says_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        s.holds_back = True
        await s.ends("ServiceDown")
        assert s.page.status == "resolved"
        assert "1 firing" in s.card(card)
        s.holds_back = False
        await s.passes(seconds=6)
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        assert "All of its alerts have ended." in s.card(card)

    alarm(tmp_path, story)


def test_what_only_pagerduty_knows_to_be_over_is_seen_by_the_next_look(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        s.holds_back = True
        await s.ends("ServiceDown")
        await s.looks()
        await s.until(lambda: "Resolved in PagerDuty" in s.card(card))

    alarm(tmp_path, story)


def test_a_look_that_fell_into_the_moment_in_which_people_were_added_takes_it_from_nobody(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        page = await s.bot.core.house.ask(pagerduty.PageOf(s.page.id))
        assert page is not None
        now = s.clock.now()
        seen = replace(page.told(READ, now), status="triggered", by="", at=now)
        await s.bot.core.switchboard.take(Notice("look:one", now, seen))
        assert await s.bot.core.journal.named(f"page {seen.id}") == (await s.incident()).id
        await s.settle()
        assert "Ana Silva has it since" in s.card(card)
        assert s.lines("Nobody has it any more") == []

    alarm(tmp_path, story)


def test_who_asks_for_help_by_a_typed_command_keeps_what_they_have(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.person("ana").says(ALERTS, f"/aureus escalate {(await s.incident()).id} because it spreads")
        await s.until(lambda: "Ben Okafor" in s.card(card) and len(s.page.assignees) > 1)
        await s.looks()
        assert s.lines("Nobody has it any more") == []
        assert len(s.lines("Ana Silva has it")) == 2  # the card, and one line

    alarm(tmp_path, story)


def test_what_is_asked_for_here_is_not_said_to_be_done_in_pagerduty(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: s.lines("Ana Silva has it"))
        await s.person("ana").says(ALERTS, f"/aureus resolve {(await s.incident()).id} because it was restarted")
        await s.until(lambda: "Resolved by Ana Silva after" in s.card(card))
        assert s.lines("(in PagerDuty)") == []

    alarm(tmp_path, story)


def test_what_pagerduty_is_to_be_told_is_kept_for_as_long_as_it_is_away(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        down, page = await s.sees_card("P0 · ServiceDown · bridge"), s.page
        await s.fires("BridgeHighErrorRate")
        errors, other = await s.sees_card("P1 · BridgeHighErrorRate · bridge"), s.page
        await s.passes(seconds=3)
        s.account.faults.add(PagerFault("away"))
        await s.person("ana").reacts(errors, "white_check_mark")
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(down))
        await s.passes(minutes=70)
        assert page.status == "triggered"
        s.account.faults.heal("away")
        await s.until(lambda: "Ana Silva has it since" in s.card(errors))
        assert other.status == "acknowledged"
        await s.until(lambda: page.status == "resolved")
        assert "expired" not in [run.ended.how for run in await s.runs() if run.ended is not None]

    alarm(tmp_path, story)


def test_what_ends_while_it_is_silenced_is_seen_after_a_while(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        await s.looks()  # while it fires, as within a minute
        now = s.clock.now()
        named = (Matcher("alertname", "BridgeHighErrorRate"),)
        s.alerts.silences.set(Silence("", named, now, now + timedelta(hours=2), "ana", "being mended"))
        await s.ends("BridgeHighErrorRate")
        await s.looks()
        assert "Nobody has it yet" in s.card(card), "an Alertmanager that has just started has no alerts either"
        await s.passes(minutes=5, seconds=1)
        await s.looks()
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        assert s.page.status == "resolved"

    alarm(tmp_path, story)


def test_an_alertmanager_that_does_not_answer_says_nothing_of_its_alerts(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        s.alerts.faults.switch(Fault.DOWN, on=True)
        await s.looks()
        await s.passes(minutes=6)
        await s.looks()
        assert "Nobody has it yet" in s.card(card)
        # It comes back without alerts, as after a restart, and is told of them again in time.
        s.alerts.faults.switch(Fault.DOWN, on=False)
        await s.looks()
        await s.passes(minutes=2)
        await s.looks()
        await s.passes(minutes=4)
        await s.looks()
        assert "Nobody has it yet" in s.card(card)

    alarm(tmp_path, story)


def test_one_incident_that_cannot_be_read_in_pagerduty_hides_no_other(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        page = s.page
        await s.fires("BridgeHighErrorRate")
        await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        s.account.faults.add(PagerFault("webhooks-held"))
        s.account.faults.add(PagerFault("errors", path=f"/incidents/{s.page.id}", status=403))
        s.account.life.acknowledge(page, by=s.account.person("ben").agent, channel={"type": "api"})
        await s.looks()
        await s.until(lambda: "Ben Okafor has it since" in s.card(card))

    alarm(tmp_path, story)


def test_what_is_over_is_not_read_again_and_again_and_is_seen_all_the_same_when_it_is_open_again(
    tmp_path: Path,
) -> None:
    async def story(s: Alarm) -> None:
        names = ("ServiceDown", "BridgeHighErrorRate", "HighDiskUsage")
        for name in names:
            await s.fires(name)
            await s.sees_card(name)
        down = next(page for page in s.account.incidents.values() if "ServiceDown" in page.title)
        for name in names:
            await s.ends(name)
        await s.until(lambda: all(page.status == "resolved" for page in s.account.incidents.values()))
        await s.passes(minutes=3)
        before = s.account.asked("GET", "/incidents")
        for _ in range(5):
            await s.looks()
        assert s.account.asked("GET", "/incidents") - before == 5, "one list a look, however many there are"
        s.account.faults.add(PagerFault("webhooks-held"))
        s.account.life.reopen(down, by=s.account.person("ben").agent, channel={"type": "api"})
        await s.looks()
        await s.sees_card("Nobody has it yet")
        assert [each.page.id for each in await s.bot.core.house.ask(Incidents()) if each.page] == [down.id]

    alarm(tmp_path, story)


def test_it_burns_since_it_was_told_and_not_since_the_bot_came_to_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        told = Group("a key", "aureus-bot", (alert_of(ALERT),), ())
        began = s.clock.now()
        await s.passes(minutes=7)
        await s.bot.core.take(Notice("waited", began, told))
        incident = await s.incident()
        assert incident.opened == began
        await s.sees("ana", "nobody has acknowledged it within 5 minutes", where=ALERTS)
        await s.passes(seconds=1)
        assert s.clock.now() - began < timedelta(minutes=8), "who is called is called by when it began"

    alarm(tmp_path, story)


def test_what_pagerduty_alone_has_began_there_and_is_climbed_since_it_was_told(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        began = s.clock.now()
        await s.passes(hours=3)
        await s.sends("pagerduty", event({"created_at": began.isoformat()}))
        card = await s.sees_card("P1 · It burns")
        incident = await s.incident()
        assert incident.opened == began
        await s.sees("ana", "it is P1.", where=ALERTS)
        await s.passes(minutes=1)
        for late in ("within 5 minutes", "after 30 minutes", "after 60 minutes"):
            assert not s.lines(late), "nobody is called at once because it is hours old"
        await s.passes(minutes=4)
        await s.sees("ana", "nobody has acknowledged it within 5 minutes", where=ALERTS)
        at = s.clock.now()
        agent = {"id": "PNOBODY", "type": "user_reference", "summary": "Somebody"}
        told = event({"status": "acknowledged"}, id="02", event_type="incident.acknowledged",
                     occurred_at=at.isoformat(), agent=agent)  # fmt: skip
        await s.sends("pagerduty", told)
        await s.until(lambda: "acknowledged after 3 h 5 min" in s.card(card))
        way = await where(s, incident.id, "The way of")
        assert "Began 24 Nov 2026 10:00 UTC: no alert of it was told" in way
        assert "Grouped 24 Nov 2026 13:00 UTC" in way

    hooks(tmp_path, story)


def test_what_is_told_and_nobody_foresaw_is_said_where_people_see_it(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        strange: Any = None
        await s.bot.core.take(Notice("odd", s.clock.now(), Group("a key", "aureus-bot", (strange,), ())))
        await s.sees("ana", "Something unforeseen happened with what was told from outside", where=ON_CALL)

    alarm(tmp_path, story)
