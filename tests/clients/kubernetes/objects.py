"""Objects of the API, as small as a test needs them."""

from typing import Any

Json = dict[str, Any]


def deployment(
    wanted: int = 3, /, *, generation: int = 2, observed: int = 2, spec: Json | None = None,
    conditions: tuple[Json, ...] = (), **status: int,
) -> Json:  # fmt: skip
    """``status`` gives the numbers that differ from ``wanted``."""
    numbers = {"replicas", "updatedReplicas", "readyReplicas", "availableReplicas"}
    return {
        "metadata": {
            "namespace": "aureus", "name": "bridge", "uid": "d", "generation": generation,
            "annotations": {"deployment.kubernetes.io/revision": "2"},
        },
        "spec": {"replicas": wanted, "template": {"spec": {"containers": [{"name": "main", "image": "i:1"}]}}}
        | (spec or {}),
        "status": {name: status.get(name, wanted) for name in numbers}
        | {"observedGeneration": observed, "conditions": list(conditions)},
    }  # fmt: skip


def pod(name: str = "p", *, phase: str = "Running", spec: Json | None = None, **status: Any) -> Json:
    """``status`` gives the fields of ``status``; it is not ready unless a condition says so."""
    return {
        "metadata": {"name": name, "uid": name, "namespace": "aureus"},
        "spec": spec or {"containers": [{"name": "main"}]},
        "status": {"phase": phase, **status},
    }


def container(state: Json, *, restarts: int = 0, last: Json | None = None, name: str = "main") -> Json:
    """The status of a container that is not ready."""
    return {
        "name": name, "image": "reg/app:2", "ready": False, "restartCount": restarts,
        "state": state, "lastState": {"terminated": last} if last else {},
    }  # fmt: skip


def waiting(reason: str, message: str = "") -> Json:
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


def warning(reason: str, message: str, at: str = "2026-11-24T10:00:00Z", of: str = "main") -> Json:
    """An event."""
    return {
        "type": "Warning", "reason": reason, "message": message, "lastTimestamp": at,
        "involvedObject": {"fieldPath": f"spec.containers{{{of}}}"},
    }  # fmt: skip
