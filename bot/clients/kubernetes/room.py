"""How many more pods the nodes have room for, by what pods request."""

from collections.abc import Iterable
from decimal import Decimal
from typing import Any


def room(template: Any, nodes: Iterable[Any], pods: Iterable[Any]) -> int:
    """How many pods of a template still fit on the nodes that take pods."""
    wants = _requests(template.spec)
    free = {node.metadata.name: _allocatable(node) for node in nodes if _takes_pods(node)}
    for pod in pods:
        left = free.get(pod.spec.node_name)
        if left is None or pod.status.phase in ("Succeeded", "Failed"):
            continue
        used = _requests(pod.spec)
        for name in ("cpu", "memory"):
            left[name] -= used[name]
        left["pods"] -= 1
    return sum(_fits(left, wants) for left in free.values())


def _fits(left: dict[str, Decimal], wants: dict[str, Decimal]) -> int:
    each = [left[name] // wants[name] for name in ("cpu", "memory") if wants[name] > 0]
    return max(0, int(min([*each, left["pods"]])))


def _takes_pods(node: Any) -> bool:
    ready = any(c.type == "Ready" and c.status == "True" for c in node.status.conditions or ())
    taints = [taint.effect for taint in node.spec.taints or ()] if node.spec else []
    closed = bool(node.spec and node.spec.unschedulable) or "NoSchedule" in taints or "NoExecute" in taints
    return ready and not closed


def _allocatable(node: Any) -> dict[str, Decimal]:
    has = node.status.allocatable or {}
    return {
        "cpu": _amount(has.get("cpu", "0")),
        "memory": _amount(has.get("memory", "0")),
        "pods": _amount(has.get("pods", "110")),
    }


def _requests(spec: Any) -> dict[str, Decimal]:
    total = {"cpu": Decimal(0), "memory": Decimal(0)}
    for container in spec.containers:
        asks = (container.resources.requests if container.resources else None) or {}
        for name in total:
            total[name] += _amount(asks.get(name, "0"))
    return total


def _amount(said: str) -> Decimal:
    from kubernetes.utils import quantity  # noqa: PLC0415 - imported with the package, when it is first used

    parse: Any = quantity.parse_quantity
    return Decimal(parse(said))
