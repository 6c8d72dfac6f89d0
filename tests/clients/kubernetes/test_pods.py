"""What troubles a pod is said in a plain sentence."""

from datetime import UTC, datetime

import pytest

from bot.clients.kubernetes.pods import Trouble, Weight, pod_of, told, trouble_of
from tests.clients.kubernetes.objects import Json, container, pod, waiting, warning

READY = {"type": "Ready", "status": "True"}
EXIT_1 = {"exitCode": 1, "reason": "Error"}
OOM = {"exitCode": 137, "reason": "OOMKilled"}


def says(one: Json, *events: Json) -> tuple[str, Weight]:
    trouble = trouble_of(one, events)
    assert trouble is not None
    return trouble.says, trouble.weight


def with_container(status: Json) -> Json:
    return pod(containerStatuses=[status])


def test_a_ready_pod_has_no_trouble() -> None:
    assert trouble_of(pod(conditions=[READY])) is None


def test_a_pod_that_is_being_ended_is_not_ready_and_no_trouble_to_tell() -> None:
    leaving = pod(conditions=[READY])
    leaving["metadata"]["deletionTimestamp"] = "2026-11-24T10:00:00Z"
    assert says(leaving) == ("it is being ended", Weight.LEAVING)
    assert not pod_of(leaving, None).ready


@pytest.mark.parametrize("reason", ["ErrImagePull", "ImagePullBackOff"])
def test_an_image_that_cannot_be_pulled_is_named_with_the_last_link_of_the_chain(reason: str) -> None:
    message = "Back-off pulling image: ErrImagePull: rpc error: code = NotFound desc = reg/app:2: not found"
    assert says(with_container(container(waiting(reason, message)))) == (
        f"the image reg/app:2 of container main cannot be pulled ({reason}): reg/app:2: not found",
        Weight.TROUBLED,
    )


@pytest.mark.parametrize("reason", ["InvalidImageName", "ErrImageNeverPull"])
def test_an_image_that_can_never_be_pulled_is_hopeless(reason: str) -> None:
    sentence, weight = says(with_container(container(waiting(reason, "invalid reference format"))))
    assert sentence == (
        f"the image reg/app:2 of container main can never be pulled ({reason}): invalid reference format"
    )
    assert weight is Weight.HOPELESS


def test_a_crash_loop_names_container_exit_code_and_last_words() -> None:
    last = {**EXIT_1, "message": "panic: no database\n"}
    assert says(with_container(container(waiting("CrashLoopBackOff"), restarts=4, last=last))) == (
        "container main crashes again and again (CrashLoopBackOff, exit code 1), restarted 4 times: panic: no database",
        Weight.TROUBLED,
    )


def test_between_two_crashes_the_last_exit_is_still_the_reason() -> None:
    running = container({"running": {}}, restarts=1, last=EXIT_1)
    assert says(with_container(running))[0] == "container main ended (exit code 1), restarted 1 time"
    ended = container({"terminated": EXIT_1})
    assert says(with_container(ended))[0] == "container main ended (exit code 1)"


def test_a_kill_for_memory_names_the_limit() -> None:
    spec = {"containers": [{"name": "main", "resources": {"limits": {"memory": "512Mi"}}}]}
    killed = container(waiting("CrashLoopBackOff"), restarts=2, last=OOM)
    assert says(pod(containerStatuses=[killed], spec=spec))[0] == (
        "container main was killed for using more memory than its limit of 512Mi (OOMKilled, exit code 137), "
        "restarted 2 times"
    )
    assert "for using too much memory (OOMKilled" in says(with_container(killed))[0]


def test_a_missing_secret_is_said_in_the_clusters_words() -> None:
    status = container(waiting("CreateContainerConfigError", 'secret "bridge" not found'))
    assert says(with_container(status))[0] == (
        'container main cannot be started (CreateContainerConfigError): secret "bridge" not found'
    )


def test_a_failing_probe_is_read_from_the_newest_event_of_that_container() -> None:
    events = (
        warning("Unhealthy", "Liveness probe failed: connection refused", "2026-11-24T10:00:01Z"),
        warning("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503", "2026-11-24T10:00:09Z"),
        warning("Unhealthy", "Readiness probe failed: of another", "2026-11-24T10:00:10Z", of="sidecar"),
    )
    assert says(with_container(container({"running": {}})), *events) == (
        "container main runs, but its probe fails (readiness): HTTP probe failed with statuscode: 503",
        Weight.TROUBLED,
    )


def test_a_container_that_runs_and_was_not_probed_yet_is_starting() -> None:
    assert says(with_container(container({"running": {}}))) == (
        "container main runs, and is not ready yet", Weight.STARTING,
    )  # fmt: skip


def test_what_is_being_made_is_starting_until_an_event_says_otherwise() -> None:
    made = with_container(container(waiting("ContainerCreating")))
    assert says(made) == ("ContainerCreating", Weight.STARTING)
    assert says(made, warning("FailedMount", "volume not found", of="")) == (
        "container main cannot be started (FailedMount): volume not found",
        Weight.TROUBLED,
    )


def test_no_room_is_told_apart_from_no_fitting_node() -> None:
    def unplaced(message: str, reason: str = "Unschedulable") -> Json:
        placed = {"type": "PodScheduled", "status": "False", "reason": reason, "message": message}
        return pod(phase="Pending", conditions=[placed])

    short = "0/3 nodes are available: 3 Insufficient cpu."
    assert says(unplaced(short)) == (f"no node has room for it: {short}", Weight.TROUBLED)
    taint = "0/3 nodes are available: 3 node(s) had untolerated taint."
    assert says(unplaced(taint))[0] == f"no node takes it: {taint}"
    assert says(unplaced("gates", "SchedulingGated"))[0] == "it is held back by scheduling gates: gates"


def test_a_pod_that_nobody_looked_at_yet_waits_for_a_node() -> None:
    assert says(pod(phase="Pending")) == ("it waits for a node", Weight.STARTING)


def test_an_init_container_that_failed_is_named_before_those_that_wait_for_it() -> None:
    init = container(waiting("CrashLoopBackOff"), restarts=3, last=EXIT_1, name="migrate")
    one = pod(initContainerStatuses=[init], containerStatuses=[container(waiting("PodInitializing"))])
    assert says(one)[0].startswith("init container migrate crashes again and again")


def test_an_init_container_that_is_done_is_no_trouble() -> None:
    done = {**container({"terminated": {"exitCode": 0}}, name="migrate")}
    one = pod(initContainerStatuses=[done], containerStatuses=[container(waiting("ContainerCreating"))])
    assert says(one) == ("ContainerCreating", Weight.STARTING)


def test_the_most_telling_of_several_containers_is_told() -> None:
    one = pod(
        containerStatuses=[
            container({"running": {}}, name="proxy"),
            container(waiting("InvalidImageName"), name="main"),
        ]
    )
    assert says(one)[1] is Weight.HOPELESS


def test_an_evicted_pod_says_why() -> None:
    evicted = pod(phase="Failed", reason="Evicted", message="The node was low on memory.")
    assert says(evicted)[0] == "its node ended it (Evicted: The node was low on memory.)"


def test_a_node_that_stopped_reporting_is_named() -> None:
    lost = pod(
        conditions=[{"type": "Ready", "status": "Unknown", "reason": "NodeStatusUnknown"}],
        containerStatuses=[{**container({"running": {}}), "ready": True}],
        spec={"nodeName": "node-2"},
    )
    assert says(lost) == ("node-2 has stopped reporting about it", Weight.TROUBLED)


def test_readiness_gates_are_waited_for() -> None:
    gated = pod(conditions=[{"type": "Ready", "status": "False", "reason": "ReadinessGatesNotReady", "message": "lb"}])
    assert says(gated) == ("it waits for its readiness gates: lb", Weight.STARTING)


def test_a_long_message_becomes_one_short_line() -> None:
    status = container(waiting("CreateContainerError", "x\n" * 400))
    sentence, _ = says(with_container(status))
    assert "\n" not in sentence
    assert len(sentence) < 270
    assert sentence.endswith("…")


def test_equal_troubles_are_told_once_and_the_most_telling_first() -> None:
    slow, bad = Trouble("ContainerCreating", Weight.STARTING), Trouble("no node has room", Weight.TROUBLED)
    assert told([("a", slow), ("b", bad), ("c", slow), ("d", slow)]) == [
        "b: no node has room",
        "a and 2 more: ContainerCreating",
    ]


def test_a_pod_is_told_with_its_restarts_its_node_and_its_start() -> None:
    one = pod(
        containerStatuses=[container({}, restarts=2), container({}, restarts=1, name="b")],
        startTime="2026-11-24T10:00:00Z",
        spec={"nodeName": "node-1"},
    )
    made = pod_of(one, Trouble("so", Weight.TROUBLED))
    assert (made.restarts, made.node, made.trouble) == (3, "node-1", "so")
    assert made.started == datetime(2026, 11, 24, 10, tzinfo=UTC)
