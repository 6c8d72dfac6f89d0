"""The scale sub-resource of a Deployment: its number of replicas, and nothing else."""

from typing import Any

from sandbox.kubernetes.api import Api, patched
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.errors import invalid, invalid_value
from sandbox.kubernetes.kinds import DEPLOYMENTS, Kind
from sandbox.kubernetes.objects import Json, copied, name_of, stamp
from sandbox.kubernetes.options import Options
from sandbox.kubernetes.ownership import written_by
from sandbox.kubernetes.rbac import User
from sandbox.kubernetes.schema import SCALE
from sandbox.kubernetes.selectors import told_selector
from sandbox.kubernetes.validation import NOT_NEGATIVE
from sandbox.kubernetes.writing import Answer, check_place, check_preconditions, read_body

_SCALES = Kind("autoscaling", "v1", "scales", "Scale", (), True, ())


def scale_of(deployment: Json) -> Json:
    """A Deployment's scale; as in the real API, ``spec.replicas`` is left out when it is 0."""
    metadata = deployment["metadata"]
    names = ("name", "namespace", "uid", "resourceVersion", "creationTimestamp")
    replicas = deployment["spec"]["replicas"]
    return {
        "kind": "Scale",
        "apiVersion": "autoscaling/v1",
        "metadata": {key: metadata[key] for key in names},
        "spec": {"replicas": replicas} if replicas else {},
        "status": {
            "replicas": deployment.get("status", {}).get("replicas", 0),
            "selector": told_selector(deployment["spec"]["selector"]),
        },
    }


class Scales:
    """Reads and writes the scale of Deployments."""

    def __init__(self, cluster: Cluster, api: Api) -> None:
        self._cluster = cluster
        self._api = api

    def get(self, user: User, namespace: str, name: str) -> Answer:
        """The scale as it is now."""
        return Answer(200, scale_of(self._stored(user, "get", namespace, name)))

    def replace(self, user: User, namespace: str, name: str, body: Any, options: Options) -> Answer:
        """A whole new scale; one without ``spec.replicas`` is one of 0 replicas."""
        stored = self._stored(user, "update", namespace, name)
        return self._write(stored, body, options, was_patch=False)

    def patch(self, user: User, namespace: str, name: str, patch: Any, patch_type: str, options: Options) -> Answer:
        """A difference to the scale."""
        stored = self._stored(user, "patch", namespace, name)
        return self._write(stored, patched(scale_of(stored), patch, patch_type), options, was_patch=True)

    def _stored(self, user: User, verb: str, namespace: str, name: str) -> Json:
        self._api.check(user, verb, DEPLOYMENTS, namespace, name, "scale")
        self._cluster.catch_up()
        return self._cluster.store.get(DEPLOYMENTS, namespace, name)

    def _write(self, stored: Json, body: Any, options: Options, *, was_patch: bool) -> Answer:
        scale, warnings = read_body(_SCALES, body, SCALE, options, patched=was_patch)
        name, metadata = name_of(stored), scale["metadata"]
        check_place(_SCALES, scale, stored["metadata"]["namespace"], name)
        check_preconditions(DEPLOYMENTS, stored, metadata.get("uid"), metadata.get("resourceVersion"))
        replicas = scale.get("spec", {}).get("replicas", 0)
        if replicas < 0:
            raise invalid("Scale.autoscaling", name, [invalid_value("spec.replicas", replicas, NOT_NEGATIVE)])
        if replicas == stored["spec"]["replicas"]:
            return Answer(200, scale_of(stored), warnings)
        after = copied(stored)
        after["spec"]["replicas"] = replicas
        after["metadata"]["generation"] += 1
        after = written_by(stored, after, options.manager, "scale", stamp(self._cluster.world.at))
        if not options.dry_run:
            after = self._cluster.store.put(DEPLOYMENTS, after)
            self._cluster.written()
        return Answer(200, scale_of(after), warnings)
