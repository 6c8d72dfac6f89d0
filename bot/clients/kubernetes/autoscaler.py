"""Reading a HorizontalPodAutoscaler. Pure functions of what the API answers."""

from collections.abc import Iterable

from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.fields import brief, condition, name_of
from bot.clients.kubernetes.rollout import wanted
from bot.world.k8s import Autoscaler, Scaling


def owner_of(deployment: Json, autoscalers: Iterable[Json]) -> Json | None:
    """The one whose ``scaleTargetRef`` is this Deployment; of several, the first by name."""
    mine = [each for each in autoscalers if _aims_at(each["spec"]["scaleTargetRef"], deployment)]
    return min(mine, key=name_of, default=None)


def least_of(autoscaler: Json) -> int:
    """``spec.minReplicas``; the API's own default is 1."""
    least = autoscaler["spec"].get("minReplicas")
    return 1 if least is None else int(least)


def scaling_of(autoscaler: Json, deployment: Json) -> Scaling:
    """What it is set to, and what it does."""
    spec, status = autoscaler["spec"], autoscaler.get("status") or {}
    return Scaling(
        ref=Autoscaler(autoscaler["metadata"]["namespace"], name_of(autoscaler)),
        least=least_of(autoscaler),
        most=spec["maxReplicas"],
        wants=status.get("desiredReplicas") if status.get("conditions") else None,
        active=is_active(autoscaler, deployment),
        targets=tuple(_target(metric) for metric in spec.get("metrics") or ()),
    )


def is_off(autoscaler: Json, deployment: Json) -> bool:
    """Whether it is switched off by 0 replicas: until somebody scales up, it does nothing at all.

    Source: the website's page on horizontal pod autoscaling, "implicit maintenance-mode deactivation".
    """
    return wanted(deployment) == 0 and least_of(autoscaler) > 0


def is_active(autoscaler: Json, deployment: Json) -> bool:
    """Whether it scales. At 0 replicas it does not, even before its own condition says so."""
    return not is_off(autoscaler, deployment) and condition(autoscaler, "ScalingActive").get("status") != "False"


def trouble_of(autoscaler: Json, deployment: Json) -> str:
    """Why it does not scale; empty when it does."""
    name = name_of(autoscaler)
    if is_off(autoscaler, deployment):
        return f"the autoscaler {name} is switched off, because there are 0 replicas"
    active = condition(autoscaler, "ScalingActive")
    if active.get("status") == "False":
        return f"the autoscaler {name} cannot decide ({active.get('reason')}): {brief(active.get('message'))}"
    return ""


def _aims_at(target: Json, deployment: Json) -> bool:
    group = str(target.get("apiVersion") or "").rpartition("/")[0]
    return target.get("kind") == "Deployment" and group in ("apps", "") and target.get("name") == name_of(deployment)


def _target(metric: Json) -> str:
    """``cpu 70 %``, ``requests_per_second 100 a pod``, ``queue_length 30``."""
    kind = str(metric["type"])
    source = metric.get(kind[:1].lower() + kind[1:]) or {}
    name = str(source.get("name") or (source.get("metric") or {}).get("name") or kind)
    target = source.get("target") or {}
    if target.get("averageUtilization") is not None:
        return f"{name} {target['averageUtilization']} %"
    if target.get("averageValue") is not None:
        return f"{name} {target['averageValue']} a pod"
    return f"{name} {target.get('value', '?')}"
