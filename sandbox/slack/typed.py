"""What people type, as Slack hands it on: escaped, with mentions and channels as links."""

import re
from html import escape

from sandbox.slack.workspace import Workspace

_CHANNEL = re.compile(r"(?<![\w#&])#([a-z0-9][\w-]*)")
_LINK = re.compile(r"(?<![<|\w])https?://[^\s<>|]+")


def linked(workspace: Workspace, text: str, named: bool = False) -> str:
    """Typed text with `& < >` escaped, and `@ana`, `#channel`, `@here` and addresses as Slack's links.

    `named`: with the name beside the id, as commands have it (`<@UANA|ana>`). Somebody is mentioned by any of their
    names, in capitals or not, as Slack's own composer completes them.
    """
    links = _links(workspace, named)
    # The longest first: "@Ana Silva" is not Ana with a word behind her.
    names = "|".join(re.escape(name) for name in sorted(links, key=len, reverse=True))
    mention = re.compile(rf"(?<![\w@])@({names})(?![\w]|[.-]\w)", re.IGNORECASE)

    def person(found: re.Match[str]) -> str:
        return links.get(found[1].lower(), found[0])

    def channel(found: re.Match[str]) -> str:
        for one in list(workspace.channels.values()):
            if one.name == found[1] and one.kind != "im":
                return f"<#{one.id}|{one.name}>"
        return found[0]

    escaped = escape(text, quote=False)
    return _LINK.sub(lambda found: f"<{found[0]}>", _CHANNEL.sub(channel, mention.sub(person, escaped)))


def _links(workspace: Workspace, named: bool) -> dict[str, str]:
    """What a mention becomes, by what can be typed behind its `@`, in small letters and escaped."""
    links: dict[str, str] = {}
    for group in list(workspace.user_groups.values()):
        links[group.handle] = f"<!subteam^{group.id}|@{group.handle}>" if named else f"<!subteam^{group.id}>"
    people = [user for user in list(workspace.users.values()) if not user.deleted]
    # A handle is one person's alone; other names may be of several, and mean the first.
    for kind in ("real_name", "display_name", "name"):
        for user in reversed(people):
            links[getattr(user, kind)] = f"<@{user.id}|{user.name}>" if named else f"<@{user.id}>"
    links |= {name: f"<!{name}>" for name in ("here", "channel", "everyone")}
    return {escape(name, quote=False).lower(): link for name, link in links.items() if name}
