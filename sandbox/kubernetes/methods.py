"""How much of each API method the server has: what is full can be relied upon, what is partial says what is missing."""

from dataclasses import dataclass
from enum import StrEnum

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


class Extent(StrEnum):
    """How much of a method is there."""

    FULL = "full"
    PARTIAL = "partial"
    ABSENT = "absent"


@dataclass(frozen=True)
class Method:
    """One HTTP method on one address."""

    verb: str
    path: str
    extent: Extent
    #: What is missing, in a sentence; empty when it is full.
    missing: str = ""


def _full(verb: str, path: str) -> Method:
    return Method(verb, path, Extent.FULL)


def _partial(verb: str, path: str, missing: str) -> Method:
    return Method(verb, path, Extent.PARTIAL, missing)


def _absent(verb: str, path: str) -> Method:
    return Method(verb, path, Extent.ABSENT, "It is not served.")


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
    rows = [_partial("GET", _many(kind), _LIST), _full("GET", _one(kind))]
    return [*rows, _partial("GET", _everywhere(kind), _LIST)] if kind.namespaced else rows


def _written(kind: Kind) -> list[Method]:
    return [
        _partial("POST", _many(kind), _CREATE),
        _partial("PUT", _one(kind), _CREATE),
        _partial("PATCH", _one(kind), _PATCH),
        _partial("DELETE", _one(kind), _DELETE),
        _absent("DELETE", _many(kind)),
    ]


METHODS = (
    *(_full("GET", path) for path in ("/version", "/healthz", "/livez", "/readyz")),
    *(_partial("GET", path, _DISCOVERY) for path in ("/api", "/apis", "/api/v1")),
    *(_partial("GET", f"/apis/{group}", _DISCOVERY) for group in ("apps", "autoscaling", "authorization.k8s.io")),
    *(
        _partial("GET", f"/apis/{group}", _DISCOVERY)
        for group in ("apps/v1", "autoscaling/v2", "authorization.k8s.io/v1")
    ),
    _absent("GET", "/openapi/v3"),
    _absent("GET", "/metrics"),
    *_read(NAMESPACES),
    _partial("POST", _many(NAMESPACES), _CREATE),
    _absent("DELETE", _one(NAMESPACES)),
    *_read(NODES),
    _absent("PATCH", _one(NODES)),
    *_read(PODS),
    _full("DELETE", _one(PODS)),
    _partial("GET", _one(PODS, "log"), "The lines are made up from the pod's life; follow is refused."),
    _absent("POST", _many(PODS)),
    _absent("PATCH", _one(PODS)),
    _absent("DELETE", _many(PODS)),
    _absent("POST", _one(PODS, "exec")),
    _absent("POST", _one(PODS, "eviction")),
    *_read(EVENTS),
    _absent("POST", _many(EVENTS)),
    *_read(RESOURCE_QUOTAS),
    _partial("POST", _many(RESOURCE_QUOTAS), "Pods and requests of cpu and memory are counted; scopes are ignored."),
    _partial("DELETE", _one(RESOURCE_QUOTAS), _DELETE),
    _absent("PUT", _one(RESOURCE_QUOTAS)),
    *_read(CONFIG_MAPS),
    *_written(CONFIG_MAPS),
    *_read(DEPLOYMENTS),
    *_written(DEPLOYMENTS),
    _full("GET", _one(DEPLOYMENTS, "scale")),
    _full("PUT", _one(DEPLOYMENTS, "scale")),
    _partial("PATCH", _one(DEPLOYMENTS, "scale"), "No apply patch."),
    _full("GET", _one(DEPLOYMENTS, "status")),
    _absent("PUT", _one(DEPLOYMENTS, "status")),
    _absent("PATCH", _one(DEPLOYMENTS, "status")),
    *_read(REPLICA_SETS),
    _absent("PATCH", _one(REPLICA_SETS)),
    _absent("DELETE", _one(REPLICA_SETS)),
    *_read(AUTOSCALERS),
    *_written(AUTOSCALERS),
    _full("GET", _one(AUTOSCALERS, "status")),
    _absent("PUT", _one(AUTOSCALERS, "status")),
    _partial("POST", _many(ACCESS_REVIEWS), "Resource attributes only, and no rule may name single objects."),
    _absent("GET", "/api/v1/namespaces/{namespace}/services"),
    _absent("GET", "/api/v1/namespaces/{namespace}/secrets"),
    _absent("GET", "/apis/apps/v1/namespaces/{namespace}/statefulsets"),
    _absent("GET", "/apis/apps/v1/namespaces/{namespace}/daemonsets"),
    _absent("GET", "/apis/apps/v1/namespaces/{namespace}/controllerrevisions"),
    _absent("GET", "/apis/batch/v1/namespaces/{namespace}/jobs"),
    _absent("GET", "/apis/metrics.k8s.io/v1beta1/namespaces/{namespace}/pods"),
)
"""Every method that the server has, and those that a reader may look for in vain.

Of the controllers: autoscalers follow the load that is set, at once, and not their ``behavior``; affinities, taints
other than ``unschedulable``, priorities and preemption are not looked at; volumes, config maps and secrets that a pod
names need not exist; a liveness probe never fails. ``managedFields`` tell of spec and metadata, and not of status.
"""
