"""A served workspace, a Bolt app that is connected to it over HTTP or Socket Mode, and its people."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from slack_bolt.async_app import AsyncApp

from sandbox.slack.apps import App
from sandbox.slack.person import Person
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.bots import bolt, in_socket_mode, over_http
from tests.sandbox.slack.workspaces import JSON, aureus

ON_CALL = "#aureus-on-call"
WAYS = pytest.mark.parametrize("way", ["http", "socket mode"])


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that the bot notes, and that is no change of the workspace."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - a list tells nobody that it grew
            await asyncio.sleep(0.01)


class Scene:
    """A served workspace, a bot that is connected to it, and its people."""

    def __init__(self, workspace: Workspace, app: App, bot: AsyncApp) -> None:
        self.workspace, self.app, self.bot = workspace, app, bot
        self.ana, self.ben = Person(workspace, "ana"), Person(workspace, "ben")
        self.heard: list[JSON] = []

    async def hears(self, count: int) -> list[JSON]:
        await until(lambda: len(self.heard) >= count)
        assert len(self.heard) == count
        return self.heard


Listeners = Callable[[Scene], None]


@asynccontextmanager
async def scene(way: str, listeners: Listeners, answer_within: float = 3.0) -> AsyncIterator[Scene]:
    workspace, app = aureus(socket_mode=way == "socket mode")
    workspace.answer_within = answer_within
    async with SlackServer(workspace).serve() as server:
        bot = bolt(server, app)
        here = Scene(workspace, app, bot)
        listeners(here)
        connect = in_socket_mode if way == "socket mode" else over_http
        async with connect(bot, app):
            yield here


def play(way: str, listeners: Listeners, story: Callable[[Scene], Awaitable[None]], **how: Any) -> None:
    async def run() -> None:
        async with scene(way, listeners, **how) as here:
            await story(here)

    asyncio.run(run())


def nothing(_: Scene) -> None:
    """No listeners."""
