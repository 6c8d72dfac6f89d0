"""What the server fills in when a writer leaves it out."""

from typing import Any

from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS, NAMESPACES, Kind
from sandbox.kubernetes.objects import Json, copied


def with_defaults(kind: Kind, obj: Json) -> Json:
    """A copy of the object in which every default stands."""
    out = copied(obj)
    if kind is DEPLOYMENTS:
        _deployment(out.setdefault("spec", {}))
    elif kind is AUTOSCALERS:
        _autoscaler(out.setdefault("spec", {}))
    elif kind is NAMESPACES:
        out["spec"] = {"finalizers": ["kubernetes"]}
        out["metadata"].setdefault("labels", {})["kubernetes.io/metadata.name"] = out["metadata"].get("name", "")
    return out


def _fill(target: Json, **values: Any) -> None:
    for key, value in values.items():
        target.setdefault(key, value)


def _deployment(spec: Json) -> None:
    _fill(spec, replicas=1, revisionHistoryLimit=10, progressDeadlineSeconds=600)
    strategy = spec.setdefault("strategy", {})
    _fill(strategy, type="RollingUpdate")
    if strategy["type"] == "RollingUpdate":
        _fill(strategy.setdefault("rollingUpdate", {}), maxSurge="25%", maxUnavailable="25%")
    template = spec.setdefault("template", {})
    template.setdefault("metadata", {})
    pod = template.setdefault("spec", {})
    _fill(pod, restartPolicy="Always", terminationGracePeriodSeconds=30, dnsPolicy="ClusterFirst")
    _fill(pod, securityContext={}, schedulerName="default-scheduler")
    for container in [*pod.get("containers", ()), *pod.get("initContainers", ())]:
        _container(container)


def _container(container: Json) -> None:
    name, _, tag = str(container.get("image", "")).rpartition("/")[2].partition(":")
    latest = "@" not in name and tag in ("", "latest")
    _fill(container, imagePullPolicy="Always" if latest else "IfNotPresent", resources={})
    _fill(container, terminationMessagePath="/dev/termination-log", terminationMessagePolicy="File")
    for port in container.get("ports", ()):
        _fill(port, protocol="TCP")
    for name in ("livenessProbe", "readinessProbe", "startupProbe"):
        if probe := container.get(name):
            _fill(probe, timeoutSeconds=1, periodSeconds=10, successThreshold=1, failureThreshold=3)
            if "httpGet" in probe:
                _fill(probe["httpGet"], scheme="HTTP", path="/")
    limits = container["resources"].get("limits") or {}
    if limits:
        container["resources"]["requests"] = limits | (container["resources"].get("requests") or {})


def _autoscaler(spec: Json) -> None:
    target = {"type": "Utilization", "averageUtilization": 80}
    _fill(spec, minReplicas=1, metrics=[{"type": "Resource", "resource": {"name": "cpu", "target": target}}])
