"""Rollouts: replica sets, revisions, limits of surge and unavailability, deadlines, pauses."""

from typing import Any

from sandbox.clock import StandingClock
from sandbox.kubernetes.aureus import seed_aureus
from sandbox.kubernetes.cluster import Cluster
from tests.sandbox.kubernetes.clients import PROD, Client, condition, moments, move, refused

NEW = "ghcr.io/aureus/aureus-bridge:2"


def sets(who: Client, name: str = "aureus-bridge") -> dict[str, Any]:
    found = who.apps.list_namespaced_replica_set(PROD, label_selector=f"app={name}").items
    return {one.metadata.annotations["deployment.kubernetes.io/revision"]: one for one in found}


def test_a_new_template_is_rolled_out_within_the_strategys_limits(admin: Client, clock: StandingClock) -> None:
    admin.set_image(NEW)

    def within_limits() -> None:
        present = [pod for pod in admin.pods() if pod.metadata.deletion_timestamp is None]
        assert len(present) <= 4
        assert len([pod for pod in present if _ready(pod)]) >= 2

    moments(clock, 10, within_limits)
    after = admin.deployment()
    assert (after.status.updated_replicas, after.status.replicas, after.status.ready_replicas) == (3, 3, 3)
    assert after.metadata.annotations["deployment.kubernetes.io/revision"] == "2"
    assert {pod.spec.containers[0].image for pod in admin.pods()} == {NEW}
    by_revision = sets(admin)
    assert (by_revision["1"].spec.replicas, by_revision["2"].spec.replicas) == (0, 3)


def test_during_a_rollout_the_status_tells_old_from_new(admin: Client, clock: StandingClock) -> None:
    admin.set_image(NEW)
    move(clock, 0.5)
    status = admin.deployment().status
    assert (status.updated_replicas, status.replicas, status.available_replicas) == (2, 4, 2)
    assert status.unavailable_replicas == 2
    assert condition(status.conditions, "Progressing").reason == "ReplicaSetUpdated"


def test_going_back_raises_the_old_replica_set_to_a_new_revision(admin: Client, clock: StandingClock) -> None:
    first = sets(admin)["1"].metadata.name
    admin.set_image(NEW)
    move(clock, 20)
    admin.set_image("ghcr.io/aureus/aureus-bridge:1.4.2")
    move(clock, 20)
    by_revision = sets(admin)
    assert set(by_revision) == {"2", "3"}
    assert by_revision["3"].metadata.name == first
    assert by_revision["3"].metadata.annotations["deployment.kubernetes.io/revision-history"] == "1"
    assert admin.deployment().status.ready_replicas == 3


def test_only_so_many_old_replica_sets_are_kept(admin: Client, clock: StandingClock) -> None:
    admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"revisionHistoryLimit": 1}})
    for tag in ("2", "3", "4"):
        admin.set_image(f"ghcr.io/aureus/aureus-bridge:{tag}")
        move(clock, 20)
    assert set(sets(admin)) == {"3", "4"}


def test_a_paused_deployment_scales_but_does_not_roll_out(admin: Client, clock: StandingClock) -> None:
    admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"paused": True}})
    admin.set_image(NEW)
    admin.scale(4)
    move(clock, 20)
    after = admin.deployment()
    assert set(sets(admin)) == {"1"}
    assert after.status.ready_replicas == 4
    assert condition(after.status.conditions, "Progressing").reason == "DeploymentPaused"
    admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"paused": False}})
    move(clock, 20)
    assert admin.deployment().status.updated_replicas == 4
    assert condition(admin.deployment().status.conditions, "Progressing").reason == "NewReplicaSetAvailable"


def test_recreate_lets_all_old_pods_go_first(admin: Client, clock: StandingClock) -> None:
    body = {"spec": {"strategy": {"type": "Recreate", "rollingUpdate": None}}}
    admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, body)
    admin.set_image(NEW)

    def not_both() -> None:
        assert len({pod.spec.containers[0].image for pod in admin.pods() if not pod.metadata.deletion_timestamp}) <= 1

    moments(clock, 6, not_both)
    assert admin.deployment().status.updated_replicas == 3


def test_a_rollout_that_stands_still_exceeds_its_deadline(admin: Client, clock: StandingClock) -> None:
    admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"progressDeadlineSeconds": 60}})
    admin.set_image("Registry.example/UPPER CASE")
    move(clock, 50)
    assert condition(admin.deployment().status.conditions, "Progressing").status == "True"
    move(clock, 20)
    progressing = condition(admin.deployment().status.conditions, "Progressing")
    assert (progressing.status, progressing.reason) == ("False", "ProgressDeadlineExceeded")
    assert {pod.status.container_statuses[0].state.waiting.reason for pod in admin.pods() if not _ready(pod)} == {
        "InvalidImageName"
    }
    assert admin.deployment().status.available_replicas == 2


def test_a_scaling_that_finds_no_room_is_no_failed_rollout_as_in_the_real_one(
    admin: Client, clock: StandingClock
) -> None:
    admin.scale(50)
    move(clock, 1000)
    conditions = admin.deployment().status.conditions
    assert condition(conditions, "Progressing").reason == "NewReplicaSetAvailable"
    assert condition(conditions, "Available").status == "False"


def test_pods_count_as_available_only_after_min_ready_seconds(admin: Client, clock: StandingClock) -> None:
    admin.apps.patch_namespaced_deployment("aureus-bridge", PROD, {"spec": {"minReadySeconds": 30}})
    move(clock, 1)
    admin.scale(4)
    move(clock, 5)
    status = admin.deployment().status
    assert (status.ready_replicas, status.available_replicas) == (4, 3)
    move(clock, 30)
    assert admin.deployment().status.available_replicas == 4


def test_scaling_down_takes_what_is_not_ready_first(admin: Client, clock: StandingClock) -> None:
    before = {pod.metadata.name for pod in admin.pods()}
    admin.scale(6)
    move(clock, 1)
    admin.scale(3)
    move(clock, 3)
    assert {pod.metadata.name for pod in admin.pods()} == before


def test_a_scaling_in_the_middle_of_a_rollout_is_carried_to_the_end(admin: Client, clock: StandingClock) -> None:
    admin.set_image(NEW)
    move(clock, 1)
    admin.scale(8)
    move(clock, 30)
    after = admin.deployment().status
    assert (after.updated_replicas, after.replicas, after.ready_replicas) == (8, 8, 8)


def test_a_pod_ends_with_a_grace_time(admin: Client, clock: StandingClock) -> None:
    admin.scale(2)
    move(clock, 0.5)
    leaving = [pod for pod in admin.pods() if pod.metadata.deletion_timestamp]
    assert len(leaving) == 1
    assert admin.deployment().status.replicas == 2
    move(clock, 1)
    assert len(admin.pods()) == 2
    assert [event.involved_object.name for event in admin.events("Killing")] == [leaving[0].metadata.name]


def test_the_events_of_a_new_pod_come_in_their_order(admin: Client, clock: StandingClock) -> None:
    old = {pod.metadata.name for pod in admin.pods()}
    admin.scale(4)
    move(clock, 3)
    new = next(pod.metadata.name for pod in admin.pods() if pod.metadata.name not in old)
    events = admin.core.list_namespaced_event(PROD, field_selector=f"involvedObject.name={new}").items
    assert [event.reason for event in events] == ["Scheduled", "Pulling", "Pulled", "Created", "Started"]
    move(clock, 3 * 3600)
    assert admin.events("Scheduled") == []


def test_a_template_that_is_put_again_makes_no_new_revision(admin: Client, clock: StandingClock) -> None:
    admin.set_image("ghcr.io/aureus/aureus-bridge:1.4.2")
    move(clock, 5)
    assert set(sets(admin)) == {"1"}


def test_the_same_history_gives_the_same_names(admin: Client, clock: StandingClock) -> None:
    other = Cluster(StandingClock())
    seed_aureus(other)
    names = [pod["metadata"]["name"] for pod in other.pods_of(PROD, "aureus-bridge")]
    assert names == [pod.metadata.name for pod in admin.pods()]


def test_a_replica_set_of_nothing_is_a_404(admin: Client) -> None:
    with refused(404, "NotFound"):
        admin.apps.read_namespaced_replica_set("nothing", PROD)


def _ready(pod: Any) -> bool:
    return bool(pod.status.container_statuses and pod.status.container_statuses[0].ready)
