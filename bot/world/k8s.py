"""Kubernetes: deployments, their sizes, rollouts and autoscalers."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.record import record
from bot.domain.verb import Change, Check, Question


@record("k8s.deployment")
class Deployment:
    """Names a Deployment."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@record("k8s.autoscaler")
class Autoscaler:
    """Names a HorizontalPodAutoscaler."""

    namespace: str
    name: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"


@dataclass(frozen=True)
class Scaling:
    """What a HorizontalPodAutoscaler is set to, and what it does."""

    ref: Autoscaler
    least: int
    most: int
    #: What it last wanted; ``None`` before its first sync.
    wants: int | None
    #: False when it does not scale: switched off by 0 replicas, or without metrics (``ScalingActive`` is False).
    active: bool
    targets: tuple[str, ...] = ()


@dataclass(frozen=True)
class Pod:
    """One pod, as a person wants to know it."""

    name: str
    phase: str
    ready: bool
    restarts: int
    node: str
    started: datetime | None
    #: Why it is not ready (``ImagePullBackOff: …``, ``CrashLoopBackOff: exit code 1``, ``readiness probe fails``).
    trouble: str = ""


@dataclass(frozen=True)
class Size:
    """How large a Deployment is, and who decides it."""

    wanted: int
    ready: int
    available: int
    updated: int
    paused: bool
    autoscaler: Scaling | None
    #: How many more pods of its present template the nodes have room for, by requests; ``None`` when that is not known.
    room: int | None


@dataclass(frozen=True)
class Health:
    """How a Deployment is."""

    size: Size
    images: tuple[str, ...]
    revision: str
    pods: tuple[Pod, ...]
    #: Troubles of pods, rollout and quota, the most telling first, each a sentence.
    troubles: tuple[str, ...]
    #: True while a rollout is under way.
    rolling: bool


@record("k8s.size-of")
class SizeOf(Question[Size]):
    """The size of a Deployment. Refused when there is none."""

    deployment: Deployment

    @property
    def about(self) -> str:
        return f"deployment {self.deployment}"


@record("k8s.health-of")
class HealthOf(Question[Health]):
    """The health of a Deployment: its pods, and what troubles them. Refused when there is none."""

    deployment: Deployment


@record("k8s.template-of")
class TemplateOf(Question[str]):
    """The pod template that a Deployment has now, by the name that the cluster gave it. Refused when there is none.

    The name (``pod-template-hash``) is of what is in it: the same template has the same name again.
    """

    deployment: Deployment

    @property
    def about(self) -> str:
        return f"deployment {self.deployment}"


class DeploymentChange(Change):
    """A change of one Deployment."""

    deployment: Deployment

    @property
    def touches(self) -> str:
        return f"deployment {self.deployment}"

    @property
    def where(self) -> str:
        return f"namespace {self.deployment.namespace}"


@record("k8s.set-replicas")
class SetReplicas(DeploymentChange):
    """``spec.replicas``, through the scale sub-resource."""

    deployment: Deployment
    replicas: int

    def __str__(self) -> str:
        return f"Set {self.deployment} to {self.replicas} {'replica' if self.replicas == 1 else 'replicas'}"


@record("k8s.set-least")
class SetLeast(Change):
    """``spec.minReplicas`` of a HorizontalPodAutoscaler."""

    autoscaler: Autoscaler
    least: int

    @property
    def touches(self) -> str:
        return f"autoscaler {self.autoscaler}"

    @property
    def where(self) -> str:
        return f"namespace {self.autoscaler.namespace}"

    def __str__(self) -> str:
        return f"Set the minimum of {self.autoscaler} to {self.least}"


@record("k8s.restart")
class Restart(DeploymentChange):
    """Replace all pods by new ones of the same template, as ``kubectl rollout restart`` does. Refused when paused.

    ``mark`` is chosen by the run and kept on the template (``aureus.io/restarted-by``), so that a restart that was
    already begun is not begun again.
    """

    deployment: Deployment
    mark: str

    def __str__(self) -> str:
        return f"Restart {self.deployment}"


@record("k8s.set-template")
class SetTemplate(DeploymentChange):
    """A pod template that the Deployment had is its template again, as ``kubectl rollout undo`` does it.

    Named by what is in it, and not as "the one before": so to do it twice is to do it once, and never flips forward.
    Refused when paused, and when the cluster does not keep that template any more (``revisionHistoryLimit``).
    """

    deployment: Deployment
    template: str

    def __str__(self) -> str:
        return f"Put the pod template {self.template} of {self.deployment} back"


@record("k8s.ready")
class Ready(Check):
    """The Deployment wants so many replicas, and all are ready and of its newest template. At 0, no pod is left."""

    deployment: Deployment
    replicas: int

    def __str__(self) -> str:
        if self.replicas == 0:
            return "no pod left"
        return f"{self.replicas} of {self.replicas} {'pod' if self.replicas == 1 else 'pods'} ready"


@record("k8s.rolled-out")
class RolledOut(Check):
    """The template that carries ``mark`` is rolled out: all replicas are updated and ready, none of the old is left."""

    deployment: Deployment
    mark: str

    def __str__(self) -> str:
        return "all pods replaced and ready"


@record("k8s.template-is")
class TemplateIs(Check):
    """The Deployment has this template, and it is rolled out: all pods are made from it and ready."""

    deployment: Deployment
    template: str

    def __str__(self) -> str:
        return f"all pods of the template {self.template}, and ready"


@record("k8s.least-is")
class LeastIs(Check):
    """The autoscaler has this minimum, and its Deployment has at least as many replicas ready."""

    autoscaler: Autoscaler
    deployment: Deployment
    least: int

    def __str__(self) -> str:
        return f"minimum {self.least}, and as many pods ready"
