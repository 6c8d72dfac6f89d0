"""What Alertmanager and PagerDuty tell by webhook: proved, stored, answered, and then carried on."""

import asyncio
import hashlib
import hmac
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.domain.alert import Group, NoteTold, PageTold, Vain
from bot.domain.errors import Full
from bot.domain.request import Notice
from bot.doors.afterwards import Afterwards
from bot.doors.metrics import OUTCOMES, WEBHOOKS
from bot.doors.told import event_key, read
from bot.engine.core import Core
from bot.ports import Clock
from bot.world.alertmanager import group_of
from bot.world.pagerduty import told_of

log = logging.getLogger(__name__)

MOST: Final = 5_000_000  # bytes of a body
CROWD: Final = 200  # requests at one door at once; more are told to come again, …
HELD: Final = 50_000_000  # … and so is who comes when their bodies are so many bytes together
_SLOWEST: Final = 10.0  # seconds for a body to come in
_LARGE: Final = 100_000  # bytes; what is larger is read in a thread, while others are answered
_PATIENCE: Final = 3.0  # seconds for the store: PagerDuty waits for five

Told = Group | PageTold | NoteTold | Vain


@dataclass
class _Door:
    """One door, and what is in it now."""

    name: str
    tells: Callable[[bytes], tuple[str, Told]]
    #: As metrics name it.
    label: str
    requests: int = 0
    size: int = 0


class Webhooks:
    """The two doors. Without its secret a door is shut, with a sentence. ``slowest`` seconds a body may take."""

    def __init__(
        self,
        core: Core,
        clock: Clock,
        alertmanager_tokens: str,
        pagerduty_secrets: str,
        afterwards: Afterwards,
        slowest: float = _SLOWEST,
    ) -> None:
        self._core = core
        self._clock = clock
        self._afterwards = afterwards
        # Several while one is being changed.
        self._tokens = _several(alertmanager_tokens)
        self._secrets = _several(pagerduty_secrets)
        self._slowest = slowest
        # Each has a crowd of its own: at PagerDuty's nobody is proved before the whole body is there.
        self._alertmanager = _Door("Alertmanager", self._alerts, "alertmanager")
        self._pagerduty = _Door("PagerDuty", self._event, "pagerduty")
        for door in (self._alertmanager, self._pagerduty):
            for outcome in OUTCOMES:
                WEBHOOKS.labels(door.label, outcome)  # counted from 0, so that the first of a kind is seen to be one

    @property
    def routes(self) -> list[Route]:
        """``/webhooks/alertmanager`` and ``/webhooks/pagerduty``."""
        return [
            Route("/webhooks/alertmanager", self.alertmanager, methods=["POST"]),
            Route("/webhooks/pagerduty", self.pagerduty, methods=["POST"]),
        ]

    async def alertmanager(self, request: Request) -> Response:
        """Version 4, with a bearer token."""
        door = self._alertmanager
        if not self._tokens:
            return _no(door, 503, "ALERTMANAGER_WEBHOOK_TOKEN is not set, so no alerts are taken here", "shut")
        if not _one_of([request.headers.get("authorization", "")], [f"Bearer {token}" for token in self._tokens]):
            log.warning("a webhook of an Alertmanager had the wrong token; nothing was stored")
            return _no(door, 401, "the bearer token is wrong")
        return await self._taken(request, door)

    async def pagerduty(self, request: Request) -> Response:
        """Webhooks v3, signed over the raw body."""
        if not self._secrets:
            return _no(
                self._pagerduty, 503, "PAGERDUTY_WEBHOOK_SECRET is not set, so PagerDuty is not heard here", "shut"
            )
        return await self._taken(request, self._pagerduty, signed=request.headers.get("x-pagerduty-signature", ""))

    async def _taken(self, request: Request, door: _Door, signed: str | None = None) -> Response:
        # Anything but a 5xx would lose it: both of them try again after that, and after nothing else.
        if door.requests >= CROWD:
            return _crowded(door)
        body = bytearray()
        door.requests += 1
        try:
            async with asyncio.timeout(self._slowest):
                no = await self._read(request, door, body)
            with self._core.doorway.someone():
                return no or await self._answer(bytes(body), door, signed)
        except ClientDisconnect:
            return _no(door, 400, "nobody is there to read this", "gone")
        except TimeoutError:
            log.warning("a webhook of %s came too slowly; nothing was stored", door.name)
            return _no(door, 503, f"the body did not come within {self._slowest:g} seconds; come again", "overloaded")
        finally:
            door.requests -= 1
            door.size -= len(body)

    async def _read(self, request: Request, door: _Door, body: bytearray) -> Response | None:
        """Read the body, no more of it than is taken; the answer when it is refused."""
        said = request.headers.get("content-length", "")
        if said.isdecimal() and (len(said) > 15 or int(said) > MOST):
            return _too_large(door)
        async for piece in request.stream():
            body += piece
            door.size += len(piece)
            if len(body) > MOST:
                return _too_large(door)
            if door.size > HELD:
                return _crowded(door)
        return None

    async def _answer(self, body: bytes, door: _Door, signed: str | None) -> Response:
        if signed is not None and not self._proved(body, signed):
            log.warning("a webhook was not signed by PagerDuty; nothing was stored")
            return _no(door, 401, "the signature is wrong")
        try:
            key, told = door.tells(body) if len(body) < _LARGE else await asyncio.to_thread(door.tells, body)
        except ValueError:
            log.warning("a webhook of %s is no JSON; nothing was stored", door.name)
            return _no(door, 400, "this is no JSON")
        notice = Notice(key, self._clock.now(), told)
        try:
            async with asyncio.timeout(_PATIENCE):
                new = await self._core.hear(notice)
        except (Full, TimeoutError) as full:
            because = full.because if isinstance(full, Full) else "The store gave no answer in time."
            log.warning("a webhook could not be stored: %s", because)
            return _no(door, 503, because, "overloaded")
        WEBHOOKS.labels(door.label, "taken" if new else "known").inc()
        if new:
            self._afterwards.begin(self._core.take(notice))
        return JSONResponse({"taken": new, **({"because": told.because} if isinstance(told, Vain) else {})})

    def _proved(self, body: bytes, signed: str) -> bool:
        made = [f"v1={hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}" for secret in self._secrets]
        return _one_of([each.strip() for each in signed.split(",")], made)

    def _alerts(self, body: bytes) -> tuple[str, Told]:
        told, _ = read("Alertmanager", body, group_of)
        # Not the body alone: the same words may be told again after others, and mean something then.
        now = self._clock.now().isoformat()
        return f"alertmanager:{hashlib.sha256(body + now.encode()).hexdigest()}", told

    @staticmethod
    def _event(body: bytes) -> tuple[str, Told]:
        told, plain = read("PagerDuty", body, told_of)
        return f"pagerduty:{event_key(plain, body)}", told


def _several(secrets: str) -> list[str]:
    return [each.strip() for each in secrets.split(",") if each.strip()]


def _one_of(given: list[str], known: list[str]) -> bool:
    return any(hmac.compare_digest(one.encode(), other.encode()) for one in given for other in known)


def _crowded(door: _Door) -> Response:
    log.warning("too many webhooks of %s at once; one was told to come again", door.name)
    return _no(door, 503, "too many at once; come again", "overloaded")


def _too_large(door: _Door) -> Response:
    log.warning("a webhook of %s is larger than %s bytes; nothing was stored", door.name, f"{MOST:,}")
    return _no(door, 413, f"the body is larger than {MOST:,} bytes")


def _no(door: _Door, status: int, because: str, outcome: str = "refused") -> Response:
    WEBHOOKS.labels(door.label, outcome).inc()
    return JSONResponse({"error": because}, status)
