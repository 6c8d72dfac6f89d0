"""Carries notifications over HTTP: each in a task of its own, so that a slow receiver keeps no other one waiting."""

import asyncio
import json
import ssl
from typing import Final

import httpx

from sandbox.alertmanager.alertmanager import Alertmanager
from sandbox.alertmanager.bodies import headers_of
from sandbox.alertmanager.faults import Fault
from sandbox.alertmanager.grouping import Answer, Notification
from sandbox.alertmanager.records import VERSION, Receiver

#: How long an answer is waited for, in seconds of real time; the real one waits as long as group_interval lets it.
_PATIENCE = 10.0
# To load the world's certificate authorities would take a tenth of a second; plain HTTP needs none.
NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Courier:
    """Sends what is due, and tells the Alertmanager what came of it."""

    def __init__(self, alertmanager: Alertmanager) -> None:
        self._alertmanager = alertmanager
        self._clients: dict[ssl.SSLContext, httpx.AsyncClient] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def carry(self) -> None:
        """Start to send all that is due now."""
        for notification in self._alertmanager.take():
            task = asyncio.create_task(self._send(notification))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Stop, whatever is on its way."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for client in self._clients.values():
            await client.aclose()

    async def _send(self, notification: Notification) -> None:
        self._alertmanager.settle(notification, await self._ask(notification))

    async def _ask(self, notification: Notification) -> Answer:
        if Fault.BLIND in self._alertmanager.faults.on:
            return Answer(problem="nothing goes out: the fault blind is on")
        receiver = notification.receiver
        body = json.dumps(self._alertmanager.body_of(notification), ensure_ascii=False, separators=(",", ":"))
        headers = headers_of(notification, VERSION)
        try:
            answer = await self._client_for(receiver).post(receiver.url, content=body.encode(), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError) as error:
            return Answer(problem=f"{type(error).__name__}: {error}")
        return Answer(answer.status_code)

    def _client_for(self, receiver: Receiver) -> httpx.AsyncClient:
        tls = receiver.tls
        if tls is None:
            tls = ssl.create_default_context() if receiver.url.startswith("https:") else NO_AUTHORITIES
        if tls not in self._clients:
            # A receiver's server may drop an idle connection after five seconds (uvicorn does): ours goes before.
            limits = httpx.Limits(keepalive_expiry=2.0)
            self._clients[tls] = httpx.AsyncClient(verify=tls, limits=limits, timeout=_PATIENCE, trust_env=False)
        return self._clients[tls]
