"""The table of methods is true: what is served answers, what is absent does not, and nothing is left out."""

from typing import Any

import pytest

from sandbox.pagerduty.aureus import ROUTING_KEY, SUBSCRIPTION
from sandbox.pagerduty.methods import METHODS, Method
from sandbox.pagerduty.server import PagerDutyServer
from tests.sandbox.pagerduty.clients import Client, error_of
from tests.sandbox.tables import absent, assert_true_of, served

NAMES = {
    "users": "PANA001",
    "schedules": "PPRIMRY",
    "escalation_policies": "PPOLICY",
    "services": "PSENTNL",
    "webhook_subscriptions": SUBSCRIPTION,
    "incidents": "1",
}
_HOOK = {
    "type": "webhook_subscription",
    "delivery_method": {"type": "http_delivery_method", "url": "http://127.0.0.1:9"},
    "events": ["incident.triggered"],
    "filter": {"type": "account_reference"},
}
_PAYLOAD = {"summary": "It burns", "source": "bridge-0", "severity": "critical"}
BODIES: dict[tuple[str, str], Any] = {
    ("POST", "/incidents"): {"incident": {"type": "incident", "title": "New", "service": {"id": "PSENTNL"}}},
    ("PUT", "/incidents"): {"incidents": [{"id": "1", "type": "incident", "title": "New"}]},
    ("PUT", "/incidents/{id}"): {"incident": {"type": "incident", "title": "New"}},
    ("POST", "/incidents/{id}/notes"): {"note": {"content": "Looking"}},
    ("POST", "/incidents/{id}/snooze"): {"duration": 60},
    ("POST", "/webhook_subscriptions"): {"webhook_subscription": _HOOK},
    ("POST", "/v2/enqueue"): {"routing_key": ROUTING_KEY, "event_action": "trigger", "payload": _PAYLOAD},
    ("POST", "/v2/change/enqueue"): {"routing_key": ROUTING_KEY, "payload": {"summary": "Deployed"}},
}
SERVED = served(METHODS)
ABSENT = absent(METHODS)


def address(row: Method) -> str:
    return row.path.replace("{id}", NAMES.get(row.path.split("/")[1], "PNOTHING"))


@pytest.mark.parametrize("row", SERVED, ids=str)
def test_what_is_served_answers(client: Client, row: Method) -> None:
    client.account.subscribe("http://127.0.0.1:9/hooks", "secret", id=SUBSCRIPTION)
    client.put(client.trigger(), status="acknowledged")
    answer = client.send(row.verb, address(row), BODIES.get((row.verb, row.path)))
    assert answer.is_success, answer.text
    if row.signed:
        assert error_of(client.send(row.verb, address(row), BODIES[row.verb, row.path], None)) == (400, 2016)


def test_what_is_absent_is_not_found(client: Client) -> None:
    client.trigger()
    for row in ABSENT:
        assert error_of(client.send(row.verb, address(row), {})) == (404, 2100), row


def test_the_table_is_that_of_the_server(server: PagerDutyServer) -> None:
    assert_true_of(server.app, METHODS)
