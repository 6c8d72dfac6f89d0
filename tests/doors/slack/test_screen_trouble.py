"""What cannot be said as it was meant, and what becomes of it."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from bot.domain.errors import Away, Unknown
from bot.domain.request import Place
from bot.doors.slack.screen import SlackScreen
from bot.ports import Unsayable
from tests.doors.slack.reports import WAITING, paragraph
from tests.doors.slack.scene import Scene, account, in_slack, posting, private


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
