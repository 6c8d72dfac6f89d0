"""Finds a node with room for a pod, or says why there is none."""

from collections import Counter
from collections.abc import Iterable
from decimal import Decimal

from sandbox.kubernetes.kinds import NODES, PODS
from sandbox.kubernetes.objects import Json, condition_of, name_of
from sandbox.kubernetes.quantities import quantity
from sandbox.kubernetes.store import Store

RESOURCES = ("cpu", "memory")


def requests_of(pod_spec: Json) -> dict[str, Decimal]:
    """What all containers of a pod ask for together, in cores and bytes."""
    asked = {name: Decimal(0) for name in RESOURCES}
    for container in pod_spec["containers"]:
        for name, amount in (container.get("resources", {}).get("requests") or {}).items():
            if name in asked:
                asked[name] += quantity(amount)
    return asked


def free_on(node: Json, pods: Iterable[Json]) -> dict[str, Decimal]:
    """What is left of a node's allocatable CPU (cores), memory (bytes) and pods."""
    allocatable = node["status"]["allocatable"]
    free = {name: quantity(allocatable[name]) for name in (*RESOURCES, "pods")}
    for pod in pods:
        if pod["spec"].get("nodeName") == name_of(node):
            free["pods"] -= 1
            for name, amount in requests_of(pod["spec"]).items():
                free[name] -= amount
    return free


def place(store: Store, pod: Json, *, no_room: bool) -> tuple[str, str]:
    """The node for a pod, or an empty name and the scheduler's message."""
    asked = requests_of(pod["spec"])
    pods = store.list(PODS)
    nodes = store.list(NODES)
    refusals: Counter[str] = Counter()
    fitting: list[tuple[Decimal, str]] = []
    for node in nodes:
        free = free_on(node, pods)
        lacking = _lacking(node, free, asked, no_room=no_room)
        refusals.update(lacking)
        if not lacking:
            fitting.append((-free["cpu"], name_of(node)))
    if fitting:
        return min(fitting)[1], ""
    if not nodes:
        return "", "no nodes available to schedule pods"
    listed = ", ".join(sorted(f"{count} {why}" for why, count in refusals.items()))
    none = f"0/{len(nodes)} nodes are available"
    return "", f"{none}: {listed}. preemption: {none}: {len(nodes)} No preemption victims found for incoming pod."


def _lacking(node: Json, free: dict[str, Decimal], asked: dict[str, Decimal], *, no_room: bool) -> list[str]:
    if node.get("spec", {}).get("unschedulable"):
        return ["node(s) were unschedulable"]
    if (ready := condition_of(node, "Ready")) and ready["status"] != "True":
        return ["node(s) had untolerated taint {node.kubernetes.io/not-ready: }"]
    if no_room:
        return ["Insufficient cpu"]
    lacking = [f"Insufficient {name}" for name in RESOURCES if asked[name] > free[name]]
    return lacking + (["Too many pods"] if free["pods"] < 1 else [])
