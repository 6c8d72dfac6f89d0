"""What comes again: alerts that fire on, incidents opened anew or given back, and late words of earlier times."""

from pathlib import Path

from bot.domain.alert import Group
from bot.domain.request import Notice
from bot.domain.run import Phase
from sandbox.pagerduty.faults import Fault as PagerFault
from tests.doors.hooks import Hooks, alert, group, hooks
from tests.stories.alarm import ALERTS, Alarm, alarm


async def _told(s: Alarm, by: str = "") -> Group:
    """The group of the newest incident, as its webhook told it; or as another Alertmanager would tell it."""
    incident = await s.incident()
    alert = next(iter(incident.alerts.values()))
    by = by or incident.told_by[alert.fingerprint]
    told = Group(f'{{}}:{{alertname="{alert.name}"}}', "aureus-bot", tuple(incident.alerts.values()), (), url=by)
    assert told.name == incident.key
    return told


def test_an_alert_that_timed_out_and_fires_on_as_it_began_is_an_incident_again(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        began = s.clock.now()
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        first = await s.incident()
        # Prometheus cannot reach its Alertmanager, which takes it to be over.
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        s.burns("ServiceDown", since=began)
        await s.passes(seconds=40)
        again = await s.incident()
        assert again.id != first.id
        assert [alert.since for alert in again.alerts.values()] == [alert.since for alert in first.alerts.values()]

    alarm(tmp_path, story)


def test_a_late_telling_of_what_is_over_is_none_of_what_fires(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        told = await _told(s)
        await s.looks()  # so that it is known who tells
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.passes(hours=1)
        await s.bot.core.take(Notice("late", s.clock.now(), told))
        await s.settle()
        assert (await s.incident()).over

    alarm(tmp_path, story)


def test_what_another_alertmanager_tells_long_after_the_end_is_believed_since_it_cannot_be_asked(
    tmp_path: Path,
) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        first = await s.incident()
        told = await _told(s, by="https://alerts.example.org")
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.bot.core.take(Notice("an echo", s.clock.now(), told))
        await s.passes(minutes=6)
        assert (await s.incident()).over
        await s.bot.core.take(Notice("later", s.clock.now(), told))
        await s.settle()
        again = await s.incident()
        assert not again.over
        assert again.id != first.id

    alarm(tmp_path, story)


def test_what_another_alertmanager_told_is_not_over_because_the_one_that_is_asked_does_not_have_it(
    tmp_path: Path,
) -> None:
    async def story(s: Hooks) -> None:
        await s.fires("ServiceDown")  # so that the one that is asked is known
        await s.sees_card("P0 · ServiceDown · bridge")
        other = alert(labels={"alertname": "PolicyViolations"}, fingerprint="5ee5ee5ee5ee5ee5")
        key = '{}:{alertname="PolicyViolations"}'
        assert (await s.sends("alertmanager", group(groupKey=key, alerts=[other]))).status_code == 200
        await s.settle()
        card = await s.sees_card("P2 · PolicyViolations")
        for _ in range(3):
            await s.passes(minutes=6)
            await s.looks()
        assert "Resolved" not in s.card(card)
        over = {**other, "status": "resolved", "endsAt": s.clock.now().isoformat()}
        assert (await s.sends("alertmanager", group(groupKey=key, alerts=[over]))).status_code == 200
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))

    hooks(tmp_path, story)


def test_what_burns_on_is_seen_also_by_a_bot_that_was_away_for_hours(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.account.faults.add(PagerFault("webhooks-held"))  # else it opens one, of which it knows no alerts
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        first = await s.incident()
        await s.fills_in("ana", card, "Resolve", "a bad deploy, rolled back")
        await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
        await s.passes(hours=3)
        await s.looks()
        again = await s.incident()
        assert again.id != first.id
        assert {alert.name for alert in again.alerts.values()} == {"BridgeHighErrorRate"}

    alarm(tmp_path, story)


def test_what_is_resolved_on_the_card_and_burns_on_is_an_incident_again_within_minutes(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.account.faults.add(PagerFault("webhooks-held"))  # else it opens one, of which it knows no alerts
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        first = await s.incident()
        await s.fills_in("ana", card, "Resolve", "a bad deploy, rolled back")
        await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
        for _ in range(4):
            await s.passes(minutes=1)
            await s.looks()
        assert (await s.incident()).id == first.id, "what is told at once is an echo"
        for _ in range(2):
            await s.passes(minutes=1)
            await s.looks()
        again = await s.incident()
        assert again.id != first.id
        assert {alert.name for alert in again.alerts.values()} == {"BridgeHighErrorRate"}
        await s.looks()
        assert len(await s.bot.core.journal.list(kind="incident")) == 2

    alarm(tmp_path, story)


def test_what_is_resolved_by_a_person_and_fires_again_within_a_minute_is_a_new_incident_of_its_alerts(
    tmp_path: Path,
) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        first = await s.incident()
        await s.passes(seconds=20)
        await s.says("ana", f"/aureus resolve {first.id} because it was restarted", where=ALERTS)
        await s.until(lambda: "Resolved by Ana Silva" in s.card(card))
        await s.ends("ServiceDown")
        # Its rule holds on, as it began; Alertmanager tells of it again, and so does PagerDuty.
        await s.passes(seconds=50)
        s.burns("ServiceDown", first.opened)
        await s.until(lambda: len([one for one in s.lines("P0 · ServiceDown") if not one.thread_ts]) == 2)
        again = await s.incident()
        assert again.id != first.id
        assert len(again.alerts) == 1
        await s.until(lambda: len(s.account.incidents) == 2)
        await s.passes(seconds=20)
        assert s.lines("PagerDuty alone has it") == []
        await s.says("ben", "/aureus where ServiceDown")
        way = (await s.sees("ben", "The way of ServiceDown")).words
        assert "it fired as" in way, "the time since it began was not that of its being told"
        assert first.id in way

    alarm(tmp_path, story)


def test_what_came_again_is_taken_though_pagerduty_has_only_the_resolved_one_of_last_time(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        await s.fires("ServiceDown")
        old = await s.sees_card("P0 · ServiceDown · bridge")
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(old))
        assert s.page.status == "resolved"
        await s.passes(minutes=10)
        await s.sends("alertmanager", group(alerts=[alert(startsAt=s.clock.now().isoformat())]))
        await s.inbox()
        card = await s.sees_card("Nobody has it")
        assert card.ts != old.ts
        await s.looks()
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        assert not (await s.incident()).over

    hooks(tmp_path, story)


def test_who_takes_it_before_pagerduty_has_it_keeps_it_and_has_it_there_too(tmp_path: Path) -> None:
    async def story(s: Hooks) -> None:
        await s.sends("alertmanager", group(alerts=[alert(startsAt=s.clock.now().isoformat())]))
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.fires("ServiceDown")
        await s.until(lambda: s.page.status == "acknowledged")
        await s.looks()
        assert [who for _, who in s.page.acknowledgements] == [s.account.person("ana").agent]
        assert "Ana Silva has it since" in s.card(card)
        assert "given back" not in s.shows(ALERTS)

    hooks(tmp_path, story)


def test_what_was_given_back_is_nobodys_though_pagerduty_takes_a_minute_to_follow(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        card = await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        ana = s.account.person("ana").agent
        # Of low urgency, so it cannot be escalated: it is snoozed for a minute.
        s.account.life.set_urgency(s.page, "low", ana, {"type": "api"})
        await s.presses("ana", card, "Acknowledge")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.passes(hours=1, seconds=1)
        await s.passes(minutes=15, seconds=1)
        await s.until(lambda: "Nobody has it" in s.card(card))
        assert s.page.status == "acknowledged"
        await s.looks()
        assert "Nobody has it" in s.card(card)
        await s.until(lambda: s.page.status == "triggered")
        await s.looks()
        assert "Nobody has it" in s.card(card)

    alarm(tmp_path, story)


def test_a_run_that_rests_for_people_does_not_hide_that_it_was_given_back(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.person("ben").reacts(card, "white_check_mark")
        asked = await s.is_told("ben", "Ana Silva has it. Take over?", where=ALERTS)
        # Only where it is not sure that nothing was changed by it, as after a first try without an answer.
        s.account.faults.add(PagerFault("away", verb="PUT"))
        await s.presses("ben", asked, "Take over")
        s.account.faults.heal("away")
        s.account.faults.add(PagerFault("errors", verb="PUT", status=403))
        await s.passes(seconds=5)
        assert [run.phase for run in await s.runs() if run.command == "acknowledge" and run.leg] == [Phase.ASKING]
        s.account.life.unacknowledge(s.page, by=s.account.person("ana").agent, channel={"type": "api"})
        await s.until(lambda: "Nobody has it" in s.card(card))

    alarm(tmp_path, story)


def test_what_is_opened_again_in_pagerduty_without_a_word_is_seen(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.passes(minutes=3)
        await s.looks()
        assert (await s.incident()).over
        s.account.faults.add(PagerFault("webhooks-held"))
        s.account.life.reopen(s.page, by=s.account.person("ben").agent, channel={"type": "api"})
        await s.looks()
        await s.until(lambda: "Nobody has it" in s.card(card))

    alarm(tmp_path, story)
