"""`incidents`: those of a day as the team counts it, and a list that says when it is cut."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from bot.domain.alert import Severity
from bot.domain.incident import Incident
from bot.domain.incident_event import Fired
from bot.world.incidents import MOST
from handlers.incidents import Incidents
from tests.clients.journal.samples import tamper
from tests.clients.journal.test_later_release import renamed
from tests.handlers.asked import NOW, asked, seen, shown
from tests.stories.alarm import ALERTS, Alarm, alarm


def listed(count: int) -> str:
    handler = asked(Incidents, "incidents week")
    found = tuple(Incident.born(Fired(NOW, key=str(each), title="down")) for each in range(count))
    return shown(handler.tell(seen((handler.question, found))))


def test_a_list_that_is_cut_says_so() -> None:
    assert f"These are the newest {MOST}" in listed(MOST)
    assert "newest" not in listed(MOST - 1)


def test_of_those_that_are_open_the_worst_come_first() -> None:
    handler = asked(Incidents, "incidents open")
    severities = (Severity.P3, Severity.P0, Severity.P1, Severity.P0)
    found = tuple(
        replace(Incident.born(Fired(NOW, key=str(number), title=f"no {number}")), severity=severity)
        for number, severity in enumerate(severities)
    )
    told = shown(handler.tell(seen((handler.question, found))))
    assert sorted(range(4), key=lambda number: told.index(f"no {number}")) == [1, 3, 2, 0]


def test_today_begins_at_midnight_where_the_team_is(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.clock.move(timedelta(hours=13, minutes=30))  # 23:30 in UTC: half past midnight in Berlin
        await s.fires("BridgeHighCPU")
        await s.passes(hours=1)
        await s.says("ana", "/aureus incidents today", where=ALERTS)
        await s.sees("ana", "1 incident of today", where=ALERTS)
        await s.ends("BridgeHighCPU")
        await s.passes(hours=23)
        await s.says("ana", "/aureus incidents today", where=ALERTS)
        await s.sees("ana", "No incident today", where=ALERTS)

    alarm(tmp_path, story)


def test_what_was_over_today_is_of_today_though_it_began_before_midnight(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        s.clock.move(timedelta(hours=12, minutes=30))  # half past eleven at night in Berlin
        await s.fires("BridgeHighCPU")
        await s.passes(hours=1)
        await s.ends("BridgeHighCPU")
        await s.passes(minutes=10)
        await s.says("ana", "/aureus incidents today", where=ALERTS)
        await s.sees("ana", "1 incident of today", where=ALERTS)

    alarm(tmp_path, story)


def test_what_is_open_since_yesterday_is_of_today_and_of_the_week(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighCPU")
        await s.passes(hours=9 * 24)
        for which, said in (("today", "today"), ("week", "the last seven days")):
            await s.says("ana", f"/aureus incidents {which}", where=ALERTS)
            await s.sees("ana", f"1 incident of {said}", where=ALERTS)

    alarm(tmp_path, story)


def test_one_that_a_later_release_wrote_hides_no_other(tmp_path: Path) -> None:
    async def story(s: Alarm) -> None:
        await s.fires("BridgeHighCPU")
        await s.sees("ana", "BridgeHighCPU", where=ALERTS)
        theirs = (await s.incident()).id
        await s.passes(minutes=1)
        await s.fires("BridgeHighErrorRate")
        await s.sees("ana", "BridgeHighErrorRate", where=ALERTS)
        store = f"sqlite:///{tmp_path / 'aureus.db'}"
        tamper(store, renamed("journal", "event", "incident.fired", f"case_id = '{theirs}'"))
        await s.looks()
        await s.says("ana", "/aureus incidents", where=ALERTS)
        listed = await s.sees("ana", "1 incident open", where=ALERTS)
        assert "BridgeHighErrorRate" in listed
        assert theirs not in listed

    alarm(tmp_path, story)
