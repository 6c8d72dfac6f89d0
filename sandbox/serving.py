"""Serves an application on 127.0.0.1, on a free port or a given one, and can drop a connection without an answer."""

import asyncio
import socket
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager, suppress

import uvicorn
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

TRANSPORT = "sandbox.transport"


class Protocol(HttpToolsProtocol):
    """HTTP that shows the application its connection, so that it can be dropped as a crash or a bad line would."""

    def connection_made(  # type: ignore[override]  # uvicorn, too, takes the narrower type
        self, transport: asyncio.Transport
    ) -> None:
        super().connection_made(transport)
        app: ASGIApp = self.app

        async def with_transport(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, TRANSPORT: transport}, receive, send)

        self.app = with_transport


class Server(uvicorn.Server):
    """Leaves the signals to the program that it is part of."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.over = asyncio.Event()

    async def main_loop(self) -> None:
        """Until it is over; uvicorn's own looks ten times a second, which makes each end as slow."""
        await self.over.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End. Uvicorn's own takes a tenth of a second at least, and most of the tests have several servers."""
        for server in self.servers:
            server.close()
        for listening in sockets or ():
            listening.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        with suppress(TimeoutError):
            async with asyncio.timeout(self.config.timeout_graceful_shutdown):
                while self.server_state.connections or self.server_state.tasks:  # noqa: ASYNC110 - as uvicorn does
                    await asyncio.sleep(0.002)
        for task in self.server_state.tasks:
            task.cancel()
        await self.lifespan.shutdown()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Dropped(Response):
    """No answer at all: the connection ends. Under a server other than `serving` it ends after half an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        transport: asyncio.Transport | None = scope.get(TRANSPORT)
        if transport:
            transport.abort()
            while (await receive())["type"] != "http.disconnect":
                pass  # the body comes first
        else:
            await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000000")]})


class NotFree(OSError):
    """The port is taken, or not allowed."""


@asynccontextmanager
async def serving(app: ASGIApp, port: int = 0, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """Serve `app` until the block ends; gives its address, without a slash at the end. Raises `NotFree`."""
    # The protocol is named because asyncio sends small answers at once (TCP_NODELAY) only where it is.
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind(("127.0.0.1", port))
    except OSError as error:
        listening.close()
        raise NotFree(error.errno, error.strerror) from error
    config = uvicorn.Config(
        app, http=Protocol, ws="websockets-sansio", log_level="warning", timeout_graceful_shutdown=1, lifespan="on"
    )
    config.load()
    # Put there by hand: the certificate is only in memory, and uvicorn reads files.
    config.ssl = tls
    server = Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        while not server.started and not task.done():  # noqa: ASYNC110 - uvicorn tells nobody that it is ready
            await asyncio.sleep(0.005)
        if task.done():
            await task
            raise RuntimeError("the server did not start; what it logged says why")
        yield f"http{'s' if tls else ''}://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        if tls:
            _hang_up(server)
        server.over.set()
        await asyncio.wait([task])


def _hang_up(server: Server) -> None:
    """End all connections: over TLS a close waits for the other side's, and a client that is idle gives none."""
    for connection in list(server.server_state.connections):
        if isinstance(connection, Protocol) and connection.transport is not None:
            connection.transport.abort()


@contextmanager
def in_thread(serve: AbstractAsyncContextManager[object], name: str) -> Iterator[None]:
    """Serve from a thread of its own while the block runs: for tests that are not asynchronous, and for use alone.

    Raises what ``serve`` raises, when it begins or ends.
    """
    ready = threading.Event()
    failures: list[BaseException] = []
    stopping: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def live() -> None:
        async with serve:
            stop = asyncio.Event()
            stopping.append((asyncio.get_running_loop(), stop))
            ready.set()
            await stop.wait()

    def run() -> None:
        try:
            asyncio.run(live())
        except BaseException as error:  # noqa: BLE001 - whatever it is, it is raised again in the caller's thread
            failures.append(error)
        finally:
            ready.set()

    thread = threading.Thread(target=run, name=name, daemon=True)
    thread.start()
    ready.wait()
    if failures:
        raise failures[0]
    try:
        yield
    finally:
        loop, stop = stopping[0]
        loop.call_soon_threadsafe(stop.set)
        thread.join()
    if failures:
        raise failures[0]
