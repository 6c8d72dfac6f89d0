"""The web door: what Slack did not sign does not come in; health and metrics."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta

import httpx
import pytest
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult

from bot.doors.web import SlackEvents, web
from sandbox.clock import StandingClock
from sandbox.slack.outbound import signature

SECRET = "a secret that only Slack and the bot know"
BODY = b"command=%2Faureus&text=whoami&trigger_id=1.2.3&user_id=U1&channel_id=C1"
_LIMIT = 1_000_000  # bytes


class Door:
    """The web door with a Bolt app behind it that only counts what comes through."""

    def __init__(self, secret: str = SECRET) -> None:
        self.clock = StandingClock()
        self.taken: list[str] = []
        self.because = ""
        app = AsyncApp(name="aureus", authorize=_authorize, request_verification_enabled=False)

        @app.command("/aureus")
        async def command(ack: AsyncAck, body: dict[str, str]) -> None:
            self.taken.append(body["text"])
            await ack()

        self.app = web(SlackEvents(app, secret, self.clock) if secret else None, self._ready)

    async def _ready(self) -> str:
        return self.because

    async def sends(
        self,
        body: bytes | AsyncIterator[bytes] = BODY,
        *,
        headers: httpx.Headers | dict[str, str] | None = None,
    ) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://bot") as client:
            client.headers["content-type"] = "application/x-www-form-urlencoded"
            return await client.post("/slack/events", content=body, headers=headers)

    async def asks(self, path: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://bot") as client:
            return await client.get(path)

    def signed(self, body: bytes = BODY, *, secret: str = SECRET, **ago: float) -> dict[str, str]:
        """Headers as Slack sends them, so long ago by the clock."""
        stamp = str(int((self.clock.now() - timedelta(**ago)).timestamp()))
        return {"x-slack-request-timestamp": stamp, "x-slack-signature": signature(secret, stamp, body)}


async def _authorize() -> AuthorizeResult:
    return AuthorizeResult(enterprise_id=None, team_id="T1", bot_token="xoxb-1", bot_user_id="UBOT")


def at(story: Callable[[Door], Awaitable[None]], door: Door | None = None) -> None:
    async def run() -> None:
        await story(door or Door())

    asyncio.run(run())


def test_what_slack_signed_is_taken() -> None:
    async def story(door: Door) -> None:
        answer = await door.sends(headers=door.signed())
        assert answer.status_code == 200
        assert door.taken == ["whoami"]

    at(story)


@pytest.mark.parametrize("seconds", [301, -301, 86_400])
def test_what_was_signed_more_than_five_minutes_ago_is_refused(seconds: int) -> None:
    async def story(door: Door) -> None:
        answer = await door.sends(headers=door.signed(seconds=seconds))
        assert answer.status_code == 401
        assert door.taken == []

    at(story)


def test_age_is_judged_by_the_clock_that_was_handed_in() -> None:
    async def story(door: Door) -> None:
        headers = door.signed()
        door.clock.move(timedelta(seconds=299))
        assert (await door.sends(headers=headers)).status_code == 200
        door.clock.move(timedelta(seconds=2))
        assert (await door.sends(headers=headers)).status_code == 401
        assert door.taken == ["whoami"]

    at(story)


@pytest.mark.parametrize(
    "body",
    [
        b"payload=%7Bnot", b"payload=1", b"payload=", b"command=%2Faureus&text=whoami", b"", b"[]", b"{", b"x",
        b"payload=" + b"%5B" * 100_000,
    ],
)  # fmt: skip
def test_what_is_signed_and_is_nothing_that_slack_sends_is_refused_without_a_trace(body: bytes) -> None:
    async def story(door: Door) -> None:
        answer = await door.sends(body, headers=door.signed(body))
        assert (answer.status_code, answer.json()) == (400, {"error": "it is nothing that Slack sends"})
        assert door.taken == []

    at(story)


def test_another_secret_or_another_body_is_not_slack() -> None:
    async def story(door: Door) -> None:
        strange = await door.sends(headers=door.signed(secret="another secret"))
        changed = await door.sends(BODY.replace(b"whoami", b"status"), headers=door.signed())
        assert [strange.status_code, changed.status_code] == [401, 401]
        assert door.taken == []

    at(story)


@pytest.mark.parametrize("missing", ["x-slack-signature", "x-slack-request-timestamp"])
def test_what_is_not_signed_is_refused(missing: str) -> None:
    async def story(door: Door) -> None:
        headers = {name: value for name, value in door.signed().items() if name != missing}
        assert (await door.sends(headers=headers)).status_code == 401
        assert (await door.sends(headers=door.signed() | {missing: ""})).status_code == 401
        assert door.taken == []

    at(story)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("x-slack-request-timestamp", "yesterday"),
        ("x-slack-request-timestamp", "²"),
        ("x-slack-request-timestamp", "9" * 5000),
        ("x-slack-signature", "v0=ü"),
        ("x-slack-signature", "v0="),
    ],
)
def test_headers_that_slack_never_sends_are_refused_and_do_no_harm(name: str, value: str) -> None:
    async def story(door: Door) -> None:
        headers = httpx.Headers(door.signed() | {name: value}, encoding="latin-1")
        assert (await door.sends(headers=headers)).status_code == 401
        assert door.taken == []

    at(story)


def test_a_body_that_is_no_text_is_refused() -> None:
    async def story(door: Door) -> None:
        assert (await door.sends(b"\xff\xfe", headers=door.signed(b"\xff\xfe"))).status_code == 401

    at(story)


def test_a_body_over_the_limit_is_refused_whoever_signed_it() -> None:
    async def story(door: Door) -> None:
        fits, over = (BODY + b"&more=".ljust(size - len(BODY), b"x") for size in (_LIMIT, _LIMIT + 1))
        assert (await door.sends(fits, headers=door.signed(fits))).status_code == 200
        assert (await door.sends(over, headers=door.signed(over))).status_code == 413
        assert door.taken == ["whoami"]

    at(story)


def test_of_a_body_that_never_ends_no_more_than_the_limit_is_read() -> None:
    async def story(door: Door) -> None:
        given = 0

        async def endless() -> AsyncIterator[bytes]:
            nonlocal given
            while given < 100 * _LIMIT:
                given += 65_536
                yield b"x" * 65_536

        answer = await door.sends(endless(), headers=door.signed())
        assert answer.status_code == 413
        assert given <= _LIMIT + 2 * 65_536

    at(story)


def test_slack_is_answered_when_it_verifies_the_address() -> None:
    async def story(door: Door) -> None:
        body = json.dumps({"token": "t", "challenge": "3eZbrw1a", "type": "url_verification"}).encode()
        kind = {"content-type": "application/json"}
        answer = await door.sends(body, headers=door.signed(body) | kind)
        assert answer.status_code == 200
        assert answer.json() == {"challenge": "3eZbrw1a"}
        assert (await door.sends(body, headers=kind)).status_code == 401

    at(story)


def test_without_a_signing_secret_nothing_comes_in_and_it_says_why() -> None:
    async def story(door: Door) -> None:
        answer = await door.sends(headers=door.signed())
        assert answer.status_code == 503
        assert "SLACK_SIGNING_SECRET" in answer.json()["error"]

    at(story, Door(secret=""))


def test_it_is_alive_also_while_it_is_not_ready_and_says_why() -> None:
    async def story(door: Door) -> None:
        assert (await door.asks("/readyz")).json() == {"ready": True, "because": ""}
        door.because = "Slack cannot be reached"
        answer = await door.asks("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "because": "Slack cannot be reached"}
        assert (await door.asks("/healthz")).status_code == 200

    at(story)


def test_metrics_are_what_prometheus_reads() -> None:
    async def story(door: Door) -> None:
        answer = await door.asks("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=")
        assert "# TYPE python_info gauge" in answer.text

    at(story)
