"""Autoscalers: they clamp, follow the load, take manual numbers back, and are switched off at zero."""

from typing import Any

from sandbox.clock import StandingClock
from sandbox.kubernetes.aureus import seed_aureus
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.control import state_of
from tests.sandbox.kubernetes.clients import PROD, Client, condition, move

NAME, TARGET = "aureus-os-hpa", "aureus-os"


def hpa(who: Client) -> Any:
    return who.scaling.read_namespaced_horizontal_pod_autoscaler(NAME, PROD)


def wanted(who: Client) -> int:
    return int(who.deployment(TARGET).spec.replicas)


def patched(who: Client, **spec: int) -> None:
    who.scaling.patch_namespaced_horizontal_pod_autoscaler(NAME, PROD, {"spec": spec})


def test_a_manual_scale_above_need_is_taken_back_at_the_next_sync(bot: Client, clock: StandingClock) -> None:
    bot.scale(7, TARGET)
    move(clock, 5)
    assert (wanted(bot), bot.deployment(TARGET).status.ready_replicas) == (7, 7)
    move(clock, 15)
    assert wanted(bot) == 3
    [event] = bot.events("SuccessfulRescale")
    assert event.message == "New size: 3; reason: All metrics below target"
    assert hpa(bot).status.last_scale_time is not None


def test_a_manual_scale_outside_the_range_is_clamped(bot: Client, clock: StandingClock) -> None:
    bot.scale(12, TARGET)
    move(clock, 15)
    assert wanted(bot) == 10
    move(clock, 20)
    bot.scale(1, TARGET)
    move(clock, 15)
    assert wanted(bot) == 3


def test_a_raised_minimum_holds(bot: Client, clock: StandingClock) -> None:
    patched(bot, minReplicas=5)
    move(clock, 30)
    assert wanted(bot) == 5
    assert bot.deployment(TARGET).status.ready_replicas == 5
    patched(bot, minReplicas=3)
    move(clock, 30)
    assert wanted(bot) == 3


def test_the_load_is_followed_up_to_the_maximum(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    cluster.set_load(TARGET, 7)
    move(clock, 20)
    assert wanted(bot) == 7
    cluster.set_load(TARGET, 25)
    move(clock, 20)
    assert wanted(bot) == 10
    limited = condition(hpa(bot).status.conditions, "ScalingLimited")
    assert (limited.status, limited.reason) == ("True", "TooManyReplicas")
    cpu = hpa(bot).status.current_metrics[0].resource
    assert (cpu.name, cpu.current.average_utilization > 70) == ("cpu", True)


def test_at_zero_it_is_switched_off_until_somebody_scales_up(bot: Client, clock: StandingClock) -> None:
    bot.scale(0, TARGET)
    move(clock, 120)
    status = hpa(bot).status
    active = condition(status.conditions, "ScalingActive")
    assert (wanted(bot), active.status, active.reason) == (0, "False", "ScalingDisabled")
    assert status.desired_replicas == 0
    bot.scale(1, TARGET)
    move(clock, 30)
    assert wanted(bot) == 3
    assert condition(hpa(bot).status.conditions, "ScalingActive").status == "True"


def test_its_writes_are_recorded_as_the_controllers_own(bot: Client, clock: StandingClock) -> None:
    bot.scale(7, TARGET, field_manager="aureus-bot")
    move(clock, 20)
    owners = {
        (entry.manager, entry.subresource)
        for entry in bot.deployment(TARGET).metadata.managed_fields
        if "f:replicas" in entry.fields_v1.get("f:spec", {})
    }
    assert owners == {("kube-controller-manager", "scale")}


def test_without_its_target_it_says_so(admin: Client, clock: StandingClock) -> None:
    admin.apps.delete_namespaced_deployment(TARGET, PROD)
    move(clock, 20)
    able = condition(hpa(admin).status.conditions, "AbleToScale")
    assert (able.status, able.reason) == ("False", "FailedGetScale")


def test_bridge_has_one_too_when_it_is_asked_for() -> None:
    cluster = Cluster(StandingClock())
    seed_aureus(cluster, bridge_hpa=True)
    by_name = {one["name"]: one["hpa"] for one in state_of(cluster)["deployments"] if one["namespace"] == PROD}
    assert by_name["aureus-bridge"] == {"name": "aureus-bridge-hpa", "min": 3, "max": 10, "desired": 3, "active": True}
    assert by_name["openclaw"] is None


def test_a_new_autoscaler_takes_hold_and_a_deleted_one_lets_go(admin: Client, clock: StandingClock) -> None:
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "openclaw"}
    spec = {"scaleTargetRef": target, "minReplicas": 4, "maxReplicas": 6}
    admin.scaling.create_namespaced_horizontal_pod_autoscaler(PROD, {"metadata": {"name": "claw"}, "spec": spec})
    move(clock, 20)
    assert admin.deployment("openclaw").spec.replicas == 4
    read = admin.scaling.read_namespaced_horizontal_pod_autoscaler("claw", PROD)
    read.spec.min_replicas = 5
    admin.scaling.replace_namespaced_horizontal_pod_autoscaler("claw", PROD, read)
    move(clock, 20)
    assert admin.deployment("openclaw").spec.replicas == 5
    admin.scaling.delete_namespaced_horizontal_pod_autoscaler("claw", PROD)
    admin.scale(2, "openclaw")
    move(clock, 60)
    assert admin.deployment("openclaw").spec.replicas == 2
