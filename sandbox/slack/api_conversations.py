"""The conversations.* methods (docs.slack.dev/reference/methods)."""

import re
from collections.abc import Callable

from sandbox.slack import messages
from sandbox.slack.call import Call, cursor, page
from sandbox.slack.errors import SlackError
from sandbox.slack.objects import channel_json, message_json, tombstone_json
from sandbox.slack.records import JSON, Channel, Message

TYPES = {"public_channel": "public", "private_channel": "private", "im": "im", "mpim": "mpim"}
SCOPES = {"public_channel": "channels:read", "private_channel": "groups:read", "im": "im:read", "mpim": "mpim:read"}


def list_(call: Call) -> JSON:
    types = call.items("types") or ["public_channel"]
    for one in types:
        if one not in TYPES:
            raise SlackError("invalid_types")
        call.scope(SCOPES[one])
    kinds = {TYPES[one] for one in types}
    archived_too = not call.flag("exclude_archived")
    shown = [
        one for one in call.workspace.channels.values()
        if one.kind in kinds and call.sees(one) and (archived_too or not one.archived)
    ]  # fmt: skip
    ids, following = page(call, "channel", [one.id for one in shown], call.number("limit", 100, 999))
    found = [channel_json(call.workspace, call.workspace.channels[one], call.app.bot_user_id) for one in ids]
    return {"channels": found, "response_metadata": {"next_cursor": following}}


def _readable(call: Call, right: str) -> Channel:
    """The channel, if the app has the scope for channels of its kind."""
    channel = call.channel()
    call.scope(f"{channel.family}:{right}")
    return channel


def info(call: Call) -> JSON:
    channel = _readable(call, "read")
    return {"channel": channel_json(call.workspace, channel, call.app.bot_user_id)}


def members(call: Call) -> JSON:
    channel = _readable(call, "read")
    ids, following = page(call, "member", list(channel.members), call.number("limit", 100, 999))
    return {"members": ids, "response_metadata": {"next_cursor": following}}


def join(call: Call) -> JSON:
    channel = call.channel()
    if channel.kind != "public":
        raise SlackError("method_not_supported_for_channel_type")
    if channel.archived:
        raise SlackError("is_archived")
    was = call.is_in(channel)
    if not was:
        messages.join(call.workspace, channel, call.app.bot_user_id)
    told = {"channel": channel_json(call.workspace, channel, call.app.bot_user_id)}
    return (
        {**told, "warning": "already_in_channel", "response_metadata": {"warnings": ["already_in_channel"]}}
        if was
        else told
    )


def open_(call: Call) -> JSON:
    """Direct messages of two; group direct messages are not kept here."""
    users = call.items("users")
    if call.string("channel"):
        channel = call.channel()
        if channel.kind != "im":
            raise SlackError("channel_not_found")
    elif not users:
        raise SlackError("users_list_not_supplied")
    elif len(users) > 1:
        raise SlackError("not_enough_users" if len(set(users)) < 2 else "method_not_supported_for_channel_type")
    else:
        user = call.workspace.users.get(users[0])
        if user is None:
            raise SlackError("user_not_found")
        if user.deleted:
            raise SlackError("user_disabled")
        if user.is_bot:
            raise SlackError("cannot_dm_bot")
        channel = call.workspace.direct(call.app.bot_user_id, user.id)
    full = channel_json(call.workspace, channel, call.app.bot_user_id)
    return {"channel": full if call.flag("return_im") else {"id": channel.id}}


def history(call: Call) -> JSON:
    channel = _readable(call, "history")
    _member(call, channel)
    shown = [one for one in channel.messages.values() if _top_level(channel, one)]
    chosen, following = _window(call, shown, call.number("limit", 100, 999), newest_first=True)
    told = [_told(call, channel, one) for one in chosen]
    return {"messages": told, "has_more": bool(following), "pin_count": 0, **_next(following)}


def replies(call: Call) -> JSON:
    channel = _readable(call, "history")
    _member(call, channel)
    call.need("ts")
    parent = channel.messages.get(call.string("ts"))
    if parent is not None and parent.is_reply:
        parent = channel.messages.get(parent.thread_ts or "")
    if parent is None or (parent.deleted and not channel.replies(parent.ts)):
        raise SlackError("thread_not_found")
    chosen, following = _window(call, channel.replies(parent.ts), call.number("limit", 1000, 1000), newest_first=False)
    told = [_told(call, channel, one) for one in [parent, *chosen]]
    return {"messages": told, "has_more": bool(following), **_next(following)}


def _member(call: Call, channel: Channel) -> None:
    if not call.is_in(channel):
        raise SlackError("not_in_channel")


def _top_level(channel: Channel, message: Message) -> bool:
    if message.deleted:
        return not message.is_reply and bool(channel.replies(message.ts))
    return not message.is_reply or message.broadcast


def _told(call: Call, channel: Channel, message: Message) -> JSON:
    if message.deleted:
        count = len(channel.replies(message.ts))
        return tombstone_json(message) | {"reply_count": count}
    return message_json(call.workspace, message, with_metadata=call.flag("include_all_metadata"))


def _next(following: str) -> JSON:
    return {"response_metadata": {"next_cursor": following}} if following else {}


def _window(call: Call, shown: list[Message], limit: int, newest_first: bool) -> tuple[list[Message], str]:
    """The messages between `oldest` and `latest`, one page of them, and the cursor of the next page."""
    inclusive = call.flag("inclusive")
    oldest, latest = _time(call, "oldest"), _time(call, "latest")
    within = [one for one in shown if _after(one.ts, oldest, inclusive) and _before(one.ts, latest, inclusive)]
    within.sort(key=lambda one: one.ts, reverse=newest_first)
    last = call.after("ts")
    if last and not re.fullmatch(r"\d+\.\d+", last):
        raise SlackError("invalid_cursor")
    beyond: Callable[[Message], bool] = (lambda one: one.ts < last) if newest_first else (lambda one: one.ts > last)
    rest = [one for one in within if not last or beyond(one)]
    chosen = rest[:limit]
    return chosen, cursor("ts", chosen[-1].ts) if len(rest) > limit else ""


def _time(call: Call, name: str) -> float | None:
    value = call.string(name)
    if not value or value in ("0", "now"):
        return None
    try:
        return float(value)
    except ValueError:
        raise SlackError(f"invalid_ts_{name}") from None


def _after(ts: str, oldest: float | None, inclusive: bool) -> bool:
    return oldest is None or float(ts) > oldest or (inclusive and float(ts) == oldest)


def _before(ts: str, latest: float | None, inclusive: bool) -> bool:
    return latest is None or float(ts) < latest or (inclusive and float(ts) == latest)
