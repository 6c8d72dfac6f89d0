"""How far a Deployment is on its way, as ``kubectl rollout status`` judges it, and with the reason. Pure functions."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from bot.clients.kubernetes.call import Json
from bot.clients.kubernetes.fields import annotation, brief, condition, written_at
from bot.clients.kubernetes.pods import Trouble, Weight, told
from bot.domain.verb import Answer, Broken, Met, NotYet

REVISION = "deployment.kubernetes.io/revision"
#: Until the next look.
AGAIN = timedelta(seconds=1)
_REASONS = 3  # so many different reasons are named


@dataclass(frozen=True)
class Rollout:
    """The numbers of a Deployment. Source: kubectl, pkg/polymorphichelpers/rollout_status.go; ``ready`` is added."""

    wanted: int
    #: All that are not being ended, of the old templates too.
    replicas: int
    updated: int
    ready: int
    available: int
    #: Whether the numbers are of the present ``spec``.
    observed: bool
    paused: bool

    @classmethod
    def of(cls, deployment: Json) -> "Rollout":
        spec, status = deployment["spec"], deployment.get("status") or {}
        return cls(
            wanted=wanted(deployment),
            replicas=status.get("replicas") or 0,
            updated=status.get("updatedReplicas") or 0,
            ready=status.get("readyReplicas") or 0,
            available=status.get("availableReplicas") or 0,
            observed=(status.get("observedGeneration") or 0) >= (deployment["metadata"].get("generation") or 0),
            paused=bool(spec.get("paused")),
        )

    @property
    def rolling(self) -> bool:
        """Whether pods of an old template are left, or some of the newest are still to be made."""
        return not self.observed or self.updated < self.wanted or self.replicas > self.updated

    @property
    def complete(self) -> bool:
        """Whether all is as wanted: every pod of the newest template, every one ready and available."""
        return self.observed and self.replicas == self.updated == self.ready == self.available == self.wanted

    def __str__(self) -> str:
        """``4 of 5 pods ready, 1 old still there``."""
        if not self.observed:
            return f"{of_pods(self.ready, self.wanted)}; the cluster has not taken the change up yet"
        says = of_pods(self.ready, self.wanted)
        if self.updated < self.wanted:
            says += f", {self.updated} made from the newest template"
        if self.replicas > self.updated:
            says += f", {self.replicas - self.updated} old still there"
        elif self.replicas > self.wanted:
            says += f", {self.replicas - self.wanted} more still there"
        elif self.available < self.ready:
            says += f", {self.available} of them for long enough"
        return says


def wanted(found: Json) -> int:
    """``spec.replicas`` of a Deployment or a Scale. A Scale leaves 0 out; a Deployment is always given a number."""
    return (found.get("spec") or {}).get("replicas") or 0


def of_pods(count: int, all_of: int) -> str:
    """``4 of 5 pods ready``, ``5 pods ready, 3 wanted`` on the way down, or ``no pods wanted``."""
    if count > all_of:
        return f"{count} {'pod' if count == 1 else 'pods'} ready, {all_of} wanted"
    return f"{count} of {all_of} {'pod' if all_of == 1 else 'pods'} ready" if all_of else "no pods wanted"


def newest(deployment: Json, sets: Sequence[Json]) -> list[Json]:
    """The ReplicaSet of the present template, by its revision; empty when it is not made yet."""
    revision = annotation(deployment, REVISION)
    return [each for each in sets if annotation(each, REVISION) == revision]


def blocked(found: Sequence[Json]) -> str:
    """Why pods cannot even be made, by a Deployment or its ReplicaSets: a quota, most often."""
    for each in found:
        failure = condition(each, "ReplicaFailure")
        if failure.get("status") == "True":
            message = brief(failure.get("message")) or str(failure.get("reason") or "no more is said")
            quota = ", the quota of the namespace is used up" if "exceeded quota" in message else ""
            return f"pods cannot be made{quota}: {message}"
    return ""


def overdue(deployment: Json) -> bool:
    """Whether the cluster itself has given the rollout up: nothing moved for ``progressDeadlineSeconds``."""
    progress = condition(deployment, "Progressing")
    if str(progress.get("lastUpdateTime") or "9") < written_at(deployment):
        return False  # it was said before the last change, of how things were then
    return progress.get("status") == "False" and progress.get("reason") == "ProgressDeadlineExceeded"


@dataclass(frozen=True)
class Reasons:
    """Why a Deployment is not there yet, read from ReplicaSets, pods and events."""

    blocked: str = ""
    #: Of the pods of the newest template, by name.
    pods: tuple[tuple[str, Trouble], ...] = ()

    @property
    def hopeless(self) -> bool:
        """Whether waiting is no use, for certain."""
        return any(trouble.weight is Weight.HOPELESS for _, trouble in self.pods)

    @property
    def starting(self) -> bool:
        """Whether nothing is wrong that can be seen: what is missing is starting."""
        return bool(self.pods) and not self.blocked and all(each.weight > Weight.TROUBLED for _, each in self.pods)

    @property
    def sentences(self) -> list[str]:
        """The most telling first. What merely starts or ends is named only when nothing else is."""
        grave = [each for each in self.pods if each[1].weight <= Weight.TROUBLED]
        starting = [each for each in self.pods if each[1].weight is Weight.STARTING]
        return [*([self.blocked] if self.blocked else []), *told(grave or starting)]


def judge(deployment: Json, reasons: Reasons) -> Answer:
    """Whether it is there, on its way, or will not come; with the reason in words."""
    rollout = Rollout.of(deployment)
    if rollout.complete:
        return Met(of_pods(rollout.ready, rollout.wanted))
    says = "; ".join([str(rollout), *reasons.sentences[:_REASONS]])
    if not rollout.observed:
        return NotYet(says, AGAIN)
    if reasons.hopeless:
        return Broken(says)
    # What the cluster gave up stays given up until a pod is ready, also when it was healed and its pods are starting.
    if overdue(deployment) and not reasons.starting:
        deadline = deployment["spec"].get("progressDeadlineSeconds") or 600
        return Broken(f"no progress for {deadline} s (ProgressDeadlineExceeded): {says}")
    if rollout.paused and rollout.rolling:
        says += "; its rollouts are paused, so somebody must resume them"
    return NotYet(says, AGAIN)
