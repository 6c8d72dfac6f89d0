"""Webhooks v3: what is told, how it is signed, in which order, and what becomes of a receiver that fails."""

import hashlib
import hmac
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import SUBSCRIPTION, WEBHOOK_SECRET
from sandbox.pagerduty.faults import Fault
from sandbox.pagerduty.records import Subscription
from tests.sandbox.pagerduty.clients import BEN, Client, error_of
from tests.sandbox.pagerduty.receivers import Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def hook(account: PagerDuty, receiver: Receiver) -> Subscription:
    return account.subscribe(receiver.url, WEBHOOK_SECRET, service=account.services["PSENTNL"], id=SUBSCRIPTION)


def until(account: PagerDuty, happened: Any) -> None:
    """Wait on what the server does in its own thread."""
    for _ in range(1000):
        with account.lock:
            if happened():
                return
        time.sleep(0.01)
    raise AssertionError("it did not happen")


def signature(secret: str, raw: bytes) -> str:
    return "v1=" + hmac.new(secret.encode(), raw, hashlib.sha256).hexdigest()


def test_a_webhook_carries_the_incident_as_v3_tells_it(client: Client, receiver: Receiver, hook: Subscription) -> None:
    incident = client.trigger("fire")
    (arrival,) = receiver.wait(1)
    event = arrival.event
    assert (event["event_type"], event["resource_type"], event["client"]) == ("incident.triggered", "incident", None)
    assert event["occurred_at"] == "2026-11-24T10:00:00.000Z"
    assert event["agent"]["type"] == "events_api_v2_inbound_integration_reference"
    data = event["data"]
    assert set(data) == {
        "id", "type", "self", "html_url", "number", "status", "incident_key", "created_at", "title", "service",
        "assignees", "escalation_policy", "teams", "priority", "urgency", "conference_bridge", "resolve_reason",
    }  # fmt: skip
    assert (data["id"], data["number"], data["type"], data["incident_key"]) == (incident.id, 1, "incident", "fire")
    assert [one["summary"] for one in data["assignees"]] == ["Ana Silva"]


def test_a_webhook_is_signed_over_its_raw_body(client: Client, receiver: Receiver, hook: Subscription) -> None:
    client.trigger("fire", summary="Es brennt – überall")
    (arrival,) = receiver.wait(1)
    assert arrival.headers["x-pagerduty-signature"] == signature(WEBHOOK_SECRET, arrival.raw)
    assert arrival.headers["x-webhook-subscription"] == SUBSCRIPTION
    assert arrival.headers["content-type"] == "application/json"
    assert "überall".encode() in arrival.raw


def test_while_a_secret_is_rotated_there_are_two_signatures(
    client: Client, receiver: Receiver, hook: Subscription
) -> None:
    hook.secrets.append("the new secret")
    client.trigger()
    (arrival,) = receiver.wait(1)
    expected = [signature(one, arrival.raw) for one in (WEBHOOK_SECRET, "the new secret")]
    assert arrival.headers["x-pagerduty-signature"].split(",") == expected


def test_each_change_is_told_in_order(
    client: Client, account: PagerDuty, clock: StandingClock, receiver: Receiver, hook: Subscription
) -> None:
    incident = client.trigger()
    client.put(incident, BEN, status="acknowledged")
    client.send("POST", "/incidents/1/snooze", {"duration": 60})
    clock.move(timedelta(minutes=1))
    account.catch_up()
    client.put(incident, escalation_level=2)
    client.put(incident, assignments=[{"assignee": {"id": "PDANA01", "type": "user_reference"}}])
    client.put(incident, priority={"id": "PPRIO00", "type": "priority_reference"})
    client.put(incident, escalation_policy={"id": "PPOLICY", "type": "escalation_policy_reference"})
    client.put(incident, status="resolved")
    client.put(incident, status="acknowledged")
    assert receiver.types(10) == [
        "incident.triggered",
        "incident.acknowledged",
        "incident.unacknowledged",
        "incident.escalated",
        "incident.reassigned",
        "incident.priority_updated",
        "incident.delegated",
        "incident.resolved",
        "incident.reopened",
        "incident.acknowledged",
    ]
    acknowledged = receiver.arrivals[1].event
    assert (acknowledged["agent"]["summary"], acknowledged["data"]["status"]) == ("Ben Okafor", "acknowledged")
    assert receiver.arrivals[2].event["agent"]["type"] == "service_reference"


def test_a_notes_webhook_carries_the_note(client: Client, receiver: Receiver, hook: Subscription) -> None:
    incident = client.trigger()
    client.send("POST", "/incidents/1/notes", {"note": {"content": "Looking"}})
    event = receiver.wait(2)[1].event
    assert (event["event_type"], event["agent"]["summary"]) == ("incident.annotated", "Ana Silva")
    assert (event["data"]["type"], event["data"]["content"]) == ("incident_note", "Looking")
    assert event["data"]["incident"]["id"] == incident.id


def test_an_escalation_by_time_is_told(
    client: Client, account: PagerDuty, clock: StandingClock, receiver: Receiver, hook: Subscription
) -> None:
    client.trigger()
    clock.move(timedelta(minutes=30))
    account.catch_up()
    escalated = receiver.wait(2)[1].event
    assert escalated["event_type"] == "incident.escalated"
    assert [one["summary"] for one in escalated["data"]["assignees"]] == ["Ben Okafor"]


@pytest.mark.parametrize("status", [500, 503, 429])
def test_a_receiver_that_fails_is_tried_again_after_a_pause_with_the_same_id(
    client: Client, account: PagerDuty, clock: StandingClock, receiver: Receiver, hook: Subscription, status: int
) -> None:
    receiver.statuses = [status, status]
    client.trigger()
    receiver.wait(1)
    until(account, lambda: hook.queue and hook.queue[0].attempts == 1)
    account.catch_up()
    assert len(receiver.arrivals) == 1
    clock.move(timedelta(seconds=15))
    receiver.wait(2)
    until(account, lambda: hook.queue[0].attempts == 2)
    pause = hook.queue[0].next_at - clock.now()
    assert pause == timedelta(seconds=30)
    clock.move(pause)
    ids = {one.headers["x-webhook-id"] for one in receiver.wait(3)}
    assert len(ids) == 1
    until(account, lambda: hook.delivered == 1)
    assert hook.dropped == 0


def test_what_waits_is_not_overtaken_by_later_news_of_the_same_incident(
    client: Client, account: PagerDuty, clock: StandingClock, receiver: Receiver, hook: Subscription
) -> None:
    receiver.statuses = [500]
    incident = client.trigger("one")
    until(account, lambda: hook.queue and hook.queue[0].attempts == 1)
    client.put(incident, status="acknowledged")
    client.trigger("two")
    assert [one.event["data"]["number"] for one in receiver.wait(2)] == [1, 2]
    clock.move(timedelta(seconds=15))
    assert receiver.types(4)[2:] == ["incident.triggered", "incident.acknowledged"]


def test_no_answer_within_its_time_is_a_failure(
    client: Client, account: PagerDuty, receiver: Receiver, hook: Subscription
) -> None:
    receiver.holds.set()
    client.trigger()
    until(account, lambda: hook.queue and hook.queue[0].attempts == 1)
    assert hook.dropped == 0


def test_nobody_there_is_a_failure_that_is_tried_again(client: Client, account: PagerDuty) -> None:
    nobody = account.subscribe("http://127.0.0.1:9/hooks", WEBHOOK_SECRET)
    client.trigger()
    until(account, lambda: nobody.queue and nobody.queue[0].attempts == 1)


@pytest.mark.parametrize("status", [400, 401, 404, 410])
def test_another_refusal_drops_the_webhook(
    client: Client, account: PagerDuty, receiver: Receiver, hook: Subscription, status: int
) -> None:
    receiver.statuses = [status]
    incident = client.trigger()
    until(account, lambda: hook.dropped == 1)
    client.put(incident, status="acknowledged")
    assert receiver.types(2) == ["incident.triggered", "incident.acknowledged"]
    until(account, lambda: hook.delivered == 1)
    assert hook.dropped_in_a_row == 0


def test_three_drops_in_a_row_switch_a_subscription_off_for_a_day(
    client: Client, account: PagerDuty, clock: StandingClock, receiver: Receiver, hook: Subscription
) -> None:
    receiver.status = 404
    for key in ("one", "two", "three"):
        client.put(client.trigger(key), urgency="low")
    until(account, lambda: hook.dropped == 3)
    told = client.get(f"/webhook_subscriptions/{hook.id}")["webhook_subscription"]
    assert (told["active"], told["delivery_method"]["temporarily_disabled"]) == (False, True)
    receiver.status = 202
    client.put(client.trigger("lost"), urgency="low")
    assert (hook.queue, hook.dropped) == ([], 4)
    clock.move(timedelta(hours=24))
    client.trigger("heard")
    assert receiver.wait(4)[3].event["data"]["incident_key"] == "heard"


def test_a_subscription_can_be_switched_on_again_by_hand(
    client: Client, account: PagerDuty, clock: StandingClock, receiver: Receiver, hook: Subscription
) -> None:
    hook.disabled_until = clock.now() + timedelta(hours=24)
    answer = client.send("POST", f"/webhook_subscriptions/{hook.id}/enable", None)
    assert answer.json()["webhook_subscription"]["active"] is True
    client.trigger()
    receiver.wait(1)


def test_after_two_days_a_webhook_is_dropped(account: PagerDuty, clock: StandingClock) -> None:
    hook = account.subscribe("http://127.0.0.1:9/hooks", WEBHOOK_SECRET)
    account.outbox.ping(hook, None)
    while (delivery := account.outbox.due(hook)) is not None:
        account.outbox.failed(hook, delivery, again=True)
        clock.move(max(timedelta(), delivery.next_at - clock.now()))
    assert hook.dropped == 1
    assert timedelta(hours=46) < clock.now() - StandingClock().now() <= timedelta(hours=48)


def test_a_webhook_may_come_twice_and_says_so_by_its_id(
    client: Client, account: PagerDuty, receiver: Receiver, hook: Subscription
) -> None:
    account.faults.add(Fault("webhooks-twice", times=1))
    client.trigger()
    first, second = receiver.wait(2)
    assert first.raw == second.raw
    assert first.headers["x-webhook-id"] == second.headers["x-webhook-id"]


def test_webhooks_can_be_held_back(client: Client, account: PagerDuty, receiver: Receiver, hook: Subscription) -> None:
    account.faults.add(Fault("webhooks-held"))
    client.trigger()
    account.catch_up()
    assert receiver.arrivals == []
    account.faults.heal("webhooks-held")
    account.catch_up()
    receiver.wait(1)


def subscription(receiver: Receiver, **more: Any) -> dict[str, Any]:
    headers = [{"name": "X-Route", "value": "secret route"}]
    return {
        "webhook_subscription": {
            "type": "webhook_subscription",
            "delivery_method": {"type": "http_delivery_method", "url": receiver.url, "custom_headers": headers},
            "description": "The bot",
            "events": ["incident.triggered", "incident.resolved"],
            "filter": {"type": "service_reference", "id": "PSENTNL"},
        }
        | more
    }


def test_a_subscription_shows_its_secret_once(client: Client, receiver: Receiver) -> None:
    answer = client.send("POST", "/webhook_subscriptions", subscription(receiver), None)
    assert answer.status_code == 201
    made = answer.json()["webhook_subscription"]
    secret = made["delivery_method"]["secret"]
    assert secret
    read = client.get(f"/webhook_subscriptions/{made['id']}")["webhook_subscription"]
    assert read["delivery_method"]["secret"] is None
    assert read["delivery_method"]["custom_headers"] == [{"name": "X-Route", "value": "<redacted>"}]
    assert client.get("/webhook_subscriptions")["webhook_subscriptions"] == [read]
    incident = client.trigger()
    client.put(incident, status="acknowledged")
    client.put(incident, status="resolved")
    assert receiver.types(2) == ["incident.triggered", "incident.resolved"]
    assert receiver.arrivals[0].headers["x-route"] == "secret route"
    assert receiver.arrivals[0].headers["x-pagerduty-signature"] == signature(secret, receiver.arrivals[0].raw)


@pytest.mark.parametrize(
    "wrong",
    [
        {"type": "webhook"},
        {"delivery_method": {"type": "mail"}},
        {"delivery_method": {"type": "http_delivery_method", "url": "nowhere"}},
        {"delivery_method": None},
        {"events": []},
        {"events": ["incident.exploded"]},
        {"filter": {"type": "service_reference", "id": "PNONE"}},
        {"filter": {"type": "team_reference", "id": "PTEAM01"}},
        {"filter": {"type": "galaxy_reference"}},
    ],
    ids=str,
)
def test_a_subscription_that_cannot_be_is_refused(client: Client, receiver: Receiver, wrong: dict[str, Any]) -> None:
    answer = client.send("POST", "/webhook_subscriptions", subscription(receiver, **wrong), None)
    assert error_of(answer) == (400, 2001)
    assert client.account.subscriptions == {}


def test_a_subscription_hears_only_of_its_own_service(
    client: Client, account: PagerDuty, receiver: Receiver, hook: Subscription
) -> None:
    account.add_service("Other", account.policies["PPOLICY"], "0" * 32)
    client.event("trigger", "elsewhere", "0" * 32)
    client.trigger("here")
    assert receiver.wait(1)[0].event["data"]["incident_key"] == "here"


def test_a_ping_says_hello(client: Client, receiver: Receiver, hook: Subscription) -> None:
    assert client.send("POST", f"/webhook_subscriptions/{hook.id}/ping", None).status_code == 202
    event = receiver.wait(1)[0].event
    assert (event["event_type"], event["resource_type"], event["data"]["type"]) == ("pagey.ping", "pagey", "ping")


def test_what_is_deleted_hears_nothing_more(client: Client, account: PagerDuty, hook: Subscription) -> None:
    assert client.send("DELETE", f"/webhook_subscriptions/{hook.id}", None).status_code == 204
    assert account.subscriptions == {}
    assert error_of(client.http.get(f"/webhook_subscriptions/{hook.id}")) == (404, 2100)
