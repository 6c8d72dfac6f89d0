"""The control panel's side, and the server alone."""

import asyncio
import re
import signal
import subprocess
import sys
from datetime import timedelta

import httpx
import pytest

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.server import AlertmanagerServer, running
from sandbox.clock import StandingClock
from tests.sandbox.alertmanager.hooks import Hook

PANEL = "/sandbox/alertmanager"


def labels(api: httpx.Client) -> list[dict[str, str]]:
    return [one["labels"] for one in api.get(f"{PANEL}/state").json()["alerts"]]


def test_a_predefined_alert_is_fired_and_cleared(api: httpx.Client, hook: Hook, clock: StandingClock) -> None:
    assert api.post(f"{PANEL}/fire", json={"name": "RedisDown"}).json() == {"ok": True}
    redis = {"alertname": "RedisDown", "severity": "critical", "job": "redis", "instance": "redis-exporter:9121"}
    assert labels(api) == [redis]
    clock.move(timedelta(seconds=30))
    (call,) = hook.wait(1)
    assert call.body["commonLabels"] == redis
    assert api.post(f"{PANEL}/clear", json={"name": "RedisDown"}).json() == {"ok": True}
    assert labels(api) == []
    clock.move(timedelta(minutes=5))
    assert hook.wait(2)[1].body["status"] == "resolved"


def test_any_other_alert_is_fired_with_labels_of_ones_own(api: httpx.Client) -> None:
    api.post(f"{PANEL}/fire", json={"name": "Mine", "labels": {"pod": "a"}})
    api.post(f"{PANEL}/fire", json={"name": "BridgeHighCPU", "severity": "critical", "labels": {"instance": "b:1"}})
    assert sorted(labels(api), key=str) == [
        {"alertname": "BridgeHighCPU", "instance": "b:1", "job": "bridge", "severity": "critical"},
        {"alertname": "Mine", "pod": "a", "severity": "warning"},
    ]


def test_the_state_shows_all_that_the_panel_draws(api: httpx.Client, hook: Hook, clock: StandingClock) -> None:
    hook.answers = [503]
    api.post(f"{PANEL}/fire", json={"name": "ServiceDown"})
    clock.move(timedelta(seconds=30))
    hook.wait(1)
    state = api.get(f"{PANEL}/state").json()
    while not state["deliveries"]:
        state = api.get(f"{PANEL}/state").json()
    assert state["deliveries"] == [
        {
            "at": "2026-11-24T10:00:30Z", "to": "webhook", "url": f"{hook.url}/hook", "status": "firing", "alerts": 1,
            "groupKey": '{}:{alertname="ServiceDown"}', "attempt": 1, "answer": 503, "again": True,
        }
    ]  # fmt: skip
    assert [one["labels"] for one in state["groups"]] == [{"alertname": "ServiceDown"}]
    assert (state["silences"], state["broken"]) == ([], [])
    assert {"name": "PolicyViolations", "severity": "warning", "firing": False} in state["predefined"]
    assert {"name": "ServiceDown", "severity": "critical", "firing": True} in state["predefined"]


def test_it_is_broken_and_healed_by_the_panel(api: httpx.Client) -> None:
    assert api.post(f"{PANEL}/break", json={"what": "down", "on": True}).status_code == 200
    with pytest.raises(httpx.TransportError):
        api.get("/api/v2/alerts")
    assert api.get(f"{PANEL}/state").json()["broken"] == ["down"]
    api.post(f"{PANEL}/break", json={"what": "down", "on": False})
    assert api.get("/api/v2/alerts").status_code == 200


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("break", {"what": "gremlins", "on": True}, "'gremlins' cannot be broken; down, blind can."),
        ("break", {"what": "down"}, "The body needs 'on', of type bool"),
        ("fire", {"name": ""}, "The body needs 'name'"),
        ("fire", {"name": "A", "labels": {"a-b": "x"}}, "'labels' must be an object of texts"),
        ("fire", {"name": "A", "labels": {"a": 1}}, "'labels' must be an object of texts"),
        ("fire", ["A"], "The body needs 'name'"),
        ("clear", {"name": "A"}, "Nobody fired A by hand"),
    ],
)
def test_a_wrong_switch_is_refused_with_a_reason(api: httpx.Client, path: str, body: object, says: str) -> None:
    answer = api.post(f"{PANEL}/{path}", json=body)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert answer.json()["error"].endswith("Nothing was changed.")
    assert api.post(f"{PANEL}/{path}", content="{").status_code == 400


def test_it_is_served_asynchronously_too(manager: Alertmanager) -> None:
    async def serve() -> None:
        server = AlertmanagerServer(manager)
        async with server.serve(), httpx.AsyncClient(base_url=server.url) as api:
            assert (await api.get("/-/healthy")).text == "OK"
        with pytest.raises(RuntimeError, match="not running"):
            _ = server.url

    asyncio.run(serve())


def test_a_port_that_is_taken_is_said(server: AlertmanagerServer, manager: Alertmanager) -> None:
    port = int(server.url.rpartition(":")[2])
    with pytest.raises(OSError, match="in use"), running(manager, port=port):
        pass


def test_it_runs_alone_and_ends_with_an_interrupt() -> None:
    command = [sys.executable, "-m", "sandbox.alertmanager"]
    out, err = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, stdout=out, stderr=err, text=True) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        try:
            found = re.search(r"at (\S+)", process.stdout.readline())
            assert found is not None
            assert httpx.get(f"{found.group(1)}/-/ready").text == "OK"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stdout.read() == ""
