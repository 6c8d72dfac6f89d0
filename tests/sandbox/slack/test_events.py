"""Events and connections, with a Bolt app and with one that refuses everything."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.serving import serving
from sandbox.slack.apps import App
from sandbox.slack.person import Person
from sandbox.slack.server import SlackServer
from tests.sandbox.slack.bots import bolt, in_socket_mode
from tests.sandbox.slack.scenes import ON_CALL, WAYS, Scene, play, until
from tests.sandbox.slack.workspaces import JSON, aureus


@asynccontextmanager
async def refusing(app: App, heard: list[Request], **headers: str) -> AsyncIterator[None]:
    """An app that answers 500 to everything."""

    async def refuse(request: Request) -> Response:
        await request.body()
        heard.append(request)
        return Response(status_code=500, headers=headers)

    async with serving(Starlette(routes=[Route("/", refuse, methods=["POST"])])) as url:
        app.urls["event"] = url
        yield


@WAYS
def test_events_are_heard_by_a_bot_that_is_in_the_channel(way: str) -> None:
    def listeners(here: Scene) -> None:
        for event in ("app_mention", "message", "reaction_added", "app_home_opened", "member_joined_channel"):

            @here.bot.event(event)
            async def hear(body: JSON) -> None:
                here.heard.append(body)

    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "a < b & @ben")
        (told,) = await here.hears(1)
        event = told["event"]
        assert (event["type"], event["text"], event["channel_type"]) == ("message", "a &lt; b &amp; <@UBEN>", "channel")
        assert told["event_id"].startswith("Ev")
        await here.ana.says(ON_CALL, "@Ben Okafor and @BEN., not @ben.o or @benny")
        event = (await here.hears(2))[-1]["event"]
        assert event["text"] == "<@UBEN> and <@UBEN>., not @ben.o or @benny"
        await here.ana.says("#random", "nobody hears this")
        await here.ana.says(ON_CALL, "@aureus-bot help")
        assert {one["event"]["type"] for one in (await here.hears(4))[2:]} == {"message", "app_mention"}
        await here.ben.reacts(here.ana.sees(ON_CALL)[1], "eyes")
        reaction = (await here.hears(5))[-1]["event"]
        assert (reaction["reaction"], reaction["user"], reaction["item"]["ts"]) == ("eyes", "UBEN", event["ts"])
        await here.ana.opens_home()
        assert (await here.hears(6))[-1]["event"]["tab"] == "home"

    play(way, listeners, story)


@WAYS
def test_an_event_can_come_twice_and_late(way: str) -> None:
    def listeners(here: Scene) -> None:
        @here.bot.event("message")
        async def hear(body: JSON) -> None:
            here.heard.append(body)

    async def story(here: Scene) -> None:
        here.workspace.break_("duplicate", times=1)
        await here.ana.says(ON_CALL, "twice")
        one, other = await here.hears(2)
        assert one["event_id"] == other["event_id"]
        here.workspace.break_("late", times=1, seconds=60)
        await here.ana.says(ON_CALL, "late")
        await here.ana.says(ON_CALL, "in time")
        assert (await here.hears(3))[-1]["event"]["text"] == "in time"
        here.workspace.clock.move(timedelta(seconds=60))
        assert (await here.hears(4))[-1]["event"]["text"] == "late"

    play(way, listeners, story)


def test_an_event_that_is_refused_comes_again_at_once_and_after_one_and_five_minutes() -> None:
    async def story() -> None:
        workspace, app = aureus()
        ana, heard = Person(workspace, "ana"), list[Request]()
        async with SlackServer(workspace).serve() as server, refusing(app, heard):

            def in_(seconds: int) -> bool:
                return server.delivery.waiting == [workspace.clock.now() + timedelta(seconds=seconds)]

            await ana.says(ON_CALL, "hello")
            await until(lambda: len(heard) == 2 and in_(60))
            workspace.clock.move(timedelta(seconds=59))
            await asyncio.sleep(0.1)
            assert len(heard) == 2
            workspace.clock.move(timedelta(seconds=1))
            await until(lambda: len(heard) == 3 and in_(300))
            workspace.clock.move(timedelta(minutes=5))
            await until(lambda: workspace.problems != [])
        told = [(one.headers.get("x-slack-retry-num"), one.headers.get("x-slack-retry-reason")) for one in heard]
        assert told == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
        assert len({json.loads(await one.body())["event_id"] for one in heard}) == 1
        verifier = SignatureVerifier(app.signing_secret)
        for one in heard:
            assert verifier.is_valid_request(await one.body(), dict(one.headers))

    asyncio.run(story())


def test_an_event_does_not_come_again_when_the_app_says_so() -> None:
    async def story() -> None:
        workspace, app = aureus()
        heard = list[Request]()
        async with SlackServer(workspace).serve(), refusing(app, heard, **{"X-Slack-No-Retry": "1"}):
            await Person(workspace, "ana").says(ON_CALL, "hello")
            await until(lambda: len(heard) == 1)
            await asyncio.sleep(0.1)
        assert len(heard) == 1

    asyncio.run(story())


def test_a_socket_is_renewed_and_each_envelope_goes_to_one_connection() -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def answer(ack: Any) -> None:
            await ack(text="here")

    async def story() -> None:
        workspace, app = aureus(socket_mode=True)
        async with SlackServer(workspace).serve() as server:
            here = Scene(workspace, app, bolt(server, app))
            listeners(here)
            sockets = server.delivery.sockets
            async with in_socket_mode(here.bot, app), in_socket_mode(here.bot, app):
                await workspace.wait_for(lambda: sockets.connected(app) == 2)
                await here.ana.says(ON_CALL, "/aureus")
                assert len(here.ana.sees(ON_CALL)) == 1
                await sockets.refresh()
                assert sockets.connected(app) == 0
                await workspace.wait_for(lambda: sockets.connected(app) == 2)
                await here.ana.says(ON_CALL, "/aureus")
                assert [one.text for one in here.ana.sees(ON_CALL)] == ["here", "here"]

    asyncio.run(story())
