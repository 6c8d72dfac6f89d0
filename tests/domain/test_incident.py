"""The life of an incident: what follows from what is told, who is called when, and what can never happen."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.alert import Alert, Group, PageTold, Severity
from bot.domain.case import Impossible
from bot.domain.duty import Calendar, Climb, GiveBack, Ladder, Nudge, Sleep, Step, next_call
from bot.domain.incident import LIFE, Incident
from bot.domain.incident_event import (
    Acknowledged,
    Assessed,
    Cleared,
    Climbed,
    Escalated,
    Fired,
    Noted,
    Nudged,
    Paged,
    Released,
    Reopened,
    Resolved,
    Unpaged,
)
from bot.domain.incident_state import ANSWER, SILENT, Stage
from bot.domain.meaning import Meaning
from bot.domain.person import BOT
from bot.domain.telling import ECHO, began_there, begins, from_group, from_page, returning, worsens
from tests.domain.toy import ANA, ELIF

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # a Tuesday
CALENDAR = Calendar(ZoneInfo("Europe/Berlin"), frozenset(range(5)), time(9), time(18))
LADDER = Ladder(
    {
        Severity.P0: (
            Step(timedelta(), frozenset({"on-call", "engineering-manager"})),
            Step(timedelta(minutes=5), frozenset({"secondary"}), 2, unless_taken=True),
            Step(timedelta(minutes=30), frozenset({"devops-manager"})),
        ),
        Severity.P2: (Step(timedelta(minutes=30), frozenset({"engineering-manager"})),),
    },
    security=frozenset({"ciso"}),
    business=frozenset({Severity.P2, Severity.P3}),
    calendar=CALENDAR,
    review_after=timedelta(hours=18),
)


def alert(name: str = "ServiceDown", fingerprint: str = "f1", since: datetime = NOW) -> Alert:
    return Alert(fingerprint, name, since, {"job": "bridge"})


def group(*firing: Alert, ended: tuple[Alert, ...] = ()) -> Group:
    return Group("{}:{}", "aureus", firing, ended)


def page(status: str, at: datetime = NOW, event: str = "incident.triggered") -> PageTold:
    return PageTold(event, "P1", 1, "https://p.example", status, "t", "k", NOW, at)


def opened(severity: Severity = Severity.P0, *alerts: Alert) -> Incident:
    born = Incident.born(Fired(NOW, key="k", title="down", alerts=alerts or (alert(),)))
    return born.after(Assessed(NOW, severity=severity, rungs=LADDER.rungs(severity, False, NOW)))


def told(incident: Incident, *events: object) -> Incident:
    for event in events:
        incident = incident.after(event)  # type: ignore[arg-type]  # whatever follows from a telling is an event
    return incident


# What outside systems tell


def test_the_same_alert_told_twice_changes_nothing() -> None:
    assert from_group(opened(), group(alert()), NOW) == []


def test_a_group_that_mixes_firing_and_ended_adds_and_clears() -> None:
    one, two = alert(fingerprint="f1"), alert(fingerprint="f2")
    incident = told(opened(Severity.P0, one), *from_group(opened(Severity.P0, one), group(two, ended=(one,)), NOW))
    assert set(incident.alerts) == {"f2"}
    assert not incident.over


def test_when_the_last_alert_has_ended_it_is_resolved() -> None:
    events = from_group(opened(), group(ended=(alert(),)), NOW)
    assert [type(event) for event in events] == [Cleared, Resolved]
    assert told(opened(), *events).over


def test_it_is_not_over_while_some_are_not_known_that_a_webhook_left_out() -> None:
    assert from_group(opened(), replace(group(ended=(alert(),)), truncated=2), NOW) == []


def test_the_end_of_an_earlier_firing_does_not_end_this_one() -> None:
    later = alert(since=NOW + timedelta(minutes=3))
    assert from_group(opened(Severity.P0, later), group(ended=(alert(),)), NOW) == []


def test_a_late_telling_of_a_firing_that_is_over_opens_nothing() -> None:
    over = told(opened(), *from_group(opened(), group(ended=(alert(),)), NOW))
    assert not begins(over, group(alert()), NOW + timedelta(hours=1))
    assert begins(over, group(alert(since=NOW + timedelta(minutes=9))), NOW + timedelta(minutes=9))


def test_a_firing_that_was_told_as_over_and_fires_all_the_same_counts_again() -> None:
    one, two = alert(fingerprint="f1"), alert(fingerprint="f2")
    both = opened(Severity.P0, one, two)
    left = told(both, *from_group(both, group(ended=(one,)), NOW))
    again = returning(left, group(one, two))
    assert again == {one.firing}
    open_ = told(left, *from_group(left, group(one, two), NOW, back=again))
    assert set(open_.alerts) == {"f1", "f2"}
    over = told(opened(), *from_group(opened(), group(ended=(alert(),)), NOW))
    assert begins(over, group(alert()), NOW, returning(over, group(alert())))


def test_what_joins_and_is_worse_than_all_that_was_known_makes_it_worse_and_nothing_else_does() -> None:
    p0, p1, p2 = Meaning(Severity.P0), Meaning(Severity.P1), Meaning(Severity.P2)
    assert worsens(opened(Severity.P2), p2, p0) == p0
    assert worsens(opened(Severity.P0), p0, p2) is None
    lowered = opened(Severity.P1).after(Assessed(NOW, ANA, severity=Severity.P3))
    assert worsens(lowered, p1, p1) is None
    assert worsens(lowered, p1, p0) == p0
    secret = Meaning(Severity.P2, security=True)
    assert worsens(lowered, p1, secret) == Meaning(Severity.P3, security=True)


def test_what_a_person_resolved_and_still_fires_is_a_new_incident_after_a_while() -> None:
    over = opened().after(Resolved(NOW, ANA))
    assert not begins(over, group(alert()), NOW + ECHO / 2)
    assert begins(over, group(alert()), NOW + ECHO)


def test_a_group_without_alerts_opens_nothing() -> None:
    assert not begins(None, group(), NOW)
    assert from_group(opened(), group(), NOW) == []


def test_our_own_acknowledgement_that_comes_back_is_nothing_new() -> None:
    taken = opened().after(Paged(NOW, id="P1")).after(Acknowledged(NOW, ANA))
    assert from_page(taken, page("acknowledged"), ANA, (), NOW) == []


def test_a_telling_of_pagerduty_that_was_late_changes_nothing() -> None:
    over = told(opened(), *from_page(opened(), page("resolved", NOW + timedelta(minutes=2)), ANA, (), NOW))
    assert over.over
    soon = NOW + timedelta(minutes=1)
    assert from_page(over, page("acknowledged", soon), ANA, (), NOW) == []
    open_ = over.after(Reopened(NOW, since=NOW + timedelta(minutes=3)))
    for status in ("acknowledged", "resolved"):
        assert from_page(open_, page(status, soon), ANA, (), NOW) == [], status


def test_what_is_acknowledged_after_it_was_resolved_is_open_again() -> None:
    over = told(opened(), *from_page(opened(), page("resolved"), ANA, (), NOW))
    events = from_page(over, page("acknowledged", NOW + timedelta(seconds=1)), ELIF, (), NOW)
    assert [type(event) for event in events] == [Reopened, Acknowledged]
    assert told(over, *events).holder == ELIF


def test_an_acknowledgement_that_was_told_late_undoes_no_takeover() -> None:
    later = NOW + timedelta(seconds=30)
    taken = opened().after(Paged(NOW, id="P1")).after(Acknowledged(NOW, ANA)).after(Acknowledged(later, ELIF))
    assert from_page(taken, page("acknowledged", NOW + timedelta(seconds=5)), ANA, (), later) == []
    events = from_page(taken, page("acknowledged", later + timedelta(seconds=5)), ANA, (), later)
    assert [type(event) for event in events] == [Acknowledged]


def test_an_acknowledgement_from_before_it_was_given_back_is_late() -> None:
    later = NOW + timedelta(minutes=5)
    free = opened().after(Paged(NOW, id="P1")).after(Acknowledged(NOW, ANA)).after(Released(later, because="b"))
    assert from_page(free, page("acknowledged", NOW, "read"), ANA, (), later) == []
    events = from_page(free, page("acknowledged", later, "read"), ANA, (), later)
    assert [type(event) for event in events] == [Acknowledged]


def test_an_incident_of_pagerduty_began_when_it_says_unless_that_cannot_be() -> None:
    def began(created: datetime, at: datetime = NOW) -> datetime:
        return began_there(replace(page("triggered", at), created=created), NOW)

    early, future = NOW - timedelta(hours=3), NOW + timedelta(seconds=2)
    assert began(early) == early
    assert began(future) == NOW, "clocks differ"
    assert began(future, early) == early
    assert began(datetime(1970, 1, 1, tzinfo=UTC), future) == NOW, "it was not told"


def test_who_has_it_here_keeps_it_though_pagerduty_was_never_told() -> None:
    alone = told(opened(), Unpaged(NOW, because="b"), Paged(NOW, id="P1"), Acknowledged(NOW, ANA))
    assert from_page(alone, page("triggered", NOW, "incident.escalated"), BOT, (), NOW) == []
    events = from_page(alone, page("triggered", NOW, "incident.unacknowledged"), BOT, (), NOW)
    assert [type(event) for event in events] == [Released]


# Who is called, and when


def test_a_p0_calls_the_manager_at_once_and_the_secondary_after_five_minutes() -> None:
    incident = opened().after(Paged(NOW, id="P1"))
    first = next_call(incident, LADDER, NOW)
    assert first == Climb((0,), f"escalate {incident.id} to engineering-manager,on-call because it is P0")
    incident = incident.after(Climbed(NOW, rung=0))
    assert next_call(incident, LADDER, NOW) == Sleep(NOW + timedelta(minutes=5))
    second = next_call(incident, LADDER, NOW + timedelta(minutes=5))
    because = "nobody has acknowledged it within 5 minutes"
    assert second == Climb((1,), f"escalate {incident.id} to secondary level 2 because {because}")


def test_the_first_call_waits_some_seconds_for_pagerduty_to_have_it_so_that_people_are_called_there_too() -> None:
    soon = NOW + timedelta(seconds=10)
    assert next_call(opened(), LADDER, NOW) == Sleep(soon)
    assert isinstance(next_call(opened(), LADDER, soon), Climb), "here they are called without it, too"
    alone = opened().after(Unpaged(NOW, because="it is not configured"))
    assert isinstance(next_call(alone, LADDER, NOW), Climb), "nothing is waited for that will not come"


def test_who_has_it_by_then_is_not_passed_over() -> None:
    incident = opened().after(Climbed(NOW, rung=0)).after(Acknowledged(NOW + timedelta(minutes=2), ANA))
    assert next_call(incident, LADDER, NOW + timedelta(minutes=5)) == Climb((1,), "")


def test_security_is_told_at_once() -> None:
    rungs = LADDER.rungs(Severity.P0, True, NOW)
    assert {"ciso"} in [rung.roles for rung in rungs if rung.at == NOW]
    saturday = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)
    first = LADDER.rungs(Severity.P2, True, saturday)[0]
    assert (first.at, first.roles) == (saturday, frozenset({"ciso"})), "it does not wait for business hours"


def test_a_p2_waits_for_business_hours() -> None:
    friday_evening = datetime(2026, 11, 27, 16, 50, tzinfo=UTC)  # 17:50 in Berlin
    assert LADDER.rungs(Severity.P2, False, friday_evening)[0].at == datetime(2026, 11, 30, 8, 20, tzinfo=UTC)


def test_a_holiday_is_no_business_day() -> None:
    free = replace(CALENDAR, holidays=frozenset({datetime(2026, 11, 30, tzinfo=UTC).date()}))
    sunday = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    assert free.after(sunday, timedelta()) == datetime(2026, 12, 1, 8, 0, tzinfo=UTC)


def test_who_is_silent_for_an_hour_is_asked_and_then_it_is_given_back() -> None:
    taken = replace(opened(), rungs=()).after(Acknowledged(NOW, ANA))
    assert next_call(taken, LADDER, NOW + SILENT - timedelta(seconds=1)) == Sleep(NOW + SILENT)
    assert next_call(taken, LADDER, NOW + SILENT) == Nudge(NOW + SILENT + ANSWER)
    asked = taken.after(Nudged(NOW + SILENT))
    assert isinstance(next_call(asked, LADDER, NOW + SILENT + ANSWER), GiveBack)
    answered = asked.after(Noted(NOW + SILENT + timedelta(minutes=1), ANA))
    assert next_call(answered, LADDER, NOW + SILENT + ANSWER) == Sleep(NOW + SILENT + timedelta(minutes=1) + SILENT)
    other = asked.after(Noted(NOW + SILENT + timedelta(minutes=1), ELIF))
    assert isinstance(next_call(other, LADDER, NOW + SILENT + ANSWER), GiveBack), "a word of somebody else is no answer"


def test_what_is_given_back_calls_anew_with_whom_it_began_and_goes_on_with_the_rest_of_the_ladder() -> None:
    taken = opened().after(Climbed(NOW, rung=0)).after(Acknowledged(NOW, ANA))
    now = NOW + timedelta(minutes=20)
    first, second, managers = LADDER.again(taken, now)
    assert (first.at, first.roles, first.because) == (now, taken.rungs[0].roles, "nobody has it any more")
    assert second.at == now + timedelta(minutes=5)
    assert managers == taken.rungs[2], "it counts how long it is not resolved"
    climbed = taken.after(Climbed(NOW, rung=2))
    assert LADDER.again(climbed, NOW + timedelta(hours=1))[2:] == (), "they know already"


def test_another_severity_calls_only_whom_nobody_called() -> None:
    on_its_way = opened(Severity.P2).after(Climbed(NOW, rung=0))
    rungs = LADDER.reassessed(on_its_way, Severity.P0, NOW)
    assert [sorted(rung.roles) for rung in rungs] == [["on-call"], ["secondary"], ["devops-manager"]]


def test_what_is_open_again_begins_its_ladder_anew() -> None:
    over = opened().after(Climbed(NOW, rung=0)).after(Climbed(NOW, rung=1)).after(Resolved(NOW, ANA))
    now = NOW + timedelta(hours=3)
    rungs = LADDER.again(over, now)
    assert [rung.at - now for rung in rungs] == [timedelta(minutes=each) for each in (0, 5, 30)]
    events = from_page(over, page("triggered", now, "incident.reopened"), ELIF, rungs, now)
    assert next_call(told(over, *events), LADDER, now + timedelta(seconds=10)) == Climb(
        (0,), f"escalate {over.id} to engineering-manager,on-call because nobody has it any more"
    )
    assert told(over, Reopened(now)).climbed == {0, 1}, "as older releases wrote it"


def test_what_is_over_calls_nobody() -> None:
    assert next_call(opened().after(Resolved(NOW, ANA)), LADDER, NOW + timedelta(days=1)) == Sleep(None)


# The fold


def test_only_numbers_wait_for_half_a_minute() -> None:
    incident = opened()
    counted = incident.after(Fired(NOW + timedelta(seconds=10), key="k", alerts=(alert(fingerprint="f2"),)))
    assert counted.drawn == NOW + timedelta(seconds=30)
    again = counted.after(Fired(NOW + timedelta(seconds=20), key="k", alerts=(alert(fingerprint="f3"),)))
    assert again.drawn == NOW + timedelta(seconds=30)
    state = again.after(Acknowledged(NOW + timedelta(seconds=21), ANA))
    assert state.drawn == NOW + timedelta(seconds=21)


def test_an_incident_begins_with_fired_alone() -> None:
    with pytest.raises(Impossible):
        Incident.born(Resolved(NOW))


EVENTS = st.sampled_from(
    [
        Fired(NOW, key="k", alerts=(alert(fingerprint="f2"),)),
        Cleared(NOW, alerts=frozenset({"f1"})),
        Assessed(NOW, severity=Severity.P2),
        Paged(NOW, id="P1"),
        Unpaged(NOW, because="b"),
        Acknowledged(NOW, ANA),
        Released(NOW, because="b"),
        Climbed(NOW, rung=0),
        Escalated(NOW, roles=frozenset({"cto"})),
        Nudged(NOW),
        Noted(NOW, ANA),
        Resolved(NOW, BOT),
        Reopened(NOW, because="b"),
    ]
)


@given(st.lists(EVENTS, max_size=20))
def test_whatever_happens_the_table_says_what_may(events: list[object]) -> None:
    incident = opened()
    for event in events:
        possible = type(event) in LIFE[incident.stage]
        try:
            incident = incident.after(event)  # type: ignore[arg-type]  # as above
        except Impossible:
            assert not possible
        else:
            assert possible
        assert (incident.holder is not None) >= (incident.stage is Stage.TAKEN)
        assert incident.over == (incident.resolved is not None)
        assert incident.due is None or not incident.over
