"""The server of the web door: uvicorn with the parser of Node.js, and an end to what stands before a body."""

import contextlib
from collections.abc import Iterator
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Bytes of a head, with the address and all headers. Slack and Alertmanager send a tenth of it.
HEAD: Final = 16_384
_HAS_BODY: Final = (b"content-length", b"transfer-encoding")
_LINE: Final = 4  # bytes of a header besides its name and its value
_QUEUED: Final = 8  # requests of a connection that are read before the first of them is answered


class _Refused(Exception):
    """Raised to the parser, which reads no further: the connection ends."""


class _Protocol(HttpToolsProtocol):
    """HTTP. The parser itself would keep a head however long, and requests however many, proved or not."""

    _unread = 0  # bytes since something was whole: a head, a piece of a body, a request

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD and not self.transport.is_closing():
            self.send_400_response(f"The head of a request is longer than {HEAD:,} bytes.")

    def on_headers_complete(self) -> None:
        self._unread = 0
        if len(self.url) + sum(len(name) + len(value) + _LINE for name, value in self.headers) > HEAD:
            raise _Refused("its head is too long")
        if len(self.pipeline) >= _QUEUED:
            raise _Refused("too many requests wait in this connection")
        if self.parser.should_upgrade() and any(name in _HAS_BODY for name, _ in self.headers):
            # The parser would not read that body: it would be the next request, as of somebody else.
            raise _Refused("a body is of no other protocol")
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unread = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unread = 0
        super().on_message_complete()


class _Server(uvicorn.Server):
    """uvicorn, without its own hold on the signals: they are the bot's, which drains first."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def server(web: ASGIApp) -> uvicorn.Server:
    """A server of this app that was not started yet."""
    return _Server(
        uvicorn.Config(
            web,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
    )
