"""Why did nobody see that alert? How far it came, and what was in its way."""

import re
from datetime import timedelta
from pathlib import Path

from bot.domain.request import Notice
from bot.world.alertmanager import group_of
from bot.world.incidents import WayOf
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.matchers import Matcher
from sandbox.alertmanager.silences import Silence
from sandbox.pagerduty.faults import Fault as PagerFault
from tests.stories.alarm import ALERTS, Alarm, alarm

CRITICAL = "#aureus-critical"


async def where(s: Alarm, name: str, shows: str) -> str:
    """What `where` answers, on one line: the newest answer that shows this."""
    await s.says("ben", f"/aureus where {name}")
    words = re.sub(r"\s+", " ", (await s.sees("ben", shows)).words)
    return re.sub(r" (?=[:;.,])", "", words)


def test_the_whole_way_of_an_alert_is_shown(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        way = await where(s, "servicedown", "The way of servicedown")
        case = (await s.incident()).id
        began = "24 Nov 2026 10:00 UTC"
        for stop in (
            f"Began {began}: by what the alert itself says",
            f"Received {began}: by webhook from Alertmanager",
            f"Grouped {began}: into {case} (P0 ServiceDown · bridge): 1 alert of its group so far, 1 of them firing",
            f"Queued {began}: to be said",
            f"Posted {began}: in {ALERTS}",
            f"Posted {began}: in {CRITICAL}",
            f"PagerDuty {began}: has it as incident #1",
            "Seen: nobody has done anything with it that I know of, and Slack tells a bot nothing of who has read",
            "Acknowledged: not yet",
            "Resolved: not yet",
            f"As read now, {ALERTS} and {CRITICAL} take what is said",
        ):
            assert stop in way
        link = f"/archives/{card.channel}/p{card.ts.replace('.', '')}"
        assert link in str((await s.sees("ben", "The way of servicedown")).blocks)
        await s.passes(seconds=90)
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        way = await where(s, "ServiceDown", "The way of ServiceDown")
        assert f"at the latest: Ana Silva asked for acknowledge {case}" in way
        assert "Acknowledged 24 Nov 2026 10:01 UTC: by Ana Silva" in way
        assert "1 min 30 s after it was received" in way
        assert "by itself in Alertmanager: all of its alerts have ended" in way

    alarm(tmp_path, story)


def test_a_later_alert_of_a_group_has_a_way_of_its_own(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("HighDiskUsage", instance="node-1")
        card = await s.sees_card("P2 · HighDiskUsage")
        await s.passes(minutes=10)
        await s.fires("HighDiskUsage", instance="node-2")
        await s.until(lambda: "2 firing" in s.card(card))
        way = await where(s, "HighDiskUsage", "The way of HighDiskUsage")
        assert "Received 24 Nov 2026 10:10 UTC" in way
        assert "2 of them firing; the incident was there since 24 Nov 2026 10:00 UTC" in way
        assert f"Posted 24 Nov 2026 10:10 UTC: as a line in the thread of the card, in {ALERTS}" in way
        assert f"Posted 24 Nov 2026 10:00 UTC: its card, in {ALERTS}" in way

    alarm(tmp_path, story)


def test_alerts_of_one_name_may_be_in_two_incidents_at_once_and_the_newest_is_shown(tmp_path: Path) -> None:
    """They are two groups: the name of an alert leads to an incident, and holds nothing."""

    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown", job="bridge")
        await s.sees_card("P0 · ServiceDown · bridge")
        first = (await s.incident()).id
        await s.passes(minutes=2)
        body = {"alerts": [{"labels": {"alertname": "ServiceDown", "job": "openclaw"}}], "groupKey": "another"}
        group = group_of(body | {"status": "firing"})
        await s.bot.core.hear(notice := Notice("alertmanager:x", s.clock.now(), group))
        await s.bot.core.take(notice)
        second = (await s.incident()).id
        assert second != first
        way = await where(s, "ServiceDown", "The way of ServiceDown")
        assert f"into {second}" in way
        assert "Began: the alert itself does not say when" in way
        assert f"into {first}" in await where(s, first.upper(), f"The way of {first.upper()}")

    alarm(tmp_path, story)


def test_one_that_slack_does_not_take_says_what_it_waits_for(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.workspace.break_("ratelimit", method="chat.postMessage", times=2, seconds=600)
        await s.fires("ServiceDown")
        way = await where(s, "ServiceDown", "The way of ServiceDown")
        assert f"Posted: not yet, in {ALERTS}: Slack asks to wait; it is tried again at 24 Nov 2026 10:10 UTC" in way

    alarm(tmp_path, story)


def test_one_that_was_received_and_of_which_nothing_was_made_yet(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        group = group_of({"status": "firing", "alerts": [{"labels": {"alertname": "Storm"}}], "groupKey": "k"})
        await s.bot.core.hear(Notice("alertmanager:storm", s.clock.now(), group))
        way = await where(s, "Storm", "The way of Storm")
        assert "Received 24 Nov 2026 10:00 UTC" in way
        assert "Grouped: not yet: it waits to be taken" in way

    alarm(tmp_path, story)


def test_an_incident_is_found_by_words_of_its_title(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighErrorRate")
        await s.sees_card("P1 · BridgeHighErrorRate · bridge")
        case = (await s.incident()).id
        way = await where(s, "errorrate bridge", "The way of BridgeHighErrorRate · bridge")
        assert f"No alert is called “errorrate bridge”. The newest incident with these words is {case}." in way

    alarm(tmp_path, story)


def test_one_of_which_only_pagerduty_told(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.holds_back = True
        await s.fires("ServiceDown")
        await s.sees_card("ServiceDown")
        way = await where(s, "ServiceDown", "The way of")
        assert "Began: no alert of it was told: PagerDuty alone has it" in way
        assert "by webhook from PagerDuty" in way

    alarm(tmp_path, story)


def test_an_id_that_is_of_no_incident(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        assert "incidents week" in await where(s, "i-00000000", "I know no incident i-00000000")

    alarm(tmp_path, story)


def test_one_that_was_never_received_is_looked_for_in_alertmanager(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        never = "I was never told of an alert BridgeHighErrorRate"
        assert "Alertmanager does not have it either" in await where(s, "BridgeHighErrorRate", never)
        s.holds_back = True
        s.account.faults.add(PagerFault("webhooks-held"))
        await s.fires("BridgeHighErrorRate")
        way = await where(s, "BridgeHighErrorRate", "Alertmanager has it firing")
        assert f"{never}. Alertmanager has it firing since 24 Nov 2026 10:00 UTC, one alert of that name." in way
        assert "look whether that one has the webhook of this bot" in way
        now = s.clock.now()
        named = (Matcher("alertname", "BridgeHighErrorRate"),)
        s.alerts.silences.set(Silence("", named, now, now + timedelta(hours=2), "ana", "being mended"))
        assert "so nobody is told" in await where(s, "bridgehigherrorrate", "It is silenced there")
        s.alerts.faults.switch(Fault.DOWN, on=True)
        await where(s, "BridgeHighErrorRate", "Whether Alertmanager has it cannot be seen: Alertmanager")

    alarm(tmp_path, story)


def test_an_alert_whose_name_no_column_of_text_takes_is_an_incident_and_is_found(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        name = "Half \ud800 \x00 name"
        group = group_of({"status": "firing", "alerts": [{"labels": {"alertname": name}}], "groupKey": "k"})
        await s.bot.core.hear(notice := Notice("alertmanager:x", s.clock.now(), group))
        await s.bot.core.take(notice)
        way = await s.bot.core.house.ask(WayOf(name))
        assert way.incident is not None
        assert way.incident.id == (await s.incident()).id

    alarm(tmp_path, story)


def test_what_others_wrote_is_shown_as_it_is(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        name = "<!channel> *x* <https://evil.example|here>"
        group = group_of({"status": "firing", "alerts": [{"labels": {"alertname": name}}], "groupKey": "k"})
        await s.bot.core.hear(notice := Notice("alertmanager:x", s.clock.now(), group))
        await s.bot.core.take(notice)
        case = (await s.incident()).id
        await s.says("ben", f"/aureus where {case}")
        told = await s.sees("ben", f"The way of {case}")
        assert name in told.words
        assert "'url': 'https://evil" not in str(told.blocks)
        assert "broadcast" not in str(told.blocks)

    alarm(tmp_path, story)
