"""People and a Bolt app talk by commands, presses and response URLs."""

import asyncio
from datetime import timedelta
from typing import Any

import httpx
import pytest

from sandbox.slack.person import NotPossible, Person
from sandbox.slack.server import SlackServer
from tests.sandbox.slack.scenes import ON_CALL, WAYS, Scene, nothing, play
from tests.sandbox.slack.workspaces import JSON, aureus, button, section


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
    late = asyncio.Event()

    def listeners(here: Scene) -> None:
        @here.bot.command("/aureus")
        async def aureus_command(ack: Any) -> None:
            await late.wait()
            await ack()

    async def story(here: Scene) -> None:
        await here.ana.says(ON_CALL, "/aureus x")
        late.set()
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


def test_a_request_that_was_changed_on_its_way_is_not_believed() -> None:
    async def story(here: Scene) -> None:
        here.app.signing_secret = "0" * 32
        await here.ana.says(ON_CALL, "/aureus x")
        assert here.ana.sees(ON_CALL)[-1].text == '/aureus failed with the error "dispatch_failed"'

    play("http", nothing, story)
