"""A receiver of webhooks that answers as a test wants, and remembers what came."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Arrival:
    """One request."""

    headers: dict[str, str]
    raw: bytes

    @property
    def event(self) -> dict[str, Any]:
        told: dict[str, Any] = json.loads(self.raw)["event"]
        return told

    @property
    def type(self) -> str:
        return str(self.event["event_type"])


@dataclass
class Receiver:
    """Answers with ``status``, or with the next of ``statuses`` first; ``holds`` keeps it from answering."""

    url: str
    status: int = 202
    statuses: list[int] = field(default_factory=list)
    arrivals: list[Arrival] = field(default_factory=list)
    changed: threading.Condition = field(default_factory=threading.Condition)
    holds: threading.Event = field(default_factory=threading.Event)

    def take(self, arrival: Arrival) -> int:
        with self.changed:
            self.arrivals.append(arrival)
            self.changed.notify_all()
            return self.statuses.pop(0) if self.statuses else self.status

    def wait(self, number: int) -> list[Arrival]:
        """Until so many have come."""
        with self.changed:
            came = self.changed.wait_for(lambda: len(self.arrivals) >= number, timeout=10)
            assert came, f"{[one.type for one in self.arrivals]} came, {number} were awaited"
            return list(self.arrivals)

    def types(self, number: int) -> list[str]:
        return [one.type for one in self.wait(number)]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """Serve one on a free port."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            status = receiver.take(Arrival({name.lower(): value for name, value in self.headers.items()}, raw))
            if receiver.holds.is_set():
                finished.wait(10)
            self.send_response(status)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            """Quietly."""

    finished = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    receiver = Receiver(f"http://127.0.0.1:{server.server_address[1]}/hooks")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        finished.set()
        server.shutdown()
        server.server_close()
        thread.join()
