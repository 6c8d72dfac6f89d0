"""Modals, shortcuts and the Home tab, with a Bolt app."""

from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from sandbox.slack.person import NotPossible
from tests.sandbox.slack.scenes import ON_CALL, WAYS, Scene, play
from tests.sandbox.slack.workspaces import JSON, modal, section, typed


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
