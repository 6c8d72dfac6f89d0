"""Who is asked and called when: business hours, and what counts since an incident was opened again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alert import Severity
from bot.domain.duty import Climb, GiveBack, Nudge, Sleep, Step, next_call
from bot.domain.incident import Incident
from bot.domain.incident_event import (
    Acknowledged,
    Assessed,
    Climbed,
    Escalated,
    Nudged,
    Paged,
    Released,
    Reopened,
    Resolved,
)
from bot.domain.incident_state import ANSWER, SILENT
from tests.domain.test_incident import LADDER, NOW, opened
from tests.domain.toy import ANA

FRIDAY = datetime(2026, 11, 27, 16, 30, tzinfo=UTC)  # half past five in Berlin
MONDAY = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)  # nine o'clock there
ROLES = frozenset({"on-call", "engineering-manager", "secondary", "devops-manager"})  # of a P0


def taken(severity: Severity, at: datetime) -> Incident:
    return replace(opened(severity), rungs=()).after(Acknowledged(at, ANA))


# The ladder


def test_of_a_reason_that_has_come_twice_the_longest_time_is_said_and_every_other_reason() -> None:
    hour = Step(timedelta(hours=1), frozenset({"ciso"}))
    ladder = replace(LADDER, steps={Severity.P0: (*LADDER.steps[Severity.P0], hour)})
    open_ = replace(opened(), rungs=ladder.rungs(Severity.P0, True, NOW), unpaged="There is no PagerDuty.")
    call = next_call(open_, ladder, NOW + timedelta(minutes=61))
    assert isinstance(call, Climb)
    assert call.words.partition(" because ")[2].split(", and ") == [
        "it is a matter of security",
        "it is P0",
        "nobody has acknowledged it within 5 minutes",
        "it is P0 and not resolved after 60 minutes",
    ]


# Silence


@pytest.mark.parametrize("severity", [Severity.P2, Severity.P3])
def test_nobody_is_asked_at_night_about_what_counts_in_business_hours_only(severity: Severity) -> None:
    silent = taken(severity, FRIDAY)
    half_past = MONDAY + timedelta(minutes=30)
    assert next_call(silent, LADDER, FRIDAY + SILENT) == Sleep(half_past), "half an hour was left on Friday"
    assert next_call(silent, LADDER, half_past) == Nudge(half_past + ANSWER)


def test_who_was_asked_in_the_evening_has_until_the_next_business_day_to_answer() -> None:
    evening = FRIDAY + timedelta(minutes=25)
    silent = taken(Severity.P2, FRIDAY - timedelta(minutes=35))
    assert next_call(silent, LADDER, evening) == Nudge(MONDAY + timedelta(minutes=10))
    asked = silent.after(Nudged(evening, until=MONDAY + timedelta(minutes=10)))
    assert next_call(asked, LADDER, evening + ANSWER) == Sleep(MONDAY + timedelta(minutes=10))
    back = next_call(asked, LADDER, MONDAY + timedelta(minutes=10))
    assert isinstance(back, GiveBack)
    assert back.words.endswith("75 minutes of business hours")


def test_a_bot_that_was_down_in_business_hours_asks_in_the_next_ones() -> None:
    silent = taken(Severity.P2, FRIDAY - timedelta(hours=3))
    assert next_call(silent, LADDER, FRIDAY + timedelta(hours=3)) == Sleep(MONDAY)
    asked = silent.after(Nudged(FRIDAY, until=FRIDAY + ANSWER))
    assert next_call(asked, LADDER, FRIDAY + timedelta(hours=3)) == Sleep(MONDAY)


def test_what_counts_at_night_is_asked_about_at_night() -> None:
    assert next_call(taken(Severity.P1, FRIDAY), LADDER, FRIDAY + SILENT) == Nudge(FRIDAY + SILENT + ANSWER)


def test_who_waits_for_the_morning_is_asked_at_once_when_it_gets_worse() -> None:
    asked = taken(Severity.P2, FRIDAY - timedelta(minutes=35)).after(
        Nudged(FRIDAY + timedelta(minutes=25), until=MONDAY + timedelta(minutes=10))
    )
    night = FRIDAY + timedelta(hours=4)
    assert next_call(asked.after(Assessed(night, severity=Severity.P0)), LADDER, night) == Nudge(night + ANSWER)
    assert next_call(asked.after(Assessed(night, severity=Severity.P2)), LADDER, night) == Sleep(asked.answer_by)


def test_who_was_asked_by_an_older_release_has_fifteen_minutes() -> None:
    asked = taken(Severity.P0, NOW).after(Nudged(NOW + SILENT))
    assert asked.answer_by == NOW + SILENT + ANSWER


def test_what_gets_better_at_night_calls_nobody_at_night_who_waits_for_it_to_be_taken() -> None:
    late = Step(timedelta(minutes=5), frozenset({"secondary"}), 2, unless_taken=True)
    ladder = replace(LADDER, steps={**LADDER.steps, Severity.P2: (late,)})
    night = FRIDAY + timedelta(hours=4)
    held = opened().after(Climbed(NOW, rung=0)).after(Climbed(NOW, rung=1)).after(Acknowledged(NOW, ANA))
    free = held.after(Released(night, because="b", rungs=ladder.again(held, night))).after(Climbed(night, rung=0))
    free = free.after(Escalated(night, roles=frozenset({"secondary"})))
    called = {role: rung.at for rung in ladder.reassessed(free, Severity.P2, night) for role in rung.roles}
    assert called == {"secondary": MONDAY}
    still = {role: rung.at for rung in ladder.reassessed(free, Severity.P0, night) for role in rung.roles}
    assert still["secondary"] == night + timedelta(minutes=5)


# Opened again


@given(before=st.sets(st.sampled_from(sorted(ROLES))), since=st.sets(st.sampled_from(sorted(ROLES))))
def test_another_severity_calls_whoever_was_not_called_since_it_was_opened_again(
    before: set[str], since: set[str]
) -> None:
    first = opened(Severity.P2).after(Climbed(NOW, rung=0)).after(Escalated(NOW, roles=frozenset(before)))
    over = first.after(Resolved(NOW, ANA))
    now = NOW + timedelta(hours=3)
    again = over.after(Reopened(now, rungs=LADDER.again(over, now)))
    again = again.after(Escalated(now, roles=frozenset(since)))
    rungs = LADDER.reassessed(again, Severity.P0, now)
    assert {role for rung in rungs for role in rung.roles} == ROLES - since
    assert all(rung.at >= now for rung in rungs), "it counts since then, too"
    still = first.after(Escalated(now, roles=frozenset(since)))
    known = frozenset({"engineering-manager"} | before | since)  # the manager's call was on its way
    assert {role for rung in LADDER.reassessed(still, Severity.P0, now) for role in rung.roles} == ROLES - known


def test_security_is_told_that_it_is_open_again() -> None:
    secret = opened().after(
        Assessed(NOW, security=True, severity=Severity.P0, rungs=LADDER.rungs(Severity.P0, True, NOW))
    )
    over = secret.after(Escalated(NOW, roles=frozenset({"ciso"}))).after(Resolved(NOW, ANA))
    now = NOW + timedelta(hours=3)
    assert [rung.at for rung in LADDER.again(over, now) if "ciso" in rung.roles] == [now]
    held = secret.after(Climbed(NOW, rung=0)).after(Acknowledged(NOW, ANA)).after(Paged(NOW, id="P1"))
    assert "ciso" not in {role for rung in LADDER.again(held, now) for role in rung.roles}, "they know already"
