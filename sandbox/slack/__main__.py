"""`python -m sandbox.slack [manifest.json] [--port N] [--request-url URL]`: the workspace of Aureus, alone."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Final

from sandbox.clock import Clock
from sandbox.slack.apps import BadManifest
from sandbox.slack.aureus import seed_aureus
from sandbox.slack.records import JSON
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import Workspace

# An app to begin with, over Socket Mode, when no manifest is given.
MANIFEST: Final[JSON] = {
    "display_information": {"name": "Aureus Bot"},
    "features": {
        "bot_user": {"display_name": "Aureus Bot"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/aureus", "description": "Operate Aureus", "usage_hint": "help",
                            "should_escape": True}],
    },
    "oauth_config": {"scopes": {"bot": [
        "app_mentions:read", "channels:history", "channels:join", "channels:read", "chat:write", "commands",
        "files:write", "groups:history", "groups:read", "im:history", "im:read", "im:write", "reactions:read",
        "reactions:write", "usergroups:read", "usergroups:write", "users:read", "users:read.email",
    ]}},
    "settings": {
        "event_subscriptions": {"bot_events": ["app_home_opened", "app_mention", "message.im", "reaction_added"]},
        "interactivity": {"is_enabled": True},
        "socket_mode_enabled": True,
    },
}  # fmt: skip


async def serve(manifest: JSON, port: int, request_url: str | None) -> None:
    """Serve until it is interrupted."""
    workspace = Workspace(Clock())
    app = workspace.install(manifest, request_url)
    seed_aureus(workspace)
    async with SlackServer(workspace).serve(port) as server:
        sys.stdout.write(
            f"SLACK_API_URL={server.url}/api/\nSLACK_BOT_TOKEN={app.bot_token}\nSLACK_APP_TOKEN={app.app_token}\n"
            f"SLACK_SIGNING_SECRET={app.signing_secret}\nCtrl-C ends it.\n"
        )
        sys.stdout.flush()
        await asyncio.Event().wait()


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox.slack", description=__doc__)
    parser.add_argument("manifest", type=Path, nargs="?", help="an app manifest as JSON; without one, a small example")
    parser.add_argument("--port", type=int, default=0, help="0, the default, is a free one")
    parser.add_argument("--request-url", help="where the app is asked over HTTP, in place of the manifest's addresses")
    asked = parser.parse_args()
    try:
        manifest = json.loads(asked.manifest.read_text()) if asked.manifest else MANIFEST
        asyncio.run(serve(manifest, asked.port, asked.request_url))
    except KeyboardInterrupt:
        return 0
    except BadManifest as wrong:
        sys.stderr.write(f"{wrong}\n")
    except json.JSONDecodeError as wrong:
        sys.stderr.write(f"{asked.manifest} is not JSON: {wrong}. Nothing was started.\n")
    except OSError as problem:
        sys.stderr.write(f"The sandbox's Slack did not start: {problem}. Give another --port, or another manifest.\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
