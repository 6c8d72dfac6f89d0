"""What people type, as Slack hands it on: escaped, with mentions and channels as links."""

import re
from html import escape

from sandbox.slack.workspace import Workspace

_MENTION = re.compile(r"(?<![\w@])@([\w][\w.-]*[\w]|[\w])")
_CHANNEL = re.compile(r"(?<![\w#&])#([a-z0-9][\w-]*)")
_LINK = re.compile(r"(?<![<|\w])https?://[^\s<>|]+")


def linked(workspace: Workspace, text: str, named: bool = False) -> str:
    """Typed text with `& < >` escaped, and `@ana`, `#channel`, `@here` and addresses as Slack's links.

    `named`: with the name beside the id, as commands have it (`<@UANA|ana>`).
    """

    def person(found: re.Match[str]) -> str:
        name = found[1]
        if name in ("here", "channel", "everyone"):
            return f"<!{name}>"
        for user in list(workspace.users.values()):
            if user.name == name and not user.deleted:
                return f"<@{user.id}|{user.name}>" if named else f"<@{user.id}>"
        for group in list(workspace.user_groups.values()):
            if group.handle == name:
                return f"<!subteam^{group.id}|@{group.handle}>" if named else f"<!subteam^{group.id}>"
        return found[0]

    def channel(found: re.Match[str]) -> str:
        for one in list(workspace.channels.values()):
            if one.name == found[1] and one.kind != "im":
                return f"<#{one.id}|{one.name}>"
        return found[0]

    escaped = escape(text, quote=False)
    return _LINK.sub(lambda found: f"<{found[0]}>", _CHANNEL.sub(channel, _MENTION.sub(person, escaped)))
