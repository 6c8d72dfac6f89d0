"""Clients for a served account: plain httpx as somebody, and the official one."""

from typing import Any

import httpx
import pagerduty

from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import API_KEY, ROUTING_KEY
from sandbox.pagerduty.records import Incident
from sandbox.pagerduty.server import PagerDutyServer

VERSION_2 = "application/vnd.pagerduty+json;version=2"
ANA, BEN, BOT = "ana@aureus.example", "ben@aureus.example", "aureus-bot@aureus.example"


class Client:
    """Speaks to the server with a key, and as whoever is named."""

    def __init__(self, server: PagerDutyServer, key: str = API_KEY) -> None:
        headers = {"Authorization": f"Token token={key}", "Accept": VERSION_2}
        self.http = httpx.Client(base_url=server.url, verify=server.trust(), headers=headers)
        self.account = server.account
        clock = server.account.clock
        assert isinstance(clock, StandingClock)
        self.clock = clock

    def get(self, path: str, **params: Any) -> Any:
        """What a GET answers, when it is 200."""
        named = {name.replace("_list", "[]"): value for name, value in params.items()}
        answer = self.http.get(path, params=named)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def send(self, verb: str, path: str, body: Any, sender: str | None = ANA) -> httpx.Response:
        return self.http.request(verb, path, json=body, headers={"From": sender} if sender else {})

    def put(self, incident: Incident, sender: str | None = ANA, **changes: Any) -> httpx.Response:
        """PUT /incidents/{id}."""
        body = {"incident": {"type": "incident_reference", **changes}}
        return self.send("PUT", f"/incidents/{incident.id}", body, sender)

    def event(self, action: str, key: str = "", routing_key: str = ROUTING_KEY, **payload: Any) -> httpx.Response:
        """What a monitoring system sends; without a key when it is empty."""
        body: dict[str, Any] = {"routing_key": routing_key, "event_action": action}
        if key:
            body["dedup_key"] = key
        if action == "trigger":
            body["payload"] = {"summary": "It burns", "source": "bridge-0", "severity": "critical", **payload}
        return self.http.post("/v2/enqueue", json=body)

    def trigger(self, key: str = "fire", **payload: Any) -> Incident:
        """A new incident, through an event."""
        assert self.event("trigger", key, **payload).status_code == 202
        return self.account.with_key(key)[-1]

    def log(self, incident: Incident) -> list[str]:
        """The kinds of its log entries, newest first."""
        entries = self.get(f"/incidents/{incident.id}/log_entries", limit=100)["log_entries"]
        return [entry["type"].removesuffix("_log_entry") for entry in entries]


def official(server: PagerDutyServer, sender: str = BOT, key: str = API_KEY) -> pagerduty.RestApiV2Client:
    """PagerDuty's own client, which waits for nothing when it tries again."""
    client = pagerduty.RestApiV2Client(key, default_from=sender, base_url=server.url, verify=server.trust())
    client.sleep_timer = 0
    return client


def assignees(account: PagerDuty, incident: Incident) -> list[str]:
    with account.lock:
        return [user.name for user in incident.assignees]


def error_of(answer: httpx.Response) -> tuple[int, int]:
    """The status and PagerDuty's code, of an answer that has the shape of an error."""
    error = answer.json()["error"]
    assert set(error) == {"message", "code", "errors"}
    return answer.status_code, error["code"]
