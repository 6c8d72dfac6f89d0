"""The addresses of the API: turns each request into a verb, and each answer or refusal into a response."""

import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.kubernetes import discovery
from sandbox.kubernetes.api import Api
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.errors import ApiError, bad_request, method_not_allowed, no_such_path
from sandbox.kubernetes.kinds import AUTOSCALERS, DEPLOYMENTS, KINDS, PODS, Kind
from sandbox.kubernetes.logs import log_of
from sandbox.kubernetes.options import APPLY_PATCH, Options
from sandbox.kubernetes.rbac import User
from sandbox.kubernetes.scale import Scales
from sandbox.kubernetes.writing import Answer

Endpoint = Callable[[Request], Awaitable[Response]]
_VERBS = {"GET": "get", "POST": "create", "PUT": "update", "PATCH": "patch", "DELETE": "delete"}


def refusal(error: ApiError) -> Response:
    """An error as the ``Status`` that clients read."""
    headers = {"Retry-After": str(error.retry_after)} if error.retry_after is not None else {}
    return JSONResponse(error.status(), error.code, headers)


async def refuse(_request: Request, error: Exception) -> Response:
    """For Starlette's own errors and for ours."""
    if isinstance(error, ApiError):
        return refusal(error)
    return refusal(method_not_allowed() if getattr(error, "status_code", 404) == 405 else no_such_path())


def routes_of(cluster: Cluster) -> list[Route]:
    """All routes of the API, but those that need no token (``/healthz`` and so on)."""
    api = Api(cluster)
    served = _Served(cluster, api, Scales(cluster, api))
    fixed = {
        "/version": discovery.VERSION,
        "/api": discovery.core_versions(),
        "/apis": discovery.group_list(),
        **{f"/apis/{name}": discovery.group(name) for name in discovery.groups()},
        **{prefix: discovery.resources(prefix) for prefix in sorted({kind.prefix for kind in KINDS})},
    }
    # The official client asks for these with a slash at the end.
    routes = [_fixed(path + end, body) for path, body in fixed.items() for end in ("", "/")]
    for kind in KINDS:
        routes += _kind_routes(kind, served)
    deployment = f"{DEPLOYMENTS.prefix}/namespaces/{{namespace}}/deployments/{{name}}"
    pod = f"{PODS.prefix}/namespaces/{{namespace}}/pods/{{name}}"
    autoscaler = f"{AUTOSCALERS.prefix}/namespaces/{{namespace}}/{AUTOSCALERS.plural}/{{name}}"
    return [
        *routes,
        Route(f"{deployment}/scale", served.scale, methods=["GET", "PUT", "PATCH"]),
        Route(f"{deployment}/status", partial(served.status, DEPLOYMENTS), methods=["GET"]),
        Route(f"{autoscaler}/status", partial(served.status, AUTOSCALERS), methods=["GET"]),
        Route(f"{pod}/log", served.log, methods=["GET"]),
    ]


def _kind_routes(kind: Kind, served: "_Served") -> list[Route]:
    inside = f"{kind.prefix}/namespaces/{{namespace}}" if kind.namespaced else kind.prefix
    on_many = [method for method, verb in (("GET", "list"), ("POST", "create")) if verb in kind.verbs]
    on_one = [method for method, verb in _VERBS.items() if verb in kind.verbs and method != "POST"]
    routes = [Route(f"{inside}/{kind.plural}", partial(served.many, kind), methods=on_many)]
    if kind.namespaced:
        routes.append(Route(f"{kind.prefix}/{kind.plural}", partial(served.many, kind), methods=["GET"]))
    if on_one:
        routes.append(Route(f"{inside}/{kind.plural}/{{name}}", partial(served.one, kind), methods=on_one))
    return routes


def _fixed(path: str, body: dict[str, Any]) -> Route:
    async def answer(_request: Request) -> Response:
        return JSONResponse(body)

    return Route(path, answer, methods=["GET"])


class _Served:
    """The endpoints."""

    def __init__(self, cluster: Cluster, api: Api, scales: Scales) -> None:
        self._cluster = cluster
        self._api = api
        self._scales = scales

    async def many(self, kind: Kind, request: Request) -> Response:
        """List, or create."""
        user, namespace = _user(request), request.path_params.get("namespace", "")
        if request.method == "POST":
            options, body = _options(request), await _body(request)
            with self._cluster.lock:
                return _response(self._api.create(user, kind, namespace, body, options))
        if request.query_params.get("watch") in ("true", "1"):
            raise ApiError(405, "MethodNotAllowed", "watch is not served here: list again instead", {})
        with self._cluster.lock:
            return _response(self._api.list(user, kind, namespace, _options(request)))

    async def one(self, kind: Kind, request: Request) -> Response:
        """Get, replace, patch or delete."""
        user, namespace = _user(request), request.path_params.get("namespace", "")
        name, options = request.path_params["name"], _options(request)
        body = await _body(request) if request.method in ("PUT", "PATCH", "DELETE") else None
        with self._cluster.lock:
            if request.method == "PUT":
                return _response(self._api.replace(user, kind, namespace, name, body, options))
            if request.method == "PATCH":
                patch_type = _media(request)
                return _response(self._api.patch(user, kind, namespace, name, body, patch_type, options))
            if request.method == "DELETE":
                options = options.with_body(body) if isinstance(body, dict) else options
                return _response(self._api.delete(user, kind, namespace, name, options))
            return _response(self._api.get(user, kind, namespace, name))

    async def scale(self, request: Request) -> Response:
        """The scale of a Deployment."""
        user, options = _user(request), _options(request)
        namespace, name = request.path_params["namespace"], request.path_params["name"]
        body = await _body(request) if request.method in ("PUT", "PATCH") else None
        with self._cluster.lock:
            if request.method == "PUT":
                return _response(self._scales.replace(user, namespace, name, body, options))
            if request.method == "PATCH":
                return _response(self._scales.patch(user, namespace, name, body, _media(request), options))
            return _response(self._scales.get(user, namespace, name))

    async def status(self, kind: Kind, request: Request) -> Response:
        """An object, by the address of its status."""
        namespace, name = request.path_params["namespace"], request.path_params["name"]
        with self._cluster.lock:
            return _response(self._api.get(_user(request), kind, namespace, name, "status"))

    async def log(self, request: Request) -> Response:
        """The log of a container, as text."""
        namespace, name = request.path_params["namespace"], request.path_params["name"]
        with self._cluster.lock:
            self._api.check(_user(request), "get", PODS, namespace, name, "log")
            at = self._cluster.catch_up()
            pod = self._cluster.store.get(PODS, namespace, name)
            return PlainTextResponse(log_of(pod, self._cluster.pods.life_of(pod), at, request.query_params))


def _user(request: Request) -> User:
    user = request.scope["user"]
    assert isinstance(user, User)  # noqa: S101 - the gate before these routes has put it there
    return user


def _media(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip()


def _options(request: Request) -> Options:
    patch_type = _media(request) if request.method == "PATCH" else ""
    agent = request.headers.get("user-agent", "")
    return Options.read(request.query_params, agent, _VERBS.get(request.method, "get"), patch_type)


async def _body(request: Request) -> Any:
    """The JSON of the body; ``None`` when it is empty. Raises ``ApiError`` 400 for what is no JSON."""
    raw = await request.body()
    if not raw and request.method == "DELETE":
        return None
    try:
        return json.loads(raw)
    except ValueError as error:
        if _media(request) == APPLY_PATCH:
            raise bad_request("error decoding YAML: only YAML that is JSON, too, is read here") from error
        raise bad_request(f"the object provided is unrecognized (must be of type JSON): {error}") from error


def _response(answer: Answer) -> Response:
    headers = {"Warning": ", ".join(f'299 - "{_quoted(one)}"' for one in answer.warnings)} if answer.warnings else {}
    if isinstance(answer.body, str):
        return PlainTextResponse(answer.body, answer.code, headers)
    return JSONResponse(answer.body, answer.code, headers)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')
