"""What happens by itself: incidents go up the levels until somebody acknowledges, each step at its own moment."""

from datetime import timedelta

from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.oncall import Override
from tests.sandbox.pagerduty.clients import Client, assignees


def move(account: PagerDuty, clock: StandingClock, **by: float) -> None:
    clock.move(timedelta(**by))
    account.catch_up()


def test_what_nobody_acknowledges_goes_up_every_half_an_hour(
    client: Client, account: PagerDuty, clock: StandingClock
) -> None:
    incident = client.trigger()
    assert assignees(account, incident) == ["Ana Silva"]
    move(account, clock, minutes=29, seconds=59)
    assert assignees(account, incident) == ["Ana Silva"]
    move(account, clock, seconds=1)
    assert assignees(account, incident) == ["Ben Okafor"]
    move(account, clock, minutes=30)
    assert assignees(account, incident) == ["Elif Kaya", "Femi Adeyemi"]
    move(account, clock, minutes=30)
    assert assignees(account, incident) == ["Ivan Costa", "Hana Sato"]
    move(account, clock, days=1)
    assert assignees(account, incident) == ["Ivan Costa", "Hana Sato"]


def test_a_jump_of_the_clock_leaves_each_step_at_its_own_moment(
    client: Client, account: PagerDuty, clock: StandingClock
) -> None:
    incident = client.trigger()
    move(account, clock, hours=3)
    steps = [entry.created_at.strftime("%H:%M") for entry in incident.log if entry.kind == "escalate"]
    assert steps == ["10:30", "11:00", "11:30"]


def test_an_acknowledgement_stops_it(client: Client, account: PagerDuty, clock: StandingClock) -> None:
    incident = client.trigger()
    client.put(incident, status="acknowledged")
    move(account, clock, hours=3)
    assert assignees(account, incident) == ["Ana Silva"]
    assert incident.level == 1


def test_a_resolved_incident_goes_nowhere(client: Client, account: PagerDuty, clock: StandingClock) -> None:
    incident = client.trigger()
    client.event("resolve", "fire")
    move(account, clock, hours=3)
    assert assignees(account, incident) == []
    assert client.log(incident)[0] == "resolve"


def test_after_a_snooze_the_level_has_its_whole_time_again(
    client: Client, account: PagerDuty, clock: StandingClock
) -> None:
    incident = client.trigger()
    client.put(incident, status="acknowledged")
    client.send("POST", "/incidents/1/snooze", {"duration": 600})
    move(account, clock, minutes=39)
    assert assignees(account, incident) == ["Ana Silva"]
    move(account, clock, minutes=1)
    assert assignees(account, incident) == ["Ben Okafor"]


def test_a_level_where_nobody_is_on_call_is_passed_over(
    client: Client, account: PagerDuty, clock: StandingClock
) -> None:
    account.schedules["PSECNDR"].start = clock.now() + timedelta(days=1)
    incident = client.trigger()
    move(account, clock, minutes=30)
    assert assignees(account, incident) == ["Elif Kaya", "Femi Adeyemi"]


def test_an_acknowledgement_runs_out_where_the_service_says_so(
    client: Client, account: PagerDuty, clock: StandingClock
) -> None:
    account.services["PSENTNL"].acknowledgement_timeout = timedelta(minutes=15)
    incident = client.trigger()
    client.put(incident, status="acknowledged")
    move(account, clock, minutes=15)
    assert incident.status == "triggered"
    assert client.log(incident)[:2] == ["notify", "unacknowledge"]


def test_who_stands_in_is_asked(client: Client, account: PagerDuty, clock: StandingClock) -> None:
    now = clock.now()
    stand_in = Override(account.person("dana"), now - timedelta(hours=1), now + timedelta(hours=1))
    account.schedules["PPRIMRY"].overrides.append(stand_in)
    assert assignees(account, client.trigger()) == ["Dana Weiss"]


def test_a_server_that_runs_brings_its_account_up_to_now_by_itself(
    client: Client, account: PagerDuty, clock: StandingClock
) -> None:
    incident = client.trigger()
    clock.move(timedelta(minutes=30))
    assert [one["assignee"]["summary"] for one in client.get("/incidents/1")["incident"]["assignments"]] == [
        "Ben Okafor"
    ]
    assert incident.level == 2
