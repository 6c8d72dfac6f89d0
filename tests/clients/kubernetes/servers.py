"""Servers that answer badly, over real sockets."""

import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Habit = Callable[[socket.socket, bytes], None]


class Server:
    """Counts the requests that arrive, and treats each connection as its ``habit`` does."""

    def __init__(self, habit: Habit, tls: ssl.SSLContext | None) -> None:
        self._habit, self._tls = habit, tls
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._socket.getsockname()[1])
        #: The first lines of the requests, and their bearer tokens.
        self.asked: list[str] = []
        self.tokens: list[str] = []
        self.ending = threading.Event()
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self.ending.set()
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with contextlib.suppress(OSError), self._secured(connection) as secured:
            asked = secured.recv(65536)
            text = asked.decode("latin-1")
            self.asked.append(text.partition("\r\n")[0])
            self.tokens += [
                line.partition("Bearer ")[2] for line in text.split("\r\n") if line.lower().startswith("authorization:")
            ]
            self._habit(secured, asked)

    def _secured(self, connection: socket.socket) -> socket.socket:
        return self._tls.wrap_socket(connection, server_side=True) if self._tls else connection


@contextlib.contextmanager
def serving(habit: Habit, tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server(habit, tls)
    try:
        yield server
    finally:
        server.close()


def silent(connection: socket.socket, _asked: bytes) -> None:
    """Take the request, and never answer."""
    connection.settimeout(5)
    connection.recv(1)


def rude(_connection: socket.socket, _asked: bytes) -> None:
    """Take the request, and hang up."""


def dripping(connection: socket.socket, _asked: bytes) -> None:
    """Answer a byte now and then, so that no single read takes long."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
    connection.settimeout(0.05)
    for _ in range(100):
        connection.sendall(b" ")
        with contextlib.suppress(TimeoutError):
            if connection.recv(1) == b"":
                return


def answers(body: bytes, status: str = "200 OK", **headers: str) -> Habit:
    """Answer always the same."""
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"

    def habit(connection: socket.socket, _asked: bytes) -> None:
        connection.sendall(head.encode() + body)

    return habit


def kubeconfig(path: Path, server: str, token: str = "t", **cluster: Any) -> Path:  # noqa: S107 - no secret at all
    """A kubeconfig for that address."""
    written = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "c", "cluster": {"server": server, **cluster}}],
        "users": [{"name": "u", "user": {"token": token}}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u"}}],
        "current-context": "x",
    }
    path.write_text(json.dumps(written))
    return path
