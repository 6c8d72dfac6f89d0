"""An app as its manifest describes it: its scopes, commands, shortcuts, events, and where it is asked.

The manifest is checked as far as a wrong one would fail in Slack: docs.slack.dev/reference/app-manifest.
"""

import hashlib
from dataclasses import dataclass, field
from typing import Any, Final

from sandbox.slack.records import JSON

# The scope without which an app may not subscribe to an event (docs.slack.dev/reference/events).
EVENT_SCOPES: Final = {
    "app_mention": "app_mentions:read",
    "message.channels": "channels:history",
    "message.groups": "groups:history",
    "message.im": "im:history",
    "reaction_added": "reactions:read",
    "reaction_removed": "reactions:read",
    "member_joined_channel": "channels:read",
    "member_left_channel": "channels:read",
    "channel_archive": "channels:read",
    "message_metadata_posted": "metadata.message:read",
    "message_metadata_updated": "metadata.message:read",
    "message_metadata_deleted": "metadata.message:read",
    "subteam_members_changed": "usergroups:read",
    "subteam_updated": "usergroups:read",
    "app_home_opened": "",
}


class BadManifest(ValueError):
    """Slack would not take this manifest; says all that is wrong, and nothing was installed."""


@dataclass(frozen=True)
class Command:
    """A slash command of an app."""

    command: str
    description: str
    usage_hint: str
    should_escape: bool


@dataclass(frozen=True)
class Shortcut:
    """A global or a message shortcut of an app."""

    name: str
    type: str
    callback_id: str


@dataclass
class App:
    """An installed app. Without `request_url` it is asked over Socket Mode."""

    id: str
    name: str
    bot_user_id: str
    bot_id: str
    bot_token: str
    app_token: str
    signing_secret: str
    scopes: tuple[str, ...]
    events: tuple[str, ...]
    commands: dict[str, Command]
    shortcuts: dict[str, Shortcut]
    has_home: bool
    has_messages: bool
    interactive: bool
    urls: dict[str, str] = field(default_factory=dict)
    socket_mode: bool = False

    def may(self, scope: str) -> bool:
        return scope in self.scopes


def app_from(manifest: JSON, number: int, request_url: str | None) -> App:
    """The app of a manifest; `request_url` takes the place of the manifest's addresses and of Socket Mode."""
    wrong = problems(manifest)
    if wrong:
        raise BadManifest("Slack would refuse this app manifest: " + "; ".join(wrong) + ". Nothing was installed.")
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    commands = features.get("slash_commands", [])
    home = features.get("app_home", {})
    app_id = f"A{number:08d}"
    secret = hashlib.sha256(app_id.encode()).hexdigest()
    urls = {
        "event": settings.get("event_subscriptions", {}).get("request_url", ""),
        "interactive": settings.get("interactivity", {}).get("request_url", ""),
        **{one["command"]: one.get("url", "") for one in commands},
    }
    return App(
        id=app_id,
        name=features.get("bot_user", {}).get("display_name") or manifest["display_information"]["name"],
        bot_user_id=f"UBOT{number:06d}",
        bot_id=f"B{number:08d}",
        bot_token=f"xoxb-{number:012d}-{secret[32:56]}",
        app_token=f"xapp-1-{app_id}-{number:012d}-{secret[8:40]}",
        signing_secret=secret[:32],
        scopes=tuple(manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])),
        events=tuple(settings.get("event_subscriptions", {}).get("bot_events", [])),
        commands={one["command"]: Command(one["command"], one.get("description", ""), one.get("usage_hint", ""),
                                          bool(one.get("should_escape"))) for one in commands},
        shortcuts={one["callback_id"]: Shortcut(one["name"], one["type"], one["callback_id"])
                   for one in features.get("shortcuts", [])},
        has_home=bool(home.get("home_tab_enabled")),
        has_messages=bool(home.get("messages_tab_enabled", True)),
        interactive=bool(settings.get("interactivity", {}).get("is_enabled")),
        urls=dict.fromkeys(urls, request_url) if request_url else urls,
        socket_mode=request_url is None and bool(settings.get("socket_mode_enabled")),
    )  # fmt: skip


_SECTIONS: Final = (
    "", "display_information", "features", "features.app_home", "features.bot_user", "oauth_config",
    "oauth_config.scopes", "settings", "settings.event_subscriptions", "settings.interactivity",
)  # fmt: skip
_LISTS: Final = {
    "features.slash_commands": dict, "features.shortcuts": dict, "oauth_config.scopes.bot": str,
    "settings.event_subscriptions.bot_events": str,
}  # fmt: skip


def _misshapen(manifest: Any) -> list[str]:
    """Which parts are not what they must be, the outermost first: an object, or a list of objects or of texts."""

    def at(path: str) -> Any:
        part = manifest
        for name in path.split(".") if path else ():
            part = part.get(name, {}) if isinstance(part, dict) else {}
        return part

    wrong = [f"{path or 'it'} must be an object" for path in _SECTIONS if not isinstance(at(path), dict)]
    for path, kind in _LISTS.items():
        many = at(path) or []
        if not isinstance(many, list) or not all(isinstance(one, kind) for one in many):
            wrong.append(f"{path} must be a list of {'objects' if kind is dict else 'texts'}")
    return wrong


def problems(manifest: JSON) -> list[str]:
    """What Slack would not take; empty when all is well."""
    if misshapen := _misshapen(manifest):
        return misshapen
    features, settings = manifest.get("features", {}), manifest.get("settings", {})
    scopes = manifest.get("oauth_config", {}).get("scopes", {}).get("bot", [])
    name = manifest.get("display_information", {}).get("name", "")
    wrong = []
    if not 1 <= len(name) <= 35:
        wrong.append("display_information.name must have 1 to 35 characters")
    commands, shortcuts = features.get("slash_commands", []), features.get("shortcuts", [])
    if commands and "commands" not in scopes:
        wrong.append("slash commands need the bot scope commands")
    for one in commands:
        command = one.get("command", "")
        if not command.startswith("/") or len(command) > 32 or command != command.lower() or " " in command:
            wrong.append(f"the command {command!r} must begin with /, be of lower case, and have up to 32 characters")
        if not 1 <= len(one.get("description", "")) <= 2000 or len(one.get("usage_hint", "")) > 1000:
            wrong.append(f"{command} needs a description of up to 2000 characters, and a usage hint of up to 1000")
    for one in shortcuts:
        if one.get("type") not in ("global", "message") or len(one.get("name", "")) > 24 or not one.get("callback_id"):
            wrong.append(f"the shortcut {one.get('name')!r} needs a type, a name of up to 24 characters, a callback_id")
    for event in settings.get("event_subscriptions", {}).get("bot_events", []):
        if event not in EVENT_SCOPES:
            wrong.append(f"the event {event} is not known here; known are {', '.join(EVENT_SCOPES)}")
        elif EVENT_SCOPES[event] and EVENT_SCOPES[event] not in scopes:
            wrong.append(f"the event {event} needs the bot scope {EVENT_SCOPES[event]}")
    return wrong
