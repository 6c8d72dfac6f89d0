"""The fields of the kinds that can be written, and their types: a misspelt field or a text for a number is found here.

The real server has the whole of OpenAPI; here stand the fields that workloads commonly have, and what lies deeper
than that is let through as it is (``ANY``).
"""

from typing import Any

from sandbox.kubernetes.kinds import (
    ACCESS_REVIEWS,
    AUTOSCALERS,
    CONFIG_MAPS,
    DEPLOYMENTS,
    NAMESPACES,
    RESOURCE_QUOTAS,
    Kind,
)
from sandbox.kubernetes.objects import Json

ANY, INT, STR, BOOL, INT_OR_STR = "any", "int", "string", "bool", "int or string"
#: A map from any key to a text; a list's schema is a list with the schema of its items.
TEXTS = {"*": STR}


def _fields(kind: str, *names: str) -> dict[str, Any]:
    return dict.fromkeys(names, kind)


METADATA = {
    **_fields(STR, "name", "generateName", "namespace", "uid", "resourceVersion", "creationTimestamp", "selfLink"),
    **_fields(INT, "generation", "deletionGracePeriodSeconds"),
    **_fields(ANY, "deletionTimestamp", "ownerReferences", "managedFields"),
    "labels": TEXTS,
    "annotations": TEXTS,
    "finalizers": [STR],
}
SELECTOR = {"matchLabels": TEXTS, "matchExpressions": [{"key": STR, "operator": STR, "values": [STR]}]}
PROBE = {
    **_fields(
        INT, "initialDelaySeconds", "timeoutSeconds", "periodSeconds", "successThreshold", "failureThreshold",
        "terminationGracePeriodSeconds",
    ),
    **_fields(ANY, "httpGet", "tcpSocket", "exec", "grpc"),
}  # fmt: skip
CONTAINER = {
    **_fields(
        STR, "name", "image", "imagePullPolicy", "workingDir", "terminationMessagePath", "terminationMessagePolicy",
        "restartPolicy",
    ),
    **_fields(BOOL, "stdin", "stdinOnce", "tty"),
    **_fields(ANY, "lifecycle", "securityContext", "volumeDevices", "envFrom", "resizePolicy"),
    **dict.fromkeys(("livenessProbe", "readinessProbe", "startupProbe"), PROBE),
    "command": [STR],
    "args": [STR],
    "env": [{"name": STR, "value": STR, "valueFrom": ANY}],
    "ports": [{**_fields(STR, "name", "protocol", "hostIP"), **_fields(INT, "containerPort", "hostPort")}],
    "resources": {"requests": ANY, "limits": ANY, "claims": ANY},
    "volumeMounts": [
        {**_fields(STR, "name", "mountPath", "subPath", "subPathExpr", "mountPropagation"), "readOnly": BOOL,
         "recursiveReadOnly": STR}
    ],
}  # fmt: skip
POD_SPEC = {
    **_fields(
        STR, "restartPolicy", "dnsPolicy", "serviceAccountName", "serviceAccount", "nodeName", "hostname", "subdomain",
        "schedulerName", "priorityClassName", "preemptionPolicy", "runtimeClassName",
    ),
    **_fields(BOOL, "automountServiceAccountToken", "hostNetwork", "hostPID", "hostIPC", "shareProcessNamespace",
              "enableServiceLinks", "setHostnameAsFQDN", "hostUsers"),
    **_fields(INT, "terminationGracePeriodSeconds", "activeDeadlineSeconds", "priority"),
    **_fields(ANY, "securityContext", "affinity", "tolerations", "hostAliases", "dnsConfig", "readinessGates",
              "overhead", "topologySpreadConstraints", "volumes", "imagePullSecrets", "os", "schedulingGates",
              "resourceClaims", "ephemeralContainers", "resources"),
    "nodeSelector": TEXTS,
    "containers": [CONTAINER],
    "initContainers": [CONTAINER],
}  # fmt: skip
DEPLOYMENT_SPEC = {
    **_fields(INT, "replicas", "minReadySeconds", "revisionHistoryLimit", "progressDeadlineSeconds"),
    "paused": BOOL,
    "selector": SELECTOR,
    "strategy": {"type": STR, "rollingUpdate": {"maxSurge": INT_OR_STR, "maxUnavailable": INT_OR_STR}},
    "template": {"metadata": METADATA, "spec": POD_SPEC},
}
AUTOSCALER_SPEC = {
    **_fields(INT, "minReplicas", "maxReplicas"),
    "scaleTargetRef": _fields(STR, "apiVersion", "kind", "name"),
    "metrics": [
        {
            "type": STR,
            "resource": {"name": STR, "target": {"type": STR, "averageUtilization": INT, "averageValue": ANY}},
            **_fields(ANY, "pods", "object", "external", "containerResource"),
        }
    ],
    "behavior": {
        direction: {
            "stabilizationWindowSeconds": INT,
            "selectPolicy": STR,
            "tolerance": ANY,
            "policies": [{"type": STR, "value": INT, "periodSeconds": INT}],
        }
        for direction in ("scaleUp", "scaleDown")
    },
}
SCALE = {"apiVersion": STR, "kind": STR, "metadata": METADATA, "spec": {"replicas": INT}, "status": ANY}

_SPECS: dict[str, dict[str, Any]] = {
    NAMESPACES.plural: {"spec": ANY, "status": ANY},
    RESOURCE_QUOTAS.plural: {"spec": {"hard": ANY, "scopes": [STR], "scopeSelector": ANY}, "status": ANY},
    CONFIG_MAPS.plural: {"data": TEXTS, "binaryData": TEXTS, "immutable": BOOL},
    DEPLOYMENTS.plural: {"spec": DEPLOYMENT_SPEC, "status": ANY},
    AUTOSCALERS.plural: {"spec": AUTOSCALER_SPEC, "status": ANY},
    ACCESS_REVIEWS.plural: {"spec": ANY, "status": ANY},
}


def schema_of(kind: Kind) -> dict[str, Any]:
    """The fields of a kind."""
    return {"apiVersion": STR, "kind": STR, "metadata": METADATA} | _SPECS[kind.plural]


class WrongType(ValueError):
    """A field holds what it cannot; says which, and what was wanted."""


def pruned(value: Any, schema: Any, path: str = "") -> tuple[Any, list[str]]:
    """The value without unknown fields and without nulls, and the unknown fields' paths. Raises ``WrongType``."""
    if schema == ANY:
        return value, []
    if isinstance(schema, list):
        return _pruned_list(value, schema[0], path)
    if isinstance(schema, dict):
        return _pruned_map(value, schema, path)
    fits = {
        INT: isinstance(value, int) and not isinstance(value, bool),
        STR: isinstance(value, str),
        BOOL: isinstance(value, bool),
        INT_OR_STR: isinstance(value, int | str) and not isinstance(value, bool),
    }
    if not fits[schema]:
        raise WrongType(f"json: cannot unmarshal {_told(value)} into Go struct field {path} of type {schema}")
    return value, []


def _pruned_map(value: Any, schema: dict[str, Any], path: str) -> tuple[Json, list[str]]:
    if not isinstance(value, dict):
        raise WrongType(f"json: cannot unmarshal {_told(value)} into Go struct field {path} of type object")
    out: Json = {}
    unknown: list[str] = []
    for key, inner in value.items():
        at = f"{path}.{key}" if path else key
        inner_schema = schema.get(key, schema.get("*"))
        if inner_schema is None:
            unknown.append(at)
        elif inner is not None:
            out[key], more = pruned(inner, inner_schema, at)
            unknown += more
    return out, unknown


def _pruned_list(value: Any, schema: Any, path: str) -> tuple[list[Any], list[str]]:
    if not isinstance(value, list):
        raise WrongType(f"json: cannot unmarshal {_told(value)} into Go struct field {path} of type array")
    out: list[Any] = []
    unknown: list[str] = []
    for at, item in enumerate(value):
        kept, more = pruned(item, schema, f"{path}[{at}]")
        out.append(kept)
        unknown += more
    return out, unknown


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number" if isinstance(value, int) else f"number {value}"
    if isinstance(value, str):
        return "string"
    return "array" if isinstance(value, list) else "object"
