"""The control panel's side: what is there, and the switches to break and heal it. No token is asked for."""

import json
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.kubernetes.breakages import Fault, Outage
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.controllers.deployment import REVISION
from sandbox.kubernetes.controllers.scheduler import free_on
from sandbox.kubernetes.errors import ApiError
from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS, NODES, PODS
from sandbox.kubernetes.objects import Json, annotations_of, condition_of, moment, name_of, namespace_of
from sandbox.kubernetes.options import MERGE_PATCH, Options
from sandbox.kubernetes.quantities import millis
from sandbox.kubernetes.rbac import Users
from sandbox.kubernetes.scale import Scales


class _Refused(Exception):
    """The panel asked for what cannot be; says why."""


class Control:
    """The endpoints under ``/sandbox``."""

    def __init__(self, cluster: Cluster, scales: Scales) -> None:
        self._cluster = cluster
        self._scales = scales

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/sandbox/state", self.state, methods=["GET"]),
            Route("/sandbox/break", self.switch, methods=["POST"]),
            Route("/sandbox/scale", self.scale, methods=["POST"]),
            Route("/sandbox/load", self.load, methods=["POST"]),
        ]

    async def state(self, _request: Request) -> Response:
        """Everything that the panel draws."""
        return JSONResponse(state_of(self._cluster))

    async def switch(self, request: Request) -> Response:
        """``{"what", "on"}`` for the whole cluster; ``namespace`` and ``name`` too for one Deployment."""
        try:
            asked = await _read(request, what=str, on=bool)
            self._switch(asked)
        except _Refused as error:
            return _refuse(error)
        return JSONResponse({"ok": True})

    def _switch(self, asked: Json) -> None:
        what, on = asked["what"], asked["on"]
        if "name" not in asked:
            if what not in list(Outage):
                raise _Refused(f"{what!r} cannot be broken for the whole cluster; {_listed(Outage)} can. {_UNCHANGED}")
            if "seconds" in asked:
                self._cluster.breakages.slow_seconds = float(asked["seconds"])
            (self._cluster.break_cluster if on else self._cluster.heal_cluster)(what)
            return
        namespace, name = asked.get("namespace", ""), asked["name"]
        if what not in list(Fault):
            raise _Refused(f"{what!r} cannot be broken for a Deployment; {_listed(Fault)} can. {_UNCHANGED}")
        with self._cluster.lock:
            if self._cluster.store.find(DEPLOYMENTS, namespace, name) is None:
                raise _Refused(f"There is no Deployment {namespace}/{name}. {_UNCHANGED}")
            if on:
                self._cluster.break_service(what, namespace, name, everything=bool(asked.get("everything")))
            else:
                self._cluster.heal_service(what, namespace, name)

    async def scale(self, request: Request) -> Response:
        """``{"namespace", "name", "replicas"}``: as somebody else's ``kubectl scale`` would."""
        try:
            asked = await _read(request, namespace=str, name=str, replicas=int)
            with self._cluster.lock:
                admin = self._cluster.users.named(Users.ADMIN)
                patch = {"spec": {"replicas": asked["replicas"]}}
                options = Options(manager="kubectl")
                self._scales.patch(admin, asked["namespace"], asked["name"], patch, MERGE_PATCH, options)
        except _Refused as error:
            return _refuse(error)
        except ApiError as error:
            return _refuse(_Refused(f"{error.message}. {_UNCHANGED}"))
        return JSONResponse({"ok": True})

    async def load(self, request: Request) -> Response:
        """``{"name", "wants"}``: how many replicas the load of a Deployment needs; in aureus, if ``namespace`` is not
        said."""
        try:
            asked = await _read(request, name=str, wants=int)
        except _Refused as error:
            return _refuse(error)
        with self._cluster.lock:
            namespace, name = asked.get("namespace", "aureus"), asked["name"]
            # The autoscaler's own name is understood, too.
            if autoscaler := self._cluster.store.find(AUTOSCALERS, namespace, name):
                name = autoscaler["spec"]["scaleTargetRef"]["name"]
            if self._cluster.store.find(DEPLOYMENTS, namespace, name) is None:
                return _refuse(_Refused(f"There is no Deployment {namespace}/{name}. {_UNCHANGED}"))
            self._cluster.set_load(name, asked["wants"], namespace)
        return JSONResponse({"ok": True})


_UNCHANGED = "Nothing was changed."


def _listed(switches: type[Fault] | type[Outage]) -> str:
    return ", ".join(switches)


def _refuse(error: _Refused) -> Response:
    return JSONResponse({"error": str(error)}, 400)


async def _read(request: Request, **fields: type) -> Json:
    try:
        asked: Any = json.loads(await request.body())
    except ValueError as error:
        raise _Refused(f"The body must be JSON. {_UNCHANGED}") from error
    for name, kind in fields.items():
        if not isinstance(asked, dict) or type(asked.get(name)) is not kind:
            raise _Refused(f"The body needs {name!r}, of type {kind.__name__}. {_UNCHANGED}")
    return dict(asked)


def state_of(cluster: Cluster) -> Json:
    """What the panel draws."""
    with cluster.lock:
        cluster.catch_up()
        pods = cluster.store.list(PODS)
        nodes = [
            {
                "name": name_of(node),
                "cpu_free_millis": millis(free_on(node, pods)["cpu"]),
                "cpu_total_millis": millis(node["status"]["allocatable"]["cpu"]),
            }
            for node in cluster.store.list(NODES)
        ]
        deployments = [_deployment(cluster, one) for one in cluster.store.list(DEPLOYMENTS)]
        return {"deployments": deployments, "nodes": nodes, "broken": sorted(cluster.breakages.outages)}


def _deployment(cluster: Cluster, deployment: Json) -> Json:
    namespace, name = namespace_of(deployment), name_of(deployment)
    status, spec = deployment.get("status", {}), deployment["spec"]
    return {
        "namespace": namespace,
        "name": name,
        "wanted": spec["replicas"],
        "ready": status.get("readyReplicas", 0),
        "available": status.get("availableReplicas", 0),
        "updated": status.get("updatedReplicas", 0),
        "image": spec["template"]["spec"]["containers"][0]["image"],
        "paused": bool(spec.get("paused")),
        "revision": annotations_of(deployment).get(REVISION, ""),
        "pods": [_pod(cluster, pod) for pod in cluster.pods_of(namespace, name)],
        "hpa": _autoscaler(cluster, namespace, name),
        "broken": cluster.breakages.of(namespace, name),
    }


def _pod(cluster: Cluster, pod: Json) -> Json:
    container = (pod["status"].get("containerStatuses") or [{}])[0]
    age = cluster.world.at - moment(pod["metadata"]["creationTimestamp"])
    return {
        "name": name_of(pod),
        "phase": pod["status"]["phase"],
        "ready": bool(container.get("ready")),
        "reason": _reason(pod, container),
        "restarts": container.get("restartCount", 0),
        "age_seconds": int(age.total_seconds()),
        "node": pod["spec"].get("nodeName", ""),
    }


def _reason(pod: Json, container: Json) -> str:
    """Why it is not simply running, in the one word that kubectl shows."""
    if "deletionTimestamp" in pod["metadata"]:
        return "Terminating"
    if (scheduled := condition_of(pod, "PodScheduled")) and scheduled["status"] == "False":
        return str(scheduled["reason"])
    state = container.get("state", {})
    return str((state.get("waiting") or state.get("terminated") or {}).get("reason", ""))


def _autoscaler(cluster: Cluster, namespace: str, name: str) -> Json | None:
    for one in cluster.store.list(AUTOSCALERS, namespace):
        if one["spec"]["scaleTargetRef"]["name"] == name:
            active = condition_of(one, "ScalingActive")
            return {
                "name": name_of(one),
                "min": one["spec"]["minReplicas"],
                "max": one["spec"]["maxReplicas"],
                "desired": one.get("status", {}).get("desiredReplicas", 0),
                "active": active is not None and active["status"] == "True",
            }
    return None
