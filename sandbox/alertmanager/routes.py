"""The API v2, and what Alertmanager serves beside it."""

import re
from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.errors import ApiError, misshapen, refused
from sandbox.alertmanager.matchers import all_match, expression, parse_filter
from sandbox.alertmanager.reading import posted_alerts, posted_silence
from sandbox.alertmanager.records import Alert
from sandbox.alertmanager.showing import alert_of, group_of, status_of

# What go-openapi/swag takes for true; everything else is false, and never an error.
_TRUE = frozenset({"true", "1", "yes", "ok", "y", "on", "selected", "checked", "t", "enabled"})
_UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}", re.IGNORECASE)
# What version 0.27 and those after it say of the API v1.
_GONE = {"status": "deprecated", "error": "The API v1 is removed as of version 0.27.0: use the route of the API v2"}


class Api:
    """The endpoints."""

    def __init__(self, manager: Alertmanager) -> None:
        self._manager = manager

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route("/-/healthy", _well, methods=["GET"]),
            Route("/-/ready", _well, methods=["GET"]),
            Route("/-/reload", self.reload, methods=["POST"]),
            Route("/api/v1/{path:path}", _gone, methods=["GET", "POST", "DELETE"]),
            Route("/api/v2/status", self.status, methods=["GET"]),
            Route("/api/v2/receivers", self.receivers, methods=["GET"]),
            Route("/api/v2/alerts", self.alerts, methods=["GET"]),
            Route("/api/v2/alerts", self.post_alerts, methods=["POST"]),
            Route("/api/v2/alerts/groups", self.groups, methods=["GET"]),
            Route("/api/v2/silences", self.silences, methods=["GET"]),
            Route("/api/v2/silences", self.post_silence, methods=["POST"]),
            Route("/api/v2/silence/{silence_id}", self.silence, methods=["GET"]),
            Route("/api/v2/silence/{silence_id}", self.expire, methods=["DELETE"]),
        ]

    async def reload(self, _request: Request) -> Response:
        return Response()

    async def status(self, _request: Request) -> Response:
        return _answer(status_of(self._manager))

    async def receivers(self, _request: Request) -> Response:
        return _answer([{"name": self._manager.settings.receiver}])

    async def alerts(self, request: Request) -> Response:
        """Those that are not over, by fingerprint."""
        wanted = self._wanted(request)
        with self._manager.lock:
            self._manager.catch_up()
            found = self._manager.alerts() if self._for_receiver(request) else []
            return _answer([alert_of(self._manager, one) for one in found if wanted(one)])

    async def groups(self, request: Request) -> Response:
        """The same by group; one that nothing is left of is not shown."""
        wanted = self._wanted(request)
        with self._manager.lock:
            self._manager.catch_up()
            found = self._manager.groups() if self._for_receiver(request) else []
            kept = [(labels, [one for one in alerts if wanted(one)]) for labels, alerts in found]
            return _answer([group_of(self._manager, labels, alerts) for labels, alerts in kept if alerts])

    async def post_alerts(self, request: Request) -> Response:
        self._manager.post(await posted_alerts(request))
        return Response()

    async def silences(self, request: Request) -> Response:
        wanted = [parse_filter(one) for one in request.query_params.getlist("filter")]
        with self._manager.lock:
            now = self._manager.clock.now()
            return _answer([one.told(now) for one in self._manager.silences.all(wanted)])

    async def post_silence(self, request: Request) -> Response:
        asked = await posted_silence(request)
        with self._manager.lock:
            return _answer({"silenceID": self._manager.silences.set(asked)})

    async def silence(self, request: Request) -> Response:
        with self._manager.lock:
            found = self._manager.silences.get(_silence_id(request))
            return _answer(found.told(self._manager.clock.now()))

    async def expire(self, request: Request) -> Response:
        with self._manager.lock:
            self._manager.silences.expire(_silence_id(request))
        return Response()

    def _wanted(self, request: Request) -> Callable[[Alert], bool]:
        """What ``filter``, ``active`` and ``silenced`` leave. Nothing is inhibited, and nothing unprocessed."""
        matchers = [parse_filter(one) for one in request.query_params.getlist("filter")]
        active, silenced = _flag(request, "active"), _flag(request, "silenced")

        def wanted(alert: Alert) -> bool:
            is_silenced = bool(self._manager.silences.muting(alert.labels))
            return (silenced if is_silenced else active) and all_match(matchers, alert.labels)

        return wanted

    def _for_receiver(self, request: Request) -> bool:
        pattern = request.query_params.get("receiver")
        if pattern is None:
            return True
        try:
            return expression(pattern).fullmatch(self._manager.settings.receiver) is not None
        except ValueError as error:
            raise refused(f"failed to parse receiver param: {error}") from error


def _flag(request: Request, name: str) -> bool:
    return request.query_params.get(name, "true").lower() in _TRUE


def _silence_id(request: Request) -> str:
    asked = str(request.path_params["silence_id"])
    if _UUID.fullmatch(asked) is None:
        raise misshapen("silenceID in path", "uuid", asked)
    return asked.lower()


def _answer(body: object) -> Response:
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


async def _well(_request: Request) -> Response:
    return PlainTextResponse("OK")


async def _gone(_request: Request) -> Response:
    return JSONResponse(_GONE, 410)


async def refuse(request: Request, error: Exception) -> Response:
    """The answer to a request that is refused, or whose path or method there is not."""
    if isinstance(error, ApiError):
        return Response(status_code=error.status) if error.body is None else JSONResponse(error.body, error.status)
    assert isinstance(error, HTTPException)  # noqa: S101 - the two that it is registered for
    if not request.url.path.startswith("/api/"):
        return PlainTextResponse(error.detail, error.status_code)
    message = f"path {request.url.path} was not found"
    if error.status_code == 405:
        message = f"method {request.method} is not allowed"
    return JSONResponse({"code": error.status_code, "message": message}, error.status_code, headers=error.headers)
