"""What a Deployment says of itself: its numbers, and whether its rollout gets on."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sandbox.kubernetes.controllers.rollout import Limits, available, present
from sandbox.kubernetes.objects import Json, condition_of, copied, name_of, set_condition, stamp, without_zeros

COMPLETE = "NewReplicaSetAvailable"
TIMED_OUT = "ProgressDeadlineExceeded"


@dataclass
class Progress:
    """How far a rollout has come."""

    #: When it last got on; the deadline counts from here.
    moved: datetime | None = None
    complete: bool = False
    timed_out: bool = False
    #: What is to be said of the beginning of a rollout.
    reason: str = ""
    message: str = ""

    def began(self, at: datetime, message: str, reason: str) -> None:
        """A new template is being rolled out."""
        self.moved, self.complete, self.timed_out = at, False, False
        self.reason, self.message = reason, message

    def deadline(self, deployment: Json) -> datetime | None:
        """When it will have stood still for too long; ``None`` when it is complete, paused or has no deadline."""
        spec = deployment["spec"]
        if self.moved is None or self.complete or self.timed_out or spec.get("paused"):
            return None
        return self.moved + timedelta(seconds=spec["progressDeadlineSeconds"])


def status_of(
    deployment: Json, new: Json | None, sets: list[Json], limits: Limits, progress: Progress, at: datetime
) -> Json:
    """The Deployment's ``status``; moves ``progress`` on."""
    before = deployment.get("status", {})
    total, ready = sum(present(one) for one in sets), sum(_ready(one) for one in sets)
    usable, updated = sum(available(one) for one in sets), present(new) if new else 0
    status = without_zeros(
        {
            "observedGeneration": deployment["metadata"]["generation"],
            "replicas": total,
            "updatedReplicas": updated,
            "readyReplicas": ready,
            "availableReplicas": usable,
            "unavailableReplicas": max(total - usable, limits.wanted - usable, 0),
        }
    )
    status["conditions"] = copied(before.get("conditions", []))
    if usable >= limits.least:
        reason, says = "MinimumReplicasAvailable", "Deployment has minimum availability."
    else:
        reason, says = "MinimumReplicasUnavailable", "Deployment does not have minimum availability."
    set_condition(status, "Available", str(usable >= limits.least), reason, says, at, updated=True)
    _tell_failure(status, new, at)
    _tell_progress(deployment, status, before, new, limits, progress, at)
    return status


def _ready(replica_set: Json) -> int:
    return int(replica_set.get("status", {}).get("readyReplicas", 0))


def _tell_failure(status: Json, new: Json | None, at: datetime) -> None:
    failure = condition_of(new, "ReplicaFailure") if new else None
    if failure:
        set_condition(status, "ReplicaFailure", "True", failure["reason"], failure["message"], at, updated=True)
    else:
        status["conditions"] = [one for one in status["conditions"] if one["type"] != "ReplicaFailure"]


def _tell_progress(
    deployment: Json, status: Json, before: Json, new: Json | None, limits: Limits, progress: Progress, at: datetime
) -> None:
    paused = bool(deployment["spec"].get("paused"))
    said = condition_of(deployment, "Progressing")
    if paused or (said and said["reason"] == "DeploymentPaused"):
        reason = "DeploymentPaused" if paused else "DeploymentResumed"
        says = "Deployment is paused" if paused else "Deployment is resumed"
        if not progress.complete and not paused:
            progress.moved = at
        if not (paused and said and said["reason"] in (TIMED_OUT,)):
            set_condition(status, "Progressing", "Unknown", reason, says, at, updated=True)
        return
    # A Deployment whose rollout was completed stays so while it is only scaled, however long that takes.
    if progress.complete and status.get("replicas", 0) == status.get("updatedReplicas", 0):
        if said and said["reason"] == "DeploymentResumed" and new is not None:
            _say_complete(status, new, at)
        return
    if new is None:
        return
    numbers = [status.get(name, 0) for name in ("updatedReplicas", "replicas", "availableReplicas")]
    if numbers == [limits.wanted] * 3:
        progress.complete, progress.timed_out = True, False
        _say_complete(status, new, at)
    elif _got_on(before, status):
        progress.moved, progress.complete, progress.timed_out = at, False, False
        says = f'ReplicaSet "{name_of(new)}" is progressing.'
        set_condition(status, "Progressing", "True", "ReplicaSetUpdated", says, at, updated=True)
        _touch(status, at)
    elif (deadline := progress.deadline(deployment)) is not None and deadline <= at:
        progress.timed_out = True
        says = f'ReplicaSet "{name_of(new)}" has timed out progressing.'
        set_condition(status, "Progressing", "False", TIMED_OUT, says, at, updated=True)
    elif progress.reason and progress.moved == at:
        set_condition(status, "Progressing", "True", progress.reason, progress.message, at, updated=True)
    progress.reason = ""


def _say_complete(status: Json, new: Json, at: datetime) -> None:
    says = f'ReplicaSet "{name_of(new)}" has successfully progressed.'
    set_condition(status, "Progressing", "True", COMPLETE, says, at, updated=True)


def _got_on(before: Json, status: Json) -> bool:
    def grew(name: str) -> bool:
        return bool(status.get(name, 0) > before.get(name, 0))

    old_before = before.get("replicas", 0) - before.get("updatedReplicas", 0)
    old_now = status.get("replicas", 0) - status.get("updatedReplicas", 0)
    return grew("updatedReplicas") or old_now < old_before or grew("readyReplicas") or grew("availableReplicas")


def _touch(status: Json, at: datetime) -> None:
    for condition in status["conditions"]:
        if condition["type"] == "Progressing":
            condition["lastUpdateTime"] = stamp(at)
