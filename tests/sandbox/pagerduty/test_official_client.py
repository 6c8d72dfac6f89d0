"""PagerDuty's own client speaks to it, also through rate limits and broken lines."""

from collections.abc import Iterator

import pagerduty
import pytest

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import ROUTING_KEY
from sandbox.pagerduty.faults import Fault
from sandbox.pagerduty.server import PagerDutyServer
from tests.sandbox.pagerduty.clients import BEN, Client, official


@pytest.fixture
def rest(server: PagerDutyServer) -> Iterator[pagerduty.RestApiV2Client]:
    with official(server, BEN) as client:
        yield client


@pytest.fixture
def events(server: PagerDutyServer) -> Iterator[pagerduty.EventsApiV2Client]:
    with pagerduty.EventsApiV2Client(ROUTING_KEY, base_url=server.url, verify=server.trust()) as client:
        client.sleep_timer = 0
        yield client


def test_it_finds_people_and_who_is_on_call(rest: pagerduty.RestApiV2Client) -> None:
    ana = rest.find("users", "ana@aureus.example", attribute="email")
    assert ana is not None
    assert ana["id"] == "PANA001"
    assert len(rest.list_all("users", page_size=2)) == 9
    on_call = rest.list_all("oncalls", params={"schedule_ids[]": ["PPRIMRY"]})
    assert [one["user"]["id"] for one in on_call] == ["PANA001"]


def test_it_handles_an_incident_from_beginning_to_end(
    rest: pagerduty.RestApiV2Client, events: pagerduty.EventsApiV2Client
) -> None:
    assert events.trigger("It burns", "bridge-0", dedup_key="fire") == "fire"
    (incident,) = rest.list_all("incidents", params={"incident_key": "fire", "statuses[]": ["triggered"]})
    path = f"/incidents/{incident['id']}"
    changed = rest.rput(path, json={"type": "incident_reference", "status": "acknowledged"})
    assert changed["acknowledgements"][0]["acknowledger"]["summary"] == "Ben Okafor"
    rest.rpost(f"{path}/notes", json={"content": "Looking"})
    kinds = [one["type"] for one in rest.iter_all(f"{path}/log_entries")]
    assert kinds[:2] == ["annotate_log_entry", "acknowledge_log_entry"]
    assert events.resolve("fire") == "fire"
    assert rest.rget(path)["status"] == "resolved"


def test_it_refuses_plain_http() -> None:
    with pytest.raises(pagerduty.UrlError):
        pagerduty.RestApiV2Client("key", base_url="http://127.0.0.1:1")


def test_it_waits_through_a_rate_limit(rest: pagerduty.RestApiV2Client, account: PagerDuty) -> None:
    account.faults.add(Fault("ratelimit", times=3))
    assert len(rest.list_all("priorities")) == 4
    assert account.asked("GET", "/priorities") == 4


def test_after_a_lost_answer_it_writes_twice(
    rest: pagerduty.RestApiV2Client, account: PagerDuty, client: Client
) -> None:
    client.trigger()
    account.faults.add(Fault("lose-answer", verb="POST", times=1))
    rest.rpost("/incidents/1/notes", json={"content": "Looking"})
    assert len(client.get("/incidents/1/notes")["notes"]) == 2


def test_an_unknown_person_and_a_wrong_key_are_told_apart(
    server: PagerDutyServer, account: PagerDuty, client: Client
) -> None:
    client.trigger()
    with official(server, "olga@aureus.example") as stranger, pytest.raises(pagerduty.HttpError) as refused:
        stranger.rput("/incidents/1", json={"type": "incident", "status": "resolved"})
    assert status_of(refused.value) == 400
    with official(server, key="wrong") as intruder, pytest.raises(pagerduty.HttpError) as rejected:
        intruder.get("/users")
    assert status_of(rejected.value) == 401


def status_of(error: pagerduty.HttpError) -> int:
    assert error.response is not None
    return int(error.response.status_code)
