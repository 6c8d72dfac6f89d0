"""The verbs of the API: each checks who asks, brings the cluster up to now, and answers."""

import base64
from typing import Any

from sandbox.kubernetes.breakages import Outage
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.errors import bad_request, forbidden, unsupported_media
from sandbox.kubernetes.kinds import ACCESS_REVIEWS, DEPLOYMENTS, PODS, REPLICA_SETS, RESOURCE_QUOTAS, Kind
from sandbox.kubernetes.objects import Json, copied, namespace_of, owner_of, uid_of
from sandbox.kubernetes.options import APPLY_PATCH, JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, Options
from sandbox.kubernetes.patches import json_patch, merge_patch, strategic_merge_patch
from sandbox.kubernetes.rbac import User
from sandbox.kubernetes.schema import schema_of
from sandbox.kubernetes.selectors import by_fields, by_labels
from sandbox.kubernetes.writing import Answer, Writer, check_preconditions, read_body

_WRITES = ("create", "update", "patch", "delete")


def patched(obj: Json, patch: Any, patch_type: str) -> Any:
    """An object with a difference applied. Raises ``ApiError`` 415 for a type that carries none, 400 or 422."""
    if patch_type == JSON_PATCH:
        return json_patch(obj, patch)
    if patch_type not in (MERGE_PATCH, STRATEGIC_PATCH):
        raise unsupported_media((JSON_PATCH, MERGE_PATCH, STRATEGIC_PATCH, APPLY_PATCH))
    if not isinstance(patch, dict):
        raise bad_request("json: cannot unmarshal array into Go value of type map[string]interface {}")
    return merge_patch(obj, patch) if patch_type == MERGE_PATCH else strategic_merge_patch(obj, patch)


class Api:
    """Every verb on every kind. Nothing is stored when it raises ``ApiError``."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster
        self._writer = Writer(cluster)

    def allowed(self, user: User, verb: str, kind: Kind, namespace: str, subresource: str = "") -> bool:
        """Whether the user may do that."""
        if verb in _WRITES and Outage.FORBID in self._cluster.breakages.outages and kind is not ACCESS_REVIEWS:
            return False
        resource = f"{kind.plural}/{subresource}" if subresource else kind.plural
        return user.may(verb, kind.group, resource, namespace)

    def check(self, user: User, verb: str, kind: Kind, namespace: str, name: str = "", subresource: str = "") -> None:
        """Raises ``ApiError`` 403 when the user may not do that."""
        if not self.allowed(user, verb, kind, namespace, subresource):
            raise forbidden(kind, subresource, name, namespace, user.name, verb)

    def get(self, user: User, kind: Kind, namespace: str, name: str, subresource: str = "") -> Answer:
        """One object."""
        self.check(user, "get", kind, namespace, name, subresource)
        self._cluster.catch_up()
        return Answer(200, copied(self._cluster.store.get(kind, namespace, name)))

    def list(self, user: User, kind: Kind, namespace: str, options: Options) -> Answer:
        """Those that the selectors choose, by namespace and name."""
        self.check(user, "list", kind, namespace)
        self._cluster.catch_up()
        fits_labels, fits_fields = by_labels(options.labels), by_fields(kind, options.fields)
        store = self._cluster.store
        chosen = [obj for obj in store.list(kind, namespace) if fits_labels(obj) and fits_fields(obj)]
        start = _place(options.carry_on)
        end = start + options.limit if options.limit else len(chosen)
        metadata: Json = {"resourceVersion": str(store.version)}
        if end < len(chosen):
            metadata |= {"continue": _token(end), "remainingItemCount": len(chosen) - end}
        items = [copied(obj) for obj in chosen[start:end]]
        for item in items:
            # Items of a typed list carry neither, in the real API as well.
            del item["kind"], item["apiVersion"]
        body = {"kind": f"{kind.kind}List", "apiVersion": kind.api_version, "metadata": metadata, "items": items}
        return Answer(200, body)

    def create(self, user: User, kind: Kind, namespace: str, body: Any, options: Options) -> Answer:
        """A new object."""
        self.check(user, "create", kind, namespace)
        self._cluster.catch_up()
        if kind is ACCESS_REVIEWS:
            return self._review(user, body, options)
        return self._writer.create(kind, namespace, body, options)

    def replace(self, user: User, kind: Kind, namespace: str, name: str, body: Any, options: Options) -> Answer:
        """A whole new version of an object."""
        self.check(user, "update", kind, namespace, name)
        self._cluster.catch_up()
        return self._writer.update(kind, self._cluster.store.get(kind, namespace, name), body, options)

    def patch(
        self, user: User, kind: Kind, namespace: str, name: str, patch: Any, patch_type: str, options: Options
    ) -> Answer:
        """A difference to an object, or its apply."""
        self.check(user, "patch", kind, namespace, name)
        self._cluster.catch_up()
        if patch_type == APPLY_PATCH:
            if self._cluster.store.find(kind, namespace, name) is None:
                self.check(user, "create", kind, namespace, name)
            return self._writer.apply(kind, namespace, name, patch, options)
        stored = self._cluster.store.get(kind, namespace, name)
        return self._writer.update(kind, stored, patched(stored, patch, patch_type), options, patched=True)

    def delete(self, user: User, kind: Kind, namespace: str, name: str, options: Options) -> Answer:
        """Remove an object; a pod goes after its grace time, and is answered until then."""
        self.check(user, "delete", kind, namespace, name)
        self._cluster.catch_up()
        store = self._cluster.store
        stored = store.get(kind, namespace, name)
        wanted = options.preconditions
        check_preconditions(kind, stored, wanted.get("uid"), wanted.get("resourceVersion"))
        if kind is PODS:
            if not options.dry_run:
                self._cluster.end_pod(stored, options.grace_seconds)
            return Answer(200, copied(store.find(kind, namespace, name) or stored))
        if not options.dry_run:
            if kind is DEPLOYMENTS and options.propagation == "Orphan":
                self._orphan(stored)
            store.remove(kind, stored)
            self._cluster.written()
        if kind is RESOURCE_QUOTAS:
            # Here, too, the real server answers the object that is gone.
            return Answer(200, copied(stored))
        details = {"name": name, **({"group": kind.group} if kind.group else {}), "kind": kind.plural}
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Success"}
        return Answer(200, status | {"details": details | {"uid": uid_of(stored)}})

    def _orphan(self, deployment: Json) -> None:
        store = self._cluster.store
        for replica_set in store.list(REPLICA_SETS, namespace_of(deployment)):
            if owner_of(replica_set) == uid_of(deployment):
                with store.edit(REPLICA_SETS, replica_set, self._cluster.world.at, subresource="") as freed:
                    freed["metadata"]["ownerReferences"] = []

    def _review(self, user: User, body: Any, options: Options) -> Answer:
        """Whether the asker may do something."""
        review, warnings = read_body(ACCESS_REVIEWS, body, schema_of(ACCESS_REVIEWS), options)
        asked = review.get("spec", {}).get("resourceAttributes")
        if not isinstance(asked, dict):
            raise bad_request("spec.resourceAttributes is needed here; non-resource attributes are not looked at")
        kind = Kind(asked.get("group", ""), "", asked.get("resource", ""), "", (), True, ())
        allowed = self.allowed(
            user, asked.get("verb", ""), kind, asked.get("namespace", ""), asked.get("subresource", "")
        )
        told = {"kind": ACCESS_REVIEWS.kind, "apiVersion": ACCESS_REVIEWS.api_version, "metadata": {}}
        return Answer(201, told | {"spec": review["spec"], "status": {"allowed": allowed}}, warnings)


def _token(place: int) -> str:
    return base64.urlsafe_b64encode(f"from {place}".encode()).decode()


def _place(token: str) -> int:
    if not token:
        return 0
    try:
        return int(base64.urlsafe_b64decode(token).decode().removeprefix("from "))
    except ValueError as error:
        raise bad_request("continue key is not valid: it was not given out by this server") from error
