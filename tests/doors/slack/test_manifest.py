"""The manifest asks for the scopes that the code needs, each of them, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from bot.doors.slack import channels
from bot.doors.slack import manifest as module
from bot.doors.slack.manifest import EVENTS, SCOPES, manifest
from bot.settings import PROJECT
from sandbox.slack import methods
from sandbox.slack.api_conversations import SCOPES as LIST_SCOPES
from sandbox.slack.apps import EVENT_SCOPES, problems
from sandbox.slack.records import Channel, Kind


def _called(path: Path) -> Iterator[str]:
    """Methods of the Web API: ``client.views_open(…)``, or named by a string (``"chat.update"``)."""
    for node in ast.walk(ast.parse(path.read_text())):
        name = ""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            name = node.func.attr.replace("_", ".", 1)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            name = node.value
        if name in methods.METHODS:
            yield name


def _all_called() -> set[str]:
    files = [path for path in (PROJECT / "bot").rglob("*.py") if path != Path(module.__file__)]
    return {name for path in files for name in _called(path)}


def test_every_method_that_is_called_is_named_and_no_other() -> None:
    assert _all_called() == set(module.METHODS)


@pytest.mark.parametrize("name", module.METHODS)
def test_slack_takes_for_a_method_what_is_said_of_it(name: str) -> None:
    """The sandbox knows the scope of each; where it depends on the kind of the channel, of each kind that we use."""
    scopes = set(module.METHODS[name])
    if name in ("conversations.history", "conversations.replies"):
        assert scopes == {f"{Channel('C1', 'x', kind, 0).family}:history" for kind in get_args(Kind)}
    elif name in ("conversations.list", "conversations.info"):  # of each kind that is asked for
        asked = Path(channels.__file__).read_text()
        assert scopes == {LIST_SCOPES[kind] for kind in LIST_SCOPES if re.search(rf"\b{kind}\b", asked)}
    elif name.startswith("users."):  # the address of a user is told with both only
        assert methods.METHODS[name].scope in scopes
        assert scopes == {"users:read", "users:read.email"}
    else:
        assert scopes == {methods.METHODS[name].scope} - {""}


@pytest.mark.parametrize("name", EVENTS)
def test_slack_takes_for_an_event_what_is_said_of_it(name: str) -> None:
    assert set(EVENTS[name]) == {EVENT_SCOPES[name]} - {""}


def test_the_manifest_asks_for_all_that_and_for_nothing_else() -> None:
    asked = manifest()
    needed = {"commands"}.union(*module.METHODS.values(), *EVENTS.values())
    assert asked["features"]["slash_commands"]
    assert set(asked["oauth_config"]["scopes"]["bot"]) == set(SCOPES) == needed
    assert asked["settings"]["event_subscriptions"]["bot_events"] == list(EVENTS)
    assert problems(asked) == []
