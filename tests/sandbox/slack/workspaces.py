"""Workspaces for these tests: the people of Aureus and one app that may do everything, by a clock that stands."""

from typing import Any

from sandbox.clock import Clock, StandingClock
from sandbox.slack.apps import App
from sandbox.slack.aureus import seed_aureus
from sandbox.slack.workspace import Workspace

JSON = dict[str, Any]

SCOPES = (
    "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "chat:write.customize",
    "commands", "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write",
    "metadata.message:read", "reactions:read", "reactions:write", "usergroups:read", "usergroups:write", "users:read",
    "users:read.email",
)  # fmt: skip
EVENTS = (
    "app_home_opened", "app_mention", "member_joined_channel", "message.channels", "message.im",
    "message_metadata_posted", "reaction_added", "reaction_removed",
)  # fmt: skip


def manifest(scopes: tuple[str, ...] = SCOPES, events: tuple[str, ...] = EVENTS, socket_mode: bool = False) -> JSON:
    command = {"command": "/aureus", "description": "Operate Aureus", "usage_hint": "help", "should_escape": True}
    return {
        "display_information": {"name": "Aureus Bot"},
        "features": {
            "bot_user": {"display_name": "Aureus Bot"},
            "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
            "slash_commands": [command, {"command": "/plain", "description": "As it was typed"}],
            "shortcuts": [
                {"name": "Declare", "type": "global", "callback_id": "declare", "description": "Declare an incident"},
                {"name": "Add to timeline", "type": "message", "callback_id": "timeline", "description": "Add it"},
            ],
        },
        "oauth_config": {"scopes": {"bot": list(scopes)}},
        "settings": {
            "event_subscriptions": {"bot_events": list(events)},
            "interactivity": {"is_enabled": True},
            "socket_mode_enabled": socket_mode,
        },
    }


def aureus(request_url: str | None = None, **wishes: Any) -> tuple[Workspace, App]:
    """The workspace of Aureus with an app that is a member of all but #random."""
    workspace = Workspace(StandingClock())
    workspace.signing_clock = Clock()  # Bolt checks the age of a signature by real time
    app = workspace.install(manifest(**wishes), request_url)
    seed_aureus(workspace)
    return workspace, app


def section(text: str = "hello", **more: Any) -> JSON:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}, **more}


def button(text: str, action_id: str, **more: Any) -> JSON:
    return {"type": "button", "text": {"type": "plain_text", "text": text}, "action_id": action_id, **more}


def modal(*blocks: JSON, **more: Any) -> JSON:
    shown = {"title": {"type": "plain_text", "text": "Scale"}, "submit": {"type": "plain_text", "text": "Go"}}
    return {"type": "modal", **shown, "blocks": list(blocks), **more}


def typed(label: str, block_id: str, **more: Any) -> JSON:
    """An input block with one line of text, whose action_id is `value`."""
    element = {"type": "plain_text_input", "action_id": "value"}
    return {
        "type": "input",
        "block_id": block_id,
        "label": {"type": "plain_text", "text": label},
        "element": element,
        **more,
    }
