"""The bot's own program: ``aureus serve``, ``say``, ``audit verify``, ``check-config``, ``manifest``, ``docs``."""

import argparse
import asyncio
import gc
import json
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from bot.config import Misconfigured
from bot.domain.errors import Full, Refusal
from bot.settings import Settings, Unset


def main(argv: Sequence[str] | None = None) -> int:
    """The exit code: 0, or 1 with one sentence on standard error."""
    # What is being loaded stays: looking through it for garbage, again and again, would take a third of the start.
    gc.disable()
    try:
        return _main(argv)
    finally:
        gc.enable()


def _main(argv: Sequence[str] | None) -> int:
    parser = argparse.ArgumentParser(prog="aureus", description="Aureus Bot: the operations runbook, carried out.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    commands.add_parser("serve", help="run the bot, until SIGTERM or Ctrl-C")
    say = commands.add_parser("say", help='say words to it from this terminal: aureus say "scale bridge 5"')
    say.add_argument("words", nargs="+")
    say.add_argument("--as", dest="me", default="", help="your e-mail address in config/people.yaml (or AUREUS_ME)")
    audit = commands.add_parser("audit", help="the journal, line by line")
    audit.add_argument("what", choices=["verify"])
    commands.add_parser("check-config", help="say every mistake in config/ and what is not set")
    manifest = commands.add_parser("manifest", help="the Slack app manifest")
    manifest.add_argument("address", nargs="?", default="", help="https://… of this bot; without it: Socket Mode")
    docs = commands.add_parser("docs", help="write the pages of the commands")
    docs.add_argument("folder", type=Path)
    asked = parser.parse_args(argv)
    try:
        return _run(asked)
    except Misconfigured as wrong:
        for mistake in wrong.mistakes:
            sys.stderr.write(f"{mistake}\n")
        count = len(wrong.mistakes)
        sys.stderr.write(f"{count} {'mistake' if count == 1 else 'mistakes'} in config/; nothing was started.\n")
    except (Refusal, Full, Unset) as no:
        sys.stderr.write(f"{no}\n")
    except KeyboardInterrupt:
        return 130
    return 1


def _run(asked: argparse.Namespace) -> int:
    if asked.command == "manifest":
        from bot.doors.slack.manifest import manifest

        if asked.address and not re.fullmatch(r"https?://[^\s/?#]+\S*", asked.address):
            raise Refusal(
                f"“{asked.address}” is no address, so no manifest was made.",
                "Say it like this: aureus manifest https://bot.example.com",
            )
        sys.stdout.write(json.dumps(manifest(asked.address), indent=2) + "\n")
        return 0
    settings = Settings()
    if asked.command == "serve":
        from bot.serve import serve

        _loaded()
        return asyncio.run(serve(settings))
    if asked.command == "say":
        from bot.serve import say

        _loaded()
        return asyncio.run(say(settings, " ".join(asked.words), asked.me or settings.aureus_me))
    if asked.command == "audit":
        from bot.serve import verify

        _loaded()
        path = settings.database_url.removeprefix("sqlite:///")
        if path != settings.database_url and not Path(path).is_file():
            raise Refusal(f"There is no journal at {path}, so nothing was verified.", "DATABASE_URL names another.")
        return asyncio.run(verify(settings))
    from bot.app import read_config

    if asked.command == "docs":
        from bot.doors.pages import write_pages

        _, commands = read_config(settings)
        sys.stdout.write(f"{len(write_pages(commands, asked.folder))} pages written to {asked.folder}\n")
        return 0
    config, commands = read_config(settings)
    known = len(list(config.people))
    sys.stdout.write(f"config/ is right: {known} people, {len(commands.names())} commands.\n")
    for missing in settings.missing():
        sys.stdout.write(f"{missing}\n")
    return 0


def _loaded() -> None:
    gc.freeze()
    gc.enable()


if __name__ == "__main__":
    sys.exit(main())
