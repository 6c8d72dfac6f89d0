"""People and a Bolt app talk: commands, presses, modals, events, over HTTP and over Socket Mode."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from sandbox.slack.apps import App
from sandbox.slack.person import NotPossible, Person
from sandbox.slack.server import SlackServer
from sandbox.slack.serving import serving
from sandbox.slack.workspace import Workspace
from tests.sandbox.slack.bots import bolt, in_socket_mode, over_http
from tests.sandbox.slack.workspaces import JSON, aureus, button, modal, section, typed

ON_CALL = "#aureus-on-call"
WAYS = pytest.mark.parametrize("way", ["http", "socket mode"])


async def until(true: Callable[[], bool]) -> None:
    """Wait for something that the bot notes, and that is no change of the workspace."""
    async with asyncio.timeout(5):
        while not true():  # noqa: ASYNC110 - a list tells nobody that it grew
            await asyncio.sleep(0.01)


class Scene:
    """A served workspace, a bot that is connected to it, and its people."""

    def __init__(self, workspace: Workspace, app: App, bot: AsyncApp) -> None:
        self.workspace, self.app, self.bot = workspace, app, bot
        self.ana, self.ben = Person(workspace, "ana"), Person(workspace, "ben")
        self.heard: list[JSON] = []

    async def hears(self, count: int) -> list[JSON]:
        await until(lambda: len(self.heard) >= count)
        assert len(self.heard) == count
        return self.heard


Listeners = Callable[[Scene], None]


@asynccontextmanager
async def scene(way: str, listeners: Listeners, answer_within: float = 3.0) -> AsyncIterator[Scene]:
    workspace, app = aureus(socket_mode=way == "socket mode")
    workspace.answer_within = answer_within
    async with SlackServer(workspace).serve() as server:
        bot = bolt(server, app)
        here = Scene(workspace, app, bot)
        listeners(here)
        connect = in_socket_mode if way == "socket mode" else over_http
        async with connect(bot, app):
            yield here


def play(way: str, listeners: Listeners, story: Callable[[Scene], Awaitable[None]], **how: Any) -> None:
    async def run() -> None:
        async with scene(way, listeners, **how) as here:
            await story(here)

    asyncio.run(run())


@WAYS
def test_a_command_is_answered_with_a_card_that_can_be_pressed(way: str) -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def aureus_command(ack: Any, say: Any, command: JSON) -> None:
            here.heard.append(command)
            await ack()
            buttons = {"type": "actions", "block_id": "gate", "elements": [button("Confirm", "confirm", value="r1")]}
            await say(text="Scale bridge", blocks=[section("Scale bridge from 3 to 5"), buttons])

        @here.bot.action("confirm")
        async def confirmed(ack: Any, body: JSON, client: Any) -> None:
            await ack()
            here.heard.append(body)
            where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
            await client.chat_update(**where, text=f"confirmed by <@{body['user']['id']}>")

    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "/aureus scale bridge 5 @ben #random")
        card = await here.ana.waits_to_see(ON_CALL, "from 3 to 5")
        assert card.buttons == ["Confirm"]
        await here.ben.presses(card, "Confirm")
        await here.ana.waits_to_see(ON_CALL, "confirmed by <@UBEN>")
        command, press = here.heard
        assert command["text"] == "scale bridge 5 <@UBEN|ben> <#CRANDOM|random>"
        assert (command["user_id"], command["channel_name"]) == ("UANA", "aureus-on-call")
        assert press["container"]["message_ts"] == card.ts
        assert press["actions"][0]["value"] == "r1"
        assert press["api_app_id"] == here.app.id

    play(way, listeners, story)


@WAYS
def test_the_answer_to_a_command_is_seen_by_the_asker_only_unless_it_says_otherwise(way: str) -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def aureus_command(ack: Any, command: JSON) -> None:
            await ack(
                text=f"you said {command['text']}", response_type="in_channel" if "all" in command["text"] else None
            )

    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "/aureus psst")
        await here.ana.says(ON_CALL, "/aureus all")
        assert [one.text for one in here.ana.sees(ON_CALL)] == ["you said psst", "you said all"]
        assert [one.text for one in here.ben.sees(ON_CALL)] == ["you said all"]

    play(way, listeners, story)


@WAYS
def test_an_answer_with_wrong_blocks_is_a_failed_command(way: str) -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def aureus_command(ack: Any) -> None:
            await ack(text="x", blocks=[section("x" * 3001)])

    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "/aureus x")
        assert [one.text for one in here.ana.sees(ON_CALL)] == [
            '/aureus failed with the error "invalid_command_response"'
        ]
        assert "invalid_blocks" in here.workspace.problems[0]

    play(way, listeners, story)


@WAYS
def test_a_command_that_is_not_answered_in_time_has_failed(way: str) -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def aureus_command(ack: Any) -> None:
            await asyncio.sleep(0.6)
            await ack()

    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "/aureus x")
        (failed,) = here.ana.sees(ON_CALL)
        assert failed.text == '/aureus failed with the error "operation_timeout"'
        assert failed.ephemeral

    play(way, listeners, story, answer_within=0.3)


def test_a_bot_that_is_away_cannot_be_reached() -> None:
    async def story() -> None:
        for socket_mode in (True, False):
            workspace, _ = aureus(
                "http://127.0.0.1:1/slack/events" if not socket_mode else None, socket_mode=socket_mode
            )
            async with SlackServer(workspace).serve():
                ana = Person(workspace, "ana")
                await ana.says(ON_CALL, "/aureus x")
                assert [one.text for one in ana.sees(ON_CALL)] == ['/aureus failed with the error "dispatch_failed"']

    asyncio.run(story())


def nothing(_: Scene) -> None:
    """No listeners."""


def test_a_command_that_nobody_has_and_a_command_in_a_thread_are_answered_by_slack() -> None:
    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "/frobnicate now")
        await here.ana.says(ON_CALL, "hello")
        first, hello = here.ana.sees(ON_CALL)
        assert first.text.startswith("/frobnicate is not a valid command")
        await here.ana.says(ON_CALL, "/aureus help", thread_ts=hello.ts)
        assert here.ana.sees(ON_CALL)[-1].text == "/aureus is not supported in threads. Sorry!"
        here.workspace.channel("#random").members.remove("UANA")
        with pytest.raises(NotPossible, match="not_in_channel"):
            await here.ana.says("#random", "hello")

    play("http", nothing, story)


@WAYS
def test_a_modal_is_opened_filled_in_and_sent(way: str) -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def opens(ack: Any, body: JSON, client: Any) -> None:
            await ack()
            asked = modal(typed("Replicas", "replicas"), typed("Why", "why", optional=True), callback_id="scale")
            await client.views_open(trigger_id=body["trigger_id"], view=asked)

        @here.bot.view("scale")
        async def sent(ack: Any, view: JSON) -> None:
            values = view["state"]["values"]
            number = values["replicas"]["value"]["value"]
            here.heard.append(values)
            if not number.isdigit():
                await ack(response_action="errors", errors={"replicas": f"{number} is no number"})
            elif number == "7":
                await ack(response_action="push", view=modal(section("Seven?"), callback_id="sure"))
            elif number == "8":
                await ack(response_action="update", view=modal(section("Eight it is"), callback_id="sure"))
            else:
                await ack()

        @here.bot.view("sure")
        async def sure(ack: Any) -> None:
            await ack(response_action="clear")

    async def story(here: Scene) -> None:
        async def opened() -> Any:
            await here.ana.says(ON_CALL, "/aureus scale")
            return await here.workspace.wait_for(lambda: here.ana.modal)

        view = await opened()
        assert await here.ana.submits(view, {}) == {"replicas": "Please complete this required field."}
        assert here.heard == []
        assert await here.ana.submits(view, {"Replicas": "many"}) == {"replicas": "many is no number"}
        assert await here.ana.submits(view, {"Replicas": "7"}) == {}
        top = here.ana.modal
        assert top is not None
        assert (top.previous, top.root) == (view.id, view.id)
        await here.ana.submits(top, {})
        assert here.ana.modal is None
        view = await opened()
        await here.ana.submits(view, {"Replicas": "8"})
        assert here.workspace.stacks["UANA"][-1].definition["blocks"][0]["text"]["text"] == "Eight it is"
        view = await opened()
        await here.ana.submits(view, {"Replicas": "5", "Why": "load"})
        assert here.ana.modal is None
        assert here.heard[-1]["why"] == {"value": {"type": "plain_text_input", "value": "load"}}

    play(way, listeners, story)


def test_a_wrong_answer_to_a_modal_is_trouble_and_is_noted_for_the_developer() -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def opens(ack: Any, body: JSON, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(typed("Why", "why"), callback_id="c"))

        @here.bot.view("c")
        async def sent(ack: Any) -> None:
            await ack(response_action="errors", errors={"nowhere": "what?"})

    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "/aureus")
        view = await here.workspace.wait_for(lambda: here.ana.modal)
        with pytest.raises(NotPossible, match="We had some trouble connecting"):
            await here.ana.submits(view, {"why": "x"})
        assert "input blocks only" in here.workspace.problems[0]
        assert here.ana.modal is view

    play("http", listeners, story)


def test_a_trigger_opens_one_modal_within_three_seconds() -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def keeps(ack: Any, body: JSON) -> None:
            await ack()
            here.heard.append(body)

    async def story(here: Scene) -> None:
        async def error(trigger: str, method: str = "views_open", view: JSON | None = None) -> str:
            with pytest.raises(SlackApiError) as refused:
                await getattr(here.bot.client, method)(trigger_id=trigger, view=view or modal(section()))
            return str(refused.value.response["error"])

        async def trigger() -> str:
            await here.ana.says(ON_CALL, "/aureus")
            return str((await here.hears(len(here.heard) or 1))[-1]["trigger_id"])

        used = await trigger()
        assert await error(used, view=modal(section("x" * 3001))) == "invalid_arguments"
        opened = (await here.bot.client.views_open(trigger_id=used, view=modal(section(), external_id="one")))["view"]
        assert await error(used) == "exchanged_trigger_id"
        assert await error("1.2.abc") == "invalid_trigger_id"
        late = await trigger()
        here.workspace.clock.move(timedelta(seconds=3.5))
        assert await error(late) == "expired_trigger_id"
        assert await error(await trigger(), view=modal(section(), external_id="one")) == "duplicate_external_id"
        for _ in range(2):
            await here.bot.client.views_push(trigger_id=await trigger(), view=modal(section()))
        assert await error(await trigger(), "views_push") == "push_limit_reached"
        with pytest.raises(SlackApiError, match="hash_conflict"):
            await here.bot.client.views_update(view_id=opened["id"], hash="1.old", view=modal(section("b")))
        await here.bot.client.views_update(external_id="one", hash=opened["hash"], view=modal(section("b")))
        with pytest.raises(SlackApiError, match="not_found"):
            await here.bot.client.views_update(view_id="VNONE", view=modal(section("b")))

    play("http", listeners, story)


def test_closing_a_modal_is_told_to_who_asked_for_it() -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def opens(ack: Any, body: JSON, client: Any) -> None:
            await ack()
            await client.views_open(trigger_id=body["trigger_id"], view=modal(callback_id="c", notify_on_close=True))

        @here.bot.view_closed("c")
        async def closed(ack: Any, body: JSON) -> None:
            await ack()
            here.heard.append(body)

    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "/aureus")
        view = await here.workspace.wait_for(lambda: here.ana.modal)
        await here.ana.closes(view)
        (told,) = await here.hears(1)
        assert (told["view"]["id"], told["is_cleared"], here.ana.modal) == (view.id, False, None)

    play("http", listeners, story)


def test_what_is_chosen_comes_with_the_state_of_the_other_elements() -> None:
    options = [{"text": {"type": "plain_text", "text": one}, "value": one.lower()} for one in ("One", "Two")]
    menu = {"type": "static_select", "action_id": "pick", "options": options}
    people = {"type": "users_select", "action_id": "who", "initial_user": "UBEN"}

    def listeners(here: Scene) -> None:
        @here.bot.action("pick")
        async def picked(ack: Any, body: JSON) -> None:
            await ack()
            here.heard.append(body)

    async def story(here: Scene) -> None:
        blocks = [{"type": "actions", "block_id": "b", "elements": [menu, people]}]
        await here.bot.client.chat_postMessage(channel="CONCALL", text="choose", blocks=blocks)
        (card,) = here.ana.sees(ON_CALL)
        await here.ana.presses(card, "pick", "Two")
        (body,) = await here.hears(1)
        assert body["actions"][0]["selected_option"]["value"] == "two"
        assert body["state"]["values"]["b"]["who"] == {"type": "users_select", "selected_user": "UBEN"}
        assert body["state"]["values"]["b"]["pick"]["selected_option"]["value"] == "two"
        with pytest.raises(NotPossible, match="does not offer 'three'"):
            await here.ana.presses(card, "pick", "three")
        with pytest.raises(NotPossible, match="there is no 'Approve' to press"):
            await here.ana.presses(card, "Approve")

    play("http", listeners, story)


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
        await here.ana.says("#random", "nobody hears this")
        await here.ana.says(ON_CALL, "@aureus-bot help")
        assert {one["event"]["type"] for one in (await here.hears(3))[1:]} == {"message", "app_mention"}
        await here.ben.reacts(here.ana.sees(ON_CALL)[0], "eyes")
        reaction = (await here.hears(4))[-1]["event"]
        assert (reaction["reaction"], reaction["user"], reaction["item"]["ts"]) == ("eyes", "UBEN", event["ts"])
        await here.ana.opens_home()
        assert (await here.hears(5))[-1]["event"]["tab"] == "home"

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


def test_an_event_that_is_refused_comes_again_at_once_and_after_one_and_five_minutes() -> None:
    async def story() -> None:
        workspace, app = aureus()
        ana, heard = Person(workspace, "ana"), list[Request]()
        async with SlackServer(workspace).serve(), refusing(app, heard):
            await ana.says(ON_CALL, "hello")
            await until(lambda: len(heard) == 2)
            workspace.clock.move(timedelta(seconds=59))
            await asyncio.sleep(0.1)
            assert len(heard) == 2
            workspace.clock.move(timedelta(seconds=1))
            await until(lambda: len(heard) == 3)
            await asyncio.sleep(0.1)
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


def test_a_response_url_is_good_for_five_answers_and_half_an_hour() -> None:
    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def keeps(ack: Any, body: JSON) -> None:
            await ack()
            here.heard.append(body)

    async def story(here: Scene) -> None:
        await here.ana.says("#random", "/aureus x")
        url = (await here.hears(1))[0]["response_url"]
        async with httpx.AsyncClient() as client:
            for number in range(5):
                answer = await client.post(url, json={"text": f"answer {number}"})
                assert answer.json() == {"ok": True}
            assert (await client.post(url, json={"text": "sixth"})).json() == {"ok": False, "error": "used_url"}
            assert [one.text for one in here.ben.sees("#random")] == []
            assert len(here.ana.sees("#random")) == 5
            await here.ana.says("#random", "/aureus y")
            later = (await here.hears(2))[1]["response_url"]
            wrong = await client.post(later, json={"blocks": [section("x" * 3001)]})
            assert (wrong.status_code, wrong.json()["error"]) == (400, "invalid_blocks")
            here.workspace.clock.move(timedelta(minutes=31))
            expired = await client.post(later, json={"text": "late"})
            assert (expired.status_code, expired.json()["error"]) == (404, "expired_url")

    play("http", listeners, story)


def test_an_ephemeral_message_is_replaced_and_taken_away_by_its_response_url() -> None:
    def listeners(here: Scene) -> None:
        @here.bot.action("go")
        async def go(ack: Any, body: JSON, respond: Any) -> None:
            await ack()
            here.heard.append(body)
            await respond(text="replaced", replace_original=True)

        @here.bot.action("away")
        async def away(ack: Any, respond: Any) -> None:
            await ack()
            await respond(delete_original=True)

    async def story(here: Scene) -> None:
        pressed = {"type": "actions", "elements": [button("Go", "go"), button("Away", "away")]}
        for _ in range(2):
            await here.bot.client.chat_postEphemeral(channel="CONCALL", user="UANA", text="psst", blocks=[pressed])
        first, second = here.ana.sees(ON_CALL)
        await here.ana.presses(first, "Go")
        await here.ana.waits_to_see(ON_CALL, "replaced")
        assert here.heard[0]["container"]["is_ephemeral"] is True
        assert "message" not in here.heard[0]
        await here.ana.presses(second, "Away")
        await here.workspace.wait_for(lambda: len(here.ana.sees(ON_CALL)) == 1)
        with pytest.raises(NotPossible, match="message_not_found"):
            await here.ben.presses(first, "Go")

    play("http", listeners, story)


def test_shortcuts_and_the_home_of_a_person() -> None:
    def listeners(here: Scene) -> None:
        @here.bot.shortcut("declare")
        async def declare(ack: Any, body: JSON, client: Any) -> None:
            await ack()
            here.heard.append(body)
            await client.views_open(trigger_id=body["trigger_id"], view=modal(section("Declared")))

        @here.bot.shortcut("timeline")
        async def timeline(ack: Any, body: JSON) -> None:
            await ack()
            here.heard.append(body)

        @here.bot.event("app_home_opened")
        async def home(event: JSON, client: Any) -> None:
            view = {"type": "home", "blocks": [section(f"Hello {event['user']}")]}
            await client.views_publish(user_id=event["user"], view=view)

    async def story(here: Scene) -> None:
        await here.ana.uses_shortcut("declare")
        await here.workspace.wait_for(lambda: here.ana.modal)
        await here.ben.says(ON_CALL, "it began at ten")
        await here.ana.uses_shortcut("timeline", here.ana.sees(ON_CALL)[0])
        globally, on_message = here.heard
        assert globally["type"] == "shortcut"
        assert (on_message["type"], on_message["message"]["text"]) == ("message_action", "it began at ten")
        await here.ana.opens_home()
        home = await here.workspace.wait_for(lambda: here.ana.home)
        assert home.definition["blocks"][0]["text"]["text"] == "Hello UANA"
        assert here.ben.home is None
        with pytest.raises(NotPossible, match="has a message shortcut 'declare'"):
            await here.ana.uses_shortcut("declare", here.ana.sees(ON_CALL)[0])

    play("http", listeners, story)


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


def test_a_request_that_was_changed_on_its_way_is_not_believed() -> None:
    async def story(here: Scene) -> None:
        here.app.signing_secret = "0" * 32
        await here.ana.says(ON_CALL, "/aureus x")
        assert here.ana.sees(ON_CALL)[-1].text == '/aureus failed with the error "dispatch_failed"'

    play("http", nothing, story)
