"""The web door: Slack's requests, health, metrics."""

import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from urllib.parse import parse_qsl

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import Message

from bot.ports import Clock

log = logging.getLogger(__name__)

#: What every slash command has.
_COMMAND = {"command", "user_id", "channel_id", "trigger_id"}
_MOST = 1_000_000  # bytes of a body; Slack's are far smaller


class _Time:
    """Our clock, as slack_sdk asks for it: the age of a signature is judged by it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def now(self) -> float:
        return self._clock.now().timestamp()


class SlackEvents:
    """``POST /slack/events``: signature and age first, then Bolt."""

    def __init__(self, app: AsyncApp, signing_secret: str, clock: Clock) -> None:
        self._handler = AsyncSlackRequestHandler(app)
        self._verifier = SignatureVerifier(signing_secret, clock=_Time(clock))  # type: ignore[arg-type]  # duck-typed

    async def take(self, request: Request) -> Response:
        """Answer one request."""
        body = await _read(request)
        if body is None:
            return PlainTextResponse("too large", 413)
        if not self._signed(request, body):
            log.warning("a request to /slack/events was not signed by Slack, or is too old; nothing was done")
            return JSONResponse({"error": "the signature is wrong or older than five minutes"}, 401)
        if not _of_slack(body, request.headers.get("content-type", "")):
            log.warning("a request to /slack/events is signed, and nothing that Slack sends; nothing was done")
            return JSONResponse({"error": "it is nothing that Slack sends"}, 400)
        return await self._handler.handle(_again(request, body))

    def _signed(self, request: Request, body: bytes) -> bool:
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        try:
            return self._verifier.is_valid(body, timestamp, signature)
        except (TypeError, ValueError):
            # What Slack never sends: a time that is no number, a signature or a body that is no text.
            return False


def _of_slack(body: bytes, kind: str) -> bool:
    """Whether a body is what Slack sends: an object as JSON, a form with one in ``payload``, or a command."""
    try:
        said = body.decode()
        if kind.startswith("application/json") or said.lstrip().startswith("{"):
            return isinstance(json.loads(said), dict)
        form = dict(parse_qsl(said, keep_blank_values=True))
        if "payload" in form:
            return isinstance(json.loads(form["payload"]), dict)
        return form.keys() >= _COMMAND or "ssl_check" in form
    except (ValueError, RecursionError):
        return False


async def _read(request: Request) -> bytes | None:
    """The body; ``None`` when it is too large: then the rest of it is not even read."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST:
            return None
    return bytes(body)


def _again(request: Request, body: bytes) -> Request:
    """The request, for somebody else who reads its body."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return Request(request.scope, receive)


def web(events: SlackEvents | None, ready: Callable[[], Awaitable[str]], webhooks: Sequence[Route] = ()) -> Starlette:
    """The app. ``ready`` answers why the bot is not ready, or ""; ``webhooks`` are further routes."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("alive")

    async def readyz(_: Request) -> Response:
        because = await ready()
        return JSONResponse({"ready": not because, "because": because}, 503 if because else 200)

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    async def no_slack(_: Request) -> Response:
        return JSONResponse({"error": "SLACK_SIGNING_SECRET is not set, so Slack is not served here"}, 503)

    return Starlette(
        routes=[
            Route("/slack/events", events.take if events else no_slack, methods=["POST"]),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", metrics),
            *webhooks,
        ]
    )
