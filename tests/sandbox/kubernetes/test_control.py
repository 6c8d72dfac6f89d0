"""The control panel's side."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from sandbox.clock import Clock, StandingClock
from sandbox.kubernetes.aureus import seed_aureus
from sandbox.kubernetes.cluster import Cluster, Pace
from sandbox.kubernetes.kinds import PODS
from sandbox.kubernetes.server import KubernetesServer
from tests.sandbox.kubernetes.clients import PROD, Client, move


@pytest.fixture
def panel(server: KubernetesServer) -> httpx.Client:
    return httpx.Client(base_url=server.url)


def shown(panel: httpx.Client, name: str = "aureus-bridge") -> dict[str, object]:
    found = panel.get("/sandbox/state").json()["deployments"]
    return next(one for one in found if (one["namespace"], one["name"]) == (PROD, name))


def test_the_state_shows_all_that_the_panel_draws(panel: httpx.Client) -> None:
    state = panel.get("/sandbox/state").json()
    assert len(state["deployments"]) == 6
    assert [node["name"] for node in state["nodes"]] == ["node-1", "node-2", "node-3"]
    assert all(0 < node["cpu_free_millis"] < node["cpu_total_millis"] == 1930 for node in state["nodes"])
    assert state["broken"] == []
    os = shown(panel, "aureus-os")
    pods = os.pop("pods")
    assert os == {
        "namespace": PROD,
        "name": "aureus-os",
        "wanted": 3,
        "ready": 3,
        "available": 3,
        "updated": 3,
        "image": "ghcr.io/aureus/aureus-os:1.4.2",
        "paused": False,
        "revision": "1",
        "hpa": {"name": "aureus-os-hpa", "min": 3, "max": 10, "desired": 3, "active": True},
        "broken": [],
    }
    assert isinstance(pods, list)
    assert pods[0] | {"name": "", "node": ""} == {
        "name": "",
        "phase": "Running",
        "ready": True,
        "reason": "",
        "restarts": 0,
        "age_seconds": 3 * 24 * 3600,
        "node": "",
    }


def test_a_service_is_broken_and_healed_by_the_panel(panel: httpx.Client, clock: StandingClock) -> None:
    switch = {"what": "image", "namespace": PROD, "name": "aureus-bridge"}
    assert panel.post("/sandbox/break", json=switch | {"on": True}).status_code == 200
    scale = {"namespace": PROD, "name": "aureus-bridge", "replicas": 4}
    assert panel.post("/sandbox/scale", json=scale).status_code == 200
    move(clock, 5)
    assert (shown(panel)["broken"], shown(panel)["wanted"], shown(panel)["ready"]) == (["image"], 4, 3)
    pods = shown(panel)["pods"]
    assert isinstance(pods, list)
    assert "ImagePullBackOff" in {pod["reason"] for pod in pods}
    panel.post("/sandbox/break", json=switch | {"on": False})
    move(clock, 5)
    assert (shown(panel)["broken"], shown(panel)["ready"]) == ([], 4)


def test_the_panels_scale_is_somebody_elses_kubectl(panel: httpx.Client, admin: Client) -> None:
    panel.post("/sandbox/scale", json={"namespace": PROD, "name": "aureus-bridge", "replicas": 4})
    entries = admin.deployment().metadata.managed_fields
    assert ("kubectl", "scale") in {(entry.manager, entry.subresource) for entry in entries}


def test_the_load_is_set_by_the_name_of_deployment_or_autoscaler(panel: httpx.Client, clock: StandingClock) -> None:
    for name, wants in (("aureus-os", 7), ("aureus-os-hpa", 5)):
        assert panel.post("/sandbox/load", json={"name": name, "wants": wants}).status_code == 200
        move(clock, 20)
        assert shown(panel, "aureus-os")["wanted"] == wants


@pytest.mark.parametrize(
    ("path", "body", "says"),
    [
        ("break", {"what": "gremlins", "on": True}, "'gremlins' cannot be broken for the whole cluster; away, "),
        ("break", {"what": "away", "namespace": PROD, "name": "aureus-bridge", "on": True}, "'away' cannot be broken"),
        ("break", {"what": "image", "namespace": PROD, "name": "nothing", "on": True}, "There is no Deployment"),
        ("break", {"what": "away"}, "The body needs 'on'"),
        ("scale", {"namespace": PROD, "name": "nothing", "replicas": 1}, "not found"),
        ("scale", {"namespace": PROD, "name": "aureus-bridge", "replicas": -1}, "must be greater than or equal to 0"),
        ("scale", {"namespace": PROD, "name": "aureus-bridge"}, "The body needs 'replicas', of type int"),
        ("load", {"name": "nothing", "wants": 3}, "There is no Deployment"),
        ("load", ["x"], "The body needs 'name'"),
    ],
)
def test_a_wrong_switch_is_refused_with_a_reason(panel: httpx.Client, path: str, body: object, says: str) -> None:
    answer = panel.post(f"/sandbox/{path}", json=body)
    assert answer.status_code == 400
    assert says in answer.json()["error"]
    assert answer.json()["error"].endswith("Nothing was changed.")


def test_the_whole_api_is_broken_and_healed_by_the_panel(panel: httpx.Client, admin: Client) -> None:
    panel.post("/sandbox/break", json={"what": "errors", "on": True})
    assert admin.http.get("/version").status_code == 500
    panel.post("/sandbox/break", json={"what": "slow-api", "on": True, "seconds": 0.1})
    panel.post("/sandbox/break", json={"what": "errors", "on": False})
    assert admin.http.get("/version").status_code == 200
    assert panel.get("/sandbox/state").json()["broken"] == ["slow-api"]


def test_a_live_server_moves_by_itself() -> None:
    async def watch() -> None:
        cluster = Cluster(Clock(), Pace())
        seed_aureus(cluster)
        cluster.set_pace(lag=0, schedule=0, start=0, ready=0)
        async with KubernetesServer(cluster).serve() as server, httpx.AsyncClient(base_url=server.url) as panel:
            scale = {"namespace": PROD, "name": "aureus-bridge", "replicas": 4}
            await panel.post("/sandbox/scale", json=scale)
            version = cluster.store.version
            for _ in range(100):
                await asyncio.sleep(0.05)
                if len(cluster.store.list(PODS, PROD)) == 10 and cluster.store.version > version:
                    return
            raise AssertionError("nothing moved")

    asyncio.run(watch())


def test_a_port_that_is_taken_is_said(server: KubernetesServer, cluster: Cluster) -> None:
    port = int(server.url.rpartition(":")[2])

    async def serve() -> None:
        async with KubernetesServer(cluster).serve(port):
            pass

    with pytest.raises(OSError, match="in use"):
        asyncio.run(serve())


def test_a_server_that_does_not_run_has_no_address(cluster: Cluster) -> None:
    with pytest.raises(RuntimeError, match="not running"):
        _ = KubernetesServer(cluster).url


def test_it_runs_alone_and_ends_with_an_interrupt() -> None:
    command = [sys.executable, "-m", "sandbox.kubernetes"]
    out, err = subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, stdout=out, stderr=err, text=True) as process:  # noqa: S603 - our own module
        assert process.stdout is not None
        try:
            said = process.stdout.readline()
            found = re.search(r"at (\S+); export KUBECONFIG=(\S+),", said)
            assert found is not None, said
            url, kubeconfig = found.groups()
            assert httpx.get(f"{url}/readyz").text == "ok"
            assert json.loads(Path(kubeconfig).read_text())["current-context"] == "sandbox"
        finally:
            process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stdout.read() == ""
