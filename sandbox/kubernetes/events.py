"""The events that controllers write about objects, counted up when the same one comes again."""

from datetime import datetime, timedelta

from sandbox.kubernetes.kinds import EVENTS
from sandbox.kubernetes.objects import Json, copied, name_of, namespace_of, stamp, uid_of
from sandbox.kubernetes.store import Store

#: How long the server keeps an event after it was last seen.
KEPT = timedelta(hours=1)


class Events:
    """Writes events into the store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: dict[str, datetime] = {}

    def write(
        self, about: Json, reason: str, message: str, at: datetime, *,
        by: str, host: str = "", warning: bool = False, times: int = 1, part: str = "",
    ) -> None:  # fmt: skip
        """Write an event about an object; ``part`` is its ``fieldPath``, as ``spec.containers{api}``."""
        kind = "Warning" if warning else "Normal"
        namespace = namespace_of(about) or "default"
        for event in self._store.list(EVENTS, namespace):
            same = (event["involvedObject"]["uid"], event["reason"], event["message"]) == (
                uid_of(about), reason, message,
            )  # fmt: skip
            if same and event["type"] == kind:
                again = copied(event)
                again["count"] += times
                again["lastTimestamp"] = stamp(at)
                self._store.put(EVENTS, again)
                self._seen[uid_of(event)] = at
                return
        name = f"{name_of(about)}.{self._store.next_number():016x}"
        involved = {key: about[key] for key in ("kind", "apiVersion")}
        involved |= {key: about["metadata"][key] for key in ("name", "uid", "resourceVersion")}
        if namespace_of(about):
            involved["namespace"] = namespace
        if part:
            involved["fieldPath"] = part
        body: Json = {"metadata": {"name": name, "namespace": namespace}, "involvedObject": involved}
        body |= {"reason": reason, "message": message, "type": kind, "count": times}
        body |= {"source": {"component": by, **({"host": host} if host else {})}}
        body |= {"firstTimestamp": stamp(at), "lastTimestamp": stamp(at), "eventTime": None}
        body |= {"reportingComponent": by, "reportingInstance": host}
        stored = self._store.put(EVENTS, self._store.born(EVENTS, body, at))
        self._seen[uid_of(stored)] = at

    def forget(self, now: datetime) -> None:
        """Remove those that were last seen too long ago."""
        for event in self._store.list(EVENTS):
            if now - self._seen[uid_of(event)] > KEPT:
                del self._seen[uid_of(event)]
                self._store.remove(EVENTS, event)
