"""Reading: people, lists and their pages, incidents, their logs, alerts and notes."""

from datetime import timedelta

import pytest

from sandbox.clock import StandingClock
from tests.sandbox.pagerduty.clients import ANA, BEN, Client, error_of


def test_users_come_in_pages(client: Client) -> None:
    first = client.get("/users", limit=4)
    assert [one["name"] for one in first["users"]] == ["Ana Silva", "Aureus Bot", "Ben Okafor", "Chen Li"]
    assert (first["limit"], first["offset"], first["more"], first["total"]) == (4, 0, True, None)
    last = client.get("/users", limit=4, offset=8, total="true")
    assert [one["name"] for one in last["users"]] == ["Ivan Costa"]
    assert (last["more"], last["total"]) == (False, 9)


@pytest.mark.parametrize("query", [{"limit": 101}, {"limit": 0}, {"offset": 9990}, {"offset": -1}, {"limit": "many"}])
def test_a_page_has_its_limits(client: Client, query: dict[str, str]) -> None:
    assert error_of(client.http.get("/users", params=query)) == (400, 2001)


def test_a_query_finds_people_by_name_and_e_mail(client: Client) -> None:
    assert [one["id"] for one in client.get("/users", query="SILVA")["users"]] == ["PANA001"]
    assert [one["id"] for one in client.get("/users", query=BEN)["users"]] == ["PBEN001"]
    assert client.get("/users", query="goran")["users"] == []


def test_a_user_is_found_by_id(client: Client) -> None:
    user = client.get("/users/PANA001")["user"]
    assert (user["type"], user["email"], user["name"]) == ("user", ANA, "Ana Silva")
    assert error_of(client.http.get("/users/PNOBODY")) == (404, 2100)


def test_an_incident_is_read_by_id_and_by_number(client: Client) -> None:
    made = client.trigger("fire", summary="It burns")
    told = client.get(f"/incidents/{made.id}")["incident"]
    assert client.get("/incidents/1")["incident"] == told
    assert (told["type"], told["summary"], told["status"]) == ("incident", "[#1] It burns", "triggered")
    assert (told["incident_key"], told["incident_number"], told["urgency"]) == ("fire", 1, "high")
    assert told["created_at"] == "2026-11-24T10:00:00Z"
    assert [one["assignee"]["summary"] for one in told["assignments"]] == ["Ana Silva"]
    assert told["pending_actions"] == [{"type": "escalate", "at": "2026-11-24T10:30:00Z"}]
    assert told["service"]["type"] == "service_reference"
    assert told["escalation_policy"]["summary"] == "Aureus Sentinel"
    assert told["alert_counts"] == {"all": 1, "triggered": 1, "resolved": 0}
    assert told["first_trigger_log_entry"]["type"] == "trigger_log_entry_reference"


def numbers(client: Client, **params: object) -> list[int]:
    return [one["incident_number"] for one in client.get("/incidents", **params)["incidents"]]


def test_incidents_are_filtered_by_status_service_and_urgency(client: Client) -> None:
    for key in ("one", "two", "three"):
        client.trigger(key)
    client.event("resolve", "two")
    client.event("acknowledge", "three")
    assert numbers(client) == [1, 2, 3]
    assert numbers(client, statuses_list=["triggered", "acknowledged"]) == [1, 3]
    assert numbers(client, statuses_list="resolved") == [2]
    assert numbers(client, service_ids_list="PSENTNL") == [1, 2, 3]
    assert numbers(client, service_ids_list="POTHER1") == []
    assert numbers(client, urgencies_list="low") == []
    assert numbers(client, user_ids_list="PANA001") == [1, 3]
    assert numbers(client, sort_by="incident_number:desc", limit=2) == [3, 2]
    assert numbers(client, sort_by="urgency:asc,created_at:desc") == [1, 2, 3]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({"statuses[]": "open"}, 2001),
        ({"urgencies[]": "middling"}, 2001),
        ({"sort_by": "mood"}, 2001),
        ({"sort_by": "urgency,created_at,resolved_at"}, 2001),
        ({"since": "yesterday"}, 2001),
        ({"since": "2026-11-24", "until": "2026-11-01"}, 2005),
        ({"since": "2025-11-24", "until": "2026-11-01"}, 2005),
    ],
)
def test_a_filter_that_cannot_be_is_refused_and_not_ignored(client: Client, query: dict[str, str], code: int) -> None:
    assert error_of(client.http.get("/incidents", params=query)) == (400, code)


def test_a_list_without_dates_goes_back_one_month(client: Client, clock: StandingClock) -> None:
    client.trigger("old")
    clock.move(timedelta(days=40))
    client.trigger("new")
    assert numbers(client) == [2]
    assert numbers(client, incident_key="old") == []
    assert numbers(client, incident_key="old", date_range="all") == [1]
    assert numbers(client, since="2026-11-20T00:00:00Z") == [1, 2]
    assert numbers(client, until="2026-11-25") == [1]


def test_a_key_finds_what_was_told_of_again_and_again(client: Client) -> None:
    client.trigger("fire")
    client.event("resolve", "fire")
    client.trigger("fire")
    client.trigger("flood")
    assert numbers(client, incident_key="fire") == [1, 2]
    assert numbers(client, incident_key="fire", statuses_list=["triggered", "acknowledged"]) == [2]


def test_a_key_finds_an_incident_by_its_alerts_key_too(client: Client) -> None:
    incident = client.trigger("fire")
    incident.key = "another"
    assert numbers(client, incident_key="fire") == [1]
    assert numbers(client, incident_key="another") == [1]


def test_an_incidents_alerts_say_what_the_monitoring_system_told(client: Client) -> None:
    incident = client.trigger("fire", severity="warning", custom_details={"service": "bridge"})
    (alert,) = client.get(f"/incidents/{incident.id}/alerts")["alerts"]
    assert (alert["type"], alert["alert_key"], alert["severity"]) == ("alert", "fire", "warning")
    assert alert["body"]["details"] == {"service": "bridge"}
    assert alert["body"]["cef_details"]["source"] == "bridge-0"
    assert alert["incident"]["id"] == incident.id
    assert client.get(f"/incidents/{incident.id}/alerts", statuses_list="resolved")["alerts"] == []


def test_the_log_is_newest_first_and_says_who_where_and_when(client: Client, clock: StandingClock) -> None:
    incident = client.trigger()
    clock.move(timedelta(minutes=2))
    client.put(incident, status="acknowledged")
    assert client.log(incident) == ["acknowledge", "notify", "assign", "trigger"]
    entries = client.get(f"/incidents/{incident.id}/log_entries")["log_entries"]
    newest, notified, assigned, triggered = entries
    assert (newest["created_at"], newest["agent"]["summary"]) == ("2026-11-24T10:02:00Z", "Ana Silva")
    assert (newest["agent"]["type"], newest["channel"]["type"]) == ("user_reference", "api")
    assert notified["user"]["summary"] == "Ana Silva"
    assert notified["channel"]["notification"]["type"] == "push"
    assert [one["summary"] for one in assigned["assignees"]] == ["Ana Silva"]
    assert triggered["agent"]["type"] == "events_api_v2_inbound_integration_reference"
    assert triggered["incident"]["id"] == incident.id
    later = client.get(f"/incidents/{incident.id}/log_entries", since="2026-11-24T10:01:00Z")["log_entries"]
    assert [one["type"] for one in later] == ["acknowledge_log_entry"]
    overview = client.get(f"/incidents/{incident.id}/log_entries", is_overview="true")["log_entries"]
    assert "notify_log_entry" not in [one["type"] for one in overview]


def test_notes_are_newest_first(client: Client) -> None:
    incident = client.trigger()
    for text, who in (("Looking", ANA), ("Me too", BEN)):
        answer = client.send("POST", f"/incidents/{incident.id}/notes", {"note": {"content": text}}, who)
        assert answer.status_code == 200
        assert answer.json()["note"]["content"] == text
    notes = client.get(f"/incidents/{incident.id}/notes")["notes"]
    assert [(one["content"], one["user"]["summary"]) for one in notes] == [
        ("Me too", "Ben Okafor"),
        ("Looking", "Ana Silva"),
    ]
    assert client.log(incident)[:2] == ["annotate", "annotate"]


def test_the_account_tells_its_services_policies_priorities_and_abilities(client: Client) -> None:
    (service,) = client.get("/services")["services"]
    assert (service["id"], service["name"], service["auto_resolve_timeout"]) == ("PSENTNL", "Aureus Sentinel", None)
    assert service["status"] == "active"
    assert client.get("/services/PSENTNL")["service"] == service
    (policy,) = client.get("/escalation_policies")["escalation_policies"]
    assert client.get("/escalation_policies/PPOLICY")["escalation_policy"] == policy
    assert [one["escalation_delay_in_minutes"] for one in policy["escalation_rules"]] == [30, 30, 30, 30]
    assert [[target["summary"] for target in one["targets"]] for one in policy["escalation_rules"]] == [
        ["Primary"],
        ["Secondary"],
        ["Elif Kaya", "Femi Adeyemi"],
        ["Ivan Costa", "Hana Sato"],
    ]
    assert [one["name"] for one in client.get("/priorities")["priorities"]] == ["P0", "P1", "P2", "P3"]
    abilities = client.get("/abilities")["abilities"]
    assert "urgencies" in abilities
    assert "coordinated_responding" not in abilities


def test_a_service_shows_how_bad_it_is(client: Client) -> None:
    incident = client.trigger()
    assert client.get("/services/PSENTNL")["service"]["status"] == "critical"
    client.put(incident, status="acknowledged")
    assert client.get("/services/PSENTNL")["service"]["status"] == "warning"
