"""Why did nobody see that alert? How far it came, and what was in its way."""

from pathlib import Path

from tests.stories.alarm import ALERTS, Alarm, alarm


def test_the_whole_way_of_an_alert_is_shown(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("ServiceDown")
        card = await s.sees_card("P0 · ServiceDown · bridge")
        await s.says("ben", "/aureus where servicedown")
        told = await s.sees("ben", "The way of servicedown")
        print(told.words)
        for stop in ("Began", "Received", "Grouped", "Queued", "Posted", "PagerDuty"):
            assert stop in told
        await s.passes(seconds=90)
        await s.person("ana").reacts(card, "white_check_mark")
        await s.until(lambda: "Ana Silva has it since" in s.card(card))
        await s.ends("ServiceDown")
        await s.until(lambda: "Resolved in Alertmanager" in s.card(card))
        await s.says("ben", "/aureus where ServiceDown")
        told = await s.sees("ben", "The way of ServiceDown")
        print(told.words)
        assert 0

    alarm(tmp_path, story)
