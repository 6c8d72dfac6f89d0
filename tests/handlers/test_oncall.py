"""``oncall``: who has the duty by PagerDuty, and whom the bot would call while that cannot be asked."""

from datetime import timedelta
from pathlib import Path

from bot.runbook import Away, Items, Moment, Tone
from bot.world import bot, incidents, pagerduty
from handlers.oncall import Oncall
from sandbox.pagerduty.faults import Fault
from tests.handlers.asked import NOW, asked, seen, shown
from tests.handlers.troubled import person, user
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
    assert len(handler.asks(away)) == 4
    report = handler.tell(away)
    assert report.tone is Tone.WARN
    assert "PagerDuty does not answer." in shown(report)
    assert "The bot calls" not in shown(report)


def duty(level: int, id_: str, hours: int = 2) -> pagerduty.Duty:
    return pagerduty.Duty(level, "primary", user(id_), NOW + timedelta(hours=hours))


def after(hours: int) -> pagerduty.OnCall:
    return pagerduty.OnCall(NOW + timedelta(hours=hours, minutes=1))


def test_each_level_is_named_and_who_is_next() -> None:
    handler = asked(Oncall, "oncall")
    assert handler.asks(seen()) == (handler.now,)
    now = (handler.now, (duty(1, "ana"), duty(2, "ben", 9), duty(3, "elif")))
    # A stand-in goes in two hours: who comes then is next, and not who has it in a week.
    assert set(handler.asks(seen(now))) == {handler.now, after(2), after(9)}
    report = handler.tell(seen(now, (after(2), (duty(1, "dana"), duty(2, "ben", 9)))))
    assert report.summary == "Ana Silva is on call."
    (items,) = report.parts
    assert isinstance(items, Items)
    said = [[str(part) for part in item.text.parts[:2]] for item in items.items]
    assert [f"{name}" for _, name in said] == [" Ana Silva", " Ben Okafor", " Elif Kaya", " Dana Weiss"]
    for level in ("Primary", "Secondary", "Level 3", "Next primary"):
        assert level in shown(report)
    assert items.items[-1].text.parts[2:4] == (", from ", Moment(NOW + timedelta(hours=2), date=True))


def test_where_the_next_are_not_known_it_shows_who_is_there_now() -> None:
    handler = asked(Oncall, "oncall")
    report = handler.tell(seen((handler.now, (duty(2, "ben"),)), (after(2), Away("PagerDuty does not answer."))))
    assert report.summary == "nobody is on call."
    assert "Ben Okafor" in shown(report)
    assert "Next" not in shown(report)


def test_that_pagerduty_was_never_there_is_no_warning() -> None:
    handler = asked(Oncall, "oncall")
    away = (handler.now, Away("PagerDuty is not configured."))
    roles = (incidents.HoldersOf(frozenset({"on-call"})), (person("ana"),))
    report = handler.tell(seen(away, (bot.Unconfigured(pagerduty.NAME), True), roles))
    assert report.tone is Tone.PLAIN
    assert "Ana Silva" in shown(report)


def test_before_pagerduty_has_answered_it_says_that_it_is_asked() -> None:
    assert asked(Oncall, "oncall").tell(seen()).summary == "Being asked."
