"""Socket Mode: envelopes over a websocket, each to one connection, each to be acknowledged.

docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final
from uuid import uuid4

from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.slack.apps import App
from sandbox.slack.outbound import NOT_DISPATCHED, TIMED_OUT, Ack, What
from sandbox.slack.records import JSON
from sandbox.slack.workspace import Workspace

MOST: Final = 10


@dataclass(eq=False)
class Connection:
    """One websocket of an app, and the envelopes that it has not acknowledged yet."""

    websocket: WebSocket
    app: str
    retired: bool = False
    pending: dict[str, asyncio.Future[Ack]] = field(default_factory=dict)


class SocketMode:
    """The websockets of all apps."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._connections: list[Connection] = []
        self._tickets: set[str] = set()
        self.routes = [WebSocketRoute("/link/{app}", self._connected)]

    async def send(self, app: App, what: What, payload: JSON, attempt: int = 0, reason: str = "") -> Ack:
        """Send an envelope to one connection, and wait as long as Slack waits for its acknowledgement."""
        connection = self._next(app)
        if connection is None:
            return Ack(problem=NOT_DISPATCHED, reason="connection_failed")
        envelope_id = str(uuid4())
        envelope: JSON = {"envelope_id": envelope_id, "type": what, "payload": payload}
        envelope["accepts_response_payload"] = what != "events_api"
        if what == "events_api":
            envelope |= {"retry_attempt": attempt, "retry_reason": reason}
        answered: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        connection.pending[envelope_id] = answered
        try:
            await connection.websocket.send_text(json.dumps(envelope))
            async with asyncio.timeout(self._workspace.answer_within):
                return await answered
        except TimeoutError:
            return Ack(problem=TIMED_OUT, reason="timeout")
        except (RuntimeError, WebSocketDisconnect):
            return Ack(problem=NOT_DISPATCHED, reason="connection_failed")
        finally:
            connection.pending.pop(envelope_id, None)

    async def refresh(self) -> None:
        """Ask every app to connect anew, as Slack does every few hours."""
        for connection in list(self._connections):
            connection.retired = True
            with suppress(RuntimeError, WebSocketDisconnect):  # it has just gone by itself
                await connection.websocket.send_text(_disconnect("refresh_requested"))

    async def close(self) -> None:
        """Close all connections, as when Slack goes away."""
        for connection in list(self._connections):
            with suppress(RuntimeError, WebSocketDisconnect):  # it has just gone by itself
                await connection.websocket.close()

    def connected(self, app: App) -> int:
        """How many connections of an app can be sent to."""
        return sum(1 for one in self._connections if one.app == app.id and not one.retired)

    def _next(self, app: App) -> Connection | None:
        """The connection whose turn it is."""
        for connection in self._connections:
            if connection.app == app.id and not connection.retired:
                self._connections.remove(connection)
                self._connections.append(connection)
                return connection
        return None

    async def _connected(self, websocket: WebSocket) -> None:
        ticket = websocket.query_params.get("ticket", "")
        app = self._workspace.apps.get(websocket.path_params["app"])
        if app is None or not ticket or ticket in self._tickets:
            await websocket.close(4000)
            return
        self._tickets.add(ticket)
        await websocket.accept()
        if self.connected(app) >= MOST:
            await websocket.send_text(_disconnect("too_many_websockets"))
            await websocket.close()
            return
        connection = Connection(websocket, app.id)
        self._connections.append(connection)
        await websocket.send_text(json.dumps({
            "type": "hello", "connection_info": {"app_id": app.id}, "num_connections": self.connected(app),
            "debug_info": {"host": "sandbox", "build_number": 1, "approximate_connection_time": 18060},
        }))  # fmt: skip
        self._workspace.hint("connection")
        try:
            while True:
                self._acknowledged(connection, await websocket.receive_text())
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass
        finally:
            self._connections.remove(connection)
            for answered in connection.pending.values():
                if not answered.done():
                    answered.set_result(Ack(problem=NOT_DISPATCHED, reason="connection_failed"))
            self._workspace.hint("connection")

    def _acknowledged(self, connection: Connection, text: str) -> None:
        try:
            told = json.loads(text)
            answered = connection.pending.get(told["envelope_id"])
        except (ValueError, KeyError, TypeError):
            self._workspace.problems.append(
                f"Socket Mode: this is no acknowledgement, and was left aside: {text[:200]}"
            )
            return
        if answered is not None and not answered.done():
            answered.set_result(Ack(body=told.get("payload")))


def _disconnect(reason: str) -> str:
    return json.dumps({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})
