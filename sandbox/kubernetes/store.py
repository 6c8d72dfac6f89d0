"""Where the objects are kept: by kind, namespace and name, with one counter for all resource versions."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sandbox.kubernetes.errors import not_found
from sandbox.kubernetes.kinds import Kind
from sandbox.kubernetes.objects import Json, copied, name_of, namespace_of, stamp
from sandbox.kubernetes.ownership import written_by

#: The name under which the controllers write.
CONTROLLERS = "kube-controller-manager"


class Store:
    """The objects. What it hands out is its own: look, do not change; to change, ``edit`` or ``put`` a copy."""

    def __init__(self) -> None:
        #: The newest resource version; it moves with every write.
        self.version = 0
        self._made = 0
        self._touched: dict[Kind, int] = {}
        self._objects: dict[Kind, dict[tuple[str, str], Json]] = {}

    def find(self, kind: Kind, namespace: str, name: str) -> Json | None:
        """The object, or ``None``."""
        return self._objects.get(kind, {}).get((namespace, name))

    def get(self, kind: Kind, namespace: str, name: str) -> Json:
        """The object. Raises ``ApiError`` 404 when there is none."""
        if (found := self.find(kind, namespace, name)) is None:
            raise not_found(kind, name)
        return found

    def list(self, kind: Kind, namespace: str = "") -> list[Json]:
        """All objects of a kind, in one namespace or in all, by namespace and name."""
        kept = self._objects.get(kind, {})
        return [kept[key] for key in sorted(kept) if namespace in ("", key[0])]

    def touched(self, *kinds: Kind) -> int:
        """The version of the newest write to any object of these kinds."""
        return max(self._touched.get(kind, 0) for kind in kinds)

    def next_number(self) -> int:
        """A number that was not given out before, for names and uids."""
        self._made += 1
        return self._made

    def born(self, kind: Kind, obj: Json, at: datetime) -> Json:
        """A copy with what the server writes into a new object; not stored yet, and no number is used up."""
        out = copied(obj)
        out["apiVersion"], out["kind"] = kind.api_version, kind.kind
        seed = f"{kind.resource}/{namespace_of(out)}/{name_of(out)}/{self._made}/{self.version}"
        out["metadata"] |= {"uid": str(uuid.uuid5(uuid.NAMESPACE_URL, seed)), "creationTimestamp": stamp(at)}
        if "spec" in out and kind.group:
            out["metadata"]["generation"] = 1
        return out

    def put(self, kind: Kind, obj: Json) -> Json:
        """Store the object under a new resource version; the stored one is returned."""
        self._touch(kind)
        out = copied(obj)
        out["metadata"]["resourceVersion"] = str(self.version)
        self._objects.setdefault(kind, {})[namespace_of(out), name_of(out)] = out
        return out

    def remove(self, kind: Kind, obj: Json) -> None:
        """Take the object out, if it is there."""
        if self._objects.get(kind, {}).pop((namespace_of(obj), name_of(obj)), None) is not None:
            self._touch(kind)

    def _touch(self, kind: Kind) -> None:
        self.version += 1
        self._touched[kind] = self.version

    def set_status(self, kind: Kind, obj: Json, status: Json) -> None:
        """Store the object with this ``status``, if it has another. No owner is recorded: only controllers write it."""
        before = self.get(kind, namespace_of(obj), name_of(obj))
        if before.get("status") != status:
            self.put(kind, before | {"status": status})

    @contextmanager
    def edit(
        self, kind: Kind, obj: Json, at: datetime, *, subresource: str = "status", manager: str = CONTROLLERS
    ) -> Iterator[Json]:
        """A copy of the object to change; stored at the end if it did change, with its generation and owners."""
        before = self.get(kind, namespace_of(obj), name_of(obj))
        after = copied(before)
        yield after
        if after == before:
            return
        if after.get("spec") != before.get("spec") and "generation" in before["metadata"]:
            after["metadata"]["generation"] = before["metadata"]["generation"] + 1
        self.put(kind, written_by(before, after, manager, subresource, stamp(at)))
