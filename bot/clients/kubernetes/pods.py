"""What troubles a pod, in a plain sentence. Pure functions of what the API answers."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.fields import brief, condition, name_of
from bot.world.k8s import Pod

_PULLS = {"ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError"}
_NEVER = {"InvalidImageName", "ErrImageNeverPull"}
_BEGINNING = {"ContainerCreating", "PodInitializing", ""}


class Weight(IntEnum):
    """How telling a trouble is; the least number is the most telling."""

    HOPELESS = 0  # waiting is no use, for certain
    TROUBLED = 1  # it may come right by itself: a slow registry, a database that is not there yet
    STARTING = 2  # nothing is wrong so far
    LEAVING = 3  # it was told to end


@dataclass(frozen=True)
class Trouble:
    """Why a pod is not ready."""

    says: str
    weight: Weight


def is_ready(pod: Json) -> bool:
    """Whether it takes part in the work."""
    return condition(pod, "Ready").get("status") == "True" and not pod["metadata"].get("deletionTimestamp")


def pod_of(pod: Json, trouble: Trouble | None) -> Pod:
    """One pod, as a person wants to know it."""
    status = pod.get("status") or {}
    started = status.get("startTime")
    return Pod(
        name=name_of(pod),
        phase=status.get("phase") or "Unknown",
        ready=is_ready(pod),
        restarts=sum(each.get("restartCount") or 0 for each in status.get("containerStatuses") or ()),
        node=(pod.get("spec") or {}).get("nodeName") or "",
        started=datetime.fromisoformat(started) if started else None,
        trouble=trouble.says if trouble else "",
    )


def trouble_of(pod: Json, events: Sequence[Json] = ()) -> Trouble | None:
    """Why it is not ready; ``None`` when it is. ``events`` are those of this pod, in any order."""
    if is_ready(pod):
        return None
    if pod["metadata"].get("deletionTimestamp"):
        return Trouble("it is being ended", Weight.LEAVING)
    status = pod.get("status") or {}
    if status.get("phase") == "Failed":
        why = f"{status.get('reason') or 'Failed'}: {brief(status.get('message')) or 'no more is said'}"
        return Trouble(f"its node ended it ({why})", Weight.TROUBLED)
    placed = condition(pod, "PodScheduled")
    if placed.get("status") == "False":
        return _unplaced(placed)
    found = [trouble for trouble in _of_containers(pod, events) if trouble is not None]
    if found:
        return min(found, key=lambda trouble: trouble.weight)
    ready = condition(pod, "Ready")
    if ready.get("status") == "Unknown":
        node = (pod.get("spec") or {}).get("nodeName") or "its node"
        return Trouble(f"{node} has stopped reporting about it", Weight.TROUBLED)
    if ready.get("reason") == "ReadinessGatesNotReady":
        return Trouble(f"it waits for its readiness gates: {brief(ready.get('message'))}", Weight.STARTING)
    return Trouble("it runs, and is not ready yet" if status.get("containerStatuses") else "it waits for a node",
                   Weight.STARTING)  # fmt: skip


def told(troubles: Iterable[tuple[str, Trouble]]) -> list[str]:
    """Troubles by the name of their pod as sentences, equal ones together, the most telling first."""
    pods: dict[Trouble, list[str]] = {}
    for pod, trouble in troubles:
        pods.setdefault(trouble, []).append(pod)
    return [
        f"{names[0]}{f' and {len(names) - 1} more' if len(names) > 1 else ''}: {trouble.says}"
        for trouble, names in sorted(pods.items(), key=lambda item: item[0].weight)
    ]


def _unplaced(placed: Json) -> Trouble:
    message = brief(placed.get("message")) or "no more is said"
    if placed.get("reason") == "SchedulingGated":
        return Trouble(f"it is held back by scheduling gates: {message}", Weight.TROUBLED)
    room = "no node has room for it" if "Insufficient" in message else "no node takes it"
    return Trouble(f"{room}: {message}", Weight.TROUBLED)


def _of_containers(pod: Json, events: Sequence[Json]) -> Iterable[Trouble | None]:
    status = pod.get("status") or {}
    for each in status.get("initContainerStatuses") or ():
        ended = (each.get("state") or {}).get("terminated") or {}
        if not each.get("ready") and not (ended and ended.get("exitCode") == 0):
            yield _of_container(pod, each, f"init container {each['name']}", events)
    for each in status.get("containerStatuses") or ():
        if not each.get("ready"):
            yield _of_container(pod, each, f"container {each['name']}", events)


def _of_container(pod: Json, container: Json, who: str, events: Sequence[Json]) -> Trouble | None:
    state = container.get("state") or {}
    waiting = state.get("waiting") or {}
    reason = str(waiting.get("reason") or "")
    if reason in _NEVER:
        why = f"the image {container.get('image')} of {who} can never be pulled ({reason})"
        return Trouble(_with(why, _essence(waiting.get("message"))), Weight.HOPELESS)
    if reason in _PULLS:
        why = f"the image {container.get('image')} of {who} cannot be pulled ({reason})"
        return Trouble(_with(why, _essence(waiting.get("message"))), Weight.TROUBLED)
    ended = state.get("terminated") or (container.get("lastState") or {}).get("terminated")
    if ended:
        return Trouble(_exit(pod, container, who, ended, reason), Weight.TROUBLED)
    if reason not in _BEGINNING:
        return Trouble(_with(f"{who} cannot be started ({reason})", waiting.get("message")), Weight.TROUBLED)
    event = _last_warning(events, container["name"])
    if event and "running" in state and event.get("reason") == "Unhealthy":
        return Trouble(_probe(who, str(event.get("message") or "")), Weight.TROUBLED)
    if event and waiting and event.get("reason") != "Unhealthy":
        return Trouble(_with(f"{who} cannot be started ({event.get('reason')})", event.get("message")), Weight.TROUBLED)
    return Trouble(reason or f"{who} runs, and is not ready yet", Weight.STARTING)


def _exit(pod: Json, container: Json, who: str, ended: Json, waiting: str) -> str:
    code, count = ended.get("exitCode"), container.get("restartCount") or 0
    times = f", restarted {count} {'time' if count == 1 else 'times'}" if count else ""
    if ended.get("reason") == "OOMKilled":
        limit = _memory_limit(pod, container["name"])
        more = f"more memory than its limit of {limit}" if limit else "too much memory"
        return f"{who} was killed for using {more} (OOMKilled, exit code {code}){times}"
    how = "crashes again and again" if waiting == "CrashLoopBackOff" else "ended"
    name = f"{waiting}, " if waiting == "CrashLoopBackOff" else ""
    return _with(f"{who} {how} ({name}exit code {code}){times}", ended.get("message"))


def _memory_limit(pod: Json, name: str) -> str:
    spec = pod.get("spec") or {}
    for container in [*(spec.get("containers") or ()), *(spec.get("initContainers") or ())]:
        if container["name"] == name:
            return str(((container.get("resources") or {}).get("limits") or {}).get("memory") or "")
    return ""


def _probe(who: str, message: str) -> str:
    """``Readiness probe failed: HTTP probe failed with statuscode: 503``, as kubelet says it."""
    kind, _, rest = message.partition(" probe ")
    kind = kind.lower() if kind in ("Readiness", "Liveness", "Startup") else "readiness"
    return _with(f"{who} runs, but its probe fails ({kind})", rest.partition(": ")[2] or message)


def _last_warning(events: Sequence[Json], container: str) -> Json | None:
    about = [
        event
        for event in events
        if event.get("type") == "Warning"
        and (event.get("involvedObject") or {}).get("fieldPath", "").rpartition("{")[2].rstrip("}") in ("", container)
    ]
    return max(about, key=_when, default=None)


def _when(event: Json) -> str:
    series = event.get("series") or {}
    return str(series.get("lastObservedTime") or event.get("lastTimestamp") or event.get("eventTime") or "")


def _essence(message: object) -> str:
    """The last link of a runtime's chain of errors, which is the one that says why."""
    return str(message or "").rpartition("desc = ")[2]


def _with(says: str, message: object) -> str:
    more = brief(message)
    return f"{says}: {more}" if more else says
