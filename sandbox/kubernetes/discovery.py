"""What the server is, and which kinds it has: the answers that clients ask for first."""

from sandbox.kubernetes.kinds import KINDS
from sandbox.kubernetes.objects import Json

VERSION: Json = {
    "major": "1",
    "minor": "33",
    "gitVersion": "v1.33.1+sandbox",
    "gitCommit": "sandbox",
    "gitTreeState": "clean",
    "buildDate": "2026-11-24T00:00:00Z",
    "goVersion": "none",
    "compiler": "python",
    "platform": "linux/amd64",
}


def core_versions() -> Json:
    """``/api``."""
    return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}


def group_list() -> Json:
    """``/apis``."""
    return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name) for name in groups()]}


def groups() -> list[str]:
    """The names of all groups but the core one."""
    return sorted({kind.group for kind in KINDS if kind.group})


def group(name: str) -> Json:
    """``/apis/apps``."""
    return {"kind": "APIGroup", "apiVersion": "v1"} | _group(name)


def _group(name: str) -> Json:
    version = next(kind.version for kind in KINDS if kind.group == name)
    served = {"groupVersion": f"{name}/{version}", "version": version}
    return {"name": name, "versions": [served], "preferredVersion": served}


def resources(prefix: str) -> Json:
    """``/api/v1``, ``/apis/apps/v1``: the kinds of one version of one group, with their sub-resources."""
    here = [kind for kind in KINDS if kind.prefix == prefix]
    told = [kind.told() for kind in here]
    for kind in here:
        if kind.plural == "deployments":
            scale = {"name": "deployments/scale", "singularName": "", "namespaced": True, "kind": "Scale"}
            told.append(scale | {"group": "autoscaling", "version": "v1", "verbs": ["get", "patch", "update"]})
        if kind.plural in ("deployments", "horizontalpodautoscalers"):
            status = {"name": f"{kind.plural}/status", "singularName": "", "namespaced": True, "kind": kind.kind}
            told.append(status | {"verbs": ["get"]})
        if kind.plural == "pods":
            told.append({"name": "pods/log", "singularName": "", "namespaced": True, "kind": "Pod", "verbs": ["get"]})
    return {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": here[0].api_version, "resources": told}
