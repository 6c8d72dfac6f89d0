"""A screen in the sandbox's Slack, over a real socket."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace

from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.person import Who
from bot.domain.report import Report
from bot.domain.request import Place
from bot.doors.slack.screen import SlackScreen
from bot.ports import Kind, Posting, Say
from sandbox.clock import StandingClock
from sandbox.slack.apps import App
from sandbox.slack.aureus import seed_aureus
from sandbox.slack.records import Message
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import Workspace
from tests.doors.slack.reports import ACCOUNTS, ANA, CASE, DONE, LINE, WAITING

HERE = Place("CONCALL")
MANIFEST = {
    "display_information": {"name": "Aureus Bot"},
    "features": {
        "bot_user": {"display_name": "Aureus Bot"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/aureus", "description": "Operate Aureus", "usage_hint": "help"}],
    },
    "oauth_config": {
        "scopes": {
            "bot": [
                "chat:write",
                "channels:history",
                "channels:read",
                "commands",
                "files:write",
                "groups:read",
                "im:write",
            ]
        }
    },
    "settings": {"interactivity": {"is_enabled": True}, "socket_mode_enabled": True},
}


class Scene:
    """A workspace that is served, and the screen in it."""

    def __init__(self, workspace: Workspace, app: App) -> None:
        self.workspace = workspace
        self.app = app
        self.client = AsyncWebClient(app.bot_token, f"{workspace.url}/api/")
        self.screen = SlackScreen(self.client, account, limit=5)

    def shown(self, channel: str = "CONCALL") -> list[Message]:
        return list(self.workspace.messages(channel))

    def whispered(self, to: str = "UANA", channel: str = "CONCALL") -> list[Message]:
        return list(self.workspace.ephemerals(channel, to))

    def reply(self, channel: str = "CONCALL") -> str:
        """A response_url of a command that ana typed."""
        ticket = self.workspace.tickets.response(self.app.id, "UANA", channel)
        return f"{self.workspace.url}/response/{ticket.id}"


async def account(person: str) -> str:
    return ACCOUNTS.get(person, "")


def in_slack(story: Callable[[Scene], Awaitable[None]]) -> None:
    """Run a story in a workspace of its own."""

    async def run() -> None:
        workspace = Workspace(StandingClock())
        app = workspace.install(MANIFEST)
        seed_aureus(workspace)
        async with SlackServer(workspace).serve():
            await story(Scene(workspace, app))

    asyncio.run(run())


def posting(
    report: Report = WAITING, kind: Kind = Kind.CARD, place: Place = HERE, key: str = f"card:{CASE}"
) -> Posting:
    return Posting(Say(key, kind, report, place), 1, "", "", "", "", 1, unsure=False)


def line(channel: str, ts: str, report: Report = LINE, place: Place = HERE) -> Posting:
    card = posting(report, Kind.LINE, place, f"line:{CASE}:3")
    return replace(card, say=replace(card.say, under=f"card:{CASE}"), thread_channel=channel, thread_ts=ts)


def private(place: Place, to: Who | None = ANA, report: Report = DONE) -> Posting:
    secret = posting(report, Kind.PRIVATE, place, "private:slack:1")
    return replace(secret, say=replace(secret.say, to=to))
