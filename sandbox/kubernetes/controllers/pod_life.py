"""The life of one pod, and its status as a function of it."""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from sandbox.kubernetes.breakages import Fault
from sandbox.kubernetes.objects import Json, name_of, namespace_of, set_condition, stamp, uid_of

_IMAGE = re.compile(
    r"(?:[A-Za-z0-9.-]+(?::[0-9]+)?/)?[a-z0-9]+(?:[._/-]+[a-z0-9]+)*(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?"
    r"(?:@sha256:[0-9a-f]{64})?"
)


class State(StrEnum):
    """Where a pod is in its life."""

    PENDING = "pending"  # not looked at by the scheduler yet
    UNSCHEDULABLE = "unschedulable"  # no node has room
    CREATING = "creating"  # it has a node; its image is being pulled
    PULL_FAILED = "pull failed"  # a pull has just failed
    PULL_BACKOFF = "pull backoff"  # waits before it pulls again
    BAD_NAME = "bad name"  # the image's name can never be pulled
    RUNNING = "running"
    EXITED = "exited"  # its process has just ended
    CRASH_BACKOFF = "crash backoff"  # waits before it starts again


@dataclass
class Exit:
    """How a container ended."""

    code: int
    reason: str
    started: datetime
    finished: datetime


@dataclass
class Life:
    """One pod's life; all of its containers share it."""

    namespace: str
    name: str
    #: The Deployment that it belongs to, as the switches name it.
    service: str
    state: State
    created: datetime
    #: When something happens next, if nothing else comes between.
    due: datetime | None
    number: int
    node: str = ""
    #: Why no node takes it.
    because: str = ""
    #: The version of the cluster in which no node took it.
    tried: int = 0
    scheduled: datetime | None = None
    started: datetime | None = None
    ready_since: datetime | None = None
    #: When it was told to end.
    leaving: bool = False
    restarts: int = 0
    pulls: int = 0
    last_exit: Exit | None = None
    #: What was broken when its containers started.
    faults: set[Fault] = field(default_factory=set)

    @property
    def ran(self) -> bool:
        """Whether its containers ever ran."""
        return self.started is not None

    @property
    def backoff(self) -> timedelta:
        """How long it waits before the next attempt: 10 s, doubled each time, at most 5 minutes."""
        tries = self.pulls if self.state in (State.PULL_FAILED, State.PULL_BACKOFF) else self.restarts
        return timedelta(seconds=min(10 * 2 ** min(max(tries - 1, 0), 5), 300))


def is_image(name: str) -> bool:
    """Whether a container runtime could pull that name at all."""
    return bool(_IMAGE.fullmatch(name))


def status_of(pod: Json, life: Life, at: datetime) -> Json:
    """The pod's ``status``."""
    status: Json = {"phase": "Running" if life.ran else "Pending", "qosClass": _quality(pod)}
    if "conditions" in pod.get("status", {}):
        status["conditions"] = [dict(one) for one in pod["status"]["conditions"]]
    _conditions(status, pod, life, at)
    if not life.node:
        return status
    status |= {"hostIP": f"10.0.0.{10 + sum(life.node.encode()) % 200}", "startTime": stamp(life.scheduled or at)}
    if life.ran:
        status["podIP"] = f"10.244.{life.number // 250 % 250}.{life.number % 250 + 2}"
        status["podIPs"] = [{"ip": status["podIP"]}]
    status["containerStatuses"] = [_container(pod, container, life) for container in pod["spec"]["containers"]]
    return status


def _conditions(status: Json, pod: Json, life: Life, at: datetime) -> None:
    if life.node:
        set_condition(status, "PodScheduled", "True", "", "", life.scheduled or at)
    elif life.state is State.UNSCHEDULABLE:
        set_condition(status, "PodScheduled", "False", "Unschedulable", life.because, at)
        _tidy(status)
        return
    else:
        return
    set_condition(status, "Initialized", "True", "", "", at)
    ready = life.ready_since is not None
    names = " ".join(container["name"] for container in pod["spec"]["containers"])
    says = ("", "") if ready else ("ContainersNotReady", f"containers with unready status: [{names}]")
    for kind in ("Ready", "ContainersReady"):
        set_condition(status, kind, str(ready), *says, at)
    _tidy(status)


def _tidy(status: Json) -> None:
    for condition in status["conditions"]:
        for key in ("reason", "message"):
            if condition.get(key) == "":
                del condition[key]
        condition.setdefault("lastProbeTime", None)


def _container(pod: Json, container: Json, life: Life) -> Json:
    image, name = container["image"], container["name"]
    return {
        "name": name,
        "image": image,
        "imageID": f"sandbox://{image}" if life.ran else "",
        "ready": life.ready_since is not None,
        "started": life.state is State.RUNNING,
        "restartCount": life.restarts,
        "state": _state(pod, image, name, life),
        "lastState": {"terminated": _ended(life.last_exit)} if life.last_exit and life.state != State.EXITED else {},
        **({"containerID": f"containerd://{uid_of(pod)}-{life.restarts}"} if life.ran else {}),
    }


def _ended(last: Exit) -> Json:
    times = {"startedAt": stamp(last.started), "finishedAt": stamp(last.finished)}
    return {"exitCode": last.code, "reason": last.reason, **times}


def _state(pod: Json, image: str, container: str, life: Life) -> Json:
    whose = f"{name_of(pod)}_{namespace_of(pod)}({uid_of(pod)})"
    waiting = {
        State.CREATING: ("ContainerCreating", ""),
        State.PULL_FAILED: ("ErrImagePull", cannot_pull(image)),
        State.PULL_BACKOFF: (
            "ImagePullBackOff",
            f'Back-off pulling image "{image}": ErrImagePull: {cannot_pull(image)}',
        ),
        State.BAD_NAME: ("InvalidImageName", bad_name(image)),
        State.CRASH_BACKOFF: (
            "CrashLoopBackOff",
            f"back-off {_span(life.backoff)} restarting failed container={container} pod={whose}",
        ),
    }
    if life.state in waiting:
        reason, message = waiting[life.state]
        return {"waiting": {"reason": reason, **({"message": message} if message else {})}}
    if life.state is State.EXITED and life.last_exit:
        return {"terminated": _ended(life.last_exit)}
    return {"running": {"startedAt": stamp(life.started)}} if life.started else {}


def cannot_pull(image: str) -> str:
    """The container runtime's word on an image that is not there."""
    return (
        f'rpc error: code = NotFound desc = failed to pull and unpack image "{image}": failed to resolve reference '
        f'"{image}": {image}: not found'
    )


def bad_name(image: str) -> str:
    """The container runtime's word on a name that no image can have."""
    return (
        f'Failed to apply default image tag "{image}": couldn\'t parse image name "{image}": invalid reference format'
    )


def _span(length: timedelta) -> str:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return f"{minutes}m{seconds}s" if minutes else f"{seconds}s"


def _quality(pod: Json) -> str:
    resources = [container.get("resources", {}) for container in pod["spec"]["containers"]]
    if not any(one.get("requests") or one.get("limits") for one in resources):
        return "BestEffort"
    guaranteed = all(one.get("limits") and one.get("requests") == one["limits"] for one in resources)
    return "Guaranteed" if guaranteed else "Burstable"
