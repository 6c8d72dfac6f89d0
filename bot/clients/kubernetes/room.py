"""How many more pods the nodes have room for, by requests. Pure functions of what the API answers."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from decimal import Decimal

from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.fields import condition

Amounts = Counter[str]

_QUANTITY = re.compile(r"([+-]?[0-9.]+)(?:([eE][+-]?[0-9]+)|([numkMGTPE]|[KMGTPE]i)?)")
_UNITS = {"": Decimal(1), "n": Decimal("1e-9"), "u": Decimal("1e-6"), "m": Decimal("0.001")}
_UNITS |= {unit: Decimal(1000) ** power for power, unit in enumerate("kMGTPE", start=1)}
_UNITS |= {f"{unit}i": Decimal(1024) ** power for power, unit in enumerate("KMGTPE", start=1)}


def room(deployment: Json, nodes: Iterable[Json], pods: Iterable[Json]) -> int:
    """How many more pods of its present template fit, by requests, selectors and taints of the Ready nodes.

    ``pods`` are those of every namespace. Affinity, spread and volumes are not looked at: the scheduler may find less.
    """
    spec = deployment["spec"]["template"]["spec"]
    wants = _requests(spec)
    free = {node["metadata"]["name"]: _allocatable(node) for node in nodes if _takes(node, spec)}
    for pod in pods:
        left = free.get((pod.get("spec") or {}).get("nodeName") or "")
        if left is not None:
            left.subtract(_requests(pod["spec"]))
    return sum(_fits(left, wants) for left in free.values())


def quantity(written: object) -> Decimal:
    """``100m`` is 0.1, ``2Gi`` is 2147483648. Raises ``ValueError`` for what is no quantity."""
    match = _QUANTITY.fullmatch(str(written))
    if match is None:
        raise ValueError(f"not a quantity: {written!r}")
    number, exponent, unit = match.groups()
    return Decimal(number + (exponent or "")) * _UNITS[unit or ""]


def _fits(left: Amounts, wants: Amounts) -> int:
    return max(0, min(left[name] // amount for name, amount in wants.items() if amount > 0))


def _requests(spec: Json) -> Amounts:
    """Of one pod, in thousandths: its containers together, or its largest init container if that is more."""
    total = Counter({"pods": 1000})
    for container in spec.get("containers") or ():
        total.update(_asked(container))
    largest: Amounts = Counter()
    for container in spec.get("initContainers") or ():
        asked = _asked(container)
        if container.get("restartPolicy") == "Always":  # a sidecar: it stays beside the others
            total.update(asked)
        else:
            largest |= asked
    total |= largest
    total.update(_amounts(spec.get("overhead") or {}))
    return total


def _asked(container: Json) -> Amounts:
    return _amounts((container.get("resources") or {}).get("requests") or {})


def _allocatable(node: Json) -> Amounts:
    return _amounts({"pods": "110"} | ((node.get("status") or {}).get("allocatable") or {}))


def _amounts(written: Mapping[str, str]) -> Amounts:
    return Counter({name: int(quantity(amount) * 1000) for name, amount in written.items()})


def _takes(node: Json, pod: Json) -> bool:
    spec = node.get("spec") or {}
    labels = node["metadata"].get("labels") or {}
    taints = [taint for taint in spec.get("taints") or () if taint.get("effect") in ("NoSchedule", "NoExecute")]
    return (
        condition(node, "Ready").get("status") == "True"
        and not spec.get("unschedulable")
        and all(labels.get(key) == value for key, value in (pod.get("nodeSelector") or {}).items())
        and all(any(_tolerates(each, taint) for each in pod.get("tolerations") or ()) for taint in taints)
    )


def _tolerates(toleration: Json, taint: Json) -> bool:
    same_key = toleration.get("key") in (None, "", taint.get("key"))
    same_effect = toleration.get("effect") in (None, "", taint.get("effect"))
    exists = toleration.get("operator") == "Exists"
    return same_key and same_effect and (exists or (toleration.get("value") or "") == (taint.get("value") or ""))
