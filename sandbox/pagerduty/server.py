"""The server: REST API, Events API and the page's side on one local port, over TLS, with a certificate of its own.

TLS because clients insist: `pagerduty` refuses an address that is not https.
"""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import trustme
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
from sandbox.serving import in_thread, serving

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
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
        async with serving(self.app, port, context) as url:
            self._url = url
            working = [asyncio.create_task(self._tick()), asyncio.create_task(self._deliver())]
            try:
                yield self
            finally:
                self._url = ""
                for task in working:
                    task.cancel()
                for task in working:
                    with contextlib.suppress(asyncio.CancelledError):
                        await task

    async def _tick(self) -> None:
        while True:
            self.account.catch_up()
            await asyncio.sleep(_TICK)

    async def _deliver(self) -> None:
        await Courier(self.account, self._answer_within).run()


@contextmanager
def running(account: PagerDuty, port: int = 0, answer_within: float = ANSWER_WITHIN) -> Iterator[PagerDutyServer]:
    """Serve from a thread of its own: for tests that are not asynchronous, and for use alone."""
    server = PagerDutyServer(account, answer_within)
    with in_thread(server.serve(port), "sandbox-pagerduty"):
        yield server
