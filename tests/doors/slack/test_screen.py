"""How things are said in Slack, against the sandbox's Slack over a real socket."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Away, Unknown
from bot.domain.person import Who
from bot.domain.report import Mention, Report, text
from bot.domain.request import Place, case_id
from bot.doors.slack.screen import SlackScreen
from bot.ports import Kind, Posting, Say, Unsayable
from sandbox.clock import StandingClock
from sandbox.slack.apps import App
from sandbox.slack.aureus import seed_aureus
from sandbox.slack.records import Message
from sandbox.slack.server import SlackServer
from sandbox.slack.workspace import Workspace
from tests.doors.slack.reports import ACCOUNTS, ANA, CASE, DONE, LINE, WAITING, paragraph

HERE = Place("CONCALL")
MANIFEST = {
    "display_information": {"name": "Aureus Bot"},
    "features": {
        "bot_user": {"display_name": "Aureus Bot"},
        "app_home": {"home_tab_enabled": True, "messages_tab_enabled": True},
        "slash_commands": [{"command": "/aureus", "description": "Operate Aureus", "usage_hint": "help"}],
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "channels:history", "channels:read", "commands", "im:write"]}},
    "settings": {"interactivity": {"is_enabled": True}, "socket_mode_enabled": True},
}


class Scene:
    """A workspace that is served, and the screen in it."""

    def __init__(self, workspace: Workspace, app: App) -> None:
        self.workspace = workspace
        self.app = app
        self.client = AsyncWebClient(app.bot_token, f"{workspace.url}/api/")
        self.screen = SlackScreen(self.client, account, limit=5)

    def shown(self, channel: str = "CONCALL") -> list[Message]:
        return list(self.workspace.messages(channel))

    def whispered(self, to: str = "UANA", channel: str = "CONCALL") -> list[Message]:
        return list(self.workspace.ephemerals(channel, to))

    def reply(self, channel: str = "CONCALL") -> str:
        """A response_url of a command that ana typed."""
        ticket = self.workspace.tickets.response(self.app.id, "UANA", channel)
        return f"{self.workspace.url}/response/{ticket.id}"


async def account(person: str) -> str:
    return ACCOUNTS.get(person, "")


def in_slack(story: Callable[[Scene], Awaitable[None]]) -> None:
    """Run a story in a workspace of its own."""

    async def run() -> None:
        workspace = Workspace(StandingClock())
        app = workspace.install(MANIFEST)
        seed_aureus(workspace)
        async with SlackServer(workspace).serve():
            await story(Scene(workspace, app))

    asyncio.run(run())


def posting(
    report: Report = WAITING, kind: Kind = Kind.CARD, place: Place = HERE, key: str = f"card:{CASE}"
) -> Posting:
    return Posting(Say(key, kind, report, place), 1, "", "", "", "", 1, unsure=False)


def line(channel: str, ts: str, report: Report = LINE, place: Place = HERE) -> Posting:
    card = posting(report, Kind.LINE, place, f"line:{CASE}:3")
    return replace(card, say=replace(card.say, under=f"card:{CASE}"), thread_channel=channel, thread_ts=ts)


def private(place: Place, to: Who | None = ANA, report: Report = DONE) -> Posting:
    secret = posting(report, Kind.PRIVATE, place, "private:slack:1")
    return replace(secret, say=replace(secret.say, to=to))


# Cards and lines


def test_a_card_is_posted_with_a_sentence_blocks_and_a_name_by_which_it_is_found() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        (card,) = scene.shown()
        assert (channel, ts) == ("CONCALL", card.ts)
        assert card.text == WAITING.summary
        assert card.metadata == {"event_type": "aureus_said", "event_payload": {"key": f"card:{CASE}"}}
        button = card.blocks[-1]["elements"][0]
        assert button["value"] == f"{CASE}|{WAITING.offers[0].key}"

    in_slack(story)


def test_a_card_is_redrawn_in_place_and_is_still_found() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.screen.update(replace(posting(DONE), channel=channel, ts=ts))
        (card,) = scene.shown()
        assert card.text == DONE.summary
        assert [each["text"]["text"] for each in card.blocks[-1]["elements"]] == ["Undo"]
        assert await scene.screen.find(posting()) == (channel, ts)

    in_slack(story)


def test_a_line_goes_into_the_thread_of_its_card_and_pings() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.screen.post(line(channel, ts))
        _, said = scene.shown()
        assert said.thread_ts == ts
        assert said.blocks[0]["elements"][0]["elements"][0] == {"type": "user", "user_id": "UDANA"}

    in_slack(story)


def test_what_was_asked_for_in_a_thread_is_said_in_that_thread() -> None:
    async def story(scene: Scene) -> None:
        root = await scene.screen.post(posting(key="card:r-root"))
        place = Place("CONCALL", root[1])
        card = await scene.screen.post(posting(place=place))
        await scene.screen.post(line(*card, place=place))
        assert [message.thread_ts for message in scene.shown()[1:]] == [root[1], root[1]]

    in_slack(story)


def test_somebody_whom_only_slack_knows_is_pinged_by_their_account() -> None:
    async def story(scene: Scene) -> None:
        stranger = Who("slack:UOLGA", "olga")
        await scene.screen.post(posting(Report("Hello.", parts=(text(Mention(stranger, ping=True)),))))
        assert "UOLGA" in json.dumps(scene.shown()[0].blocks)

    in_slack(story)


def test_a_line_whose_thread_is_gone_is_not_left_in_the_channel() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.client.chat_delete(channel=channel, ts=ts)
        with pytest.raises(Unsayable) as no:
            await scene.screen.post(line(channel, ts))
        assert no.value.gone
        assert [message for message in scene.shown() if not message.deleted] == []

    in_slack(story)


def test_a_line_that_cannot_be_taken_back_is_no_reason_to_say_it_again(caplog: pytest.LogCaptureFixture) -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.client.chat_delete(channel=channel, ts=ts)
        scene.workspace.break_("ratelimit", method="chat.delete")
        with pytest.raises(Unsayable) as no:
            await scene.screen.post(line(channel, ts))
        assert no.value.gone

    with caplog.at_level(logging.WARNING):
        in_slack(story)
    assert "lost its thread" in caplog.text


def test_a_message_has_an_address() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        assert await scene.screen.link(channel, ts) == f"{scene.workspace.url}/archives/CONCALL/p{ts.replace('.', '')}"

    in_slack(story)


# Looking for what an attempt without an answer may have left


def test_a_card_whose_answer_was_lost_is_found() -> None:
    async def story(scene: Scene) -> None:
        scene.workspace.break_("lose-answer", method="chat.postMessage", times=1)
        with pytest.raises(Unknown):
            await scene.screen.post(posting())
        assert len(scene.shown()) == 1
        assert await scene.screen.find(posting()) == ("CONCALL", scene.shown()[0].ts)

    in_slack(story)


def test_a_line_whose_answer_was_lost_is_found_in_its_thread() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        scene.workspace.break_("lose-answer", method="chat.postMessage", times=1)
        with pytest.raises(Unknown):
            await scene.screen.post(line(channel, ts))
        assert await scene.screen.find(line(channel, ts)) == ("CONCALL", scene.shown()[1].ts)

    in_slack(story)


def test_what_was_never_said_is_not_found() -> None:
    async def story(scene: Scene) -> None:
        await scene.screen.post(posting(key="card:r-other"))
        assert await scene.screen.find(posting()) is None

    in_slack(story)


def test_a_card_is_found_behind_two_hundred_later_messages() -> None:
    async def story(scene: Scene) -> None:
        where = await scene.screen.post(posting())
        for number in range(210):
            await scene.client.chat_postMessage(channel="CONCALL", text=f"chatter {number}")
        assert await scene.screen.find(posting()) == where

    in_slack(story)


# Private words


def test_private_words_answer_the_command_even_where_the_bot_is_no_member() -> None:
    async def story(scene: Scene) -> None:
        where = await scene.screen.post(private(Place("CRANDOM", reply=scene.reply("CRANDOM"))))
        assert where == ("CRANDOM", "")
        (said,) = scene.whispered(channel="CRANDOM")
        assert said.text == DONE.summary
        assert said.blocks[-1]["elements"][0]["value"].startswith(f"{case_id('slack:1')}|")

    in_slack(story)


def test_a_response_url_that_is_used_up_is_replaced_by_an_ephemeral_message() -> None:
    async def story(scene: Scene) -> None:
        place = Place("CONCALL", reply=scene.reply())
        for _ in range(6):
            await scene.screen.post(private(place))
        assert len(scene.whispered()) == 6

    in_slack(story)


def test_a_response_url_of_an_hour_ago_is_replaced_by_a_direct_message_where_the_bot_is_no_member() -> None:
    async def story(scene: Scene) -> None:
        place = Place("CRANDOM", reply=scene.reply("CRANDOM"))
        clock = scene.workspace.clock
        clock.move(timedelta(hours=1))
        channel, ts = await scene.screen.post(private(place))
        assert channel.startswith("D")
        assert [message.ts for message in scene.shown(channel)] == [ts]
        assert scene.whispered(channel="CRANDOM") == []

    in_slack(story)


def test_private_words_in_a_conversation_with_the_bot_are_a_message_of_it() -> None:
    async def story(scene: Scene) -> None:
        opened = await scene.client.conversations_open(users="UANA")
        direct = opened["channel"]["id"]
        assert (await scene.screen.post(private(Place(direct))))[0] == direct
        assert len(scene.shown(direct)) == 1

    in_slack(story)


def test_private_words_for_somebody_without_an_account_cannot_be_said() -> None:
    async def story(scene: Scene) -> None:
        with pytest.raises(Unsayable, match="Gus"):
            await scene.screen.post(private(Place("CONCALL"), Who("gus", "Gus")))
        with pytest.raises(Unsayable, match="nobody"):
            await scene.screen.post(private(Place("CONCALL"), None))

    in_slack(story)


def test_private_words_are_not_looked_for() -> None:
    async def story(scene: Scene) -> None:
        await scene.screen.post(private(Place("CONCALL")))
        assert await scene.screen.find(private(Place("CONCALL"))) is None

    in_slack(story)


# What Slack refuses


@pytest.mark.parametrize(("channel", "name"), [("CRANDOM", "not_in_channel"), ("CNOWHERE", "channel_not_found")])
def test_a_place_that_does_not_take_it_is_no_reason_not_to_say_it_elsewhere(channel: str, name: str) -> None:
    async def story(scene: Scene) -> None:
        with pytest.raises(Unsayable, match=name) as no:
            await scene.screen.post(posting(place=Place(channel)))
        assert no.value.elsewhere
        assert not no.value.gone

    in_slack(story)


def test_an_archived_channel_is_no_reason_not_to_say_it_elsewhere() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        scene.workspace.channel("aureus-on-call").archived = True
        for attempt in (
            scene.screen.post(posting()),
            scene.screen.update(replace(posting(), channel=channel, ts=ts)),
        ):
            with pytest.raises(Unsayable, match="archived") as no:
                await attempt
            assert no.value.elsewhere

    in_slack(story)


def test_a_saying_without_a_channel_is_for_another_place() -> None:
    async def story(scene: Scene) -> None:
        with pytest.raises(Unsayable) as no:
            await scene.screen.post(posting(place=Place()))
        assert no.value.elsewhere

    in_slack(story)


def test_a_card_that_somebody_deleted_is_gone() -> None:
    async def story(scene: Scene) -> None:
        channel, ts = await scene.screen.post(posting())
        await scene.client.chat_delete(channel=channel, ts=ts)
        with pytest.raises(Unsayable) as no:
            await scene.screen.update(replace(posting(), channel=channel, ts=ts))
        assert no.value.gone
        assert not no.value.elsewhere

    in_slack(story)


def test_too_many_calls_are_tried_again_when_slack_says() -> None:
    async def story(scene: Scene) -> None:
        scene.workspace.break_("ratelimit", method="chat.postMessage", times=1, seconds=17)
        with pytest.raises(Away) as away:
            await scene.screen.post(posting())
        assert away.value.again_in == 17
        assert not isinstance(away.value, Unknown)
        assert scene.shown() == []

    in_slack(story)


def test_an_outage_leaves_nothing_said() -> None:
    async def story(scene: Scene) -> None:
        scene.workspace.break_("down", times=2)
        for attempt in (scene.screen.post(posting()), scene.screen.find(posting())):
            with pytest.raises(Away) as away:
                await attempt
            assert not isinstance(away.value, Unknown)

    in_slack(story)


def test_a_lost_answer_to_a_look_is_only_a_reason_to_look_again() -> None:
    async def story(scene: Scene) -> None:
        scene.workspace.break_("lose-answer", method="conversations.history")  # aiohttp reads once more by itself
        with pytest.raises(Away) as away:
            await scene.screen.find(posting())
        assert not isinstance(away.value, Unknown)
        assert "may have been said" not in away.value.because

    in_slack(story)


def test_a_token_that_was_revoked_loses_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def story(scene: Scene) -> None:
        screen = SlackScreen(AsyncWebClient("xoxb-no-longer", scene.client.base_url), account)
        with pytest.raises(Away, match="token") as away:
            await screen.post(posting())
        assert away.value.again_in == 300

    in_slack(story)
    assert any(record.levelno == logging.CRITICAL for record in caplog.records)


def test_a_scope_that_is_missing_is_named() -> None:
    async def story(scene: Scene) -> None:
        scene.app.scopes = ("chat:write",)
        with pytest.raises(Away, match="channels:history"):
            await scene.screen.find(posting())

    in_slack(story)


def test_what_is_not_made_as_slack_wants_it_is_named_with_its_place(caplog: pytest.LogCaptureFixture) -> None:
    async def story(scene: Scene) -> None:
        too_long = posting(paragraph("x"), key="card:" + "y" * 3000)
        crowded = replace(too_long, say=replace(too_long.say, report=WAITING))
        with pytest.raises(Unsayable, match=r"invalid_blocks.*/blocks/") as no:
            await scene.screen.post(crowded)
        assert not no.value.elsewhere
        assert not no.value.gone

    in_slack(story)
    assert "/blocks/" in caplog.text


# What the sandbox's Slack does not do: answers of a server that says what it is told to


@asynccontextmanager
async def answering(status: int, body: str, kind: str = "application/json", wait: float = 0) -> AsyncIterator[str]:
    """A server that gives every call the same answer."""

    async def answer(_: web.Request) -> web.Response:
        await asyncio.sleep(wait)
        return web.Response(status=status, text=body, content_type=kind)

    app = web.Application()
    app.router.add_route("*", "/{path:.*}", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


@pytest.mark.parametrize(
    ("status", "body", "kind", "perhaps"),
    [
        (200, '{"ok": false, "error": "fatal_error"}', "application/json", True),
        (500, '{"ok": false, "error": "internal_error"}', "application/json", True),
        (502, "<html>bad gateway</html>", "text/html", True),
        (504, "<html>gateway time-out</html>", "text/html", True),
        (200, "<html>sign in to the network</html>", "text/html", True),
        (200, "{not json", "application/json", True),
        (503, "<html>unavailable</html>", "text/html", False),
        (200, '{"ok": false, "error": "something_new"}', "application/json", False),
        (429, "", "text/plain", False),
    ],
)
def test_an_answer_that_says_little_is_never_a_reason_to_lose_it(
    status: int, body: str, kind: str, perhaps: bool
) -> None:
    async def run() -> Away:
        async with answering(status, body, kind) as url:
            with pytest.raises(Away) as away:
                await SlackScreen(AsyncWebClient("xoxb-1", url), account).post(posting())
            return away.value

    assert isinstance(asyncio.run(run()), Unknown) is perhaps


def test_an_answer_that_does_not_come_is_waited_for_no_longer_than_the_limit() -> None:
    async def run() -> None:
        async with answering(200, "{}", wait=2) as url:
            screen = SlackScreen(AsyncWebClient("xoxb-1", url), account, limit=0.1)
            with pytest.raises(Unknown, match=r"0\.1 s"):
                await screen.post(posting())
            with pytest.raises(Unknown):
                await screen.post(private(Place("CONCALL", reply=url)))

    asyncio.run(run())


def test_a_slack_that_cannot_be_reached_has_said_nothing() -> None:
    async def run() -> None:
        async with answering(200, "{}") as url:
            pass
        with pytest.raises(Away, match="cannot be reached") as away:
            await SlackScreen(AsyncWebClient("xoxb-1", url), account).post(posting())
        assert not isinstance(away.value, Unknown)

    asyncio.run(run())


def test_a_response_url_that_asks_to_wait_is_not_spent_elsewhere() -> None:
    async def run() -> None:
        async with answering(503, "", "text/plain") as url:
            with pytest.raises(Away, match="503"):
                await SlackScreen(AsyncWebClient("xoxb-1", url), account).post(private(Place("CONCALL", reply=url)))

    asyncio.run(run())


def test_the_client_that_was_handed_in_keeps_its_own_retries() -> None:
    client = AsyncWebClient("xoxb-1")
    before = list(client.retry_handlers)
    SlackScreen(client, account)
    assert client.retry_handlers == before != []
