"""Events API v2: what monitoring systems tell. An event that is well formed is accepted (202) before it is carried out.

developer.pagerduty.com/docs/events-api-v2-overview; the words of refusals as seen in the wild
(github.com/envato/pagerduty/issues/70, blockpane/tenderduty/issues/10).
"""

import json
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.records import JSON, Incident, Integration, Service

ACTIONS: Final = ("trigger", "acknowledge", "resolve")
SEVERITIES: Final = ("critical", "warning", "error", "info")
CHANNEL: Final = {"type": "api"}


class Events:
    """The two endpoints."""

    def __init__(self, account: PagerDuty) -> None:
        self._account = account

    async def enqueue(self, request: Request) -> Response:
        """POST /v2/enqueue."""
        event = await _read(request)
        if event is None:
            return _unreadable()
        if errors := _errors(event):
            return _refused(*errors)
        with self._account.lock:
            found = self._account.integration(event["routing_key"])
            if found is None:
                return _refused("Invalid routing key")
            key = event.get("dedup_key") or self._account.new_id("").lower()
            self._accept(event, key, *found)
        return JSONResponse({"status": "success", "message": "Event processed", "dedup_key": key}, 202)

    async def change(self, request: Request) -> Response:
        """POST /v2/change/enqueue: it is kept, and nobody is called."""
        event = await _read(request)
        if event is None:
            return _unreadable()
        errors = _routing_errors(event)
        payload = event.get("payload")
        if not isinstance(payload, dict):
            errors.append("'payload' is missing or blank")
        else:
            errors += _text_errors(payload, "payload.summary", "summary", 1024)
        if errors:
            return _refused(*errors)
        with self._account.lock:
            if self._account.integration(event["routing_key"]) is None:
                return _refused("Invalid routing key")
            self._account.change_events.append(event)
        return JSONResponse({"status": "success", "message": "Change event processed"}, 202)

    def _accept(self, event: JSON, key: str, service: Service, integration: Integration) -> None:
        if self._account.faults.find("events-held"):
            self._account.held.append(lambda: self.carry_out(event, key, service, integration))
        else:
            self.carry_out(event, key, service, integration)

    def carry_out(self, event: JSON, key: str, service: Service, integration: Integration) -> None:
        """Apply it to the open alert with its key that came through the same integration; what finds none is dropped,
        but for a trigger."""
        self._account.catch_up()
        incident = self._open(key, integration)
        life, by = self._account.life, integration.agent
        if event["event_action"] == "trigger":
            if incident is not None:
                life.trigger_again(incident, by, CHANNEL)
                return
            payload = event["payload"]
            life.trigger(service, payload["summary"], key, by, CHANNEL, alert=(integration, payload))
        elif incident is not None and event["event_action"] == "resolve":
            for alert in incident.alerts:
                if alert.key == key:
                    alert.status = "resolved"
            if all(alert.status == "resolved" for alert in incident.alerts):
                life.resolve(incident, by, CHANNEL)
        elif incident is not None and incident.status == "triggered":
            life.acknowledge(incident, by, CHANNEL)

    def _open(self, key: str, integration: Integration) -> Incident | None:
        for incident in self._account.with_key(key):
            for alert in incident.alerts:
                if alert.key == key and alert.integration == integration and alert.status != "resolved":
                    return incident
        return None


async def _read(request: Request) -> JSON | None:
    try:
        told: Any = json.loads(await request.body())
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _errors(event: JSON) -> list[str]:
    errors = _routing_errors(event)
    action = event.get("event_action")
    if action not in ACTIONS:
        errors.append("'event_action' is invalid (must be one of the following: 'trigger', 'acknowledge' or 'resolve')")
    key = event.get("dedup_key")
    if key is None and action != "trigger":
        errors.append("'dedup_key' is missing or blank")
    if key is not None:
        errors += _text_errors(event, "dedup_key", "dedup_key", 255)
    if action == "trigger":
        errors += _payload_errors(event.get("payload"))
    return errors


def _routing_errors(event: JSON) -> list[str]:
    key = event.get("routing_key")
    if not isinstance(key, str) or not key:
        return ["'routing_key' is missing or blank"]
    errors = []
    if len(key) != 32:
        errors.append("Length of 'routing_key' is incorrect (should be 32 characters)")
    if not key.isalnum():
        errors.append("'routing_key' cannot contain non-alphanumeric characters.")
    return errors


def _payload_errors(payload: Any) -> list[str]:
    if not isinstance(payload, dict):
        return ["'payload' is missing or blank"]
    errors = _text_errors(payload, "payload.summary", "summary", 1024)
    errors += _text_errors(payload, "payload.source", "source", 1024)
    if payload.get("severity") not in SEVERITIES:
        listed = "'critical', 'warning', 'error' or 'info'"
        errors.append(f"'payload.severity' is invalid (must be one of the following: {listed})")
    if not isinstance(payload.get("custom_details", {}), (dict, str)):
        errors.append("'payload.custom_details' is invalid (must be an object)")
    return errors


def _text_errors(holder: JSON, name: str, field: str, longest: int) -> list[str]:
    value = holder.get(field)
    if not isinstance(value, str) or not value.strip():
        return [f"'{name}' is missing or blank"]
    if len(value) > longest:
        return [f"Length of '{name}' is incorrect (should be between 1 and {longest})"]
    return []


def _refused(*errors: str) -> Response:
    body = {"status": "invalid event", "message": "Event object is invalid", "errors": list(errors)}
    return JSONResponse(body, 400)


def _unreadable() -> Response:
    """As the example of reference/events-v2/openapiv3.json has it."""
    body = {"status": "Unrecognized object", "message": "Event object format is unrecognized"}
    return JSONResponse(body | {"errors": ["JSON parse error"]}, 400)
