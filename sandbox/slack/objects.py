"""Slack's JSON of each record: users, channels, messages, files, views, user groups."""

from urllib.parse import quote

from sandbox.slack.apps import App
from sandbox.slack.records import JSON, Channel, File, Message, User, UserGroup, View
from sandbox.slack.workspace import Workspace


def user_json(workspace: Workspace, user: User, with_email: bool = True) -> JSON:
    """A user as users.info answers; the address only to apps that may read it."""
    profile: JSON = {
        "title": user.title, "real_name": user.real_name, "real_name_normalized": user.real_name,
        "display_name": user.display_name, "display_name_normalized": user.display_name, "team": workspace.team["id"],
    }  # fmt: skip
    if with_email and user.email:
        profile["email"] = user.email
    if user.is_bot:
        profile |= {"bot_id": user.bot_id, "api_app_id": user.app_id}
    return {
        "id": user.id, "team_id": workspace.team["id"], "name": user.name, "deleted": user.deleted, "color": user.color,
        "real_name": user.real_name, "tz": user.tz, "is_bot": user.is_bot, "is_app_user": False, "is_admin": False,
        "is_owner": False, "is_restricted": False, "is_ultra_restricted": False, "updated": 0, "profile": profile,
    }  # fmt: skip


def channel_json(workspace: Workspace, channel: Channel, asker: str) -> JSON:
    """A conversation as conversations.info answers to `asker`."""
    common = {
        "id": channel.id, "created": channel.created, "is_archived": channel.archived, "is_im": channel.kind == "im",
        "is_channel": channel.kind == "public", "is_group": channel.kind == "private", "is_mpim": False,
        "is_private": channel.kind != "public", "context_team_id": workspace.team["id"], "is_org_shared": False,
    }  # fmt: skip
    if channel.kind == "im":
        other = next((member for member in channel.members if member != asker), asker)
        return common | {"user": other, "is_user_deleted": workspace.users[other].deleted, "priority": 0}
    topic = {"value": channel.topic, "creator": channel.creator, "last_set": channel.created}
    return common | {
        "name": channel.name, "name_normalized": channel.name, "creator": channel.creator, "is_general": False,
        "is_member": asker in channel.members, "is_shared": False, "is_ext_shared": False, "topic": topic,
        "purpose": {"value": "", "creator": "", "last_set": 0}, "num_members": len(channel.members),
        "previous_names": [],
    }  # fmt: skip


def message_json(workspace: Workspace, message: Message, with_metadata: bool = False) -> JSON:
    """A message as history, replies, events and interactions hold it."""
    said: JSON = {"type": "message", "user": message.user, "text": message.text, "ts": message.ts}
    said["team"] = workspace.team["id"]
    if message.bot_id:
        said |= {"bot_id": message.bot_id, "app_id": message.app, "bot_profile": bot_json(workspace, message)}
    if message.username:
        said |= {"subtype": "bot_message", "username": message.username}
    for name in ("blocks", "attachments"):
        if part := getattr(message, name):
            said[name] = part
    if message.files:
        said["files"] = [file_json(workspace, file) for file in message.files]
    if message.edited:
        said["edited"] = message.edited
    if message.metadata and with_metadata:
        said["metadata"] = message.metadata
    if message.reactions:
        said["reactions"] = reactions_json(message)
    return said | _thread(workspace, message)


def _thread(workspace: Workspace, message: Message) -> JSON:
    replies = workspace.channels[message.channel].replies(message.ts)
    if message.is_reply:
        parent = workspace.channels[message.channel].messages.get(message.thread_ts or "")
        broadcast = {"subtype": "thread_broadcast"} if message.broadcast else {}
        return {"thread_ts": message.thread_ts, "parent_user_id": parent.user if parent else "", **broadcast}
    if not replies:
        return {}
    users = list(dict.fromkeys(reply.user for reply in replies))
    return {
        "thread_ts": message.ts, "reply_count": len(replies), "reply_users_count": len(users), "reply_users": users[:5],
        "latest_reply": replies[-1].ts, "is_locked": False, "subscribed": False,
    }  # fmt: skip


def bot_json(workspace: Workspace, message: Message) -> JSON:
    name = workspace.users[message.user].real_name
    return {"id": message.bot_id, "app_id": message.app, "name": name, "deleted": False, "updated": 0,
            "team_id": workspace.team["id"]}  # fmt: skip


def reactions_json(message: Message) -> list[JSON]:
    return [{"name": name, "users": users, "count": len(users)} for name, users in message.reactions.items()]


def tombstone_json(message: Message) -> JSON:
    """What is left of a deleted message that has replies."""
    return {"type": "message", "subtype": "tombstone", "user": "USLACKBOT", "text": "This message was deleted.",
            "hidden": True, "ts": message.ts, "thread_ts": message.ts}  # fmt: skip


def file_json(workspace: Workspace, file: File) -> JSON:
    address = f"{workspace.url}/files/{file.id}/{quote(file.name)}"
    return {
        "id": file.id, "created": file.created, "timestamp": file.created, "name": file.name,
        "title": file.title or file.name, "mimetype": file.mimetype, "filetype": file.name.rpartition(".")[2],
        "user": file.user, "size": file.length, "mode": "hosted", "is_external": False, "is_public": file.shared,
        "url_private": address, "url_private_download": address, "permalink": address, "alt_txt": file.alt_txt,
    }  # fmt: skip


def view_json(workspace: Workspace, view: View) -> JSON:
    """A view as views.open answers and interactions hold it."""
    app, told = workspace.apps[view.app], view.definition
    home = told["type"] == "home"
    return {
        "id": view.id, "team_id": workspace.team["id"], "type": told["type"], "blocks": told["blocks"],
        "private_metadata": told.get("private_metadata", ""), "callback_id": told.get("callback_id", ""),
        "external_id": told.get("external_id", ""), "state": {"values": view.state}, "hash": view.hash,
        "title": told.get("title") or {"type": "plain_text", "text": "View Title", "emoji": True},
        "close": told.get("close"), "submit": told.get("submit"), "clear_on_close": bool(told.get("clear_on_close")),
        "notify_on_close": bool(told.get("notify_on_close")), "root_view_id": view.root,
        "previous_view_id": None if home else view.previous, "app_id": app.id, "bot_id": app.bot_id,
        "app_installed_team_id": workspace.team["id"],
    }  # fmt: skip


def group_json(workspace: Workspace, group: UserGroup) -> JSON:
    return {
        "id": group.id, "team_id": workspace.team["id"], "is_usergroup": True, "is_subteam": True, "name": group.name,
        "description": group.description, "handle": group.handle, "is_external": False, "date_create": group.created,
        "date_update": group.updated, "date_delete": 0, "auto_type": None, "prefs": {"channels": [], "groups": []},
        "user_count": len(group.users), "users": list(group.users),
    }  # fmt: skip


def actor_json(workspace: Workspace, user: str) -> JSON:
    """The `user` of an interaction."""
    one = workspace.users[user]
    return {"id": one.id, "username": one.name, "name": one.name, "team_id": workspace.team["id"]}


def team_json(workspace: Workspace) -> JSON:
    """The `team` of an interaction."""
    return {"id": workspace.team["id"], "domain": workspace.team["domain"]}


def token_of(app: App) -> str:
    """The old verification token that every payload still holds."""
    return app.signing_secret[:24]
