"""Uploading files: files.getUploadURLExternal, the upload itself, files.completeUploadExternal."""

import mimetypes
from typing import Any

from sandbox.slack import messages
from sandbox.slack.api_chat import content
from sandbox.slack.call import Call
from sandbox.slack.errors import SlackError, invalid_arguments
from sandbox.slack.objects import file_json
from sandbox.slack.records import JSON, Channel, File


def get_upload_url(call: Call) -> JSON:
    call.need("filename", "length")
    length = call.number("length", 0, 1_000_000_000, "invalid_arguments")
    name, workspace = call.string("filename"), call.workspace
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    file = File(
        workspace.next_id("F"), name, length, call.app.id, call.app.bot_user_id, workspace.seconds(),
        alt_txt=call.string("alt_txt"), mimetype=kind,
    )  # fmt: skip
    workspace.files[file.id] = file
    return {"upload_url": f"{workspace.url}/upload/{file.id}", "file_id": file.id}


def complete_upload(call: Call) -> JSON:
    call.need("files")
    named: Any = call.structure("files")
    if not isinstance(named, list) or not all(isinstance(one, dict) and one.get("id") for one in named):
        raise invalid_arguments("must provide an array of objects with an id [json-pointer:/files]")
    files = [_uploaded(call, one) for one in named]
    places = [_place(call, one) for one in [*call.items("channels"), *call.items("channel_id")]]
    said = content(call, 40_000)
    for one, file in zip(named, files, strict=True):
        file.title = str(one.get("title") or file.name)
        file.shared = bool(places)
    for channel in places:
        messages.post(
            call.workspace,
            channel,
            call.app.bot_user_id,
            call.string("initial_comment"),
            blocks=said["blocks"],
            files=list(files),
            thread_ts=call.string("thread_ts") or None,
        )
    return {"files": [file_json(call.workspace, file) for file in files]}


def _uploaded(call: Call, named: JSON) -> File:
    file = call.workspace.files.get(str(named["id"]))
    if file is None or file.app != call.app.id or file.content is None:
        raise SlackError("file_not_found")
    return file


def _place(call: Call, wanted: str) -> Channel:
    channel = call.workspace.channels.get(wanted)
    if channel is None or not call.sees(channel):
        raise SlackError("invalid_channel")
    if not call.is_in(channel):
        raise SlackError("not_in_channel")
    if channel.archived:
        raise SlackError("is_archived")
    return channel
