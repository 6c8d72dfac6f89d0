"""Webhook subscriptions: docs/webhooks/01-Overview.md of github.com/PagerDuty/developer-docs."""

from typing import Any, Final
from urllib.parse import urlsplit

from sandbox.pagerduty.call import Answer, Call
from sandbox.pagerduty.errors import invalid
from sandbox.pagerduty.records import JSON, Subscription
from sandbox.pagerduty.shapes import Shapes

FILTERS: Final = ("account_reference", "service_reference", "team_reference")


def list_(call: Call) -> Answer:
    """GET /webhook_subscriptions."""
    return call.page(
        "webhook_subscriptions", list(call.account.subscriptions.values()), Shapes(call.account).subscription
    )


def get(call: Call) -> Answer:
    """GET /webhook_subscriptions/{id}."""
    return Answer({"webhook_subscription": Shapes(call.account).subscription(call.thing(call.account.subscriptions))})


def create(call: Call) -> Answer:
    """POST /webhook_subscriptions: only this answer has the secret."""
    asked = call.object("webhook_subscription")
    if asked.get("type") != "webhook_subscription":
        raise invalid("Type must be webhook_subscription")
    method = _object(asked, "delivery_method")
    if method.get("type") != "http_delivery_method":
        raise invalid("Delivery method must be of the type http_delivery_method")
    url = method.get("url")
    if not isinstance(url, str) or urlsplit(url).scheme not in ("http", "https") or not urlsplit(url).netloc:
        raise invalid("Delivery method url must be a valid url")
    one = Subscription(call.account.new_id("P"), url, [call.account.new_id("sandbox-")], _events(call, asked))
    one.headers = _headers(method)
    one.description = str(asked.get("description", ""))
    one.filter_type, one.filter_id = _filter(call, asked)
    call.account.subscriptions[one.id] = one
    return Answer({"webhook_subscription": Shapes(call.account).subscription(one, secret=True)}, 201)


def delete(call: Call) -> Answer:
    """DELETE /webhook_subscriptions/{id}."""
    del call.account.subscriptions[call.thing(call.account.subscriptions).id]
    return Answer(None, 204)


def ping(call: Call) -> Answer:
    """POST /webhook_subscriptions/{id}/ping."""
    call.account.outbox.ping(call.thing(call.account.subscriptions), None)
    return Answer(None, 202)


def enable(call: Call) -> Answer:
    """POST /webhook_subscriptions/{id}/enable: after it was switched off because its receiver failed."""
    one = call.thing(call.account.subscriptions)
    call.account.outbox.enable(one)
    return Answer({"webhook_subscription": Shapes(call.account).subscription(one)})


def _events(call: Call, asked: JSON) -> tuple[str, ...]:
    events, known = asked.get("events"), call.account.outbox.EVENTS
    if not isinstance(events, list) or not events:
        raise invalid("Events must be an array with at least one event")
    if unknown := [str(one) for one in events if one not in known]:
        raise invalid(f"Events has unknown events: {', '.join(unknown)}")
    return tuple(events)


def _filter(call: Call, asked: JSON) -> tuple[str, str | None]:
    value = _object(asked, "filter")
    kind, id = value.get("type"), value.get("id")
    if not isinstance(kind, str) or kind not in FILTERS:
        raise invalid(f"Filter type must be one of {', '.join(FILTERS)}")
    if kind == "service_reference" and id not in call.account.services:
        raise invalid("Filter id must be a service's")
    if kind == "team_reference":
        raise invalid("Filter id must be a team's")  # the sandbox has no teams
    return kind, id if kind == "service_reference" else None


def _headers(method: JSON) -> dict[str, str]:
    told: Any = method.get("custom_headers", [])
    if not isinstance(told, list) or not all(isinstance(one, dict) and {"name", "value"} <= one.keys() for one in told):
        raise invalid("Custom headers must be an array of names and values")
    headers = {str(one["name"]): str(one["value"]) for one in told}
    if len(headers) != len(told):
        raise invalid("Custom headers must have names that are unique")
    return headers


def _object(asked: JSON, name: str) -> JSON:
    value = asked.get(name)
    if not isinstance(value, dict):
        raise invalid(f"{name.replace('_', ' ').capitalize()} is missing")
    return value
