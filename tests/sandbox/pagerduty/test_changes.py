"""Changing incidents: what is allowed, what becomes of it, and that a refusal changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.life import NOTES
from tests.sandbox.pagerduty.clients import ANA, BEN, Client, assignees, error_of


def test_who_acknowledges_is_the_one_in_from(client: Client) -> None:
    incident = client.trigger()
    told = client.put(incident, BEN, status="acknowledged").json()["incident"]
    assert told["status"] == "acknowledged"
    assert [one["acknowledger"]["summary"] for one in told["acknowledgements"]] == ["Ben Okafor"]
    assert told["last_status_change_by"]["summary"] == "Ben Okafor"
    assert told["pending_actions"] == []


def test_a_second_persons_acknowledgement_stands_beside_the_first(client: Client) -> None:
    incident = client.trigger()
    client.put(incident, ANA, status="acknowledged")
    told = client.put(incident, BEN, status="acknowledged").json()["incident"]
    assert [one["acknowledger"]["summary"] for one in told["acknowledgements"]] == ["Ana Silva", "Ben Okafor"]
    again = client.put(incident, BEN, status="acknowledged").json()["incident"]
    assert len(again["acknowledgements"]) == 2


def test_what_is_resolved_is_nobodys(client: Client, clock: StandingClock) -> None:
    incident = client.trigger()
    clock.move(timedelta(minutes=5))
    told = client.put(incident, status="resolved", resolution="Restarted").json()["incident"]
    assert (told["status"], told["assignments"], told["acknowledgements"]) == ("resolved", [], [])
    assert told["resolved_at"] == "2026-11-24T10:05:00Z"
    assert told["alert_counts"] == {"all": 1, "triggered": 0, "resolved": 1}
    newest = client.get(f"/incidents/{incident.id}/log_entries")["log_entries"][0]
    assert newest["channel"]["details"] == {"resolution": "Restarted"}


def test_to_acknowledge_what_is_resolved_opens_it_again(client: Client) -> None:
    incident = client.trigger()
    client.put(incident, status="resolved")
    told = client.put(incident, status="acknowledged").json()["incident"]
    assert (told["status"], told["resolved_at"]) == ("acknowledged", None)
    assert client.log(incident)[0] == "acknowledge"
    assert "reopen" in client.log(incident)


def test_what_is_resolved_cannot_be_resolved_escalated_or_reassigned(client: Client) -> None:
    incident = client.trigger()
    client.put(incident, status="resolved")
    ben = [{"assignee": {"id": "PBEN001", "type": "user_reference"}}]
    for change in ({"status": "resolved"}, {"escalation_level": 2}, {"assignments": ben}, {"urgency": "low"}):
        assert error_of(client.put(incident, **change)) == (400, 1001)


@pytest.mark.parametrize(
    "change",
    [
        {"status": "triggered"},
        {"status": "closed"},
        {"urgency": "middling"},
        {"title": " "},
        {"title": 7},
        {"escalation_level": 0},
        {"escalation_level": "2"},
        {"priority": {"id": "PNOTHING", "type": "priority_reference"}},
        {"priority": "P1"},
        {"escalation_policy": {"id": "PPOLICY", "type": "user_reference"}},
        {"assignments": []},
        {"assignments": [{"assignee": {"id": "PNOBODY", "type": "user_reference"}}]},
        {"assignments": [{"assignee": {"id": "PBEN001"}}], "escalation_level": 2},
        {"colour": "red"},
        {"type": "service"},
    ],
    ids=str,
)
def test_a_change_that_cannot_be_is_refused_and_nothing_is_changed(client: Client, change: dict[str, Any]) -> None:
    incident = client.trigger()
    before = client.get(f"/incidents/{incident.id}")
    wanted = {"status": "acknowledged", "title": "New"} | change
    assert error_of(client.put(incident, **wanted)) == (400, 2001)
    assert client.get(f"/incidents/{incident.id}") == before


def test_a_type_is_asked_for(client: Client) -> None:
    body = {"incident": {"status": "acknowledged"}}
    assert error_of(client.send("PUT", f"/incidents/{client.trigger().id}", body)) == (400, 2001)


def test_an_incident_goes_to_the_level_that_is_named(client: Client, account: PagerDuty) -> None:
    incident = client.trigger()
    told = client.put(incident, escalation_level=3).json()["incident"]
    assert assignees(account, incident) == ["Elif Kaya", "Femi Adeyemi"]
    assert told["status"] == "triggered"
    assert client.log(incident)[:3] == ["notify", "notify", "escalate"]


def test_what_was_acknowledged_is_triggered_again_for_those_it_goes_to(client: Client) -> None:
    incident = client.trigger()
    client.put(incident, status="acknowledged")
    told = client.put(incident, escalation_level=2).json()["incident"]
    assert (told["status"], told["acknowledgements"]) == ("triggered", [])
    assert told["pending_actions"] == [{"type": "escalate", "at": "2026-11-24T10:30:00Z"}]


def test_there_is_no_level_beyond_the_last_and_none_for_low_urgency(client: Client) -> None:
    incident = client.trigger()
    assert error_of(client.put(incident, escalation_level=5, title="New")) == (400, 1006)
    assert incident.title == "It burns"
    client.put(incident, urgency="low")
    assert client.get(f"/incidents/{incident.id}")["incident"]["pending_actions"] == []
    assert error_of(client.put(incident, escalation_level=2)) == (400, 1006)


def test_an_incident_that_is_given_to_people_does_not_escalate(
    client: Client, account: PagerDuty, clock: StandingClock
) -> None:
    incident = client.trigger()
    people = [{"assignee": {"id": id, "type": "user_reference"}} for id in ("PBEN001", "PDANA01")]
    told = client.put(incident, assignments=people).json()["incident"]
    assert told["assigned_via"] == "direct_assignment"
    clock.move(timedelta(hours=5))
    account.catch_up()
    assert assignees(account, incident) == ["Ben Okafor", "Dana Weiss"]


def test_another_policy_takes_over_at_its_first_level(client: Client, account: PagerDuty) -> None:
    managers = account.add_policy("Managers", [[account.person("elif")], [account.person("ivan")]])
    incident = client.trigger()
    reference = {"id": managers.id, "type": "escalation_policy_reference"}
    client.put(incident, escalation_policy=reference)
    assert assignees(account, incident) == ["Elif Kaya"]
    client.put(incident, escalation_policy=reference, escalation_level=2)
    assert assignees(account, incident) == ["Ivan Costa"]
    assert "delegate" in client.log(incident)


def test_title_priority_urgency_and_bridge_can_be_changed(client: Client) -> None:
    incident = client.trigger()
    bridge = {"conference_number": "+1 555", "conference_url": "https://meet.example"}
    priority = {"id": "PPRIO01", "type": "priority_reference"}
    told = client.put(incident, title="Worse", priority=priority, urgency="low", conference_bridge=bridge)
    changed = told.json()["incident"]
    assert (changed["title"], changed["urgency"], changed["priority"]["summary"]) == ("Worse", "low", "P1")
    assert changed["conference_bridge"] == bridge
    assert client.put(incident, priority=None).json()["incident"]["priority"] is None


def test_many_are_changed_at_once(client: Client) -> None:
    first, second = client.trigger("one"), client.trigger("two")
    asked = [{"id": one.id, "type": "incident_reference", "status": "acknowledged"} for one in (first, second)]
    told = client.send("PUT", "/incidents", {"incidents": asked}).json()
    assert [one["status"] for one in told["incidents"]] == ["acknowledged", "acknowledged"]


def test_of_many_all_are_changed_or_none(client: Client) -> None:
    first, second = client.trigger("one"), client.trigger("two")
    client.put(second, status="resolved")
    asked = [{"id": one.id, "type": "incident", "status": "resolved"} for one in (first, second)]
    assert error_of(client.send("PUT", "/incidents", {"incidents": asked})) == (400, 1001)
    unknown = {"id": "QNOTHING", "type": "incident", "status": "resolved"}
    assert error_of(client.send("PUT", "/incidents", {"incidents": [asked[0], unknown]})) == (404, 2100)
    assert error_of(client.send("PUT", "/incidents", {"incidents": [asked[0], asked[0]]})) == (400, 2001)
    assert first.status == "triggered"


def test_more_than_250_at_once_are_too_many(client: Client) -> None:
    asked = [{"id": str(number), "type": "incident"} for number in range(251)]
    assert client.send("PUT", "/incidents", {"incidents": asked}).status_code == 413


def new(**more: Any) -> dict[str, Any]:
    service = {"id": "PSENTNL", "type": "service_reference"}
    return {"incident": {"type": "incident", "title": "By hand", "service": service, **more}}


def test_an_incident_can_be_made_by_hand(client: Client, account: PagerDuty) -> None:
    answer = client.send("POST", "/incidents", new(incident_key="hand", urgency="high"))
    assert answer.status_code == 201
    told = answer.json()["incident"]
    assert (told["title"], told["incident_key"], told["status"]) == ("By hand", "hand", "triggered")
    assert told["alert_counts"]["all"] == 0
    assert assignees(account, account.incident(told["id"])) == ["Ana Silva"]
    given = new(assignments=[{"assignee": {"id": "PIVAN01", "type": "user_reference"}}])
    straight = client.send("POST", "/incidents", given).json()["incident"]
    assert [one["assignee"]["summary"] for one in straight["assignments"]] == ["Ivan Costa"]


def test_a_key_that_an_open_incident_has_is_refused(client: Client) -> None:
    client.send("POST", "/incidents", new(incident_key="hand"))
    assert error_of(client.send("POST", "/incidents", new(incident_key="hand"))) == (400, 2002)
    client.send("PUT", "/incidents/1", {"incident": {"type": "incident", "status": "resolved"}})
    assert client.send("POST", "/incidents", new(incident_key="hand")).status_code == 201


@pytest.mark.parametrize("wrong", [{"type": "alert"}, {"title": ""}, {"service": {"id": "PNONE"}}, {"service": None}])
def test_an_incident_that_cannot_be_is_not_made(client: Client, wrong: dict[str, Any]) -> None:
    assert error_of(client.send("POST", "/incidents", new(**wrong))) == (400, 2001)
    assert client.account.incidents == {}


def snoozed(client: Client, path: str, duration: object) -> Any:
    return client.send("POST", path, {"duration": duration})


def test_a_snooze_ends_and_the_incident_is_triggered_again(
    client: Client, account: PagerDuty, clock: StandingClock
) -> None:
    incident = client.trigger()
    client.put(incident, status="acknowledged")
    answer = snoozed(client, f"/incidents/{incident.id}/snooze", 3600)
    assert answer.status_code == 201
    assert answer.json()["incident"]["pending_actions"] == [{"type": "unacknowledge", "at": "2026-11-24T11:00:00Z"}]
    clock.move(timedelta(minutes=59))
    account.catch_up()
    assert incident.status == "acknowledged"
    clock.move(timedelta(minutes=1))
    told = client.get(f"/incidents/{incident.id}")["incident"]
    assert (told["status"], told["acknowledgements"]) == ("triggered", [])
    assert told["pending_actions"] == [{"type": "escalate", "at": "2026-11-24T11:30:00Z"}]
    assert client.log(incident)[:3] == ["notify", "unacknowledge", "snooze"]
    newest = client.get(f"/incidents/{incident.id}/log_entries")["log_entries"][1]
    assert (newest["channel"]["type"], newest["agent"]["type"]) == ("timeout", "service_reference")


@pytest.mark.parametrize("duration", [0, 604_801, -1, "60", 1.5, True, None])
def test_a_snooze_lasts_between_a_second_and_a_week(client: Client, duration: object) -> None:
    incident = client.trigger()
    client.put(incident, status="acknowledged")
    assert error_of(snoozed(client, f"/incidents/{incident.id}/snooze", duration)) == (400, 1013)


def test_only_what_is_acknowledged_is_snoozed(client: Client) -> None:
    incident = client.trigger()
    assert error_of(snoozed(client, f"/incidents/{incident.id}/snooze", 60)) == (400, 1012)
    client.put(incident, status="resolved")
    assert error_of(snoozed(client, f"/incidents/{incident.id}/snooze", 60)) == (400, 1001)


def test_an_incident_takes_2000_notes_and_no_more(client: Client, account: PagerDuty) -> None:
    incident, path = client.trigger(), "/incidents/1/notes"
    ana = account.person("ana").agent
    with account.lock:
        for number in range(NOTES - 1):
            account.life.annotate(incident, str(number), ana, "test")
    assert client.send("POST", path, {"note": {"content": "The last"}}).status_code == 200
    assert error_of(client.send("POST", path, {"note": {"content": "One more"}})) == (400, 5002)


def test_a_note_says_something(client: Client) -> None:
    client.trigger()
    for body in ({"note": {"content": " "}}, {"note": "text"}, {"content": "text"}):
        assert error_of(client.send("POST", "/incidents/1/notes", body)) == (400, 2001)
