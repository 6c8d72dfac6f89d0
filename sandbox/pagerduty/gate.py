"""What every request passes before it is routed: faults, the rate limit, the key and the version asked for."""

import asyncio
from collections.abc import MutableMapping
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.errors import (
    PagerDutyError,
    access_denied,
    internal,
    not_found,
    rate_limited,
    unauthorized,
)
from sandbox.pagerduty.faults import Fault
from sandbox.serving import Dropped

EVENTS = "/v2/"
CONTROL = "/sandbox/"
_GLANCE = 0.05


class Gate:
    """Stands before the REST API and the Events API, and not before the page's ``/sandbox/pagerduty``."""

    def __init__(self, app: ASGIApp, account: PagerDuty) -> None:
        self._app = app
        self._account = account

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        verb, path = scope["method"], scope["path"]
        faults = self._account.faults
        with self._account.lock:
            self._account.requests[f"{verb} {path}"] += 1
            away, slow = faults.take("away", verb, path), faults.take("slow", verb, path)
        if away:
            await Dropped()(scope, receive, send)
            return
        await self._wait(slow)
        with self._account.lock:
            self._account.catch_up()
            answer, headers = self._admit(scope, Headers(scope=scope))
            loses = answer is None and faults.take("lose-answer", verb, path)
        if answer is not None:
            await answer(scope, receive, _with(send, headers))
        elif loses:
            await self._app(scope, receive, _nowhere)
            await Dropped()(scope, receive, send)
        else:
            await self._app(scope, receive, _with(send, headers))

    def _admit(self, scope: Scope, headers: Headers) -> tuple[Response | None, dict[str, str]]:
        """The refusal, or None; and the rate limit's headers."""
        verb, path, faults = scope["method"], scope["path"], self._account.faults
        if path.startswith(EVENTS):
            return self._events_fault(verb, path), {}
        if fault := faults.take("errors", verb, path):
            return refusal(internal(fault.status)), {}
        key = headers.get("authorization", "").removeprefix("Token token=")
        known = self._account.keys.get(key) if headers.get("authorization", "").startswith("Token token=") else None
        if known is None or faults.take("unauthorized", verb, path):
            return refusal(unauthorized()), {}
        now, rates = self._account.clock.now(), self._account.rates
        if limit := faults.take("ratelimit", verb, path):
            return refusal(rate_limited()), rates.used_up(limit.seconds)
        allowed = rates.spend(key, now)
        if not allowed:
            return refusal(rate_limited()), rates.headers(key, now)
        if known.read_only and verb != "GET":
            return refusal(access_denied()), rates.headers(key, now)
        return self._version(headers), rates.headers(key, now)

    def _events_fault(self, verb: str, path: str) -> Response | None:
        if fault := self._account.faults.take("errors", verb, path):
            body = {"status": "error", "message": "Internal Server Error", "errors": []}
            return JSONResponse(body, fault.status)
        if self._account.faults.take("ratelimit", verb, path):
            text = "Requests for this service are arriving too quickly. Please retry later."
            return JSONResponse({"status": "throttle exceeded", "message": text}, 429)
        return None

    def _version(self, headers: Headers) -> Response | None:
        """PagerDuty takes the key's own version when none is asked for; here version 2 must be, as its reference has it
        on every method."""
        accepted = headers.get("accept", "").replace(" ", "")
        if "version=2" in accepted:
            return None
        return refusal(PagerDutyError(406, 2002, "Arguments Caused Error", "Accept must ask for version=2"))

    async def _wait(self, slow: Fault | None) -> None:
        """As long as the fault says, by real time, or until it is healed."""
        waited = 0.0
        while slow is not None and waited < slow.seconds and slow in self._account.faults.all():
            await asyncio.sleep(_GLANCE)
            waited += _GLANCE


def refusal(error: PagerDutyError) -> Response:
    """An error as callers read it."""
    return JSONResponse(error.told(), error.status)


async def refuse(_request: object, error: Exception) -> Response:
    """For ours and for Starlette's: what is not served is not found, whatever the verb."""
    return refusal(error if isinstance(error, PagerDutyError) else not_found())


def _with(send: Send, headers: dict[str, str]) -> Send:
    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            told = MutableHeaders(scope=message)
            for name, value in headers.items():
                told[name] = value
        await send(message)

    return sent


async def _nowhere(_message: MutableMapping[str, Any]) -> None:
    """Where a lost answer goes."""
