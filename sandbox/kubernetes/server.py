"""The server: the API and the control panel's side on one local port, over plain HTTP."""

import asyncio
import contextlib
import json
import socket
import threading
from collections.abc import AsyncIterator, Generator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from sandbox.kubernetes.api import Api
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.control import Control
from sandbox.kubernetes.errors import ApiError
from sandbox.kubernetes.gate import Gate
from sandbox.kubernetes.routes import refuse, routes_of
from sandbox.kubernetes.scale import Scales

#: How often a server that runs brings its cluster up to now, in seconds of real time.
_TICK = 0.25


class KubernetesServer:
    """Serves a cluster. Within ``serve`` it has a ``url``."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._uvicorn: uvicorn.Server | None = None
        self._url = ""
        self.app = Starlette(
            routes=[
                *(Route(path, _well, methods=["GET"]) for path in ("/healthz", "/livez", "/readyz")),
                *routes_of(cluster),
                *Control(cluster, Scales(cluster, Api(cluster))).routes(),
            ],
            exception_handlers={ApiError: refuse, HTTPException: refuse},
            middleware=[Middleware(Gate, cluster=cluster, hang_up=self._hang_up)],
        )
        self.app.router.redirect_slashes = False

    @property
    def url(self) -> str:
        """Where it is served. Raises ``RuntimeError`` when it is not."""
        if not self._url:
            raise RuntimeError("The server is not running; it has an address inside of serve().")
        return self._url

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator["KubernetesServer"]:
        """Serve on 127.0.0.1, on a free port if none is given. Raises ``OSError`` when the port is taken."""
        # Named as TCP, so that asyncio sends small answers without delay.
        bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            bound.bind(("127.0.0.1", port))
        except OSError:
            bound.close()
            raise
        config = uvicorn.Config(
            self.app, lifespan="off", http="h11", ws="none", log_level="warning", access_log=False,
            timeout_graceful_shutdown=1,
        )  # fmt: skip
        self._uvicorn = _Quiet(config)
        self._url = f"http://127.0.0.1:{bound.getsockname()[1]}"
        serving = asyncio.create_task(self._uvicorn.serve(sockets=[bound]))
        ticking = asyncio.create_task(self._tick())
        try:
            while not self._uvicorn.started and not serving.done():  # noqa: ASYNC110 - uvicorn has no event for it
                await asyncio.sleep(0.005)
            yield self
        finally:
            ticking.cancel()
            self._uvicorn.should_exit = True
            await serving
            with contextlib.suppress(asyncio.CancelledError):
                await ticking
            self._uvicorn, self._url = None, ""

    def kubeconfig(self, user: str) -> dict[str, Any]:
        """A kubeconfig that speaks to the running server as that user. Raises ``KeyError`` for nobody's name."""
        token = self.cluster.users.named(user).token
        context = {"cluster": "sandbox", "user": user, "namespace": "default"}
        return {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": "sandbox", "cluster": {"server": self.url}}],
            "users": [{"name": user, "user": {"token": token}}],
            "contexts": [{"name": "sandbox", "context": context}],
            "current-context": "sandbox",
        }

    def write_kubeconfig(self, path: Path, user: str) -> Path:
        """Write it where a client finds it; JSON is YAML, too. Only its owner may read the file."""
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.kubeconfig(user), indent=2))
        return path

    async def _tick(self) -> None:
        while True:
            self.cluster.catch_up()
            await asyncio.sleep(_TICK)

    def _hang_up(self, scope: Scope) -> bool:
        """Close the caller's connection without an answer; false when another server carries it."""
        if self._uvicorn is None:
            return False
        for connection in self._uvicorn.server_state.connections:
            transport = getattr(connection, "transport", None)
            if transport is not None and getattr(connection, "client", None) == tuple(scope["client"] or ()):
                transport.abort()
                return True
        return False


@contextmanager
def running(cluster: Cluster, port: int = 0) -> Iterator[KubernetesServer]:
    """Serve from a thread of its own: for tests that are not asynchronous, and for use alone."""
    server = KubernetesServer(cluster)
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

    thread = threading.Thread(target=run, name="sandbox-kubernetes", daemon=True)
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


async def _well(_request: Request) -> Response:
    return PlainTextResponse("ok")


class _Quiet(uvicorn.Server):
    """Leaves the signals of the process to those who own it."""

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        yield
