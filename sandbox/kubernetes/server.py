"""The server: the API and the control panel's side on one local port, over plain HTTP."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from sandbox.kubernetes.api import Api
from sandbox.kubernetes.cluster import Cluster
from sandbox.kubernetes.control import Control
from sandbox.kubernetes.errors import ApiError
from sandbox.kubernetes.gate import Gate
from sandbox.kubernetes.routes import refuse, routes_of
from sandbox.kubernetes.scale import Scales
from sandbox.serving import in_thread, serving

#: How often a server that runs brings its cluster up to now, in seconds of real time.
_TICK = 0.25


class KubernetesServer:
    """Serves a cluster. Within ``serve`` it has a ``url``."""

    def __init__(self, cluster: Cluster) -> None:
        self.cluster = cluster
        self._url = ""
        self.app = Starlette(
            routes=[
                *(Route(path, _well, methods=["GET"]) for path in ("/healthz", "/livez", "/readyz")),
                *routes_of(cluster),
                *Control(cluster, Scales(cluster, Api(cluster))).routes(),
            ],
            exception_handlers={ApiError: refuse, HTTPException: refuse},
            middleware=[Middleware(Gate, cluster=cluster)],
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
        async with serving(self.app, port) as url:
            self._url = url
            ticking = asyncio.create_task(self._tick())
            try:
                yield self
            finally:
                ticking.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await ticking
                self._url = ""

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


@contextmanager
def running(cluster: Cluster, port: int = 0) -> Iterator[KubernetesServer]:
    """Serve from a thread of its own: for tests that are not asynchronous, and for use alone."""
    server = KubernetesServer(cluster)
    with in_thread(server.serve(port), "sandbox-kubernetes"):
        yield server


async def _well(_request: Request) -> Response:
    return PlainTextResponse("ok")
