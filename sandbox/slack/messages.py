"""What can be done to messages, by whoever does it: post, edit, delete, react. Each change is told to all who hear."""

import copy
from collections.abc import Callable
from typing import Any

from sandbox.slack import events
from sandbox.slack.block_kit import with_ids
from sandbox.slack.objects import message_json
from sandbox.slack.records import JSON, SLACKBOT, Channel, File, Message
from sandbox.slack.workspace import Workspace


def post(
    workspace: Workspace,
    channel: Channel,
    user: str,
    text: str = "",
    *,
    blocks: list[JSON] | None = None,
    attachments: list[JSON] | None = None,
    files: list[File] | None = None,
    thread_ts: str | None = None,
    broadcast: bool = False,
    metadata: JSON | None = None,
    username: str = "",
    seen_by: str | None = None,
) -> Message:
    """Say something in a channel, to all or (`seen_by`) to one person only; what comes here was checked.

    A reply to a message that is not there, or that is itself a reply, stands in the channel instead, without a word
    (slack-go/slack issue 1571): the message that is answered has no `thread_ts` then.
    """
    parent = channel.messages.get(thread_ts or "")
    in_thread = parent is not None and not parent.deleted and not parent.is_reply
    author = workspace.users[user]
    message = Message(
        workspace.next_ts(),
        channel.id,
        user,
        text,
        blocks=with_ids(blocks or []),
        attachments=numbered(attachments or []),
        files=files or [],
        thread_ts=thread_ts if in_thread else None,
        broadcast=broadcast and in_thread,
        metadata=metadata,
        app=author.app_id,
        bot_id=author.bot_id,
        username=username,
        seen_by=seen_by,
    )
    (channel.ephemerals if seen_by else channel.messages)[message.ts] = message
    channel.last_read[user] = message.ts
    events.posted(workspace, message)
    workspace.hint("ephemeral" if seen_by else "message", channel.id, seen_by)
    return message


def slackbot(workspace: Workspace, channel: Channel, user: str, text: str, thread_ts: str | None = None) -> Message:
    """What Slack itself says to one person."""
    return post(workspace, channel, SLACKBOT, text, seen_by=user, thread_ts=thread_ts)


def edit(workspace: Workspace, message: Message, **parts: Any) -> None:
    """Replace parts of a message: text, blocks, attachments, metadata; an edited text is marked as such."""
    before, metadata = copy.deepcopy(message_json(workspace, message)), message.metadata
    prepare: dict[str, Callable[[Any], Any]] = {"blocks": with_ids, "attachments": numbered}
    for name, part in parts.items():
        setattr(message, name, prepare[name](part) if name in prepare else part)
    ts = workspace.next_ts()
    if message.text != before["text"]:
        message.edited = {"user": message.user, "ts": ts}
    if not message.seen_by:
        events.changed(workspace, message, before)
        if message.metadata != metadata:
            gone = "message_metadata_updated" if message.metadata else "message_metadata_deleted"
            events.metadata(workspace, message, gone if metadata else "message_metadata_posted", metadata)
    workspace.hint("ephemeral" if message.seen_by else "message", message.channel, message.seen_by)


def delete(workspace: Workspace, message: Message) -> None:
    """Delete a message; one with replies leaves a tombstone."""
    before = copy.deepcopy(message_json(workspace, message))
    message.deleted = True
    if not message.seen_by:
        events.deleted(workspace, message, before)
    workspace.hint("ephemeral" if message.seen_by else "message", message.channel, message.seen_by)


def react(workspace: Workspace, message: Message, user: str, name: str, on: bool) -> bool:
    """Add or take back a reaction; False when it was so already, and nothing was changed."""
    users = message.reactions.get(name, [])
    if (user in users) == on:
        return False
    if on:
        message.reactions.setdefault(name, []).append(user)
    else:
        users.remove(user)
        if not users:
            del message.reactions[name]
    events.reacted(workspace, message, user, name, on)
    workspace.hint("reaction", message.channel)
    return True


def join(workspace: Workspace, channel: Channel, user: str) -> None:
    """Make somebody a member of a channel."""
    channel.members.append(user)
    events.membership(workspace, channel, user, "member_joined_channel")
    workspace.hint("channel", channel.id)


def leave(workspace: Workspace, channel: Channel, user: str) -> None:
    """Take somebody out of a channel."""
    events.membership(workspace, channel, user, "member_left_channel")
    channel.members.remove(user)
    workspace.hint("channel", channel.id)


def numbered(attachments: list[JSON]) -> list[JSON]:
    """Attachments as Slack keeps them: each with a number and a fallback, their blocks with ids."""
    kept = []
    for number, attachment in enumerate(attachments, 1):
        one = {"id": number, "fallback": "[no preview available]", **attachment}
        if one.get("blocks"):
            one["blocks"] = with_ids(one["blocks"])
        kept.append(one)
    return kept
