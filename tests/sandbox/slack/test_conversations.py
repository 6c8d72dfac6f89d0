"""Conversations, people, reactions and files over the wire, with Slack's own client."""

from typing import Any

import httpx

from sandbox.slack.person import Person
from sandbox.slack.server import running
from tests.sandbox.slack.workspaces import SCOPES, aureus
from tests.sandbox.slack.worlds import ON_CALL, RANDOM, World


def test_an_ephemeral_message_is_seen_by_one_person_and_by_no_history(world: World) -> None:
    world.bot.chat_postEphemeral(channel=ON_CALL, user="UANA", text="psst")
    assert [one.text for one in Person(world.workspace, "ana").sees(ON_CALL)] == ["psst"]
    assert Person(world.workspace, "ben").sees(ON_CALL) == []
    assert world.bot.conversations_history(channel=ON_CALL)["messages"] == []
    world.workspace.channel(ON_CALL).members.remove("UOLGA")
    assert world.error("chat.postEphemeral", channel=ON_CALL, user="UOLGA", text="x") == "user_not_in_channel"
    ts = world.workspace.ephemerals(ON_CALL, "ana")[0].ts
    assert world.error("chat.update", channel=ON_CALL, ts=ts, text="x") == "message_not_found"


def test_a_thread_has_its_parent_first(world: World) -> None:
    parent = world.bot.chat_postMessage(channel=ON_CALL, text="parent")["ts"]
    for text in ("one", "two", "three"):
        reply = world.bot.chat_postMessage(channel=ON_CALL, text=text, thread_ts=parent)
        assert reply["message"]["thread_ts"] == parent
    history = world.bot.conversations_history(channel=ON_CALL)["messages"]
    assert [(one["text"], one["reply_count"]) for one in history] == [("parent", 3)]
    page = world.bot.conversations_replies(channel=ON_CALL, ts=parent, limit=2)
    assert [one["text"] for one in page["messages"]] == ["parent", "one", "two"]
    cursor = page["response_metadata"]["next_cursor"]
    rest = world.bot.conversations_replies(channel=ON_CALL, ts=parent, limit=2, cursor=cursor)
    assert [one["text"] for one in rest["messages"]] == ["parent", "three"]
    assert world.error("conversations.replies", channel=ON_CALL, ts="1.000000") == "thread_not_found"


def test_a_reply_to_a_message_that_is_gone_stands_in_the_channel(world: World) -> None:
    parent = world.bot.chat_postMessage(channel=ON_CALL, text="parent")["ts"]
    world.bot.chat_delete(channel=ON_CALL, ts=parent)
    reply = world.bot.chat_postMessage(channel=ON_CALL, text="reply", thread_ts=parent)
    assert "thread_ts" not in reply["message"]


def test_a_deleted_parent_leaves_a_tombstone(world: World) -> None:
    parent = world.bot.chat_postMessage(channel=ON_CALL, text="parent")["ts"]
    world.bot.chat_postMessage(channel=ON_CALL, text="reply", thread_ts=parent)
    world.bot.chat_delete(channel=ON_CALL, ts=parent)
    (left,) = world.bot.conversations_history(channel=ON_CALL)["messages"]
    assert left["subtype"] == "tombstone"


def test_history_is_cut_by_time_and_by_pages(world: World) -> None:
    sent = [world.bot.chat_postMessage(channel=ON_CALL, text=str(number))["ts"] for number in range(5)]

    def texts(**args: Any) -> list[str]:
        return [one["text"] for one in world.bot.conversations_history(channel=ON_CALL, **args)["messages"]]

    assert texts(oldest=sent[1], latest=sent[3]) == ["2"]
    assert texts(oldest=sent[1], latest=sent[3], inclusive=True) == ["3", "2", "1"]
    assert texts(latest=sent[2], inclusive=True, limit=1) == ["2"]
    first = world.bot.conversations_history(channel=ON_CALL, limit=3)
    assert first["has_more"]
    assert texts(limit=3, cursor=first["response_metadata"]["next_cursor"]) == ["1", "0"]
    assert world.error("conversations.history", channel=ON_CALL, cursor="nonsense") == "invalid_cursor"
    assert world.error("conversations.history", channel=ON_CALL, limit="few") == "invalid_limit"
    assert world.error("conversations.history", channel=ON_CALL, oldest="then") == "invalid_ts_oldest"
    assert world.error("conversations.history", channel=RANDOM) == "not_in_channel"


def test_channels_are_listed_page_by_page_and_private_ones_to_members_only(world: World) -> None:
    secret = world.workspace.add_channel("secret", "private", members=["UANA"])
    names: list[str] = []
    for page in world.bot.conversations_list(types="public_channel,private_channel", limit=4):
        names += [one["name"] for one in page["channels"]]
    assert len(names) == 10
    assert "secret" not in names
    assert world.error("conversations.info", channel=secret.id) == "channel_not_found"
    assert world.bot.conversations_info(channel=RANDOM)["channel"]["is_member"] is False
    assert "UANA" in world.bot.conversations_members(channel=ON_CALL)["members"]
    world.bot.conversations_join(channel=RANDOM)
    assert world.bot.conversations_info(channel=RANDOM)["channel"]["is_member"] is True
    assert world.error("conversations.list", types="public_chanel") == "invalid_types"


def test_an_archived_channel_is_told_as_such_and_listed_unless_it_is_left_out(world: World) -> None:
    world.workspace.channel(RANDOM).archived = True
    assert world.bot.conversations_info(channel=RANDOM)["channel"]["is_archived"] is True
    listed = world.bot.conversations_list()["channels"]
    assert {one["id"]: one["is_archived"] for one in listed}[RANDOM] is True
    assert RANDOM not in [one["id"] for one in world.bot.conversations_list(exclude_archived=True)["channels"]]


def test_people_are_found_by_id_and_by_address(world: World) -> None:
    assert world.bot.users_lookupByEmail(email="dana@aureus.example")["user"]["id"] == "UDANA"
    assert world.bot.users_info(user="UIVAN")["user"]["profile"]["title"] == "CTO"
    assert world.error("users.lookupByEmail", email="nobody@aureus.example") == "users_not_found"
    assert world.error("users.info", user="UNOBODY") == "user_not_found"
    names = [one["name"] for page in world.bot.users_list(limit=5) for one in page["members"]]
    assert {"ana", "olga", "aureus-bot"} <= set(names)
    assert world.bot.bots_info(bot=world.app.bot_id)["bot"]["user_id"] == world.app.bot_user_id


def test_a_user_group_has_the_members_that_it_was_given(world: World) -> None:
    group = world.workspace.add_user_group("on-call", "On call", ["UANA"])
    world.bot.usergroups_users_update(usergroup=group.id, users=["UBEN", "UCHEN"])
    assert world.bot.usergroups_users_list(usergroup=group.id)["users"] == ["UBEN", "UCHEN"]
    assert world.bot.usergroups_list(include_users=True)["usergroups"][0]["users"] == ["UBEN", "UCHEN"]
    assert world.error("usergroups.users.list", usergroup="SNONE") == "no_such_subteam"
    assert world.error("usergroups.users.update", usergroup=group.id, users="UNOBODY") == "invalid_users"


def test_a_reaction_is_there_once(world: World) -> None:
    ts = world.bot.chat_postMessage(channel=ON_CALL, text="look")["ts"]
    world.bot.reactions_add(channel=ON_CALL, timestamp=ts, name="eyes")
    assert world.error("reactions.add", channel=ON_CALL, timestamp=ts, name="eyes") == "already_reacted"
    got = world.bot.reactions_get(channel=ON_CALL, timestamp=ts)["message"]["reactions"]
    assert got == [{"name": "eyes", "users": [world.app.bot_user_id], "count": 1}]
    world.bot.reactions_remove(channel=ON_CALL, timestamp=ts, name="eyes")
    assert world.error("reactions.remove", channel=ON_CALL, timestamp=ts, name="eyes") == "no_reaction"
    assert world.error("reactions.add", channel=ON_CALL, timestamp=ts, name="no such thing") == "invalid_name"
    assert world.error("reactions.add", name="eyes") == "no_item_specified"
    assert world.error("reactions.add", channel=ON_CALL, timestamp="1.000000", name="eyes") == "message_not_found"


def test_a_permalink_leads_to_the_message(world: World) -> None:
    ts = world.bot.chat_postMessage(channel=ON_CALL, text="here")["ts"]
    link = world.bot.chat_getPermalink(channel=ON_CALL, message_ts=ts)["permalink"]
    assert link == f"{world.workspace.url}/archives/{ON_CALL}/p{ts.replace('.', '')}"


def test_a_file_is_announced_sent_and_shared(world: World) -> None:
    world.bot.files_upload_v2(
        channel=ON_CALL,
        content="a,b\n1,2\n",
        filename="pods.csv",
        title="Pods",
        initial_comment="The pods",
        alt_txt="pods",
    )
    (message,) = world.bot.conversations_history(channel=ON_CALL)["messages"]
    (file,) = message["files"]
    assert (message["text"], file["title"], file["alt_txt"]) == ("The pods", "Pods", "pods")
    assert httpx.get(file["url_private"]).text == "a,b\n1,2\n"
    announced = world.bot.files_getUploadURLExternal(filename="x.txt", length=3)
    early = world.error("files.completeUploadExternal", files=[{"id": announced["file_id"]}], channel_id=ON_CALL)
    assert early == "file_not_found"
    assert httpx.post(announced["upload_url"], content=b"four").status_code == 400


def test_an_upload_is_of_one_file_of_one_app_and_is_made_once(world: World) -> None:
    announced = world.bot.files_getUploadURLExternal(filename="x y.md", length=3)
    assert httpx.post(f"{world.workspace.url}/upload/F0NOBODY", content=b"one").status_code == 404
    assert httpx.post(announced["upload_url"], content=b"one").status_code == 200
    assert httpx.post(announced["upload_url"], content=b"two").status_code == 404
    assert world.error("files.completeUploadExternal", files=[{"id": "F0NOBODY"}]) == "file_not_found"
    mine = [{"id": announced["file_id"]}]
    assert world.error("files.completeUploadExternal", files=mine, channel_id="CNOWHERE") == "invalid_channel"
    assert world.error("files.completeUploadExternal", files=mine, channel_id="CRANDOM") == "not_in_channel"
    assert world.error("files.getUploadURLExternal", filename="x.md", length=0) == "invalid_arguments"
    assert world.workspace.messages(ON_CALL) == []
    (kept,) = world.bot.files_completeUploadExternal(files=mine, channel_id=ON_CALL)["files"]
    shown = httpx.get(kept["url_private"])
    assert (shown.text, shown.headers["content-type"]) == ("one", "text/plain; charset=utf-8")


def test_a_file_takes_the_scope_of_files() -> None:
    workspace, app = aureus(scopes=tuple(one for one in SCOPES if one != "files:write"))
    with running(workspace):
        world = World(workspace, app)
        for method in ("files.getUploadURLExternal", "files.completeUploadExternal"):
            assert world.refused(method)["needed"] == "files:write"
        assert world.error("files.upload") == "unknown_method"


def test_an_upload_can_be_broken_on_purpose(world: World) -> None:
    announced = world.bot.files_getUploadURLExternal(filename="x.md", length=3)
    world.workspace.break_("ratelimit", method="upload", times=1, seconds=9)
    limited = httpx.post(announced["upload_url"], content=b"one")
    assert (limited.status_code, limited.headers["Retry-After"]) == (429, "9")
    world.workspace.break_("down", method="upload", times=1)
    assert httpx.post(announced["upload_url"], content=b"one").status_code == 503
