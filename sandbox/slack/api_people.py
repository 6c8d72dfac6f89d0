"""auth.test, api.test, apps.connections.open, users.*, usergroups.*, bots.info and reactions.*."""

import re

from sandbox.slack import events, messages
from sandbox.slack.call import Call, page
from sandbox.slack.errors import SlackError
from sandbox.slack.objects import group_json, message_json, reactions_json, user_json
from sandbox.slack.records import JSON, Channel, Message, User, UserGroup


def auth_test(call: Call) -> JSON:
    app, team = call.app, call.workspace.team
    user = call.workspace.users[app.bot_user_id]
    return {
        "url": f"https://{team['domain']}.slack.com/", "team": team["name"], "user": user.name,
        "team_id": team["id"], "user_id": app.bot_user_id, "bot_id": app.bot_id, "is_enterprise_install": False,
    }  # fmt: skip


def users_info(call: Call) -> JSON:
    return {"user": user_json(call.workspace, _user(call, "user"), call.app.may("users:read.email"))}


def users_list(call: Call) -> JSON:
    limit = call.number("limit", 1000, 1000)
    ids, following = page(call, "user", list(call.workspace.users), limit)
    with_email = call.app.may("users:read.email")
    found = [user_json(call.workspace, call.workspace.users[one], with_email) for one in ids]
    return {"members": found, "cache_ts": call.workspace.seconds(), "response_metadata": {"next_cursor": following}}


def users_lookup_by_email(call: Call) -> JSON:
    call.need("email")
    wanted = call.string("email").lower()
    for user in call.workspace.users.values():
        if user.email.lower() == wanted and not user.deleted:
            return {"user": user_json(call.workspace, user)}
    raise SlackError("users_not_found")


def usergroups_list(call: Call) -> JSON:
    told = [group_json(call.workspace, group) for group in call.workspace.user_groups.values()]
    if not call.flag("include_users"):
        for one in told:
            del one["users"]
    return {"usergroups": told}


def usergroups_users_list(call: Call) -> JSON:
    return {"users": list(_group(call).users)}


def usergroups_users_update(call: Call) -> JSON:
    group = _group(call)
    users = call.items("users")
    if not users:
        raise SlackError("no_users_provided")
    if any(one not in call.workspace.users for one in users):
        raise SlackError("invalid_users")
    before, group.users, group.updated = group.users, list(dict.fromkeys(users)), call.workspace.seconds()
    events.group_changed(call.workspace, group, before)
    call.workspace.hint("people")
    return {"usergroup": group_json(call.workspace, group)}


def bots_info(call: Call) -> JSON:
    wanted = call.string("bot", call.app.bot_id)
    app = next((one for one in call.workspace.apps.values() if one.bot_id == wanted), None)
    if app is None:
        raise SlackError("bot_not_found")
    told = {"id": app.bot_id, "deleted": False, "name": app.name, "updated": 0, "app_id": app.id, "icons": {}}
    return {"bot": {**told, "user_id": app.bot_user_id}}


def reactions_add(call: Call) -> JSON:
    channel, message = _item(call)
    if channel.archived:
        raise SlackError("is_archived")
    if not messages.react(call.workspace, message, call.app.bot_user_id, _emoji(call), on=True):
        raise SlackError("already_reacted")
    return {}


def reactions_remove(call: Call) -> JSON:
    _, message = _item(call)
    if not messages.react(call.workspace, message, call.app.bot_user_id, _emoji(call), on=False):
        raise SlackError("no_reaction")
    return {}


def reactions_get(call: Call) -> JSON:
    channel, message = _item(call)
    told = message_json(call.workspace, message) | {"reactions": reactions_json(message)}
    return {"type": "message", "channel": channel.id, "message": told}


def _user(call: Call, name: str) -> User:
    call.need(name)
    user = call.workspace.users.get(call.string(name))
    if user is None:
        raise SlackError("user_not_found")
    return user


def _group(call: Call) -> UserGroup:
    call.need("usergroup")
    group = call.workspace.user_groups.get(call.string("usergroup"))
    if group is None:
        raise SlackError("no_such_subteam")
    return group


def _item(call: Call) -> tuple[Channel, Message]:
    if not call.string("channel") or not call.string("timestamp"):
        raise SlackError("no_item_specified")
    channel = call.channel()
    if not re.fullmatch(r"\d+\.\d+", call.string("timestamp")):
        raise SlackError("bad_timestamp")
    message = call.message(channel, "timestamp")
    if not call.is_in(channel):
        raise SlackError("not_in_channel")
    return channel, message


def _emoji(call: Call) -> str:
    call.need("name")
    name = call.string("name").strip(":")
    if not re.fullmatch(r"[\w+'-]+(::skin-tone-[2-6])?", name):
        raise SlackError("invalid_name")
    return name
