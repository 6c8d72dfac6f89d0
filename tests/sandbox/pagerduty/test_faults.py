"""What can be broken: every fault does what it says, so many times, and heals."""

import httpx
import pytest

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.faults import Fault
from tests.sandbox.pagerduty.clients import Client, error_of


def test_away_closes_the_connection_and_does_nothing(client: Client, account: PagerDuty) -> None:
    incident = client.trigger()
    account.faults.add(Fault("away", times=2))
    for _ in range(2):
        with pytest.raises(httpx.RemoteProtocolError):
            client.put(incident, status="acknowledged")
    assert incident.status == "triggered"
    assert client.put(incident, status="acknowledged").status_code == 200
    assert account.asked("PUT", "/incidents") == 3


def test_a_lost_answer_is_done_all_the_same(client: Client, account: PagerDuty) -> None:
    incident = client.trigger()
    account.faults.add(Fault("lose-answer", verb="PUT", times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        client.put(incident, status="acknowledged")
    assert incident.status == "acknowledged"
    assert client.get("/incidents/1")["incident"]["status"] == "acknowledged"


def test_a_lost_answer_of_the_events_api_too(client: Client, account: PagerDuty) -> None:
    account.faults.add(Fault("lose-answer", path="/v2/", times=1))
    with pytest.raises(httpx.RemoteProtocolError):
        client.event("trigger", "fire")
    assert len(account.incidents) == 1


def test_errors_do_nothing_until_they_are_healed(client: Client, account: PagerDuty) -> None:
    incident = client.trigger()
    account.faults.add(Fault("errors", status=503))
    answer = client.put(incident, status="acknowledged")
    assert error_of(answer) == (503, 2000)
    assert client.event("trigger", "two").status_code == 503
    assert (incident.status, len(account.incidents)) == ("triggered", 1)
    account.faults.heal("errors")
    assert client.put(incident, status="acknowledged").status_code == 200


def test_a_rate_limit_says_when_it_ends(client: Client, account: PagerDuty) -> None:
    account.faults.add(Fault("ratelimit", times=2, seconds=7))
    refused = client.http.get("/users")
    assert error_of(refused) == (429, 2020)
    assert [refused.headers[f"ratelimit-{name}"] for name in ("limit", "remaining", "reset")] == ["960", "0", "7"]
    assert client.event("trigger", "fire").status_code == 429
    assert client.http.get("/users").status_code == 200


def test_a_key_can_be_revoked(client: Client, account: PagerDuty) -> None:
    account.faults.add(Fault("unauthorized"))
    assert error_of(client.http.get("/users")) == (401, 2006)
    account.faults.heal()
    assert client.http.get("/users").status_code == 200


def test_slow_answers_come_late_and_what_is_asked_for_is_done(client: Client, account: PagerDuty) -> None:
    incident = client.trigger()
    account.faults.add(Fault("slow", times=1, seconds=30))
    with pytest.raises(httpx.ReadTimeout):
        client.http.get("/users", timeout=0.1)
    account.faults.heal("slow")
    assert client.put(incident, status="acknowledged").status_code == 200


def test_a_fault_concerns_the_requests_that_it_names(client: Client, account: PagerDuty) -> None:
    account.faults.add(Fault("errors", path="/oncalls", verb="GET"))
    assert client.http.get("/oncalls").status_code == 500
    assert client.http.get("/users").status_code == 200


def test_a_fault_that_there_is_not_cannot_be_added(account: PagerDuty) -> None:
    with pytest.raises(ValueError, match="there is no fault 'gremlins'"):
        account.faults.add(Fault("gremlins"))  # type: ignore[arg-type]


def test_the_pages_side_works_through_every_fault(client: Client, account: PagerDuty) -> None:
    for fault in (Fault("away"), Fault("errors"), Fault("ratelimit")):
        account.faults.add(fault)
    assert client.http.get("/sandbox/pagerduty/state").status_code == 200
