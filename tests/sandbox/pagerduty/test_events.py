"""Events API v2: what makes an incident, what changes one, what is dropped and what is refused."""

from typing import Any

import pytest

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import ROUTING_KEY
from sandbox.pagerduty.faults import Fault
from tests.sandbox.pagerduty.clients import Client

OTHER_KEY = "0" * 32


def statuses(account: PagerDuty) -> list[str]:
    return [one.status for one in account.incidents.values()]


def test_a_trigger_makes_an_incident_and_no_token_is_asked_for(client: Client, account: PagerDuty) -> None:
    del client.http.headers["Authorization"]
    answer = client.event("trigger", "fire", summary="bridge is down")
    assert answer.status_code == 202
    assert answer.json() == {"status": "success", "message": "Event processed", "dedup_key": "fire"}
    (incident,) = account.incidents.values()
    assert (incident.title, incident.key, incident.status) == ("bridge is down", "fire", "triggered")


def test_without_a_key_each_trigger_makes_its_own(client: Client, account: PagerDuty) -> None:
    keys = {client.event("trigger").json()["dedup_key"] for _ in range(2)}
    assert len(keys) == 2
    assert {one.key for one in account.incidents.values()} == keys


def test_the_same_key_again_is_only_logged(client: Client, account: PagerDuty) -> None:
    incident = client.trigger()
    client.event("trigger", "fire")
    assert len(account.incidents) == 1
    assert client.log(incident) == ["trigger", "notify", "assign", "trigger"]


def test_events_acknowledge_and_resolve(client: Client, account: PagerDuty) -> None:
    incident = client.trigger()
    assert client.event("acknowledge", "fire").status_code == 202
    assert incident.status == "acknowledged"
    client.event("trigger", "fire")
    assert statuses(account) == ["acknowledged"]
    client.event("resolve", "fire")
    assert statuses(account) == ["resolved"]


def test_an_unknown_key_makes_nothing(client: Client, account: PagerDuty) -> None:
    for action in ("acknowledge", "resolve"):
        assert client.event(action, "nothing").status_code == 202
    assert account.incidents == {}


def test_after_it_is_resolved_the_same_key_makes_a_new_incident(client: Client, account: PagerDuty) -> None:
    client.trigger()
    client.event("resolve", "fire")
    client.event("acknowledge", "fire")
    client.event("trigger", "fire")
    assert statuses(account) == ["resolved", "triggered"]


def test_what_comes_by_another_routing_key_is_dropped(client: Client, account: PagerDuty) -> None:
    account.add_service("Other", account.policies["PPOLICY"], OTHER_KEY)
    incident = client.trigger()
    for action in ("acknowledge", "resolve"):
        assert client.event(action, "fire", OTHER_KEY).status_code == 202
    assert incident.status == "triggered"
    client.event("trigger", "fire", OTHER_KEY)
    assert [one.service.name for one in account.incidents.values()] == ["Aureus Sentinel", "Other"]


def event(**more: Any) -> dict[str, Any]:
    payload = {"summary": "It burns", "source": "bridge-0", "severity": "critical"} | more.pop("payload", {})
    return {"routing_key": ROUTING_KEY, "event_action": "trigger", "dedup_key": "fire", "payload": payload} | more


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ({"routing_key": "short"}, "Length of 'routing_key' is incorrect (should be 32 characters)"),
        ({"routing_key": "-" * 32}, "'routing_key' cannot contain non-alphanumeric characters."),
        ({"routing_key": "f" * 32}, "Invalid routing key"),
        ({"routing_key": None}, "'routing_key' is missing or blank"),
        ({"event_action": "explode"}, "'event_action' is invalid"),
        ({"event_action": "resolve", "dedup_key": None}, "'dedup_key' is missing or blank"),
        ({"dedup_key": "k" * 256}, "Length of 'dedup_key' is incorrect"),
        ({"dedup_key": 7}, "'dedup_key' is missing or blank"),
        ({"payload": {"summary": "s" * 1025}}, "Length of 'payload.summary' is incorrect"),
        ({"payload": {"summary": ""}}, "'payload.summary' is missing or blank"),
        ({"payload": {"source": None}}, "'payload.source' is missing or blank"),
        ({"payload": {"severity": "fatal"}}, "'payload.severity' is invalid"),
        ({"payload": {"custom_details": 7}}, "'payload.custom_details' is invalid"),
    ],
    ids=str,
)
def test_an_event_that_cannot_be_is_refused(
    client: Client, account: PagerDuty, wrong: dict[str, Any], complaint: str
) -> None:
    answer = client.http.post("/v2/enqueue", json=event(**wrong))
    assert answer.status_code == 400
    told = answer.json()
    assert (told["status"], told["message"]) == ("invalid event", "Event object is invalid")
    assert any(complaint in error for error in told["errors"]), told["errors"]
    assert account.incidents == {}


def test_the_longest_key_and_summary_are_taken(client: Client, account: PagerDuty) -> None:
    longest = event(dedup_key="k" * 255, payload={"summary": "s" * 1024})
    assert client.http.post("/v2/enqueue", json=longest).status_code == 202
    assert len(account.incidents) == 1


def test_a_trigger_needs_a_payload_and_the_body_must_be_json(client: Client) -> None:
    assert client.http.post("/v2/enqueue", json=event() | {"payload": None}).status_code == 400
    for raw in (b"no json", b"[]"):
        answer = client.http.post("/v2/enqueue", content=raw)
        assert (answer.status_code, answer.json()["status"]) == (400, "Unrecognized object")


def test_accepted_is_not_yet_done(client: Client, account: PagerDuty) -> None:
    account.faults.add(Fault("events-held"))
    assert client.event("trigger", "fire").status_code == 202
    assert account.incidents == {}
    account.faults.heal("events-held")
    account.catch_up()
    assert statuses(account) == ["triggered"]


def test_a_change_event_is_kept_and_calls_nobody(client: Client, account: PagerDuty) -> None:
    change = {"routing_key": ROUTING_KEY, "payload": {"summary": "Deployed bridge"}}
    assert client.http.post("/v2/change/enqueue", json=change).status_code == 202
    assert account.change_events == [change]
    assert account.incidents == {}
    wrongs: list[dict[str, Any]] = [{"payload": {}}, {"payload": None}, {"routing_key": "f" * 32}]
    for wrong in wrongs:
        assert client.http.post("/v2/change/enqueue", json=change | wrong).status_code == 400
    assert client.http.post("/v2/change/enqueue", content=b"?").status_code == 400
