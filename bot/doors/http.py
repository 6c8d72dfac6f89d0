"""The server of the web door: uvicorn with the parser of Node.js, and an end to what stands before a body."""

import contextlib
from collections.abc import Iterator
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Bytes of a head, with the address and all headers. Slack and Alertmanager send a tenth of it.
HEAD: Final = 16_384


class _Protocol(HttpToolsProtocol):
    """HTTP. The parser keeps a head until it is whole, however long: here there is an end to it, proved or not."""

    _unread = 0  # bytes since something was whole: a head, a piece of a body, a request

    def data_received(self, data: bytes) -> None:
        self._unread += len(data)
        super().data_received(data)
        if self._unread > HEAD and not self.transport.is_closing():
            self.send_400_response(f"The head of a request is longer than {HEAD:,} bytes.")

    def on_headers_complete(self) -> None:
        self._unread = 0
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
