"""A made-up cluster that is not quite well, as the control API tells it."""

from typing import Any

from tests.sandbox.page.fake_data import Json


def pod(name: str, *, ready: bool = True, reason: str = "", phase: str = "Running", restarts: int = 0) -> Json:
    age = 7400 if ready else 25
    return {
        "name": name,
        "phase": phase,
        "ready": ready,
        "reason": reason,
        "restarts": restarts,
        "age_seconds": age,
        "node": "node-1",
    }


def deployment(namespace: str, name: str, pods: list[Json], wanted: int = 3, **more: Any) -> Json:
    ready = sum(one["ready"] for one in pods)
    return {
        "namespace": namespace,
        "name": name,
        "wanted": wanted,
        "ready": ready,
        "available": ready,
        "updated": len(pods),
        "image": f"registry.example/{name}:v1.4.2",
        "paused": False,
        "revision": 4,
        "pods": pods,
        "hpa": None,
        "broken": [],
        **more,
    }


def fake_cluster() -> Json:
    """The cluster as it is at the beginning: bridge is growing, openclaw has a broken image."""
    trio = [pod(f"pod-{at}") for at in range(3)]
    hpa = {"name": "aureus-os-hpa", "min": 3, "max": 10, "desired": 4, "active": True}
    growing = [*trio, pod("bridge-4", ready=False, reason="ContainerCreating", phase="Pending")]
    failing = [*trio[:2], pod("openclaw-3", ready=False, reason="ImagePullBackOff", phase="Pending"),
               pod("openclaw-2", ready=False, reason="Terminating")]  # fmt: skip
    return {
        "deployments": [
            deployment("aureus", "aureus-bridge", growing, wanted=5),
            deployment("aureus", "aureus-os", trio, hpa=hpa),
            deployment("aureus", "openclaw", failing, broken=["image"]),
            *(deployment("aureus-staging", name, trio) for name in ("aureus-bridge", "aureus-os", "openclaw")),
        ],
        "nodes": [
            {"name": f"node-{at}", "cpu_free_millis": free, "cpu_total_millis": 4000}
            for at, free in ((1, 1400), (2, 2300), (3, 500))
        ],
        "broken": [],
    }
