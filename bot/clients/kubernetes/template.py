"""The pod templates that a Deployment has and had, as its ReplicaSets keep them. Pure functions."""

from collections.abc import Sequence
from typing import Any

from bot.clients.kubernetes.call import Json
from bot.domain.errors import Away

#: The name of a template, which the cluster writes on its ReplicaSet and on the ReplicaSet's pods.
_NAME = "pod-template-hash"


def present(deployment: Json, sets: Sequence[Json]) -> str:
    """The name of the template that it has now. Raises ``Away`` while no ReplicaSet is made from it yet.

    By what is in it, as the cluster itself finds it: the revision of a Deployment is written a moment later.
    """
    now = _bare(deployment["spec"]["template"])
    for each in sorted(sets, key=lambda one: str(one["metadata"].get("creationTimestamp"))):
        if _bare(each["spec"]["template"]) == now:
            return _name(each)
    namespace, name = deployment["metadata"]["namespace"], deployment["metadata"]["name"]
    raise Away(f"The cluster has not taken the newest template of Deployment {namespace}/{name} up yet.", again_in=1)


def kept(sets: Sequence[Json], name: str) -> Json | None:
    """The template of that name, if the cluster still keeps it."""
    return next((_bare(each["spec"]["template"]) for each in sets if _name(each) == name), None)


def difference(now: Any, then: Any) -> Any:
    """The merge patch (RFC 7386) that makes the one out of the other: what is gone is ``null``, lists are whole."""
    if not isinstance(now, dict) or not isinstance(then, dict):
        return then
    patch: Json = {key: None for key in now if key not in then}
    return patch | {
        key: difference(now.get(key), value) for key, value in then.items() if key not in now or now[key] != value
    }


def _name(replica_set: Json) -> str:
    return str((replica_set["metadata"].get("labels") or {}).get(_NAME, ""))


def _bare(template: Json) -> Json:
    """Without the label that the cluster adds, and without what is written as nothing."""
    metadata = {key: value for key, value in (template.get("metadata") or {}).items() if value not in (None, {})}
    labels = {key: value for key, value in (metadata.get("labels") or {}).items() if key != _NAME}
    return {**template, "metadata": {**metadata, "labels": labels}}
