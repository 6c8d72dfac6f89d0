"""``oncall``: who has the duty by PagerDuty, and whom the bot would call while that cannot be asked."""

from pathlib import Path

from bot.runbook import Away, Tone
from handlers.oncall import Oncall
from sandbox.pagerduty.faults import Fault
from tests.handlers.asked import asked, seen, shown
from tests.stories.alarm import ALERTS, Alarm, alarm


def test_pagerduty_is_away_and_it_says_whom_it_would_call_instead(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.says("ana", "/aureus oncall", where=ALERTS)
        await s.sees("ana", "Next primary", where=ALERTS)
        s.account.faults.add(Fault("away"))
        await s.says("ana", "/aureus oncall", where=ALERTS)
        told = await s.sees("ana", "PagerDuty does not say who is on call", where=ALERTS)
        await s.until(lambda: "Ben Okafor" in s.card(told))
        for part in ("The bot calls those of", "config/people.yaml", "Ana Silva", "Secondary"):
            assert part in s.card(told)
        assert "othing was changed" not in s.card(told).words

    alarm(tmp_path, story)


def test_while_the_stand_ins_are_looked_for_it_says_why_they_are() -> None:
    handler = asked(Oncall, "oncall")
    away = seen((handler.now, Away("PagerDuty does not answer.")))
    assert len(handler.asks(away)) == 5
    report = handler.tell(away)
    assert report.tone is Tone.WARN
    assert "PagerDuty does not answer." in shown(report)
    assert "The bot calls" not in shown(report)
