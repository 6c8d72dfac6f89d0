"""The chat.* methods (docs.slack.dev/reference/methods)."""

from typing import Any

from sandbox.slack import messages
from sandbox.slack.block_kit import check_message
from sandbox.slack.call import Call
from sandbox.slack.errors import SlackError
from sandbox.slack.objects import message_json
from sandbox.slack.records import JSON, Channel

POST_CHARACTERS = 40_000  # Slack cuts off or refuses beyond; here it is refused, since neither is wanted
UPDATE_CHARACTERS = 4_000  # what chat.update takes, though it may be posted


def content(call: Call, most: int) -> dict[str, Any]:
    """Text, blocks and attachments of a call, checked; None where they were not given."""
    blocks = call.structure("blocks", "invalid_blocks_format")
    attachments = call.structure("attachments", "invalid_attachments")
    text = call.string("text") if call.args.get("text") is not None else None
    check_message(blocks, attachments)
    if len(text or "") > most:
        raise SlackError("msg_too_long")
    return {"text": text, "blocks": blocks, "attachments": attachments}


def check_metadata(metadata: Any) -> None:
    """`{"event_type": text, "event_payload": object}`, or an empty object to take it away."""
    if metadata is None or metadata == {}:
        return
    if not isinstance(metadata, dict) or not isinstance(metadata.get("event_type"), str):
        raise SlackError("invalid_metadata_format")
    if not isinstance(metadata.get("event_payload"), dict):
        raise SlackError("invalid_metadata_format")


def _place(call: Call) -> Channel:
    """Where to post: by id, by name, or to a person; chat.postMessage takes all three."""
    call.need("channel")
    wanted, workspace = call.string("channel"), call.workspace
    user = workspace.users.get(wanted)
    if user is not None:
        if user.is_bot:
            raise SlackError("cannot_dm_bot")
        if user.deleted:
            raise SlackError("channel_not_found")
        return workspace.direct(call.app.bot_user_id, user.id)
    for channel in workspace.channels.values():
        if wanted in (channel.id, channel.name, f"#{channel.name}") and call.sees(channel):
            return channel
    raise SlackError("channel_not_found")


def post_message(call: Call) -> JSON:
    channel = _place(call)
    said = content(call, POST_CHARACTERS)
    metadata = call.structure("metadata", "invalid_metadata_format")
    check_metadata(metadata)
    if not any(said.values()):
        raise SlackError("no_text")
    if channel.archived:
        raise SlackError("is_archived")
    if not call.is_in(channel) and not call.app.may("chat:write.public"):
        raise SlackError("not_in_channel")
    customized = call.app.may("chat:write.customize")
    message = messages.post(
        call.workspace,
        channel,
        call.app.bot_user_id,
        said["text"] or "",
        blocks=said["blocks"],
        attachments=said["attachments"],
        thread_ts=call.string("thread_ts") or None,
        broadcast=call.flag("reply_broadcast"),
        metadata=metadata or None,
        username=call.string("username") if customized else "",
    )
    told = message_json(call.workspace, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "message": told}


def post_ephemeral(call: Call) -> JSON:
    call.need("user")
    channel = call.channel()
    said = content(call, POST_CHARACTERS)
    if not any(said.values()):
        raise SlackError("no_text")
    if channel.archived:
        raise SlackError("is_archived")
    if not call.is_in(channel):
        raise SlackError("not_in_channel")
    if call.string("user") not in channel.members:
        raise SlackError("user_not_in_channel")
    message = messages.post(
        call.workspace,
        channel,
        call.app.bot_user_id,
        said["text"] or "",
        blocks=said["blocks"],
        attachments=said["attachments"],
        thread_ts=call.string("thread_ts") or None,
        seen_by=call.string("user"),
    )
    return {"message_ts": message.ts}


def update(call: Call) -> JSON:
    """Text without blocks takes the blocks away, blocks without text the text; the rest stays unless given."""
    channel = call.channel()
    message = call.message(channel)
    said = content(call, UPDATE_CHARACTERS)
    metadata = call.structure("metadata", "invalid_metadata_format")
    check_metadata(metadata)
    if all(part is None for part in said.values()):
        raise SlackError("no_text")
    if message.app != call.app.id:
        raise SlackError("cant_update_message")
    if channel.archived:
        raise SlackError("is_inactive")
    parts: dict[str, Any] = {}
    if said["text"] is not None or said["blocks"] is not None:
        parts |= {"text": said["text"] or "", "blocks": said["blocks"] or []}
    if said["attachments"] is not None:
        parts["attachments"] = said["attachments"]
    left = [parts.get(name, getattr(message, name)) for name in ("text", "blocks", "attachments", "files")]
    if not any(left):
        raise SlackError("no_text")
    if metadata is not None:
        parts["metadata"] = metadata or None
    messages.edit(call.workspace, message, **parts)
    told = message_json(call.workspace, message, with_metadata=True)
    return {"channel": channel.id, "ts": message.ts, "text": message.text, "message": told}


def delete(call: Call) -> JSON:
    channel = call.channel()
    message = call.message(channel)
    if message.app != call.app.id:
        raise SlackError("cant_delete_message")
    messages.delete(call.workspace, message)
    return {"channel": channel.id, "ts": message.ts}


def get_permalink(call: Call) -> JSON:
    channel = call.channel()
    message = call.message(channel, "message_ts")
    link = f"{call.workspace.url}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}
