"""How much of each API method the server has: what is full can be relied upon, what is partial says what is missing."""

from sandbox.kubernetes.kinds import (
    ACCESS_REVIEWS,
    AUTOSCALERS,
    CONFIG_MAPS,
    DEPLOYMENTS,
    EVENTS,
    NAMESPACES,
    NODES,
    PODS,
    REPLICA_SETS,
    RESOURCE_QUOTAS,
    Kind,
)
from sandbox.methods import Method, absent, full, partial


def _everywhere(kind: Kind) -> str:
    return f"{kind.prefix}/{kind.plural}"


def _many(kind: Kind) -> str:
    return f"{kind.prefix}/namespaces/{{namespace}}/{kind.plural}" if kind.namespaced else _everywhere(kind)


def _one(kind: Kind, subresource: str = "") -> str:
    return f"{_many(kind)}/{{name}}" + (f"/{subresource}" if subresource else "")


_LIST = "No watch; the pages of limit and continue are cut from the state at the time of each request."
_CREATE = "Fields beyond those of sandbox/kubernetes/schema.py are dropped with a warning, or stored unchecked."
_PATCH = "As create; an apply patch must be JSON, and its removal of fields knows the lists of patches.MERGE_KEYS only."
_DELETE = "Foreground works as Background; finalizers are not waited for."
_DISCOVERY = "Only what is served here is told, and not in the aggregated form."


def _read(kind: Kind) -> list[Method]:
    rows = [partial("GET", _many(kind), _LIST), full("GET", _one(kind))]
    return [*rows, partial("GET", _everywhere(kind), _LIST)] if kind.namespaced else rows


def _written(kind: Kind) -> list[Method]:
    return [
        partial("POST", _many(kind), _CREATE),
        partial("PUT", _one(kind), _CREATE),
        partial("PATCH", _one(kind), _PATCH),
        partial("DELETE", _one(kind), _DELETE),
        absent("DELETE", _many(kind)),
    ]


METHODS = (
    *(full("GET", path) for path in ("/version", "/healthz", "/livez", "/readyz")),
    *(partial("GET", path, _DISCOVERY) for path in ("/api", "/apis", "/api/v1")),
    *(partial("GET", f"/apis/{group}", _DISCOVERY) for group in ("apps", "autoscaling", "authorization.k8s.io")),
    *(
        partial("GET", f"/apis/{group}", _DISCOVERY)
        for group in ("apps/v1", "autoscaling/v2", "authorization.k8s.io/v1")
    ),
    absent("GET", "/openapi/v3"),
    absent("GET", "/metrics"),
    *_read(NAMESPACES),
    partial("POST", _many(NAMESPACES), _CREATE),
    absent("DELETE", _one(NAMESPACES)),
    *_read(NODES),
    absent("PATCH", _one(NODES)),
    *_read(PODS),
    full("DELETE", _one(PODS)),
    partial("GET", _one(PODS, "log"), "The lines are made up from the pod's life; follow is refused."),
    absent("POST", _many(PODS)),
    absent("PATCH", _one(PODS)),
    absent("DELETE", _many(PODS)),
    absent("POST", _one(PODS, "exec")),
    absent("POST", _one(PODS, "eviction")),
    *_read(EVENTS),
    absent("POST", _many(EVENTS)),
    *_read(RESOURCE_QUOTAS),
    partial("POST", _many(RESOURCE_QUOTAS), "Pods and requests of cpu and memory are counted; scopes are ignored."),
    partial("DELETE", _one(RESOURCE_QUOTAS), _DELETE),
    absent("PUT", _one(RESOURCE_QUOTAS)),
    *_read(CONFIG_MAPS),
    *_written(CONFIG_MAPS),
    *_read(DEPLOYMENTS),
    *_written(DEPLOYMENTS),
    full("GET", _one(DEPLOYMENTS, "scale")),
    full("PUT", _one(DEPLOYMENTS, "scale")),
    partial("PATCH", _one(DEPLOYMENTS, "scale"), "No apply patch."),
    full("GET", _one(DEPLOYMENTS, "status")),
    absent("PUT", _one(DEPLOYMENTS, "status")),
    absent("PATCH", _one(DEPLOYMENTS, "status")),
    *_read(REPLICA_SETS),
    absent("PATCH", _one(REPLICA_SETS)),
    absent("DELETE", _one(REPLICA_SETS)),
    *_read(AUTOSCALERS),
    *_written(AUTOSCALERS),
    full("GET", _one(AUTOSCALERS, "status")),
    absent("PUT", _one(AUTOSCALERS, "status")),
    partial("POST", _many(ACCESS_REVIEWS), "Resource attributes only, and no rule may name single objects."),
    absent("GET", "/api/v1/namespaces/{namespace}/services"),
    absent("GET", "/api/v1/namespaces/{namespace}/secrets"),
    absent("GET", "/apis/apps/v1/namespaces/{namespace}/statefulsets"),
    absent("GET", "/apis/apps/v1/namespaces/{namespace}/daemonsets"),
    absent("GET", "/apis/apps/v1/namespaces/{namespace}/controllerrevisions"),
    absent("GET", "/apis/batch/v1/namespaces/{namespace}/jobs"),
    absent("GET", "/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods"),
)
"""Every method that the server has, and those that a reader may look for in vain.

Of the controllers: autoscalers follow the load that is set, at once, and not their ``behavior``; affinities, taints
other than ``unschedulable``, priorities and preemption are not looked at; volumes, config maps and secrets that a pod
names need not exist; a liveness probe never fails. ``managedFields`` tell of spec and metadata, and not of status.
"""
