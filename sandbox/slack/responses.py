"""What an app answers to a command, or sends to a response URL: messages beyond its membership, for half an hour."""

import json
from typing import Any
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from sandbox.slack import messages, tickets
from sandbox.slack.api_chat import POST_CHARACTERS, check_metadata
from sandbox.slack.block_kit import check_message
from sandbox.slack.errors import SlackError
from sandbox.slack.records import JSON, Channel, Message
from sandbox.slack.workspace import Workspace


class Responses:
    """`/response/<ticket>`, the response URLs."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.routes = [Route("/response/{ticket}", self._answer, methods=["POST"])]

    async def _answer(self, request: Request) -> Response:
        if self._workspace.faults.take("down", "response_url"):
            return PlainTextResponse("service_unavailable", 503)
        try:
            told = _told(await request.body())
            ticket = self._workspace.tickets.spend(request.path_params["ticket"])
        except SlackError as refused:
            return JSONResponse(refused.answer, 404)
        try:
            self._respond(ticket, told)
        except SlackError as refused:
            return JSONResponse(refused.answer, 400)
        return JSONResponse({"ok": True})

    def _respond(self, ticket: tickets.Response, told: JSON) -> None:
        workspace = self._workspace
        original = workspace.message(ticket.channel, ticket.original) if ticket.original else None
        if told.get("delete_original"):
            if original is None:
                raise SlackError("message_not_found")
            messages.delete(workspace, original)
        elif told.get("replace_original") and original is not None:
            messages.edit(workspace, original, **_checked(told))
        else:
            bot = workspace.apps[ticket.app].bot_user_id
            said(workspace, workspace.channels[ticket.channel], bot, ticket.user, told)


def said(workspace: Workspace, channel: Channel, bot: str, asker: str, told: JSON) -> Message:
    """Post what an app answered: to the asker only, unless it says `in_channel`. Raises `SlackError`."""
    kind = told.get("response_type", "ephemeral")
    if kind not in ("ephemeral", "in_channel"):
        raise SlackError("invalid_response_type")
    check_metadata(told.get("metadata"))
    return messages.post(
        workspace,
        channel,
        bot,
        **_checked(told),
        thread_ts=told.get("thread_ts"),
        metadata=told.get("metadata"),
        seen_by=asker if kind == "ephemeral" else None,
    )


def _checked(told: JSON) -> dict[str, Any]:
    blocks, attachments, text = told.get("blocks"), told.get("attachments"), told.get("text") or ""
    check_message(blocks, attachments)
    if not isinstance(text, str) or not (text or blocks or attachments):
        raise SlackError("no_text")
    if len(text) > POST_CHARACTERS:
        raise SlackError("msg_too_long")
    return {"text": text, "blocks": blocks or [], "attachments": attachments or []}


def _told(body: bytes) -> JSON:
    """The JSON of the body, or of its form field `payload`."""
    try:
        text = body.decode()
        fields = parse_qs(text) if text.startswith("payload=") else {}
        told = json.loads(fields["payload"][0] if fields else text)
    except ValueError:
        raise SlackError("invalid_payload") from None
    if not isinstance(told, dict):
        raise SlackError("invalid_payload")
    return told
