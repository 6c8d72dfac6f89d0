"""The Web API over the wire, with Slack's own client: who may call, what is refused, what is broken."""

from datetime import timedelta
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from sandbox.slack.apps import BadManifest
from sandbox.slack.methods import METHODS
from sandbox.slack.server import running
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.workspaces import SCOPES, aureus, manifest, section
from tests.sandbox.slack.worlds import ON_CALL, RANDOM, World


def test_every_method_of_the_table_is_there_as_it_says(world: World) -> None:
    with httpx.Client(headers={"Authorization": f"Bearer {world.app.bot_token}"}) as client:
        for name, method in METHODS.items():
            answer = client.post(f"{world.url}{name}").json()
            assert (answer.get("error") == "unknown_method") == (method.coverage == "absent"), name
            assert bool(method.missing) == (method.coverage == "partial"), name
    assert world.refused("chat.postMassage")["req_method"] == "chat.postMassage"


def test_a_token_must_be_given_be_known_and_be_of_the_right_kind(world: World) -> None:
    def error(token: str, method: str = "auth.test") -> str:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return str(httpx.post(f"{world.url}{method}", headers=headers).json().get("error"))

    assert error("") == "not_authed"
    assert error("xoxb-made-up") == "invalid_auth"
    assert error(world.app.app_token) == "not_allowed_token_type"
    assert error(world.app.bot_token, "apps.connections.open") == "not_allowed_token_type"
    assert httpx.post(f"{world.url}auth.test", data={"token": world.app.bot_token}).json()["ok"]
    in_json = httpx.post(f"{world.url}auth.test", json={"token": world.app.bot_token}).json()
    assert in_json["error"] == "not_authed"
    assert world.bot.auth_test()["bot_id"] == world.app.bot_id


def test_a_body_that_is_not_what_it_says_is_refused(world: World) -> None:
    def error(body: bytes, kind: str) -> str:
        headers = {"Authorization": f"Bearer {world.app.bot_token}", "Content-Type": kind}
        return str(httpx.post(f"{world.url}auth.test", content=body, headers=headers).json()["error"])

    assert error(b"{", "application/json") == "invalid_json"
    assert error(b"[1]", "application/json") == "json_not_object"
    assert error(b"x", "text/csv") == "invalid_post_type"


def test_what_the_manifest_does_not_ask_for_is_not_allowed() -> None:
    workspace, app = aureus(scopes=("commands", "channels:read"), events=())
    with running(workspace):
        world = World(workspace, app)
        refusal = world.refused("chat.postMessage", channel=ON_CALL, text="hello")
        assert refusal == {
            "ok": False,
            "error": "missing_scope",
            "needed": "chat:write",
            "provided": "commands,channels:read",
        }
        assert world.refused("conversations.history", channel=ON_CALL)["needed"] == "channels:history"
        assert world.refused("conversations.list", types="im")["needed"] == "im:read"
    assert "the event message.channels needs the bot scope channels:history" in _refusal(events=("message.channels",))
    assert "need the bot scope commands" in _refusal(scopes=())


def _refusal(**wishes: Any) -> str:
    wishes = {"scopes": ("commands",), "events": (), **wishes}
    with pytest.raises(BadManifest) as wrong:
        Workspace(aureus()[0].clock).install(manifest(**wishes))
    return str(wrong.value)


def test_an_address_is_told_only_to_apps_that_may_read_addresses() -> None:
    workspace, app = aureus(scopes=tuple(one for one in SCOPES if one != "users:read.email"))
    with running(workspace):
        world = World(workspace, app)
        assert "email" not in world.bot.users_info(user="UANA")["user"]["profile"]
        assert world.error("users.lookupByEmail", email="ana@aureus.example") == "missing_scope"


def test_a_message_stands_in_its_channel_and_has_a_timestamp_of_its_own(world: World) -> None:
    first = world.bot.chat_postMessage(channel=ON_CALL, text="one")
    second = world.bot.chat_postMessage(channel="#aureus-on-call", text="two", blocks=[section("two")])
    assert float(second["ts"]) > float(first["ts"])
    assert second["message"]["blocks"][0]["block_id"]
    assert second["message"]["bot_id"] == world.app.bot_id
    texts = [one["text"] for one in world.bot.conversations_history(channel=ON_CALL)["messages"]]
    assert texts == ["two", "one"]


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({"channel": "CNOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": RANDOM, "text": "x"}, "not_in_channel"),
        ({"channel": ON_CALL}, "no_text"),
        ({"channel": ON_CALL, "text": "x" * 40_001}, "msg_too_long"),
        ({"channel": ON_CALL, "blocks": "nonsense"}, "invalid_blocks_format"),
        ({"channel": ON_CALL, "blocks": [{"type": "dance"}]}, "invalid_blocks"),
        ({"channel": ON_CALL, "text": "x", "metadata": {"event_type": "t"}}, "invalid_metadata_format"),
        ({"text": "x"}, "invalid_arguments"),
        ({"channel": "USLACKBOT2", "text": "x"}, "channel_not_found"),
    ],
)
def test_a_message_that_slack_would_not_take_is_refused(world: World, args: dict[str, Any], error: str) -> None:
    assert world.error("chat.postMessage", **args) == error
    assert world.workspace.messages(ON_CALL) == []


def test_an_archived_channel_takes_nothing(world: World) -> None:
    kept = world.bot.chat_postMessage(channel=ON_CALL, text="before")
    world.workspace.channel(ON_CALL).archived = True
    assert world.error("chat.postMessage", channel=ON_CALL, text="x") == "is_archived"
    assert world.error("chat.update", channel=ON_CALL, ts=kept["ts"], text="x") == "is_inactive"


def test_a_message_to_a_person_is_a_direct_message(world: World) -> None:
    sent = world.bot.chat_postMessage(channel="UANA", text="to you")
    assert sent["channel"].startswith("D")
    assert world.bot.conversations_open(users="UANA")["channel"]["id"] == sent["channel"]
    assert world.error("conversations.open", users="UNOBODY") == "user_not_found"
    between = world.workspace.direct("UANA", "UBEN")
    assert world.error("chat.postMessage", channel=between.id, text="x") == "channel_not_found"


def test_text_without_blocks_takes_the_blocks_away(world: World) -> None:
    sent = world.bot.chat_postMessage(channel=ON_CALL, text="a", blocks=[section()], metadata=METADATA)
    world.bot.chat_update(channel=ON_CALL, ts=sent["ts"], text="b")
    (message,) = world.bot.conversations_history(channel=ON_CALL, include_all_metadata=True)["messages"]
    assert "blocks" not in message
    assert message["edited"]["user"] == world.app.bot_user_id
    assert message["metadata"] == METADATA
    assert "metadata" not in world.bot.conversations_history(channel=ON_CALL)["messages"][0]


METADATA = {"event_type": "card", "event_payload": {"run": "r1"}}


def test_only_the_own_message_can_be_changed_or_deleted(world: World) -> None:
    other = world.workspace.install(manifest())
    world.workspace.channel(ON_CALL).members.append(other.bot_user_id)
    theirs = WebClient(token=other.bot_token, base_url=world.url).chat_postMessage(channel=ON_CALL, text="theirs")
    assert world.error("chat.update", channel=ON_CALL, ts=theirs["ts"], text="x") == "cant_update_message"
    assert world.error("chat.delete", channel=ON_CALL, ts=theirs["ts"]) == "cant_delete_message"
    assert world.error("chat.update", channel=ON_CALL, ts="1.000000", text="x") == "message_not_found"
    own = world.bot.chat_postMessage(channel=ON_CALL, text="mine")
    assert world.error("chat.update", channel=ON_CALL, ts=own["ts"], text="x" * 4001) == "msg_too_long"
    assert world.error("chat.update", channel=ON_CALL, ts=own["ts"], text="") == "no_text"
    world.bot.chat_delete(channel=ON_CALL, ts=own["ts"])
    assert world.error("chat.delete", channel=ON_CALL, ts=own["ts"]) == "message_not_found"


def test_a_channel_takes_one_message_a_second_after_a_small_burst(world: World) -> None:
    world.workspace.rate_limits = True
    for _ in range(4):
        world.bot.chat_postMessage(channel=ON_CALL, text="x")
    with pytest.raises(SlackApiError) as limited:
        world.bot.chat_postMessage(channel=ON_CALL, text="x")
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "1"
    world.bot.chat_postMessage(channel="CBRIDGE", text="another channel")
    world.workspace.clock.move(timedelta(seconds=1))
    world.bot.chat_postMessage(channel=ON_CALL, text="x")


def test_a_method_of_a_tier_may_be_called_so_often_a_minute(world: World) -> None:
    world.workspace.rate_limits = True
    for _ in range(20):
        world.bot.users_list()
    assert world.error("users.list") == "ratelimited"
    world.workspace.clock.move(timedelta(seconds=3))
    world.bot.users_list()
    assert world.error("users.list") == "ratelimited"


def test_what_is_broken_on_purpose_is_broken_so_many_times(world: World) -> None:
    world.workspace.break_("ratelimit", method="chat.postMessage", times=1, seconds=7)
    with pytest.raises(SlackApiError) as limited:
        world.bot.chat_postMessage(channel=ON_CALL, text="x")
    assert limited.value.response.headers["Retry-After"] == "7"
    world.bot.chat_postMessage(channel=ON_CALL, text="x")
    world.workspace.break_("down", times=1)
    assert httpx.post(f"{world.url}api.test").status_code == 503
    world.workspace.break_("down", closed=True)
    with pytest.raises(httpx.TransportError):
        httpx.post(f"{world.url}api.test")
    world.workspace.mend()
    assert httpx.post(f"{world.url}api.test").json() == {"ok": True}
    with pytest.raises(ValueError, match="there is no fault"):
        world.workspace.break_("everything")  # type: ignore[arg-type]  # what is refused is a wrong word


def test_a_lost_answer_leaves_the_message_posted(world: World) -> None:
    world.workspace.break_("lose-answer", method="chat.postMessage", times=1)
    with pytest.raises(httpx.RemoteProtocolError):
        _post_by_hand(world, "did it arrive?")
    assert [one.text for one in world.workspace.messages(ON_CALL)] == ["did it arrive?"]
    assert _post_by_hand(world, "again").json()["ok"]


def _post_by_hand(world: World, text: str) -> httpx.Response:
    headers = {"Authorization": f"Bearer {world.app.bot_token}"}
    return httpx.post(f"{world.url}chat.postMessage", headers=headers, data={"channel": ON_CALL, "text": text})


def test_two_runs_meet_the_same_ids_and_timestamps() -> None:
    def story() -> list[str]:
        workspace, app = aureus()
        with running(workspace):
            world = World(workspace, app)
            told = world.bot.chat_postMessage(channel="UANA", text="x")
            return [app.bot_token, told["ts"], told["channel"], workspace.next_id("F")]

    assert story() == story()
