"""How an object comes to be stored: read, filled in, validated, owned; or only answered, in a dry run."""

from dataclasses import dataclass, field
from typing import Any

from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.defaults import with_defaults
from sandbox.kubernetes.errors import already_exists, bad_request, conflict, invalid, invalid_value
from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS, NAMESPACES, RESOURCE_QUOTAS, Kind
from sandbox.kubernetes.objects import Json, canonical, copied, letters, name_of, namespace_of, stamp
from sandbox.kubernetes.options import Options
from sandbox.kubernetes.ownership import applied, written_by
from sandbox.kubernetes.schema import WrongType, pruned, schema_of
from sandbox.kubernetes.validation import causes_against

#: What only the server writes in ``metadata``.
_SERVER = ("uid", "creationTimestamp", "generation", "deletionTimestamp", "deletionGracePeriodSeconds", "managedFields")


#: The status that an object is created with; controllers fill it.
_FIRST_STATUS: dict[Kind, Json] = {
    NAMESPACES: {"phase": "Active"},
    DEPLOYMENTS: {},
    RESOURCE_QUOTAS: {},
    AUTOSCALERS: {"desiredReplicas": 0, "currentMetrics": None},
}


@dataclass(frozen=True)
class Answer:
    """What the server answers: a code, an object or a text, and warnings for its header."""

    code: int
    body: Json | str
    warnings: list[str] = field(default_factory=list)


def read_body(kind: Kind, body: Any, schema: Any, options: Options, *, patched: bool = False) -> tuple[Json, list[str]]:
    """The body with known fields of the right types, and warnings of the others.

    Raises ``ApiError`` 400 for another kind or a wrong type (422 in a patch), and for unknown fields if that is asked
    for.
    """
    if not isinstance(body, dict):
        raise bad_request(f"the body must be an object, as of kind {kind.kind}")
    version, name = body.get("apiVersion", kind.api_version), body.get("kind", kind.kind)
    if version != kind.api_version:
        says = f"the API version in the data ({version}) does not match the expected API version ({kind.api_version})"
        raise bad_request(says)
    if name != kind.kind:
        raise bad_request(f'{name} in version "{kind.version}" cannot be handled as a {kind.kind}: the kind is another')
    try:
        kept, unknown = pruned(body, schema)
    except WrongType as error:
        if patched:
            raise invalid("", "", [invalid_value("patch", canonical(body), str(error))]) from error
        says = f'{kind.kind} in version "{kind.version}" cannot be handled as a {kind.kind}: {error}'
        raise bad_request(says) from error
    if unknown and options.validation == "Strict":
        raise bad_request("strict decoding error: " + ", ".join(f'unknown field "{one}"' for one in unknown))
    warned = [f'unknown field "{one}"' for one in unknown] if options.validation == "Warn" else []
    if not isinstance(kept.get("metadata", {}), dict):
        raise bad_request("metadata must be an object")
    kept.setdefault("metadata", {})
    return kept, warned


def check_place(kind: Kind, obj: Json, namespace: str, name: str = "") -> None:
    """The address rules; the body may repeat it. Raises ``ApiError`` 400 when it names another."""
    metadata = obj["metadata"]
    if kind.namespaced and metadata.setdefault("namespace", namespace) != namespace:
        raise bad_request(
            f"the namespace of the provided object does not match the namespace sent on the request "
            f"({metadata['namespace']} != {namespace})"
        )
    if name and metadata.setdefault("name", name) != name:
        says = f"the name of the object ({metadata['name']}) does not match the name on the URL ({name})"
        raise bad_request(says)


def check_preconditions(kind: Kind, stored: Json, uid: str | None, version: str | None) -> None:
    """Raises ``ApiError`` 409 when the stored object is another, or a newer, one than the caller means."""
    name, metadata = name_of(stored), stored["metadata"]
    if uid and uid != metadata["uid"]:
        says = f"Precondition failed: UID in precondition: {uid}, UID in object meta: {metadata['uid']}"
        raise conflict(kind, name, says)
    if version and version != metadata["resourceVersion"]:
        raise conflict(kind, name)


class Writer:
    """Stores what passes."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster = cluster

    def create(self, kind: Kind, namespace: str, body: Any, options: Options) -> Answer:
        """A new object. Raises ``ApiError`` 400, 404 (namespace), 409 or 422."""
        obj, warnings = read_body(kind, body, schema_of(kind), options)
        check_place(kind, obj, namespace)
        skeleton = self._skeleton(kind, obj)
        metadata = obj["metadata"]
        if not metadata.get("name") and metadata.get("generateName"):
            number = self._cluster.store.version
            metadata["name"] = metadata["generateName"] + letters(f"{metadata['generateName']}{number}", 5)
        return self._create(kind, namespace, skeleton, obj, warnings, options, by_apply=False)

    def update(self, kind: Kind, stored: Json, body: Any, options: Options, *, patched: bool = False) -> Answer:
        """A new version of an object. Raises ``ApiError`` 400, 409 or 422."""
        obj, warnings = read_body(kind, body, schema_of(kind), options, patched=patched)
        check_place(kind, obj, namespace_of(stored), name_of(stored))
        metadata = obj["metadata"]
        check_preconditions(kind, stored, metadata.get("uid"), metadata.get("resourceVersion"))
        after = self._completed(kind, obj, stored)
        at = stamp(self._cluster.world.at)
        return self._store(kind, stored, written_by(stored, after, options.manager, "", at), warnings, options)

    def apply(self, kind: Kind, namespace: str, name: str, body: Any, options: Options) -> Answer:
        """Server-side apply, onto a stored object or as a new one. Raises ``ApiError`` 400, 409 or 422."""
        wanted, warnings = read_body(kind, body, schema_of(kind), options)
        if "kind" not in body or "apiVersion" not in body:
            raise bad_request("Object 'Kind' and 'apiVersion' must be set in an apply patch")
        if wanted["metadata"].get("managedFields"):
            raise bad_request("metadata.managedFields must be nil")
        check_place(kind, wanted, namespace, name)
        wanted.pop("status", None)
        stored, at = self._cluster.store.find(kind, namespace, name), stamp(self._cluster.world.at)
        if stored is None:
            skeleton = self._skeleton(kind, wanted)
            return self._create(kind, namespace, skeleton, wanted, warnings, options, by_apply=True)
        metadata = wanted["metadata"]
        check_preconditions(kind, stored, metadata.pop("uid", None), metadata.pop("resourceVersion", None))
        merged = applied(stored, wanted, options.manager, at, force=options.force)
        after = self._completed(kind, merged, stored)
        after["metadata"]["managedFields"] = merged["metadata"]["managedFields"]
        return self._store(kind, stored, after, warnings, options)

    def _skeleton(self, kind: Kind, obj: Json) -> Json:
        names = {key: obj["metadata"][key] for key in ("name", "namespace") if key in obj["metadata"]}
        return {"apiVersion": kind.api_version, "kind": kind.kind, "metadata": names}

    def _create(
        self, kind: Kind, namespace: str, skeleton: Json, obj: Json, warnings: list[str], options: Options,
        *, by_apply: bool,
    ) -> Answer:  # fmt: skip
        store, at = self._cluster.store, self._cluster.world.at
        if namespace:
            store.get(NAMESPACES, "", namespace)
        if obj["metadata"].get("resourceVersion"):
            raise bad_request("resourceVersion should not be set on objects to be created")
        obj.pop("status", None)
        for key in _SERVER:
            obj["metadata"].pop(key, None)
        obj = {"apiVersion": kind.api_version, "kind": kind.kind} | obj
        owned = applied(skeleton, obj, options.manager, stamp(at), force=True) if by_apply else obj
        full = with_defaults(kind, owned)
        self._validate(kind, full, None)
        if store.find(kind, namespace, name_of(full)) is not None:
            raise already_exists(kind, name_of(full))
        if not by_apply:
            full = written_by(skeleton, full, options.manager, "", stamp(at))
        if kind in _FIRST_STATUS:
            full["status"] = copied(_FIRST_STATUS[kind])
        born = store.born(kind, full, at)
        if options.dry_run:
            return Answer(201, born, warnings)
        self._cluster.store.next_number()
        stored = store.put(kind, born)
        self._cluster.written()
        return Answer(201, copied(stored), warnings)

    def _completed(self, kind: Kind, obj: Json, stored: Json) -> Json:
        """The new version with the server's own parts put back, filled in and validated."""
        out = copied(obj)
        out["apiVersion"], out["kind"] = kind.api_version, kind.kind
        metadata = out["metadata"]
        for key in (*_SERVER, "resourceVersion"):
            metadata.pop(key, None)
            if key in stored["metadata"]:
                metadata[key] = copied(stored["metadata"][key])
        out.pop("status", None)
        if "status" in stored:
            out["status"] = copied(stored["status"])
        out = with_defaults(kind, out)
        self._validate(kind, out, stored)
        return out

    def _validate(self, kind: Kind, obj: Json, old: Json | None) -> None:
        if causes := causes_against(kind, obj, old):
            raise invalid(kind.qualified, obj["metadata"].get("name", ""), causes)

    def _store(self, kind: Kind, stored: Json, after: Json, warnings: list[str], options: Options) -> Answer:
        if after == stored:
            return Answer(200, copied(stored), warnings)
        if after.get("spec") != stored.get("spec") and "generation" in stored["metadata"]:
            after["metadata"]["generation"] = stored["metadata"]["generation"] + 1
        if options.dry_run:
            return Answer(200, after, warnings)
        kept = self._cluster.store.put(kind, after)
        self._cluster.written()
        return Answer(200, copied(kept), warnings)
