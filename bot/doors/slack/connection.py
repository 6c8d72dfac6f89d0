"""The connection to Slack: one Bolt app, over HTTP or Socket Mode."""

import asyncio
import logging
from typing import Final

import aiohttp
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.doors.slack.answers import refused
from bot.doors.slack.listeners import Listeners

log = logging.getLogger(__name__)

_SOCKET: Final = 10.0  # seconds for a socket to open


class SlackDoor:
    """Bolt, its client and, with an app token, its socket."""

    def __init__(self, client: AsyncWebClient, app_token: str = "") -> None:
        self.client = client
        self._app_token = app_token
        self._authorized: AuthorizeResult | None = None

        # A plain function: Bolt hands arguments over by name, and miscounts those of a method.
        async def authorize() -> AuthorizeResult:
            return await self._authorize()

        self.app = AsyncApp(
            name="aureus",  # without one Bolt looks for the file of its caller, which costs a fifth of a second
            client=client,
            authorize=authorize,
            # Signature and age are judged before Bolt, by our own clock; over the socket there is none.
            request_verification_enabled=False,
            ignoring_self_events_enabled=True,
            # A listener ends with its answer, and what follows is a task of its own: so Bolt can wait for its end. It
            # would otherwise look every 10 ms whether there is an answer yet.
            process_before_response=True,
        )
        self._socket: AsyncSocketModeHandler | None = None

    def listen(self, listeners: Listeners) -> None:
        listeners.listen(self.app)

    async def connect(self) -> str:
        """Ask who we are, and open the socket where there is a token for it. Why it failed, or ""."""
        try:
            await self._authorize()
            if self._app_token and self._socket is None:
                self._socket = await self._open_socket()
        except SlackApiError as error:
            return refused("auth.test", error).because
        except TimeoutError:
            needs = "; is SLACK_APP_TOKEN right, with the scope connections:write?" if self._app_token else ""
            return f"Slack gives no answer in time{needs}"
        except (OSError, aiohttp.ClientError) as error:
            return f"Slack cannot be reached: {error}"
        return ""

    async def _open_socket(self) -> AsyncSocketModeHandler:
        socket = AsyncSocketModeHandler(self.app, self._app_token)
        try:
            # Left to itself it tries for ever, also with a token that is wrong, and nobody would hear of it.
            async with asyncio.timeout(_SOCKET):
                await socket.connect_async()  # type: ignore[no-untyped-call]  # Bolt's is untyped
        except BaseException:
            await socket.close_async()  # type: ignore[no-untyped-call]  # as above
            raise
        return socket

    async def close(self) -> None:
        if self._socket is not None:
            await self._socket.close_async()  # type: ignore[no-untyped-call]  # as above

    async def _authorize(self) -> AuthorizeResult:
        """One workspace, one token: asked once, so that no request waits for Slack."""
        if self._authorized is None:
            answer = await self.client.auth_test()
            self._authorized = AuthorizeResult(
                enterprise_id=answer.get("enterprise_id"),
                team_id=answer.get("team_id"),
                bot_user_id=answer.get("user_id"),
                bot_id=answer.get("bot_id"),
                bot_token=self.client.token,
            )
        return self._authorized
