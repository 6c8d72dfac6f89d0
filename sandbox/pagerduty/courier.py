"""Delivers webhooks while the account is served."""

import asyncio
import contextlib
import ssl

import httpx

from sandbox.pagerduty.account import PagerDuty
from sandbox.pagerduty.outbox import headers_of
from sandbox.pagerduty.records import Delivery, Subscription

#: docs/webhooks/02-Behavior.md: "PagerDuty expects a 2xx response within 5 seconds".
ANSWER_WITHIN = 5.0

# A sandbox speaks plain HTTP; to load the world's certificate authorities for it would take a tenth of a second.
NO_AUTHORITIES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Courier:
    """Posts what waits in the queues, each subscription's in order, and not one behind the other's back."""

    def __init__(self, account: PagerDuty, answer_within: float = ANSWER_WITHIN) -> None:
        self._account = account
        self._answer_within = answer_within
        self._wanted = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._busy: dict[str, asyncio.Task[None]] = {}

    async def run(self) -> None:
        """Until cancelled."""
        self._account.outbox.wake = self._wake
        # An application's server may drop an idle connection after five seconds (uvicorn does): ours goes before that.
        limits = httpx.Limits(keepalive_expiry=2.0)
        try:
            async with httpx.AsyncClient(follow_redirects=False, limits=limits, verify=NO_AUTHORITIES) as client:
                while True:
                    self._wanted.clear()
                    for subscription in list(self._account.subscriptions.values()):
                        task = self._busy.get(subscription.id)
                        if task is None or task.done():
                            self._busy[subscription.id] = asyncio.create_task(self._deliver(client, subscription))
                    await self._wanted.wait()
        finally:
            for task in self._busy.values():
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await task

    def _wake(self) -> None:
        # The loop may have gone while a thread was still at work.
        with contextlib.suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._wanted.set)

    async def _deliver(self, client: httpx.AsyncClient, subscription: Subscription) -> None:
        while True:
            with self._account.lock:
                delivery = self._account.outbox.due(subscription)
            if delivery is None:
                return
            taken, again = await self._post(client, subscription, delivery)
            with self._account.lock:
                twice = taken and self._account.faults.take("webhooks-twice")
                if taken:
                    self._account.outbox.arrived(subscription, delivery)
                else:
                    self._account.outbox.failed(subscription, delivery, again=again)
            if twice:
                await self._post(client, subscription, delivery)

    async def _post(
        self, client: httpx.AsyncClient, subscription: Subscription, delivery: Delivery
    ) -> tuple[bool, bool]:
        """Whether it was taken; if not, whether another attempt may help."""
        headers = headers_of(subscription, delivery)
        try:
            async with asyncio.timeout(self._answer_within):
                answer = await client.post(subscription.url, content=delivery.body, headers=headers, timeout=None)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL) as error:
            return False, not _is_tls(error)
        status = answer.status_code
        return answer.is_success, status >= 500 or status == 429


def _is_tls(error: BaseException | None) -> bool:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return True
        error = error.__cause__ or error.__context__
    return False
