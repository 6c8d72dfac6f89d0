"""The scale sub-resource."""

from sandbox.clock import StandingClock
from tests.sandbox.kubernetes.clients import PROD, Client, move, refused


def test_the_scale_is_read_with_its_selector(bot: Client) -> None:
    scale = bot.apps.read_namespaced_deployment_scale("aureus-bridge", PROD)
    assert (scale.spec.replicas, scale.status.replicas, scale.status.selector) == (3, 3, "app=aureus-bridge")
    assert scale.metadata.resource_version == bot.deployment().metadata.resource_version


def test_at_zero_the_scale_leaves_its_replicas_out_as_the_real_one_does(bot: Client) -> None:
    bot.scale(0)
    assert bot.apps.read_namespaced_deployment_scale("aureus-bridge", PROD).spec.replicas is None


def test_a_patched_scale_makes_pods_that_become_ready(bot: Client, clock: StandingClock) -> None:
    assert bot.scale(5).spec.replicas == 5
    move(clock, 0.5)
    assert sorted(pod.status.phase for pod in bot.pods()) == ["Pending", "Pending", "Running", "Running", "Running"]
    assert bot.deployment().status.ready_replicas == 3
    move(clock, 3)
    assert bot.deployment().status.ready_replicas == 5
    assert [event.message.partition(" from ")[2] for event in bot.events("ScalingReplicaSet")] == ["3 to 5"]


def test_a_replaced_scale_keeps_its_resource_version_as_precondition(bot: Client) -> None:
    stale = bot.apps.read_namespaced_deployment_scale("aureus-bridge", PROD)
    bot.scale(4)
    stale.spec.replicas = 6
    with refused(409, "Conflict") as answer:
        bot.apps.replace_namespaced_deployment_scale("aureus-bridge", PROD, stale)
    assert 'deployments.apps "aureus-bridge"' in answer.status["message"]
    fresh = bot.apps.read_namespaced_deployment_scale("aureus-bridge", PROD)
    fresh.spec.replicas = 6
    assert bot.apps.replace_namespaced_deployment_scale("aureus-bridge", PROD, fresh).spec.replicas == 6


def test_a_patched_scale_with_a_stale_version_is_a_conflict(bot: Client) -> None:
    stale = bot.apps.read_namespaced_deployment_scale("aureus-bridge", PROD).metadata.resource_version
    bot.scale(4)
    body = {"metadata": {"resourceVersion": stale}, "spec": {"replicas": 6}}
    with refused(409, "Conflict"):
        bot.apps.patch_namespaced_deployment_scale("aureus-bridge", PROD, body)
    assert bot.deployment().spec.replicas == 4


def test_negative_replicas_are_invalid(bot: Client) -> None:
    with refused(422, "Invalid") as answer:
        bot.scale(-1)
    assert answer.status["message"] == (
        'Scale.autoscaling "aureus-bridge" is invalid: spec.replicas: Invalid value: -1: '
        "must be greater than or equal to 0"
    )


def test_a_dry_run_of_a_scale_stores_nothing(bot: Client) -> None:
    before = bot.deployment()
    assert bot.scale(8, dry_run="All").spec.replicas == 8
    assert bot.deployment() == before


def test_the_scale_of_nothing_is_a_404(bot: Client) -> None:
    with refused(404, "NotFound"):
        bot.scale(4, "nothing")


def test_who_scaled_is_recorded(bot: Client) -> None:
    bot.scale(4, field_manager="aureus-bot")
    entries = bot.deployment().metadata.managed_fields
    mine = next(entry for entry in entries if entry.manager == "aureus-bot")
    assert (mine.operation, mine.subresource, mine.fields_v1) == ("Update", "scale", {"f:spec": {"f:replicas": {}}})
