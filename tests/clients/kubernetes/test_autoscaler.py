"""Reading an autoscaler, and whose it is."""

from bot.clients.kubernetes.autoscaler import owner_of, scaling_of, trouble_of
from bot.world.k8s import Autoscaler
from tests.clients.kubernetes.objects import Json, deployment


def scaler(name: str = "bridge-hpa", target: str = "bridge", conditions: tuple[Json, ...] = (), **spec: object) -> Json:
    return {
        "metadata": {"namespace": "aureus", "name": name},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
            "minReplicas": 3,
            "maxReplicas": 10,
        }
        | spec,
        "status": {"desiredReplicas": 4, "conditions": list(conditions)},
    }


ACTIVE = {"type": "ScalingActive", "status": "True"}
BLIND = {"type": "ScalingActive", "status": "False", "reason": "FailedGetResourceMetric", "message": "no metrics"}


def test_the_owner_is_the_one_that_aims_at_this_deployment() -> None:
    other = scaler("a", target="openclaw")
    rollout = scaler("b", scaleTargetRef={"apiVersion": "argoproj.io/v1", "kind": "Deployment", "name": "bridge"})
    of_set = scaler("c", scaleTargetRef={"apiVersion": "apps/v1", "kind": "StatefulSet", "name": "bridge"})
    mine = scaler("e")
    assert owner_of(deployment(), [other, rollout, of_set, mine, scaler("f")]) == mine
    assert owner_of(deployment(), [other, rollout, of_set]) is None


def test_what_it_is_set_to_is_told() -> None:
    made = scaling_of(scaler(conditions=(ACTIVE,)), deployment())
    assert (made.ref, made.least, made.most, made.wants, made.active) == (
        Autoscaler("aureus", "bridge-hpa"), 3, 10, 4, True,
    )  # fmt: skip


def test_before_its_first_look_it_wants_nothing() -> None:
    assert scaling_of(scaler(), deployment()).wants is None


def test_a_minimum_that_is_not_written_is_one() -> None:
    assert scaling_of(scaler(minReplicas=None), deployment()).least == 1


def test_every_kind_of_target_is_told() -> None:
    metrics = [
        {"type": "Resource", "resource": {"name": "cpu", "target": {"averageUtilization": 70}}},
        {"type": "ContainerResource", "containerResource": {"name": "memory", "target": {"averageValue": "1Gi"}}},
        {"type": "Pods", "pods": {"metric": {"name": "rps"}, "target": {"averageValue": "100"}}},
        {"type": "External", "external": {"metric": {"name": "queue"}, "target": {"value": "30"}}},
    ]
    assert scaling_of(scaler(metrics=metrics), deployment()).targets == (
        "cpu 70 %", "memory 1Gi a pod", "rps 100 a pod", "queue 30",
    )  # fmt: skip


def test_at_zero_replicas_it_is_off_before_its_own_condition_says_so() -> None:
    one = scaler(conditions=(ACTIVE,))
    assert not scaling_of(one, deployment(0)).active
    assert trouble_of(one, deployment(0)) == ("the autoscaler bridge-hpa is switched off, because there are 0 replicas")


def test_an_autoscaler_without_metrics_says_why() -> None:
    one = scaler(conditions=(BLIND,))
    assert not scaling_of(one, deployment()).active
    assert trouble_of(one, deployment()) == (
        "the autoscaler bridge-hpa cannot decide (FailedGetResourceMetric): no metrics"
    )
    assert trouble_of(scaler(conditions=(ACTIVE,)), deployment()) == ""
