"""The app manifest: what Slack must know of the bot, for an address or for Socket Mode."""

from typing import Any, Final

_HISTORY: Final = ("channels:history", "groups:history", "im:history")
#: Each method of the Web API that is called here, and the scopes that it takes (docs.slack.dev/reference/methods).
METHODS: Final[dict[str, tuple[str, ...]]] = {
    "auth.test": (),
    "chat.delete": ("chat:write",),
    "chat.getPermalink": (),
    "chat.postEphemeral": ("chat:write",),
    "chat.postMessage": ("chat:write",),
    "chat.update": ("chat:write",),
    "conversations.history": _HISTORY,  # to find a message of its own again after a crash
    "conversations.info": ("channels:read", "groups:read"),  # to see whether such a channel takes what is said
    "conversations.list": ("channels:read", "groups:read"),  # to find the id of a channel that config/ names
    "conversations.open": ("im:write",),
    "conversations.replies": _HISTORY,
    # A file is looked for by the messages of its thread, so files:read is not needed.
    "files.completeUploadExternal": ("files:write",),
    "files.getUploadURLExternal": ("files:write",),
    "users.info": ("users:read", "users:read.email"),  # config/ knows people by e-mail
    "users.lookupByEmail": ("users:read", "users:read.email"),
    "views.open": (),
    "views.publish": (),
}
#: Each event that is listened to, and its scopes.
EVENTS: Final[dict[str, tuple[str, ...]]] = {
    "app_home_opened": (),
    "app_mention": ("app_mentions:read",),  # "@Aureus scale bridge 5", which works in threads too
    "message.im": ("im:history",),
    "reaction_added": ("reactions:read",),  # ✅ on the card of an incident
}
#: What the bot may, and no more.
SCOPES: Final = tuple(
    sorted({"commands"}.union(*METHODS.values(), *EVENTS.values()))  # "commands" is for /aureus
)


def manifest(address: str = "") -> dict[str, Any]:
    """The manifest, as docs.slack.dev/reference/app-manifest describes it. Without an address: Socket Mode."""
    url = f"{address.rstrip('/')}/slack/events" if address else ""
    command: dict[str, Any] = {
        "command": "/aureus",
        "description": "Operate Aureus Sentinel",
        "usage_hint": "scale bridge 5 · status · help",
        # Mentions and channels arrive as <@U…> and <#C…>, so that they can be told from plain words.
        "should_escape": True,
    }
    events: dict[str, Any] = {"bot_events": list(EVENTS)}
    interactivity: dict[str, Any] = {"is_enabled": True}
    if url:
        command["url"] = events["request_url"] = interactivity["request_url"] = url
    return {
        "display_information": {
            "name": "Aureus",
            "description": "Carries the operations runbook out, with people's agreement",
            "background_color": "#1f2a44",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,
            },
            "bot_user": {"display_name": "Aureus", "always_online": True},
            "slash_commands": [command],
        },
        "oauth_config": {"scopes": {"bot": list(SCOPES)}},
        "settings": {
            "event_subscriptions": events,
            "interactivity": interactivity,
            "org_deploy_enabled": False,
            "socket_mode_enabled": not url,
            "token_rotation_enabled": False,
        },
    }
