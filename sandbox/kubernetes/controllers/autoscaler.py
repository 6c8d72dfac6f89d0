"""The autoscaler controller: clamps a Deployment's size, and moves it to what its load needs."""

from dataclasses import dataclass
from datetime import datetime

from sandbox.kubernetes.controllers.world import World
from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS
from sandbox.kubernetes.objects import Json, copied, name_of, namespace_of, set_condition, stamp, without_zeros

_BY = "horizontal-pod-autoscaler"
_WATCHED = (DEPLOYMENTS, AUTOSCALERS)
#: What a memory metric always shows, in percent of the request.
_MEMORY = 45


@dataclass(frozen=True)
class Wish:
    """What one look at a target came to."""

    desired: int
    reason: str
    active: bool = True
    limited: tuple[str, str, str] = ("False", "DesiredWithinRange", "the desired count is within the acceptable range")


class Autoscalers:
    """Looks at every autoscaler's target at each sync."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._loads: dict[tuple[str, str], int] = {}
        self._next = world.at
        #: The version at which the last sync had nothing to change: until it moves, there is nothing to look at.
        self._still: int | None = None

    def set_load(self, namespace: str, name: str, wants: int) -> None:
        """How many replicas the load of a Deployment needs."""
        self._loads[namespace, name] = wants
        self._still = None

    def due(self) -> datetime | None:
        """When the next sync is, unless it would find all as it left it."""
        if self._still == self._world.store.touched(*_WATCHED) or not self._world.store.list(AUTOSCALERS):
            return None
        return self._next_sync()

    def pass_by(self) -> None:
        """Count the sync of this very instant as done: it was made, or would have found nothing to do."""
        if self._next_sync() <= self._world.at:
            self._next = self._world.at + self._world.pace.sync

    def step(self) -> None:
        """Sync all autoscalers, if it is time."""
        world = self._world
        if self._next_sync() > world.at:
            return
        before = world.store.touched(*_WATCHED)
        for autoscaler in world.store.list(AUTOSCALERS):
            self._sync(autoscaler)
        self._still = before if world.store.touched(*_WATCHED) == before else None
        self._next = world.at + world.pace.sync

    def _next_sync(self) -> datetime:
        """The next of the equal times of syncing that has not passed."""
        behind = self._world.at - self._next
        if behind.total_seconds() > 0:
            self._next += self._world.pace.sync * -(-behind // self._world.pace.sync)
        return self._next

    def _sync(self, autoscaler: Json) -> None:
        world, spec, namespace = self._world, autoscaler["spec"], namespace_of(autoscaler)
        reference = spec["scaleTargetRef"]
        target = world.store.find(DEPLOYMENTS, namespace, reference["name"])
        if target is None or reference["kind"] != "Deployment":
            self._tell_lost(autoscaler, f'deployments/scale.apps "{reference["name"]}" not found')
            return
        current = target["spec"]["replicas"]
        wants = self._loads.get((namespace, name_of(target)), spec["minReplicas"])
        wish = _wish(spec, current, wants)
        if wish.desired != current:
            with world.store.edit(DEPLOYMENTS, target, world.at, subresource="scale") as scaled:
                scaled["spec"]["replicas"] = wish.desired
            says = f"New size: {wish.desired}; reason: {wish.reason}"
            world.events.write(autoscaler, "SuccessfulRescale", says, world.at, by=_BY)
        self._tell(autoscaler, target, current, wants, wish)

    def _tell_lost(self, autoscaler: Json, because: str) -> None:
        world = self._world
        world.events.write(autoscaler, "FailedGetScale", because, world.at, by=_BY, warning=True)
        with world.store.edit(AUTOSCALERS, autoscaler, world.at) as current:
            status = current.setdefault("status", {"desiredReplicas": 0})
            says = f"the HPA controller was unable to get the target's current scale: {because}"
            set_condition(status, "AbleToScale", "False", "FailedGetScale", says, world.at)

    def _tell(self, autoscaler: Json, target: Json, size: int, wants: int, wish: Wish) -> None:
        world, now = self._world, self._world.at
        with world.store.edit(AUTOSCALERS, autoscaler, now) as current:
            before = current.get("status", {})
            status = without_zeros(
                {
                    "observedGeneration": current["metadata"]["generation"],
                    "lastScaleTime": stamp(now) if wish.desired != size else before.get("lastScaleTime"),
                    "currentReplicas": target.get("status", {}).get("replicas", 0),
                    "conditions": copied(before.get("conditions", [])),
                }
            ) | {"desiredReplicas": wish.desired}
            if wish.desired != size:
                able = ("SucceededRescale", f"the HPA controller was able to update the target scale to {wish.desired}")
            elif wish.active:
                able = ("ReadyForNewScale", "recommended size matches current size")
            else:
                able = ("SucceededGetScale", "the HPA controller was able to get the target's current scale")
            set_condition(status, "AbleToScale", "True", *able, now)
            if wish.active:
                says = "the HPA was able to successfully calculate a replica count from cpu resource utilization " \
                    "(percentage of request)"  # fmt: skip
                set_condition(status, "ScalingActive", "True", "ValidMetricFound", says, now)
                set_condition(status, "ScalingLimited", *wish.limited, now)
                status["currentMetrics"] = _metrics(current["spec"]["metrics"], size, wants)
            else:
                says = "scaling is disabled since the replica count of the target is zero"
                set_condition(status, "ScalingActive", "False", "ScalingDisabled", says, now)
            current["status"] = status


def _wish(spec: Json, size: int, wants: int) -> Wish:
    least, most = spec["minReplicas"], spec["maxReplicas"]
    if size == 0:
        return Wish(0, "", active=False)
    if size > most:
        return Wish(most, "Current number of replicas above Spec.MaxReplicas")
    if size < least:
        return Wish(least, "Current number of replicas below Spec.MinReplicas")
    above = "cpu resource utilization (percentage of request) above target"
    reason = above if wants > size else "All metrics below target"
    if wants > most:
        says = "the desired replica count is more than the maximum replica count"
        return Wish(most, reason, limited=("True", "TooManyReplicas", says))
    if wants < least:
        says = "the desired replica count is less than the minimum replica count"
        return Wish(least, reason, limited=("True", "TooFewReplicas", says))
    return Wish(wants, reason)


def _metrics(metrics: list[Json], size: int, wants: int) -> list[Json]:
    """What the resource metrics show: CPU as the load has it, memory always the same."""
    out = []
    for metric in metrics:
        if metric["type"] != "Resource":
            continue
        name, target = metric["resource"]["name"], metric["resource"]["target"].get("averageUtilization", 80)
        percent = round(target * max(wants - 0.3, 0.2) / size) if name == "cpu" else _MEMORY
        current = {"averageUtilization": percent, "averageValue": f"{percent}m" if name == "cpu" else f"{percent}Mi"}
        out.append({"type": "Resource", "resource": {"name": name, "current": current}})
    return out
