"""One call of the Web API: who calls, with which arguments, and how wrong arguments are refused."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any

from sandbox.slack.apps import App
from sandbox.slack.errors import SlackError, invalid_arguments
from sandbox.slack.records import JSON, Channel, Message
from sandbox.slack.workspace import Workspace


@dataclass(frozen=True)
class Call:
    """A call by an app whose token was checked; `args` come as JSON values or, from a form, as strings."""

    workspace: Workspace
    app: App
    args: JSON

    def need(self, *names: str) -> None:
        """Raise `invalid_arguments` naming every argument that is missing."""
        missing = [name for name in names if self.args.get(name) in (None, "")]
        if missing:
            raise invalid_arguments(*(f"missing required field: {name}" for name in missing))

    def scope(self, scope: str) -> None:
        """Raise `missing_scope` unless the app has this one."""
        if not self.app.may(scope):
            raise SlackError("missing_scope", needed=scope, provided=",".join(self.app.scopes))

    def string(self, name: str, otherwise: str = "") -> str:
        value = self.args.get(name)
        if value is None:
            return otherwise
        if isinstance(value, dict | list):
            raise invalid_arguments(f"must provide a string [json-pointer:/{name}]")
        return str(value)

    def flag(self, name: str, otherwise: bool = False) -> bool:
        value = self.args.get(name)
        return otherwise if value is None else value in (True, 1, "1", "true", "True")

    def number(self, name: str, otherwise: int, most: int, wrong: str = "invalid_limit") -> int:
        """A whole number from 1 to `most`; more is cut to `most`, as Slack does."""
        try:
            value = int(self.args.get(name) or otherwise)
        except (TypeError, ValueError):
            raise SlackError(wrong) from None
        if value < 1:
            raise SlackError(wrong)
        return min(value, most)

    def structure(self, name: str, wrong: str = "invalid_arguments") -> Any:
        """A list or object, which forms hold as JSON text."""
        value = self.args.get(name)
        if not isinstance(value, str) or value == "":
            return None if value == "" else value
        try:
            return json.loads(value)
        except ValueError:
            raise SlackError(wrong) from None

    def items(self, name: str) -> list[str]:
        """Several values, as a list or as text with commas."""
        value = self.args.get(name)
        if isinstance(value, list):
            return [str(one) for one in value]
        return [one.strip() for one in str(value or "").split(",") if one.strip()]

    def channel(self, name: str = "channel") -> Channel:
        """The channel of an argument, by its id; what the app cannot see is `channel_not_found`."""
        self.need(name)
        channel = self.workspace.channels.get(self.string(name))
        if channel is None or not self.sees(channel):
            raise SlackError("channel_not_found")
        return channel

    def sees(self, channel: Channel) -> bool:
        return channel.kind == "public" or self.app.bot_user_id in channel.members

    def is_in(self, channel: Channel) -> bool:
        return self.app.bot_user_id in channel.members

    def message(self, channel: Channel, name: str = "ts") -> Message:
        """The message of an argument; ephemeral ones cannot be found."""
        self.need(name)
        message = channel.messages.get(self.string(name))
        if message is None or message.deleted:
            raise SlackError("message_not_found")
        return message

    def after(self, kind: str) -> str:
        """What a cursor points to: the last item of the page before; empty for the first page."""
        cursor = self.string("cursor")
        if not cursor:
            return ""
        try:
            told, _, place = base64.b64decode(cursor, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            raise SlackError("invalid_cursor") from None
        if told != kind or not place:
            raise SlackError("invalid_cursor")
        return place


def cursor(kind: str, place: str) -> str:
    """A cursor, as opaque as Slack's."""
    return base64.b64encode(f"{kind}:{place}".encode()).decode()


def page(call: Call, kind: str, ids: list[str], limit: int) -> tuple[list[str], str]:
    """One page of a list, and the cursor of the next one ("" at the end)."""
    last = call.after(kind)
    if last and last not in ids:
        raise SlackError("invalid_cursor")
    start = ids.index(last) + 1 if last else 0
    chosen = ids[start : start + limit]
    return chosen, cursor(kind, chosen[-1]) if start + limit < len(ids) else ""
