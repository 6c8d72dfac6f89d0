"""The page's API over the wire: what a browser fetches, does, and is told of."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient

from sandbox.slack.server import running
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.workspaces import aureus, button, manifest, section


class Browser:
    """Somebody's browser."""

    def __init__(self, workspace: Workspace, me: str) -> None:
        self.url, self.me = workspace.url, me

    def get(self, path: str, **asked: Any) -> Any:
        return httpx.get(f"{self.url}/page/{path}", params={"as": self.me, **asked}).json()

    def post(self, path: str, **told: Any) -> Any:
        return httpx.post(f"{self.url}/page/{path}", json={"as": self.me, **told}).json()


@pytest.fixture
def workspace() -> Iterator[Workspace]:
    workspace, _ = aureus("http://127.0.0.1:1/slack/events")
    with running(workspace):
        yield workspace


@pytest.fixture
def bot(workspace: Workspace) -> WebClient:
    (app,) = workspace.apps.values()
    return WebClient(token=app.bot_token, base_url=f"{workspace.url}/api/")


def test_the_state_names_people_channels_and_commands(workspace: Workspace, bot: WebClient) -> None:
    ana, ben = Browser(workspace, "UANA"), Browser(workspace, "UBEN")
    workspace.add_channel("secret", "private", members=["UBEN"])
    bot.chat_postMessage(channel="CONCALL", text="news")
    state = ana.get("state")
    assert {one["name"] for one in state["users"]} == {
        "ana", "ben", "chen", "dana", "elif", "femi", "goran", "hana", "ivan", "olga", "aureus-bot"
    }  # fmt: skip
    (on_call,) = [one for one in state["channels"] if one["name"] == "aureus-on-call"]
    assert (on_call["unread"], on_call["is_member"], on_call["kind"]) == (1, True, "public")
    assert "secret" not in [one["name"] for one in state["channels"]]
    assert "secret" in [one["name"] for one in ben.get("state")["channels"]]
    assert state["commands"][0]["command"] == "/aureus"
    assert {one["type"] for one in state["shortcuts"]} == {"global", "message"}
    assert ana.get("messages", channel="CONCALL")["messages"][0]["text"] == "news"
    assert {one["id"]: one["unread"] for one in ana.get("state")["channels"]}["CONCALL"] == 0
    without = httpx.get(f"{workspace.url}/page/state").json()
    assert len(without["channels"]) == 10


def test_what_is_said_is_shown_and_a_thread_apart(workspace: Workspace) -> None:
    ana = Browser(workspace, "UANA")
    assert ana.post("say", channel="CONCALL", text="hello @ben")["ok"]
    (message,) = ana.get("messages", channel="CONCALL")["messages"]
    assert (message["text"], message["ephemeral"]) == ("hello <@UBEN>", False)
    ana.post("say", channel="CONCALL", text="more", thread_ts=message["ts"])
    (message,) = ana.get("messages", channel="CONCALL")["messages"]
    assert message["reply_count"] == 1
    thread = ana.get("replies", channel="CONCALL", ts=message["ts"])["messages"]
    assert [one["text"] for one in thread] == ["hello <@UBEN>", "more"]


def test_one_can_delete_what_is_ones_own(workspace: Workspace) -> None:
    ana, ben = Browser(workspace, "UANA"), Browser(workspace, "UBEN")
    ana.post("say", channel="CONCALL", text="oops")
    (message,) = ana.get("messages", channel="CONCALL")["messages"]
    assert ben.post("delete", channel="CONCALL", ts=message["ts"])["error"] == "cant_delete_message"
    assert ana.post("delete", channel="CONCALL", ts=message["ts"])["ok"]
    assert ana.get("messages", channel="CONCALL")["messages"] == []


def test_a_refusal_says_why(workspace: Workspace, bot: WebClient) -> None:
    ana = Browser(workspace, "UANA")
    assert ana.post("say", channel="CNOWHERE", text="x")["error"] == "channel_not_found"
    assert "nobody here is called 'UNOBODY'" in Browser(workspace, "UNOBODY").get("views")["detail"]
    pressed = {"type": "actions", "block_id": "b", "elements": [button("Go", "go")]}
    ts = bot.chat_postMessage(channel="CONCALL", text="x", blocks=[section(), pressed])["ts"]
    where = {"channel": "CONCALL", "ts": ts, "block_id": "b"}
    assert "no longer there" in ana.post("press", **where, action_id="stop")["detail"]
    away = ana.post("press", **where, action_id="go")
    assert away["error"] == "dispatch_failed"
    assert "could not be reached" in away["detail"]
    assert ana.post("press", **{**where, "ts": "1.0"}, action_id="go")["error"] == "message_not_found"
    assert httpx.post(f"{workspace.url}/page/say", content=b"[]").status_code == 400


def test_a_reaction_is_on_or_off(workspace: Workspace) -> None:
    ana = Browser(workspace, "UANA")
    ana.post("say", channel="CONCALL", text="x")
    (message,) = ana.get("messages", channel="CONCALL")["messages"]
    ana.post("react", channel="CONCALL", ts=message["ts"], name="eyes", on=True)
    (message,) = ana.get("messages", channel="CONCALL")["messages"]
    assert message["reactions"] == [{"name": "eyes", "users": ["UANA"]}]
    ana.post("react", channel="CONCALL", ts=message["ts"], name="eyes", on=False)
    assert ana.get("messages", channel="CONCALL")["messages"][0]["reactions"] == []


def test_changes_are_told_to_those_who_may_see_them(workspace: Workspace, bot: WebClient) -> None:
    with httpx.stream("GET", f"{workspace.url}/page/events", params={"as": "UANA"}, timeout=5) as stream:
        lines = stream.iter_lines()
        assert next(lines) == ": here"
        bot.chat_postEphemeral(channel="CONCALL", user="UBEN", text="for ben")
        bot.chat_postEphemeral(channel="CONCALL", user="UANA", text="for ana")
        Browser(workspace, "UBEN").post("say", channel="CONCALL", text="for all")
        told = [json.loads(line.removeprefix("data: ")) for line in (next(lines) for _ in range(5)) if line]
    assert told == [{"kind": "ephemeral", "channel": "CONCALL"}, {"kind": "message", "channel": "CONCALL"}]


def test_a_direct_message_is_opened_once(workspace: Workspace) -> None:
    ana = Browser(workspace, "UANA")
    first = ana.post("open_dm", user="UBEN")["channel"]
    assert ana.post("open_dm", user="UBEN")["channel"] == first
    assert Browser(workspace, "UOLGA").get("messages", channel=first)["error"] == "channel_not_found"


def test_something_is_broken_and_mended_from_the_page(workspace: Workspace) -> None:
    ana = Browser(workspace, "UANA")
    assert ana.post("break", what="ratelimit", method="chat.postMessage", times=1, seconds=5)["ok"]
    assert ana.get("state")["broken"] == [{"what": "ratelimit", "method": "chat.postMessage", "times": 1}]
    assert ana.post("break", what="ratelimit", on=False)["ok"]
    assert ana.get("state")["broken"] == []
    assert ana.post("break", what="gravity")["error"] == "invalid_arguments"


def test_without_a_home_in_the_manifest_there_is_none() -> None:
    workspace, _ = aureus()
    homeless = manifest()
    homeless["features"]["app_home"]["home_tab_enabled"] = False
    app = workspace.install(homeless)
    with running(workspace):
        ana = Browser(workspace, "UANA")
        assert ana.get("home")["view"] is None
        assert ana.post("open_home", app=app.id)["error"] == "not_enabled"
        client = WebClient(token=app.bot_token, base_url=f"{workspace.url}/api/")
        refused = client.api_call
        with pytest.raises(Exception, match="not_enabled"):
            refused("views.publish", json={"user_id": "UANA", "view": {"type": "home", "blocks": []}})
