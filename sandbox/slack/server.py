"""Serves a workspace: the Web API, Socket Mode, response URLs, files and the page's API, under one address."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from sandbox.serving import Dropped, in_thread, serving
from sandbox.slack.delivery import Delivery
from sandbox.slack.page_api import PageApi
from sandbox.slack.responses import Responses
from sandbox.slack.web_api import WebApi
from sandbox.slack.workspace import Workspace


class SlackServer:
    """A workspace with its sockets. `<url>/api/` is what bots know as SLACK_API_URL.

    Alone: `async with server.serve() as server`. As a part of something larger: put `routes` into its application,
    set `workspace.url` to its address, and run it within `async with server.live()`; to be able to drop connections
    (`lose-answer`) serve it by `sandbox.serving`.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.delivery = Delivery(workspace)
        self._page = PageApi(workspace, self.delivery)
        self.routes: list[BaseRoute] = [
            *WebApi(workspace).routes,
            *self.delivery.sockets.routes,
            *Responses(workspace).routes,
            *self._page.routes,
            Route("/upload/{id}", self._upload, methods=["POST"]),
            Route("/files/{id}/{name:path}", self._file),
        ]
        self.app = Starlette(routes=self.routes, lifespan=lambda _: self.live())

    @property
    def url(self) -> str:
        return self.workspace.url

    @asynccontextmanager
    async def live(self) -> AsyncIterator[None]:
        """Hand events to apps while the block runs."""
        await self.delivery.start()
        try:
            yield
        finally:
            await self.stop()

    async def stop(self) -> None:
        """Close the streams and the websockets; what serves the application can end then."""
        self._page.close()
        await self.delivery.stop()

    @asynccontextmanager
    async def serve(self, port: int = 0) -> AsyncIterator["SlackServer"]:
        """Serve on 127.0.0.1 while the block runs."""
        async with serving(self.app, port) as url:
            self.workspace.url = url
            try:
                yield self
            finally:
                await self.stop()

    async def _upload(self, request: Request) -> Response:
        """The bytes of a file whose URL was asked for before; the length must be the one that was said.

        What is broken for the method `upload` is broken here.
        """
        faults = self.workspace.faults
        if limited := faults.take("ratelimit", "upload"):
            return PlainTextResponse("ratelimited", 429, {"Retry-After": str(limited.seconds)})
        if down := faults.take("down", "upload"):
            return Dropped() if down.closed else PlainTextResponse("service_unavailable", 503)
        file = self.workspace.files.get(request.path_params["id"])
        content = await request.body()
        if file is None or file.content is not None:
            return PlainTextResponse("no upload is awaited here", 404)
        if len(content) != file.length:
            return PlainTextResponse(f"{file.length} bytes were announced, {len(content)} came", 400)
        file.content = content
        if faults.take("lose-answer", "upload"):
            return Dropped()
        return PlainTextResponse(f"OK - {len(content)}")

    async def _file(self, request: Request) -> Response:
        file = self.workspace.files.get(request.path_params["id"])
        if file is None or file.content is None:
            return PlainTextResponse("there is no such file", 404)
        # Text is shown as it is, where a browser would save what it does not know, and carry out what it does.
        kind = "text/plain" if file.mimetype.startswith("text/") else file.mimetype
        return Response(file.content, media_type=kind)


@contextmanager
def running(workspace: Workspace, port: int = 0) -> Iterator[SlackServer]:
    """Serve a workspace in a thread of its own while the block runs: for tests that are not async."""
    server = SlackServer(workspace)
    with in_thread(server.serve(port), "sandbox-slack"):
        yield server
