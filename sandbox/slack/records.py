"""What a workspace holds: people, channels, messages, files, views and user groups, as plain records."""

from dataclasses import dataclass, field
from typing import Any, Literal

# What travels as JSON; its shape is Slack's, and is checked where it comes in.
JSON = dict[str, Any]

Kind = Literal["public", "private", "im"]

SLACKBOT = "USLACKBOT"


@dataclass
class User:
    """A person, or the user of a bot."""

    id: str
    name: str
    real_name: str
    display_name: str = ""
    email: str = ""
    title: str = ""
    tz: str = "Europe/Berlin"
    color: str = "4a5fc1"
    is_bot: bool = False
    bot_id: str = ""
    app_id: str = ""
    deleted: bool = False

    @property
    def initials(self) -> str:
        return "".join(word[0] for word in self.real_name.split()[:2]).upper()


@dataclass
class Message:
    """One message; `seen_by` names the only person who sees it when it is ephemeral."""

    ts: str
    channel: str
    user: str
    text: str = ""
    blocks: list[JSON] = field(default_factory=list)
    attachments: list[JSON] = field(default_factory=list)
    files: list["File"] = field(default_factory=list)
    thread_ts: str | None = None
    metadata: JSON | None = None
    app: str = ""
    bot_id: str = ""
    username: str = ""
    edited: JSON | None = None
    reactions: dict[str, list[str]] = field(default_factory=dict)
    seen_by: str | None = None
    deleted: bool = False
    broadcast: bool = False

    @property
    def is_reply(self) -> bool:
        return self.thread_ts is not None and self.thread_ts != self.ts


@dataclass
class Channel:
    """A channel or a direct message, with all that was said in it."""

    id: str
    name: str
    kind: Kind
    created: int
    creator: str = SLACKBOT
    topic: str = ""
    archived: bool = False
    members: list[str] = field(default_factory=list)
    messages: dict[str, Message] = field(default_factory=dict)
    ephemerals: dict[str, Message] = field(default_factory=dict)
    last_read: dict[str, str] = field(default_factory=dict)

    @property
    def type(self) -> str:
        """The `channel_type` of message events."""
        return {"public": "channel", "private": "group", "im": "im"}[self.kind]

    @property
    def family(self) -> str:
        """What the scopes of this kind begin with: `channels:read`, `groups:history`, …"""
        return {"public": "channels", "private": "groups", "im": "im"}[self.kind]

    def replies(self, ts: str) -> list[Message]:
        """The replies of a thread that are still there, in order."""
        return [one for one in list(self.messages.values()) if one.thread_ts == ts and one.is_reply and not one.deleted]


@dataclass
class File:
    """A file on its way in (`content` is None), or uploaded, or shared (`shared`)."""

    id: str
    name: str
    length: int
    app: str
    user: str
    created: int
    title: str = ""
    alt_txt: str = ""
    mimetype: str = "application/octet-stream"
    content: bytes | None = None
    shared: bool = False


@dataclass
class View:
    """A modal or a home view, as an app defined it; `state` is what was typed when it was sent last."""

    id: str
    app: str
    user: str
    definition: JSON
    hash: str
    root: str
    previous: str | None = None
    state: JSON = field(default_factory=dict)


@dataclass
class UserGroup:
    """A user group, such as @on-call."""

    id: str
    handle: str
    name: str
    users: list[str]
    description: str = ""
    created: int = 0
    updated: int = 0
