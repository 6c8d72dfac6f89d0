"""Schedules and who is on call: now, next week, and around somebody who stands in."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.oncall import Override
from tests.sandbox.pagerduty.clients import Client, error_of


def told(client: Client, **params: Any) -> list[tuple[int, str, str | None]]:
    return [
        (one["escalation_level"], one["user"]["summary"], one["end"])
        for one in client.get("/oncalls", **params)["oncalls"]
    ]


def test_everybody_who_is_on_call_now_is_told_by_level(client: Client) -> None:
    assert told(client) == [
        (1, "Ana Silva", "2026-11-30T09:00:00Z"),
        (2, "Ben Okafor", "2026-11-30T09:00:00Z"),
        (3, "Elif Kaya", None),
        (3, "Femi Adeyemi", None),
        (4, "Ivan Costa", None),
        (4, "Hana Sato", None),
    ]


def test_primary_and_secondary_change_on_monday_at_nine(client: Client, clock: StandingClock) -> None:
    clock.move(datetime(2026, 11, 30, 8, 59, tzinfo=UTC) - clock.now())
    assert [name for _, name, _ in told(client)][:2] == ["Ana Silva", "Ben Okafor"]
    clock.move(timedelta(minutes=1))
    assert [name for _, name, _ in told(client)][:2] == ["Chen Li", "Ana Silva"]
    clock.move(timedelta(weeks=1))
    assert [name for _, name, _ in told(client)][:2] == ["Dana Weiss", "Ben Okafor"]


def test_a_stretch_of_time_shows_whole_turns_that_touch_it(client: Client) -> None:
    stretch = {"since": "2026-11-29T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
    found = client.get("/oncalls", schedule_ids_list="PPRIMRY", **stretch)["oncalls"]
    assert [(one["user"]["summary"], one["start"], one["end"]) for one in found] == [
        ("Ana Silva", "2026-11-23T09:00:00Z", "2026-11-30T09:00:00Z"),
        ("Chen Li", "2026-11-30T09:00:00Z", "2026-12-07T09:00:00Z"),
    ]


def test_the_earliest_turn_of_each_is_told_once(client: Client) -> None:
    stretch = {"since": "2026-11-24T00:00:00Z", "until": "2026-12-20T00:00:00Z"}
    names = [name for _, name, _ in told(client, schedule_ids_list="PPRIMRY", earliest="true", **stretch)]
    assert names == ["Ana Silva", "Chen Li", "Dana Weiss"]
    assert len(told(client, schedule_ids_list="PPRIMRY", **stretch)) == 4


def test_the_list_can_be_narrowed(client: Client) -> None:
    assert [name for _, name, _ in told(client, user_ids_list=["PANA001", "PHANA01"])] == ["Ana Silva", "Hana Sato"]
    assert told(client, escalation_policy_ids_list="PNONE") == []
    assert len(told(client, escalation_policy_ids_list="PPOLICY")) == 6
    whole = client.get("/oncalls", schedule_ids_list="PPRIMRY", include_list="users")["oncalls"]
    assert whole[0]["user"]["email"] == "ana@aureus.example"


@pytest.mark.parametrize(
    "stretch",
    [
        {"since": "2026-11-25T00:00:00Z"},
        {"since": "2026-11-24", "until": "2026-11-23"},
        {"since": "2026-11-24", "until": "2027-11-24"},
    ],
)
def test_a_stretch_that_cannot_be_is_refused(client: Client, stretch: dict[str, str]) -> None:
    assert error_of(client.http.get("/oncalls", params=stretch)) == (400, 2004)


def test_a_schedule_shows_whose_turn_is_when(client: Client) -> None:
    assert [one["name"] for one in client.get("/schedules")["schedules"]] == ["Primary", "Secondary"]
    assert [one["id"] for one in client.get("/schedules", query="prim")["schedules"]] == ["PPRIMRY"]
    stretch = {"since": "2026-11-29T00:00:00Z", "until": "2026-12-01T00:00:00Z"}
    schedule = client.get("/schedules/PPRIMRY", **stretch)["schedule"]
    entries = schedule["final_schedule"]["rendered_schedule_entries"]
    assert [(one["user"]["summary"], one["start"], one["end"]) for one in entries] == [
        ("Ana Silva", "2026-11-29T00:00:00Z", "2026-11-30T09:00:00Z"),
        ("Chen Li", "2026-11-30T09:00:00Z", "2026-12-01T00:00:00Z"),
    ]
    assert [one["summary"] for one in schedule["users"]] == ["Ana Silva", "Chen Li", "Dana Weiss"]
    assert error_of(client.http.get("/schedules/PNONE")) == (404, 2100)
    backwards = {"since": "2026-11-29", "until": "2026-11-28"}
    assert error_of(client.http.get("/schedules/PPRIMRY", params=backwards)) == (400, 2004)


def test_who_stands_in_cuts_the_turn_of_the_other(client: Client, account: PagerDuty) -> None:
    start, end = datetime(2026, 11, 25, 18, tzinfo=UTC), datetime(2026, 11, 26, 6, tzinfo=UTC)
    account.schedules["PPRIMRY"].overrides.append(Override(account.person("dana"), start, end))
    stretch = {"since": "2026-11-24T00:00:00Z", "until": "2026-11-27T00:00:00Z"}
    found = client.get("/oncalls", schedule_ids_list="PPRIMRY", **stretch)["oncalls"]
    assert [(one["user"]["summary"], one["start"], one["end"]) for one in found] == [
        ("Ana Silva", "2026-11-23T09:00:00Z", "2026-11-25T18:00:00Z"),
        ("Dana Weiss", "2026-11-25T18:00:00Z", "2026-11-26T06:00:00Z"),
        ("Ana Silva", "2026-11-26T06:00:00Z", "2026-11-30T09:00:00Z"),
    ]


def test_nobody_is_on_call_before_the_first_turn(account: PagerDuty) -> None:
    schedule = account.schedules["PPRIMRY"]
    before = schedule.start - timedelta(days=2)
    assert schedule.on_call(before) is None
    assert [shift.user.name for shift in schedule.shifts(before, schedule.start)] == ["Ana Silva"]
    assert schedule.shifts(before, before + timedelta(days=1)) == []
