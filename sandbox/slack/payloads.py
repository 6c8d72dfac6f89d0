"""The payloads of commands and interactions (docs.slack.dev/reference/interaction-payloads)."""

from sandbox.slack.apps import App, Shortcut
from sandbox.slack.objects import actor_json, message_json, team_json, token_of, view_json
from sandbox.slack.records import JSON, Channel, Message, View
from sandbox.slack.tickets import Response
from sandbox.slack.workspace import Workspace


def response_url(workspace: Workspace, ticket: Response) -> str:
    return f"{workspace.url}/response/{ticket.id}"


def command(workspace: Workspace, app: App, user: str, channel: Channel, word: str, text: str) -> JSON:
    """A slash command; all its values are texts, since it travels as a form."""
    ticket = workspace.tickets.response(app.id, user, channel.id)
    return {
        "token": token_of(app), "team_id": workspace.team["id"], "team_domain": workspace.team["domain"],
        "channel_id": channel.id, "channel_name": _name(channel), "user_id": user,
        "user_name": workspace.users[user].name, "command": word, "text": text, "api_app_id": app.id,
        "is_enterprise_install": "false", "response_url": response_url(workspace, ticket),
        "trigger_id": workspace.tickets.trigger(app.id, user),
    }  # fmt: skip


def message_action(workspace: Workspace, app: App, user: str, message: Message, action: JSON, values: JSON) -> JSON:
    """Something was pressed in a message; that message itself is left out when it is ephemeral."""
    channel = workspace.channels[message.channel]
    ticket = workspace.tickets.response(app.id, user, channel.id, message.ts)
    container: JSON = {"type": "message", "message_ts": message.ts, "channel_id": channel.id}
    container["is_ephemeral"] = bool(message.seen_by)
    if message.thread_ts:
        container["thread_ts"] = message.thread_ts
    told = _common(workspace, app, user, "block_actions") | {
        "container": container, "channel": {"id": channel.id, "name": _name(channel)}, "state": {"values": values},
        "response_url": response_url(workspace, ticket), "actions": [action],
    }  # fmt: skip
    if not message.seen_by:
        told["message"] = message_json(workspace, message, with_metadata=True)
    return told


def view_action(workspace: Workspace, app: App, view: View, action: JSON) -> JSON:
    """Something was pressed in a modal or a home view."""
    return _common(workspace, app, view.user, "block_actions") | {
        "container": {"type": "view", "view_id": view.id}, "view": view_json(workspace, view), "actions": [action],
    }  # fmt: skip


def view_submission(workspace: Workspace, app: App, view: View) -> JSON:
    return _common(workspace, app, view.user, "view_submission") | {
        "view": view_json(workspace, view), "response_urls": [],
    }  # fmt: skip


def view_closed(workspace: Workspace, app: App, view: View, cleared: bool) -> JSON:
    told = _common(workspace, app, view.user, "view_closed", with_trigger=False)
    return told | {"view": view_json(workspace, view), "is_cleared": cleared}


def shortcut(workspace: Workspace, app: App, user: str, used: Shortcut, message: Message | None) -> JSON:
    """A global shortcut, or one of a message."""
    told = _common(workspace, app, user, "shortcut" if message is None else "message_action")
    told |= {"callback_id": used.callback_id, "action_ts": workspace.next_ts()}
    if message is not None:
        channel = workspace.channels[message.channel]
        ticket = workspace.tickets.response(app.id, user, channel.id, message.ts)
        told |= {
            "channel": {"id": channel.id, "name": _name(channel)}, "message_ts": message.ts,
            "message": message_json(workspace, message), "response_url": response_url(workspace, ticket),
        }  # fmt: skip
    return told


def _common(workspace: Workspace, app: App, user: str, kind: str, with_trigger: bool = True) -> JSON:
    told = {
        "type": kind, "user": actor_json(workspace, user), "api_app_id": app.id, "token": token_of(app),
        "team": team_json(workspace), "enterprise": None, "is_enterprise_install": False,
    }  # fmt: skip
    return told | ({"trigger_id": workspace.tickets.trigger(app.id, user)} if with_trigger else {})


def _name(channel: Channel) -> str:
    return {"public": channel.name, "private": "privategroup", "im": "directmessage"}[channel.kind]
