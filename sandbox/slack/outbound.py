"""How an app is asked over HTTP: what is sent, signed as Slack signs it, and what came of it."""

import hashlib
import hmac
import json
import ssl
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import urlencode

import httpx

from sandbox.slack.apps import App
from sandbox.slack.records import JSON
from sandbox.slack.workspace import Workspace

What = Literal["slash_commands", "interactive", "events_api"]

TIMED_OUT: Final = "operation_timeout"
NOT_DISPATCHED: Final = "dispatch_failed"

# A sandbox speaks plain HTTP; to load the world's certificate authorities for it would take a tenth of a second.
NO_AUTHORITIES: Final = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


@dataclass(frozen=True)
class Ack:
    """What came of asking an app: its answer, or the problem that a person is shown."""

    body: JSON | str | None = None
    problem: str = ""
    reason: str = ""  # X-Slack-Retry-Reason, when it is tried again
    no_retry: bool = False


def signature(secret: str, timestamp: str, body: bytes) -> str:
    """Slack's signature of a request (docs.slack.dev/authentication/verifying-requests-from-slack)."""
    base = b"v0:" + timestamp.encode() + b":" + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class Outbound:
    """Asks apps over HTTP."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        # An app's server may drop an idle connection after five seconds (uvicorn does): ours is given up before that.
        limits = httpx.Limits(keepalive_expiry=2.0)
        self._client = httpx.AsyncClient(follow_redirects=False, verify=NO_AUTHORITIES, limits=limits)

    async def close(self) -> None:
        await self._client.aclose()

    async def send(self, app: App, what: What, payload: JSON, headers: dict[str, str] | None = None) -> Ack:
        """Send once, and wait as long as Slack waits."""
        url = app.urls.get({"events_api": "event", "interactive": "interactive"}.get(what) or payload["command"], "")
        body, kind = _encoded(what, payload)
        timestamp = str(int(self._workspace.signing_clock.now().timestamp()))
        signed = {
            "Content-Type": kind, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "X-Slack-Request-Timestamp": timestamp,
            "X-Slack-Signature": signature(app.signing_secret, timestamp, body), **(headers or {}),
        }  # fmt: skip
        try:
            answer = await self._client.post(url, content=body, headers=signed, timeout=self._workspace.answer_within)
        except httpx.TimeoutException:
            return Ack(problem=TIMED_OUT, reason="http_timeout")
        except (httpx.HTTPError, httpx.InvalidURL):
            return Ack(problem=NOT_DISPATCHED, reason="connection_failed")
        no_retry = answer.headers.get("X-Slack-No-Retry") == "1"
        if not answer.is_success:
            return Ack(problem=NOT_DISPATCHED, reason="http_error", no_retry=no_retry)
        return Ack(body=_decoded(answer))


def _encoded(what: What, payload: JSON) -> tuple[bytes, str]:
    if what == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if what == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


def _decoded(answer: httpx.Response) -> JSON | str | None:
    if not answer.content:
        return None
    if "json" in answer.headers.get("content-type", ""):
        try:
            told = answer.json()
        except ValueError:
            return answer.text
        return told if isinstance(told, dict) else answer.text
    return answer.text
