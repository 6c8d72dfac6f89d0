"""The Web API over HTTP: who calls, whether they may, how often, and what is broken on purpose."""

import json
from typing import Any
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.serving import Dropped
from sandbox.slack.apps import App
from sandbox.slack.call import Call
from sandbox.slack.errors import RateLimited, SlackError
from sandbox.slack.methods import METHODS, Method
from sandbox.slack.records import JSON
from sandbox.slack.workspace import Workspace


class WebApi:
    """`/api/<method>`, as api.slack.com answers it."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.routes = [Route("/api/{method:path}", self._answer, methods=["GET", "POST"])]

    async def _answer(self, request: Request) -> Response:
        name, faults = request.path_params["method"], self._workspace.faults
        down = faults.take("down", name)
        if down:
            return Dropped() if down.closed else PlainTextResponse("service_unavailable", 503)
        limited = faults.take("ratelimit", name)
        if limited:
            return _too_many(RateLimited(limited.seconds))
        try:
            told, headers = await self._carried_out(name, request)
        except RateLimited as refused:
            return _too_many(refused)
        except SlackError as refused:
            return JSONResponse(refused.answer)
        if faults.take("lose-answer", name):
            return Dropped()
        return JSONResponse({"ok": True, **told}, headers=headers)

    async def _carried_out(self, name: str, request: Request) -> tuple[JSON, dict[str, str]]:
        method = METHODS.get(name)
        if method is None or method.coverage == "absent":
            raise SlackError("unknown_method", req_method=name)
        args = await _arguments(request)
        if name == "api.test":
            return _api_test(args), {}
        token = _token(request, args)
        if name == "apps.connections.open":
            return self._open_connection(token), {}
        app = self._app_of(token)
        headers = {"X-OAuth-Scopes": ",".join(app.scopes), "X-Accepted-OAuth-Scopes": method.scope}
        return self._run(name, method, Call(self._workspace, app, args)), headers

    def _run(self, name: str, method: Method, call: Call) -> JSON:
        assert method.run is not None  # noqa: S101 - only the two that are answered before have none
        if method.scope:
            call.scope(method.scope)
        if self._workspace.rate_limits:
            self._workspace.rates.spend(call.app.id, name, method.tier, str(call.args.get("channel")))
        return method.run(call)

    def _app_of(self, token: str) -> App:
        for app in self._workspace.apps.values():
            if token == app.bot_token:
                return app
            if token == app.app_token:
                raise SlackError("not_allowed_token_type")
        raise SlackError("invalid_auth")

    def _open_connection(self, token: str) -> JSON:
        """A Socket Mode address, good for one connection, for the app-level token of an app in Socket Mode."""
        for app in self._workspace.apps.values():
            if token == app.bot_token:
                raise SlackError("not_allowed_token_type")
            if token == app.app_token:
                if not app.socket_mode:
                    raise SlackError("socket_mode_not_enabled")
                ticket = self._workspace.next_id("link")
                return {"url": f"{self._workspace.url.replace('http', 'ws', 1)}/link/{app.id}?ticket={ticket}"}
        raise SlackError("invalid_auth")


def _too_many(refused: RateLimited) -> Response:
    return JSONResponse(refused.answer, 429, {"Retry-After": str(refused.after)})


async def _arguments(request: Request) -> JSON:
    """The arguments of a GET, of a form or of JSON; a token in JSON is not looked at, as in Slack."""
    query = dict(request.query_params)
    if request.method == "GET":
        return query
    body = await request.body()
    if not body:
        return query
    kind = request.headers.get("content-type", "").partition(";")[0].strip()
    if not kind:
        raise SlackError("missing_post_type")
    if kind == "application/json":
        try:
            told: Any = json.loads(body)
        except ValueError:
            raise SlackError("invalid_json") from None
        if not isinstance(told, dict):
            raise SlackError("json_not_object")
        told.pop("token", None)
        return query | told
    if kind != "application/x-www-form-urlencoded":
        raise SlackError("invalid_post_type")
    try:
        return query | dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise SlackError("invalid_form_data") from None


def _token(request: Request, args: JSON) -> str:
    """The token of the Authorization header, or of the form."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    told = token.strip() if kind.lower() == "bearer" else ""
    told = told or str(args.pop("token", ""))
    if not told:
        raise SlackError("not_authed")
    return told


def _api_test(args: JSON) -> JSON:
    if args.get("error"):
        raise SlackError(str(args["error"]), args=args)
    return {"args": args} if args else {}
