"""The stand-in for Prometheus: what it sees of the cluster, and how it tells of it."""

from datetime import timedelta
from typing import Any

import pytest

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.predefined import PREDEFINED
from sandbox.alertmanager.rules import DOWN_FOR, RESEND, Watch
from sandbox.alertmanager.server import running
from sandbox.clock import StandingClock
from sandbox.kubernetes.aureus import seed_aureus
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.control import state_of
from tests.sandbox.alertmanager.hooks import Hook, eventually


@pytest.fixture
def watch(manager: Alertmanager) -> Watch:
    return Watch(manager)


def cluster(ready: int = 0, wanted: int = 3, name: str = "aureus-bridge", namespace: str = "aureus") -> dict[str, Any]:
    return {"deployments": [{"namespace": namespace, "name": name, "wanted": wanted, "ready": ready}]}


def fires(manager: Alertmanager, watch: Watch) -> list[dict[str, str]]:
    watch.catch_up()
    return [dict(one.labels) for one in manager.alerts()]


def test_a_service_without_a_ready_pod_is_down_after_a_while(
    manager: Alertmanager, watch: Watch, clock: StandingClock
) -> None:
    watch.look(cluster())
    clock.move(DOWN_FOR - timedelta(seconds=1))
    watch.look(cluster())
    assert fires(manager, watch) == []
    clock.move(timedelta(seconds=1))
    watch.look(cluster())
    assert fires(manager, watch) == [
        {"alertname": "ServiceDown", "severity": "critical", "job": "bridge", "instance": "aureus-bridge:3000"}
    ]
    watch.look(cluster(ready=1))
    assert fires(manager, watch) == []


@pytest.mark.parametrize(
    "snapshot",
    [cluster(ready=1), cluster(wanted=0), cluster(name="other"), cluster(namespace="aureus-staging"),
     {"deployments": []}],
)  # fmt: skip
def test_other_things_are_not_down(
    manager: Alertmanager, watch: Watch, clock: StandingClock, snapshot: dict[str, Any]
) -> None:
    watch.look(snapshot)
    clock.move(DOWN_FOR)
    assert fires(manager, watch) == []


def test_a_service_that_comes_back_in_between_waits_anew(
    manager: Alertmanager, watch: Watch, clock: StandingClock
) -> None:
    watch.look(cluster())
    clock.move(DOWN_FOR / 2)
    watch.look(cluster(ready=1))
    watch.look(cluster())
    clock.move(DOWN_FOR / 2)
    assert fires(manager, watch) == []


def test_what_fires_is_told_of_again_so_that_it_does_not_end_by_itself(
    manager: Alertmanager, watch: Watch, clock: StandingClock
) -> None:
    watch.fire("A")
    watch.catch_up()
    (before,) = manager.alerts()
    assert before.ends_at == clock.now() + 4 * RESEND
    clock.move(RESEND)
    watch.catch_up()
    (after,) = manager.alerts()
    assert (after.starts_at, after.ends_at) == (before.starts_at, clock.now() + 4 * RESEND)
    clock.move(timedelta(hours=1))
    assert len(fires(manager, watch)) == 1
    # Nobody watches any more.
    clock.move(4 * RESEND)
    assert manager.alerts() == []


def test_what_clears_is_told_with_the_time_when_it_did(
    manager: Alertmanager, watch: Watch, clock: StandingClock
) -> None:
    watch.fire("A", {"x": "1"})
    watch.fire("A", {"x": "2"})
    assert len(fires(manager, watch)) == 2
    assert watch.clear("A", {"x": "1"}) == 1
    assert [one["x"] for one in fires(manager, watch)] == ["2"]
    assert watch.clear("A") == 1
    assert fires(manager, watch) == []
    assert watch.clear("A") == 0


def test_what_was_pending_only_is_never_told(manager: Alertmanager, watch: Watch, clock: StandingClock) -> None:
    watch.fire("A", for_=timedelta(minutes=1))
    watch.clear("A")
    clock.move(timedelta(minutes=2))
    assert fires(manager, watch) == []


def test_what_a_hand_fired_is_not_cleared_by_a_cluster_that_is_well(manager: Alertmanager, watch: Watch) -> None:
    ready = PREDEFINED["ServiceDown"]
    watch.fire("ServiceDown", ready.labels, ready.annotations)
    watch.look(cluster(ready=3))
    assert len(fires(manager, watch)) == 1
    watch.clear("ServiceDown")
    assert fires(manager, watch) == []


def test_while_the_alertmanager_is_down_it_is_told_later(
    manager: Alertmanager, watch: Watch, clock: StandingClock
) -> None:
    watch.fire("A")
    watch.catch_up()
    manager.faults.switch(Fault.DOWN, on=True)
    watch.clear("A")
    watch.fire("B")
    assert [one["alertname"] for one in fires(manager, watch)] == ["A"]
    clock.move(timedelta(seconds=30))
    manager.faults.switch(Fault.DOWN, on=False)
    assert [one["alertname"] for one in fires(manager, watch)] == ["B"]


def test_what_clears_and_fires_again_before_it_was_told_just_goes_on_anew(manager: Alertmanager, watch: Watch) -> None:
    watch.fire("A")
    watch.catch_up()
    watch.clear("A")
    watch.fire("A")
    assert len(fires(manager, watch)) == 1


def test_a_label_that_cannot_be_is_refused_at_once(watch: Watch) -> None:
    with pytest.raises(ValueError, match="a name that Prometheus cannot give"):
        watch.fire("A", {"a-b": "x"})


def test_the_predefined_alerts_have_labels_as_prometheus_gives_them() -> None:
    assert len(PREDEFINED) == 18
    for one in PREDEFINED.values():
        assert {"severity", "job", "instance"} <= set(one.labels)
        assert "service" not in one.labels
        assert set(one.annotations) == {"summary", "description"}
    critical = {name for name, one in PREDEFINED.items() if one.severity == "critical"}
    assert critical == {"ServiceDown", "PostgreSQLDown", "RedisDown", "SignatureVerificationFailures"}


def test_a_service_that_is_broken_in_the_cluster_comes_to_the_webhook_and_so_does_its_healing(
    manager: Alertmanager, clock: StandingClock, hook: Hook
) -> None:
    kubernetes = Cluster(clock)
    seed_aureus(kubernetes)
    with running(manager, snapshot=lambda: state_of(kubernetes)):
        kubernetes.break_service("crash", "aureus", "openclaw", everything=True)

        def later() -> int:
            clock.move(timedelta(seconds=5))
            return len(hook.calls)

        eventually(later)
        assert hook.calls[0].body["commonLabels"] == {
            "alertname": "ServiceDown", "severity": "critical", "job": "openclaw", "instance": "openclaw:8080"
        }  # fmt: skip
        kubernetes.heal_service("crash", "aureus", "openclaw")
        eventually(lambda: later() > 1 and hook.calls[-1].body["status"] == "resolved", within=30)
