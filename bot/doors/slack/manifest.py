"""The app manifest: what Slack must know of the bot, for an address or for Socket Mode."""

from typing import Any, Final

SCOPES: Final = (
    "app_mentions:read",  # "@Aureus scale bridge 5", which works in threads too
    "channels:history",  # to find a message of its own again after a crash
    "channels:read",
    "chat:write",
    "commands",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:read",  # ✅ on the card of an incident
    "users:read",
    "users:read.email",  # config/ knows people by e-mail
)
EVENTS: Final = ("app_home_opened", "app_mention", "message.im", "reaction_added")


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
