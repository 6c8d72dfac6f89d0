"""The server: REST API, Events API and the page's side on one local port, over TLS, with a certificate of its own.

TLS because clients insist: `pagerduty` refuses an address that is not https.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Route

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.control import Control
from sandbox.pagerduty.courier import ANSWER_WITHIN, Courier
from sandbox.pagerduty.errors import PagerDutyError
from sandbox.pagerduty.gate import Gate, refuse
from sandbox.pagerduty.routes import routes_of
from sandbox.slack.serving import Protocol, Server

#: How often a server that runs brings its account up to now, in seconds of real time.
_TICK = 0.25


class PagerDutyServer:
    """Serves an account. Within ``serve`` it has a ``url``; ``ca`` is the certificate to trust, as PEM."""

    def __init__(self, account: PagerDuty, answer_within: float = ANSWER_WITHIN) -> None:
        self.account = account
        self._answer_within = answer_within
        self._authority = trustme.CA()
        self.ca = self._authority.cert_pem.bytes().decode()
        self._url = ""
        self.app = Starlette(
            routes=[*routes_of(account), *self.routes],
            exception_handlers={PagerDutyError: refuse, HTTPException: refuse},
            middleware=[Middleware(Gate, account=account)],
        )
        self.app.router.redirect_slashes = False

    @property
    def routes(self) -> list[Route]:
        """The page's side, to be put into another site."""
        return Control(self.account).routes()

    @property
    def url(self) -> str:
        """Where it is served. Raises ``RuntimeError`` when it is not."""
        if not self._url:
            raise RuntimeError("The server is not running; it has an address inside of serve().")
        return self._url

    def write_ca(self, path: Path) -> Path:
        """Write the certificate to trust where a client finds it."""
        path.write_text(self.ca)
        return path

    def trust(self) -> ssl.SSLContext:
        """What a client in this process verifies with."""
        return ssl.create_default_context(cadata=self.ca)

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator["PagerDutyServer"]:
        """Serve on 127.0.0.1, on a free port if none is given. Raises ``OSError`` when the port is taken."""
        # Named as TCP, so that asyncio sends small answers without delay.
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port))
        except OSError:
            bound.close()
            raise
        server = Server(self._config())
        serving = asyncio.create_task(server.serve(sockets=[bound]))
        working = [asyncio.create_task(self._tick()), asyncio.create_task(self._deliver())]
        try:
            while not server.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)
            self._url = f"https://127.0.0.1:{bound.getsockname()[1]}"
            yield self
        finally:
            self._url = ""
            for task in working:
                task.cancel()
            _hang_up(server)
            server.over.set()
            await asyncio.wait([serving])
            for task in working:
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def _config(self) -> uvicorn.Config:
        config = uvicorn.Config(
            self.app, lifespan="off", http=Protocol, ws="none", log_level="warning", access_log=False,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        config.load()
        # Put there by hand: the certificate is only in memory, and uvicorn reads files.
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        config.ssl = context
        return config

    async def _tick(self) -> None:
        while True:
            self.account.catch_up()
            await asyncio.sleep(_TICK)

    async def _deliver(self) -> None:
        await Courier(self.account, self._answer_within).run()


def _hang_up(server: Server) -> None:
    """End all connections: over TLS a close waits for the other side's, and a client that is idle gives none."""
    for connection in list(server.server_state.connections):
        if isinstance(connection, Protocol) and connection.transport is not None:
            connection.transport.abort()


@contextmanager
def running(account: PagerDuty, port: int = 0, answer_within: float = ANSWER_WITHIN) -> Iterator[PagerDutyServer]:
    """Serve from a thread of its own: for tests that are not asynchronous, and for use alone."""
    server = PagerDutyServer(account, answer_within)
    ready = threading.Event()
    failures: list[BaseException] = []
    stopping: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        async with server.serve(port):
            stop = asyncio.Event()
            stopping.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(serve())
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised again in the caller's thread
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name="sandbox-pagerduty", daemon=True)
    thread.start()
    ready.wait()
    if failures:
        raise failures[0]
    try:
        yield server
    finally:
        loop, stop = stopping[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()
