"""What Alertmanager and PagerDuty tell by webhook: proved, stored, answered, and then carried on."""

import asyncio
import hashlib
import hmac
import json
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.domain.errors import Full
from bot.domain.request import Notice
from bot.engine.core import Core
from bot.engine.words import mask
from bot.ports import Clock
from bot.world.alertmanager import group_of
from bot.world.pagerduty import page_of

log = logging.getLogger(__name__)

_MOST: Final = 5_000_000  # bytes of a body
_PATIENCE: Final = 3.0  # seconds for the store: PagerDuty waits for five
_CROWD: Final = 200  # at once; more are told to come again

Tells = Callable[[bytes], Notice | None]


class Webhooks:
    """The two doors. Without its secret a door is shut, with a sentence."""

    def __init__(self, core: Core, clock: Clock, alertmanager_token: str, pagerduty_secrets: str) -> None:
        self._core = core
        self._clock = clock
        self._token = alertmanager_token
        # Several while a secret is being changed.
        self._secrets = [each.strip() for each in pagerduty_secrets.split(",") if each.strip()]
        self._inside = 0
        self._tasks: set[asyncio.Task[object]] = set()

    @property
    def routes(self) -> list[Route]:
        """``/webhooks/alertmanager`` and ``/webhooks/pagerduty``."""
        return [
            Route("/webhooks/alertmanager", self.alertmanager, methods=["POST"]),
            Route("/webhooks/pagerduty", self.pagerduty, methods=["POST"]),
        ]

    async def alertmanager(self, request: Request) -> Response:
        """Version 4, with a bearer token."""
        if not self._token:
            return _no(503, "ALERTMANAGER_WEBHOOK_TOKEN is not set, so no alerts are taken here")
        said = request.headers.get("authorization", "")
        if not hmac.compare_digest(said.encode(), f"Bearer {self._token}".encode()):
            log.warning("a webhook of an Alertmanager had the wrong token; nothing was stored")
            return _no(401, "the bearer token is wrong")
        return await self._taken(request, self._alerts)

    async def pagerduty(self, request: Request) -> Response:
        """Webhooks v3, signed over the raw body."""
        if not self._secrets:
            return _no(503, "PAGERDUTY_WEBHOOK_SECRET is not set, so PagerDuty is not heard here")
        return await self._taken(request, self._event, signed=request.headers.get("x-pagerduty-signature", ""))

    async def _taken(self, request: Request, tells: Tells, signed: str | None = None) -> Response:
        # Anything but a 5xx would lose it: both of them try again after that, and after nothing else.
        if self._inside >= _CROWD:
            return _no(503, "too many at once; come again")
        self._inside += 1
        try:
            with self._core.doorway.someone():
                return await self._answer(request, tells, signed)
        except ClientDisconnect:
            return Response(status_code=400)
        finally:
            self._inside -= 1

    async def _answer(self, request: Request, tells: Tells, signed: str | None) -> Response:
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _MOST:
                return _no(413, f"the body is larger than {_MOST:,} bytes")
        if signed is not None and not self._proved(body, signed):
            log.warning("a webhook was not signed by PagerDuty; nothing was stored")
            return _no(401, "the signature is wrong")
        try:
            notice = tells(body)
        except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
            return _no(400, "this is no JSON")
        except ValueError as no:
            log.warning("a webhook tells nothing that is known here: %s", no)
            notice = None
        if notice is None:
            return JSONResponse({"taken": False})
        try:
            async with asyncio.timeout(_PATIENCE):
                new = await self._core.hear(notice)
        except (Full, TimeoutError) as full:
            because = full.because if isinstance(full, Full) else "The store gave no answer in time."
            log.warning("a webhook could not be stored: %s", because)
            return _no(503, because)
        if new:
            self._afterwards(self._core.take(notice))
        return JSONResponse({"taken": new})

    def _proved(self, body: bytes, signed: str) -> bool:
        given = [each.strip() for each in signed.split(",")]
        made = [f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}" for secret in self._secrets]
        return any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in made)

    def _alerts(self, body: bytes) -> Notice:
        now = self._clock.now()
        group = group_of(json.loads(body), mask)
        # Not the body alone: the same words may be told again after others, and mean something then.
        key = hashlib.sha256(body + now.isoformat().encode()).hexdigest()
        return Notice(f"alertmanager:{key}", now, group)

    def _event(self, body: bytes) -> Notice | None:
        told = json.loads(body)
        page = page_of(told, mask)
        return Notice(f"pagerduty:{told['event'].get('id')}", self._clock.now(), page) if page else None

    def _afterwards(self, work: Coroutine[Any, Any, object]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _no(status: int, because: str) -> Response:
    return JSONResponse({"error": because}, status)
