"""A served workspace and Slack's own client for it."""

from typing import Any

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.apps import App
from sandbox.slack.workspace import Workspace

ON_CALL, RANDOM = "CONCALL", "CRANDOM"


class World:
    def __init__(self, workspace: Workspace, app: App) -> None:
        self.workspace, self.app = workspace, app
        self.url = f"{workspace.url}/api/"
        self.bot = WebClient(token=app.bot_token, base_url=self.url, retry_handlers=[])

    def refused(self, method: str, **args: Any) -> dict[str, Any]:
        """What Slack answers to a call that it refuses."""
        with pytest.raises(SlackApiError) as refusal:
            self.bot.api_call(method, json=args)
        answer: dict[str, Any] = refusal.value.response.data
        return answer

    def error(self, method: str, **args: Any) -> str:
        return str(self.refused(method, **args)["error"])
