"""What is broken shows as in the real world, and heals."""

from typing import Any

import pytest
from kubernetes.client.exceptions import ApiException

from sandbox.clock import StandingClock
from sandbox.kubernetes.cluster import Cluster
from tests.sandbox.kubernetes.clients import PROD, Client, condition, move, refused

NAME = "aureus-bridge"


def new_pods(who: Client) -> list[Any]:
    """Those that were made after the seeding."""
    return [pod for pod in who.pods() if pod.metadata.creation_timestamp.day == 24]


def container(pod: Any) -> Any:
    return pod.status.container_statuses[0]


def grown(bot: Client, cluster: Cluster, fault: str) -> None:
    """Breaks the service, then asks for two more pods."""
    cluster.break_service(fault, PROD, NAME)
    bot.scale(5)


def test_an_image_that_is_not_there(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    grown(bot, cluster, "image")
    move(clock, 1.5)
    assert {container(pod).state.waiting.reason for pod in new_pods(bot)} == {"ErrImagePull"}
    move(clock, 2)
    waiting = {container(pod).state.waiting.reason: container(pod).state.waiting.message for pod in new_pods(bot)}
    assert set(waiting) == {"ImagePullBackOff"}
    assert "aureus-bridge:1.4.2" in waiting["ImagePullBackOff"]
    assert {pod.status.phase for pod in new_pods(bot)} == {"Pending"}
    assert any("Failed to pull image" in event.message for event in bot.events("Failed"))
    assert bot.events("BackOff")
    assert bot.deployment().status.ready_replicas == 3
    with refused(400, "BadRequest") as answer:
        bot.core.read_namespaced_pod_log(new_pods(bot)[0].metadata.name, PROD)
    assert "trying and failing to pull image" in answer.status["message"]
    cluster.heal_service("image", PROD, NAME)
    move(clock, 3)
    assert bot.deployment().status.ready_replicas == 5


def test_a_process_that_ends(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    grown(bot, cluster, "crash")
    move(clock, 10)
    one = container(new_pods(bot)[0])
    assert one.state.waiting.reason == "CrashLoopBackOff"
    assert (one.last_state.terminated.exit_code, one.last_state.terminated.reason) == (1, "Error")
    before = one.restart_count
    move(clock, 60)
    assert container(new_pods(bot)[0]).restart_count > before
    name = new_pods(bot)[0].metadata.name
    assert "cannot start" in bot.core.read_namespaced_pod_log(name, PROD, previous=True)
    assert any("Back-off restarting failed container" in event.message for event in bot.events("BackOff"))
    assert bot.deployment().status.ready_replicas == 3
    cluster.heal_service("crash", PROD, NAME)
    move(clock, 3)
    assert bot.deployment().status.ready_replicas == 5


def test_a_process_that_is_killed_for_its_memory(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    grown(bot, cluster, "oom")
    move(clock, 20)
    ended = container(new_pods(bot)[0]).last_state.terminated
    assert (ended.exit_code, ended.reason) == (137, "OOMKilled")


def test_pods_that_run_already_crash_only_when_everything_is_meant(
    bot: Client, cluster: Cluster, clock: StandingClock
) -> None:
    cluster.break_service("crash", PROD, NAME)
    move(clock, 60)
    assert bot.deployment().status.ready_replicas == 3
    cluster.break_service("crash", PROD, NAME, everything=True)
    move(clock, 10)
    assert bot.deployment().status.ready_replicas is None
    assert {container(pod).state.waiting.reason for pod in bot.pods()} == {"CrashLoopBackOff"}
    cluster.heal_service("crash", PROD, NAME)
    move(clock, 3)
    assert bot.deployment().status.ready_replicas == 3


def test_a_probe_that_fails(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    grown(bot, cluster, "probe")
    move(clock, 120)
    pod = new_pods(bot)[0]
    assert (pod.status.phase, container(pod).ready, container(pod).restart_count) == ("Running", False, 0)
    assert condition(pod.status.conditions, "Ready").reason == "ContainersNotReady"
    unhealthy = bot.events("Unhealthy")
    assert unhealthy[0].count > 5
    assert "Readiness probe failed" in unhealthy[0].message
    cluster.heal_service("probe", PROD, NAME)
    assert bot.deployment().status.ready_replicas == 5


def test_no_room_on_any_node(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    grown(bot, cluster, "room")
    move(clock, 5)
    pod = new_pods(bot)[0]
    scheduled = condition(pod.status.conditions, "PodScheduled")
    assert (pod.status.phase, scheduled.status, scheduled.reason) == ("Pending", "False", "Unschedulable")
    assert scheduled.message.startswith("0/3 nodes are available: 3 Insufficient cpu.")
    assert len(bot.events("FailedScheduling")) == 2
    cluster.heal_service("room", PROD, NAME)
    move(clock, 3)
    assert bot.deployment().status.ready_replicas == 5


def test_room_runs_out_by_itself_and_comes_back(bot: Client, clock: StandingClock) -> None:
    bot.scale(50)
    move(clock, 5)
    pending = [pod for pod in bot.pods() if pod.status.phase == "Pending"]
    ready = bot.deployment().status.ready_replicas
    assert 10 < ready < 50
    assert len(pending) == 50 - ready
    bot.scale(0, "openclaw")
    move(clock, 5)
    assert bot.deployment().status.ready_replicas > ready


def test_a_quota_that_is_used_up(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    grown(bot, cluster, "quota")
    move(clock, 5)
    status = bot.deployment().status
    assert status.replicas == 3
    failure = condition(status.conditions, "ReplicaFailure")
    assert (failure.status, failure.reason) == ("True", "FailedCreate")
    assert "exceeded quota" in failure.message
    assert "exceeded quota" in bot.events("FailedCreate")[0].message
    cluster.heal_service("quota", PROD, NAME)
    move(clock, 3)
    assert bot.deployment().status.ready_replicas == 5
    assert "ReplicaFailure" not in {one.type for one in bot.deployment().status.conditions}


def test_a_real_quota_holds_too(admin: Client, clock: StandingClock) -> None:
    spec = {"hard": {"pods": "10", "requests.cpu": "10"}}
    admin.core.create_namespaced_resource_quota(PROD, {"metadata": {"name": "small"}, "spec": spec})
    admin.scale(6)
    move(clock, 5)
    assert admin.deployment().status.ready_replicas == 4
    assert "exceeded quota: small, requested: pods=1, used: pods=10, limited: pods=10" in (
        admin.events("FailedCreate")[0].message
    )
    admin.core.delete_namespaced_resource_quota("small", PROD)
    move(clock, 120)
    assert admin.deployment().status.ready_replicas == 6


def test_a_slow_start_takes_ten_times_as_long(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    grown(bot, cluster, "slow")
    move(clock, 8)
    assert bot.deployment().status.ready_replicas == 3
    move(clock, 4)
    assert bot.deployment().status.ready_replicas == 5


def test_a_breakage_of_one_service_leaves_the_others_alone(bot: Client, cluster: Cluster, clock: StandingClock) -> None:
    cluster.break_service("image", PROD, NAME)
    bot.scale(4, "openclaw")
    move(clock, 3)
    assert bot.deployment("openclaw").status.ready_replicas == 4


def test_errors_of_the_server(bot: Client, cluster: Cluster) -> None:
    cluster.break_cluster("errors")
    with refused(500, "InternalError"):
        bot.deployment()
    cluster.heal_cluster("errors")
    assert bot.deployment()


def test_too_many_requests_say_when_to_come_again(bot: Client, cluster: Cluster) -> None:
    cluster.break_cluster("throttle")
    with refused(429, "TooManyRequests") as answer:
        bot.deployment()
    assert answer.headers["retry-after"] == "1"
    assert answer.status["details"]["retryAfterSeconds"] == 1


def test_writes_can_be_forbidden(bot: Client, cluster: Cluster) -> None:
    cluster.break_cluster("forbid")
    with refused(403, "Forbidden"):
        bot.scale(5)
    assert bot.deployment().spec.replicas == 3


def test_every_token_can_be_refused(bot: Client, cluster: Cluster) -> None:
    cluster.break_cluster("unauthorized")
    with refused(401, "Unauthorized"):
        bot.deployment()


def test_a_server_that_is_away_closes_the_connection(bot: Client, cluster: Cluster) -> None:
    cluster.break_cluster("away")
    with pytest.raises(Exception, match=r"Connection aborted|RemoteDisconnected|reset by peer") as caught:
        bot.deployment()
    assert not isinstance(caught.value, ApiException)
    assert bot.http.get("/sandbox/state").json()["broken"] == ["away"]
    cluster.heal_cluster("away")
    assert bot.deployment()


def test_a_slow_server_answers_late_and_can_be_hastened(bot: Client, cluster: Cluster) -> None:
    cluster.breakages.slow_seconds = 0.3
    cluster.break_cluster("slow-api")
    with pytest.raises(Exception, match="timed out"):
        bot.apps.read_namespaced_deployment(NAME, PROD, _request_timeout=0.1)
    assert bot.apps.read_namespaced_deployment(NAME, PROD, _request_timeout=10)
