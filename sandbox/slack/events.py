"""Which app hears of what happened, and in which shape (docs.slack.dev/reference/events)."""

import copy
import re

from sandbox.slack.apps import App
from sandbox.slack.objects import group_json, message_json, view_json
from sandbox.slack.records import JSON, Channel, Message, UserGroup
from sandbox.slack.workspace import Workspace


def _hearers(workspace: Workspace, event: str, channel: Channel | None = None) -> list[App]:
    """The apps that subscribed to an event, and are in the channel."""
    return [
        app for app in list(workspace.apps.values())
        if event in app.events and (channel is None or app.bot_user_id in channel.members)
    ]  # fmt: skip


def _message_event(channel: Channel) -> str:
    return {"public": "message.channels", "private": "message.groups", "im": "message.im"}[channel.kind]


def _tell_message(workspace: Workspace, message: Message, told: JSON) -> None:
    channel = workspace.channels[message.channel]
    for app in _hearers(workspace, _message_event(channel), channel):
        workspace.emit(app, {**told, "channel": channel.id, "channel_type": channel.type})


def posted(workspace: Workspace, message: Message) -> None:
    """A message was posted; ephemeral ones are heard of by nobody."""
    if message.seen_by:
        return
    channel = workspace.channels[message.channel]
    told = message_json(workspace, message) | {"event_ts": message.ts}
    if message.files:
        told["subtype"] = "file_share"
    _tell_message(workspace, message, told)
    for app in _hearers(workspace, "app_mention", channel):
        if channel.kind != "im" and re.search(rf"<@{app.bot_user_id}(\|[^>]*)?>", message.text):
            mention = {"type": "app_mention", "channel": channel.id, "event_ts": message.ts}
            workspace.emit(app, told | mention)
    if message.metadata:
        metadata(workspace, message, "message_metadata_posted")


def metadata(workspace: Workspace, message: Message, event: str, before: JSON | None = None) -> None:
    """Metadata was posted, updated or deleted with a message."""
    channel = workspace.channels[message.channel]
    told = {
        "type": event, "app_id": message.app, "bot_id": message.bot_id, "user_id": message.user,
        "team_id": workspace.team["id"], "channel_id": channel.id, "metadata": message.metadata,
        "message_ts": message.ts, "event_ts": workspace.next_ts(),
    }  # fmt: skip
    if before is not None:
        told["previous_metadata"] = before
    for app in _hearers(workspace, event, channel):
        workspace.emit(app, dict(told))


def changed(workspace: Workspace, message: Message, before: JSON) -> None:
    """A message was edited; `before` is its JSON of earlier."""
    ts = workspace.next_ts()
    told = {"type": "message", "subtype": "message_changed", "hidden": True, "ts": ts, "event_ts": ts,
            "message": copy.deepcopy(message_json(workspace, message)), "previous_message": before}  # fmt: skip
    _tell_message(workspace, message, told)


def deleted(workspace: Workspace, message: Message, before: JSON) -> None:
    """A message was deleted."""
    ts = workspace.next_ts()
    told = {"type": "message", "subtype": "message_deleted", "hidden": True, "ts": ts, "event_ts": ts,
            "deleted_ts": message.ts, "previous_message": before}  # fmt: skip
    _tell_message(workspace, message, told)


def reacted(workspace: Workspace, message: Message, user: str, name: str, on: bool) -> None:
    """A reaction was added or removed."""
    event = "reaction_added" if on else "reaction_removed"
    item = {"type": "message", "channel": message.channel, "ts": message.ts}
    told = {"type": event, "user": user, "reaction": name, "item_user": message.user, "item": item}
    for app in _hearers(workspace, event, workspace.channels[message.channel]):
        workspace.emit(app, {**told, "event_ts": workspace.next_ts()})


def membership(workspace: Workspace, channel: Channel, user: str, event: str) -> None:
    """Somebody joined or left a channel."""
    told = {"type": event, "user": user, "channel": channel.id, "team": workspace.team["id"],
            "channel_type": {"public": "C", "private": "G", "im": "D"}[channel.kind]}  # fmt: skip
    for app in _hearers(workspace, event, channel):
        workspace.emit(app, {**told, "event_ts": workspace.next_ts()})


def home_opened(workspace: Workspace, app: App, user: str, tab: str) -> None:
    """Somebody opened the app's Home, on the tab `home` or `messages`."""
    if "app_home_opened" not in app.events:
        return
    channel = workspace.direct(user, app.bot_user_id)
    told: JSON = {"type": "app_home_opened", "user": user, "channel": channel.id, "tab": tab}
    view = workspace.homes.get((app.id, user))
    if tab == "home" and view:
        told["view"] = view_json(workspace, view)
    workspace.emit(app, {**told, "event_ts": workspace.next_ts()})


def group_changed(workspace: Workspace, group: UserGroup, before: list[str]) -> None:
    """The members of a user group are others now."""
    members = {
        "type": "subteam_members_changed", "subteam_id": group.id, "team_id": workspace.team["id"],
        "date_update": group.updated, "added_users": [one for one in group.users if one not in before],
        "removed_users": [one for one in before if one not in group.users],
    }  # fmt: skip
    for app in _hearers(workspace, "subteam_members_changed"):
        workspace.emit(app, {**members, "event_ts": workspace.next_ts()})
    for app in _hearers(workspace, "subteam_updated"):
        told = {"type": "subteam_updated", "subteam": group_json(workspace, group)}
        workspace.emit(app, {**told, "event_ts": workspace.next_ts()})
