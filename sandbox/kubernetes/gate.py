"""What every request passes before it is routed: the outages that are switched on, and its token."""

import asyncio
from collections.abc import Iterable

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.kubernetes.breakages import Outage
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.errors import ApiError, internal, too_many, unauthorized, unavailable
from sandbox.kubernetes.rbac import User
from sandbox.kubernetes.routes import refusal
from sandbox.serving import TRANSPORT, Dropped

#: Where nobody needs a token.
_OPEN = ("/healthz", "/livez", "/readyz")
_GLANCE = 0.05


class Gate:
    """Stands before the API, and not before the control panel's ``/sandbox``."""

    def __init__(self, app: ASGIApp, cluster: Cluster) -> None:
        self._app = app
        self._cluster = cluster

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/sandbox/"):
            await self._app(scope, receive, send)
            return
        outages = self._cluster.breakages.outages
        await self._wait(outages)
        if Outage.AWAY in outages and TRANSPORT in scope:
            await Dropped()(scope, receive, send)
            return
        try:
            user = self._admit(scope, outages)
        except ApiError as error:
            await refusal(error)(scope, receive, send)
            return
        await self._app({**scope, "user": user}, receive, send)

    def _admit(self, scope: Scope, outages: Iterable[Outage]) -> User | None:
        """Who it is. Raises ``ApiError`` as the outages say, and 401 for a token that nobody has."""
        if Outage.AWAY in outages:
            raise unavailable()
        if Outage.ERRORS in outages:
            raise internal()
        if Outage.THROTTLE in outages:
            raise too_many(self._cluster.breakages.retry_after)
        if scope["path"] in _OPEN:
            return None
        scheme, _, token = Headers(scope=scope).get("authorization", "").partition(" ")
        user = self._cluster.users.with_token(token) if scheme.lower() == "bearer" else None
        if user is None or Outage.UNAUTHORIZED in outages:
            raise unauthorized()
        return user

    async def _wait(self, outages: Iterable[Outage]) -> None:
        """Under ``SLOW_API``: as long as the switch says, by real time, or until it is switched off."""
        waited = 0.0
        while Outage.SLOW_API in outages and waited < self._cluster.breakages.slow_seconds:
            await asyncio.sleep(_GLANCE)
            waited += _GLANCE
