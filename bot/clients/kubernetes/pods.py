"""What troubles a pod, a rollout or a quota, in plain sentences. Pure functions over what the API answered."""

from collections.abc import Iterable, Sequence
from typing import Any

from bot.world.k8s import Pod

_PULL = {"ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull"}


def pod_of(pod: Any, events: Sequence[Any] = ()) -> Pod:
    """One pod, and why it is not ready."""
    status = pod.status
    ready = any(c.type == "Ready" and c.status == "True" for c in status.conditions or ())
    restarts = sum(c.restart_count or 0 for c in status.container_statuses or ())
    gone = pod.metadata.deletion_timestamp is not None
    trouble = "" if ready else "being ended" if gone else _trouble(pod, events)
    return Pod(
        pod.metadata.name, status.phase or "Unknown", ready and not gone, restarts, pod.spec.node_name or "",
        status.start_time, trouble,
    )  # fmt: skip


def _trouble(pod: Any, events: Sequence[Any]) -> str:
    for container in [*(pod.status.init_container_statuses or ()), *(pod.status.container_statuses or ())]:
        waiting = container.state.waiting if container.state else None
        ended = (container.last_state.terminated if container.last_state else None) or (
            container.state.terminated if container.state else None
        )
        if waiting and waiting.reason in _PULL:
            return f"the image {container.image} cannot be pulled ({waiting.reason})"
        if ended and ended.reason == "OOMKilled":
            return f"it was ended for using too much memory (OOMKilled, {container.restart_count} restarts)"
        if waiting and waiting.reason == "CrashLoopBackOff":
            code = f" with exit code {ended.exit_code}" if ended else ""
            return f"it crashes again and again{code} (CrashLoopBackOff, {container.restart_count} restarts)"
        if waiting and waiting.reason not in ("ContainerCreating", "PodInitializing"):
            return f"{waiting.reason}: {waiting.message or 'no more is said'}"[:200]
    unscheduled = next(
        (c for c in pod.status.conditions or () if c.type == "PodScheduled" and c.status == "False"), None
    )
    if unscheduled is not None:
        return f"no node has room for it: {unscheduled.message or unscheduled.reason}"[:200]
    probe = next((e for e in events if e.reason == "Unhealthy"), None)
    if probe is not None:
        return f"its probe fails: {probe.message}"[:200]
    return "starting"


def told(pods: Iterable[Pod]) -> str:
    """The troubles of pods that are not ready, each once, the most telling first."""
    troubles = dict.fromkeys(pod.trouble for pod in pods if pod.trouble and pod.trouble != "being ended")
    worst = sorted(troubles, key=lambda trouble: trouble == "starting")
    if not worst:
        return ""
    first = next(pod.name for pod in pods if pod.trouble == worst[0])
    return f"{first}: {worst[0]}"


def quota(deployment: Any, sets: Iterable[Any]) -> str:
    """Why pods cannot even be made: a quota, most often."""
    for each in (deployment, *sets):
        for condition in each.status.conditions or ():
            if condition.type == "ReplicaFailure" and condition.status == "True":
                return f"pods cannot be made: {condition.message or condition.reason}"[:250]
    return ""


def stuck(deployment: Any) -> bool:
    """Whether the rollout has passed its own deadline."""
    conditions = deployment.status.conditions or ()
    return any(c.type == "Progressing" and c.reason == "ProgressDeadlineExceeded" for c in conditions)
