"""The server: the API and the control panel's side on one local port, over plain HTTP."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.control import Control
from sandbox.alertmanager.courier import Courier
from sandbox.alertmanager.errors import ApiError
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.routes import Api, refuse
from sandbox.alertmanager.rules import Watch
from sandbox.serving import Dropped, in_thread, serving

#: How often a server that runs brings itself up to now, in seconds of real time.
_TICK = 0.1
#: To look at a cluster takes longer than the rest; it is done every so many ticks, and when the clock was moved.
_LOOK_EVERY, _MOVED = 5, timedelta(seconds=1)
#: What the rules look at: ``sandbox.kubernetes.control.state_of`` of a cluster.
Snapshot = Callable[[], Mapping[str, Any]]


class AlertmanagerServer:
    """Serves an Alertmanager, and carries its notifications. Within ``serve`` it has a ``url``."""

    def __init__(
        self, alertmanager: Alertmanager, watch: Watch | None = None, snapshot: Snapshot | None = None
    ) -> None:
        self.alertmanager = alertmanager
        self.watch = watch or Watch(alertmanager)
        self._snapshot = snapshot
        self._url = ""
        self.app = Starlette(
            routes=[*Api(alertmanager).routes(), *Control(alertmanager, self.watch).routes()],
            exception_handlers={ApiError: refuse, HTTPException: refuse},
            middleware=[Middleware(_Gate, alertmanager=alertmanager)],
        )
        self.app.router.redirect_slashes = False

    @property
    def url(self) -> str:
        """Where it is served. Raises ``RuntimeError`` when it is not."""
        if not self._url:
            raise RuntimeError("The server is not running; it has an address inside of serve().")
        return self._url

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator["AlertmanagerServer"]:
        """Serve on 127.0.0.1, on a free port if none is given. Raises ``OSError`` when the port is taken."""
        async with serving(self.app, port) as url:
            self._url = url
            courier = Courier(self.alertmanager)
            ticking = asyncio.create_task(self._tick(courier))
            try:
                yield self
            finally:
                ticking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await ticking
                await courier.close()
                self._url = ""

    async def _tick(self, courier: Courier) -> None:
        looked_at = self.alertmanager.clock.now()
        for tick in count():
            # The rules first, so that what fires is told of again before it would end by itself after a jump.
            now = self.alertmanager.clock.now()
            if self._snapshot is not None and (tick % _LOOK_EVERY == 0 or now - looked_at >= _MOVED):
                self.watch.look(self._snapshot())
                looked_at = now
            self.watch.catch_up()
            self.alertmanager.catch_up()
            courier.carry()
            await asyncio.sleep(_TICK)


@contextmanager
def running(
    alertmanager: Alertmanager, watch: Watch | None = None, snapshot: Snapshot | None = None, port: int = 0
) -> Iterator[AlertmanagerServer]:
    """Serve from a thread of its own: for tests that are not asynchronous, and for use alone."""
    server = AlertmanagerServer(alertmanager, watch, snapshot)
    with in_thread(server.serve(port), "sandbox-alertmanager"):
        yield server


class _Gate:
    """Stands before the API, and not before the control panel's ``/sandbox``: nothing answers while it is down."""

    def __init__(self, app: ASGIApp, alertmanager: Alertmanager) -> None:
        self._app = app
        self._alertmanager = alertmanager

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        api = scope["type"] == "http" and not scope["path"].startswith("/sandbox/")
        if api and Fault.DOWN in self._alertmanager.faults.on:
            await Dropped()(scope, receive, send)
            return
        await self._app(scope, receive, send)
