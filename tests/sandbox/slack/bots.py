"""A small bot made with Bolt, behind real HTTP or in Socket Mode, for the tests of this folder."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from starlette.applications import Starlette
from starlette.routing import Route

from sandbox.serving import serving
from sandbox.slack.apps import App
from sandbox.slack.server import SlackServer


def bolt(server: SlackServer, app: App) -> AsyncApp:
    """A Bolt app that knows nothing yet; listeners are added by the test."""
    client = AsyncWebClient(token=app.bot_token, base_url=f"{server.url}/api/")
    return AsyncApp(client=client, signing_secret=app.signing_secret, raise_error_for_unhandled_request=False)


@asynccontextmanager
async def over_http(bot: AsyncApp, app: App) -> AsyncIterator[str]:
    """Serve the bot, and tell Slack where; gives the address."""
    handler = AsyncSlackRequestHandler(bot)
    routes = Starlette(routes=[Route("/slack/events", handler.handle, methods=["POST"])])
    async with serving(routes) as url:
        app.urls = dict.fromkeys([*app.urls, "event", "interactive", *app.commands], f"{url}/slack/events")
        yield url


@asynccontextmanager
async def in_socket_mode(bot: AsyncApp, app: App) -> AsyncIterator[AsyncSocketModeHandler]:
    """Connect the bot."""
    handler = AsyncSocketModeHandler(bot, app.app_token, web_client=AsyncWebClient(base_url=bot.client.base_url))
    await handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt has no type here
    try:
        yield handler
    finally:
        await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt has no type here
