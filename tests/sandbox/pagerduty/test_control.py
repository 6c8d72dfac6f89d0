"""The page's side: what it sees, pressing as somebody, breaking and healing; also inside of another site."""

from datetime import timedelta
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from sandbox.clock import StandingClock
from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.aureus import WEBHOOK_SECRET
from sandbox.pagerduty.control import Control
from tests.sandbox.pagerduty.clients import Client


def state(client: Client) -> dict[str, Any]:
    told: dict[str, Any] = client.http.get("/sandbox/pagerduty/state", headers={"Authorization": ""}).json()
    return told


def act(client: Client, who: str, do: str, incident: str = "1", **more: Any) -> tuple[int, dict[str, Any]]:
    answer = client.http.post("/sandbox/pagerduty/act", json={"who": who, "do": do, "incident": incident, **more})
    return answer.status_code, answer.json()


def test_the_page_sees_incidents_newest_first(client: Client) -> None:
    client.trigger("one", summary="First")
    client.trigger("two", summary="Second")
    told = state(client)
    assert [(one["number"], one["title"], one["key"]) for one in told["incidents"]] == [
        (2, "Second", "two"),
        (1, "First", "one"),
    ]
    newest = told["incidents"][0]
    assert (newest["status"], newest["level"], newest["assignees"]) == ("triggered", 1, ["Ana Silva"])
    assert newest["escalates_at"] == "2026-11-24T10:30:00Z"
    assert [one["kind"] for one in newest["log"]] == ["notify", "assign", "trigger"]


def test_the_page_sees_who_is_on_call_and_what_is_broken(client: Client, account: PagerDuty) -> None:
    account.subscribe("http://127.0.0.1:9/hooks", WEBHOOK_SECRET)
    client.http.post("/sandbox/pagerduty/break", json={"what": "events-held"})
    told = state(client)
    levels = told["on_call"][0]["levels"]
    assert [(one["level"], one["people"]) for one in levels][:3] == [
        (1, ["Ana Silva"]),
        (2, ["Ben Okafor"]),
        (3, ["Elif Kaya", "Femi Adeyemi"]),
    ]
    assert [one["what"] for one in told["faults"]] == ["events-held"]
    assert "Goran Petrov" not in [one["name"] for one in told["people"]]
    assert told["webhooks"][0]["waiting"] == 0
    assert WEBHOOK_SECRET not in str(told)


def test_somebody_presses_in_pagerdutys_own_app(client: Client) -> None:
    incident = client.trigger()
    assert act(client, "ben", "acknowledge") == (200, {"ok": True})
    newest = client.get("/incidents/1/log_entries")["log_entries"][0]
    assert (newest["agent"]["summary"], newest["channel"]["type"]) == ("Ben Okafor", "website")
    assert act(client, "Ben Okafor", "note", text="Looking")[0] == 200
    assert act(client, "ana@aureus.example", "escalate", incident.id)[0] == 200
    assert (incident.status, incident.level) == ("triggered", 2)
    assert act(client, "ana", "escalate", level=4)[0] == 200
    assert incident.level == 4
    assert act(client, "PANA001", "resolve")[0] == 200
    assert incident.status == "resolved"
    assert act(client, "ana", "reopen")[0] == 200
    assert (incident.status, incident.level) == ("triggered", 1)


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        (("goran", "acknowledge", "1"), "PagerDuty knows nobody called 'goran'"),
        (("ana", "acknowledge", "7"), "There is no incident '7'"),
        (("ana", "explode", "1"), "'do' must be one of"),
        (("ana", "note", "1"), "a note needs 'text'"),
        (("ana", "reopen", "1"), "The incident is open"),
    ],
)
def test_what_cannot_be_pressed_says_why(client: Client, asked: tuple[str, str, str], why: str) -> None:
    incident = client.trigger()
    status, told = act(client, *asked)
    assert status == 400
    assert why in told["error"]
    assert told["error"].endswith("Nothing was changed.")
    assert incident.status == "triggered"


def test_the_page_breaks_and_heals(client: Client) -> None:
    assert client.http.post("/sandbox/pagerduty/break", json={"what": "errors", "times": 1}).json() == {"ok": True}
    assert client.http.get("/users").status_code == 500
    assert client.http.get("/users").status_code == 200
    client.http.post("/sandbox/pagerduty/break", json={"what": "errors", "status": 502, "path": "/users"})
    assert client.http.get("/users").status_code == 502
    client.http.post("/sandbox/pagerduty/heal", json={})
    assert client.http.get("/users").status_code == 200
    assert state(client)["faults"] == []


@pytest.mark.parametrize("asked", [{"what": "gremlins"}, {"what": "errors", "times": "two"}, {}, "text"])
def test_what_cannot_be_broken_says_why(client: Client, asked: Any) -> None:
    answer = client.http.post("/sandbox/pagerduty/break", json=asked)
    assert answer.status_code == 400
    assert answer.json()["error"].endswith("Nothing was changed.")
    assert client.account.faults.now() == []


def test_what_is_no_json_is_refused(client: Client) -> None:
    for path in ("act", "break", "heal"):
        assert client.http.post(f"/sandbox/pagerduty/{path}", content=b"{").status_code == 400


def test_another_site_can_have_the_pages_side(account: PagerDuty, clock: StandingClock) -> None:
    site = TestClient(Starlette(routes=Control(account).routes()))
    account.life.trigger(account.services["PSENTNL"], "By hand", "k", account.person("ana").agent, {"type": "api"})
    clock.move(timedelta(minutes=30))
    assert site.get("/sandbox/pagerduty/state").json()["incidents"][0]["level"] == 2
