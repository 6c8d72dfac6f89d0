"""A receiver of notifications: it keeps what comes, and answers what it is told to."""

import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

T = TypeVar("T")


@dataclass
class Call:
    """One request that came."""

    at: float
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class Hook:
    """Where notifications go to; ``answers`` are given in their order, and 200 after them; some for a path alone."""

    url: str = ""
    calls: list[Call] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    for_path: dict[str, list[int]] = field(default_factory=dict)
    #: Whether it lets itself be scraped.
    well: bool = True

    def answer(self, path: str) -> int:
        given = self.for_path.get(path, self.answers)
        return given.pop(0) if given else 200

    def wait(self, number: int, within: float = 10.0) -> list[Call]:
        """Until so many requests have come, and not one more than that."""
        eventually(lambda: len(self.calls) >= number, within)
        assert len(self.calls) == number, self.calls[number:]
        return self.calls

    def bodies(self, number: int, within: float = 10.0) -> list[dict[str, Any]]:
        return [one.body for one in self.wait(number, within)]


def eventually(ask: Callable[[], T], within: float = 10.0) -> T:
    """What it gives at last; fails when that is never anything."""
    until = time.monotonic() + within
    while True:
        if found := ask():
            return found
        if time.monotonic() > until:
            raise AssertionError("it never came to be")
        time.sleep(0.01)


@contextmanager
def hooked(tls: ssl.SSLContext | None = None) -> Iterator[Hook]:
    """A receiver on a free port."""
    hook = Hook()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = hook.answer(self.path)
            hook.calls.append(Call(time.monotonic(), self.path, dict(self.headers), body))
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.send_response(200 if hook.well else 503)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        hook.url = f"http{'s' if tls else ''}://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        try:
            yield hook
        finally:
            server.shutdown()
            thread.join()
