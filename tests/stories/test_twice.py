"""Slack delivers again what was not answered in time: it is one run, also when the bot was started anew in between."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from sandbox.slack import payloads
from sandbox.slack.block_kit import elements
from sandbox.slack.element_state import action_of, values_of
from sandbox.slack.outbound import What
from sandbox.slack.person import Seen
from tests.stories.stage import Stage

Delivery = tuple[What, dict[str, Any]]
#: What a person does on the stage, as Slack would deliver it; and what is there once when it was taken.
Deed = Callable[[Stage], Awaitable[Delivery]]


async def commands(s: Stage) -> Delivery:
    """Ana scales bridge."""
    channel = s.workspace.channel("aureus-on-call")
    ana = s.workspace.user("ana").id
    return "slash_commands", payloads.command(s.workspace, s.app, ana, channel, "/aureus", "scale bridge 5")


async def presses(s: Stage) -> Delivery:
    """Ana takes back what is done."""
    await s.says("ana", "/aureus scale bridge 5")
    await s.presses("ana", await s.sees("ana", "Scale bridge from 3 to 5"), "Confirm")
    card = await s.sees("ana", "Done in")
    return "interactive", _pressed(s, "ana", card, "Undo")


async def submits(s: Stage) -> Delivery:
    """Elif says why she declines."""
    await s.says("ana", "/aureus scale bridge 8 because the sale begins")
    card = await s.sees("ana", "Scale bridge from 3 to 8")
    elif_ = s.person("elif")
    await elif_.presses(card, "Decline")
    view = elif_.modal
    assert view is not None
    block, field = next(elements(view.definition["blocks"]))
    view.state = values_of(view.definition["blocks"], {block["block_id"]: {field["action_id"]: "not before noon"}})
    return "interactive", payloads.view_submission(s.workspace, s.app, view)


def _pressed(s: Stage, who: str, card: Seen, button: str) -> dict[str, Any]:
    block, element = next(one for one in elements(card.blocks) if one[1].get("text", {}).get("text") == button)
    action = action_of(block, element, None, s.workspace.next_ts())
    message = s.workspace.message(card.channel, card.ts)
    assert message is not None
    return payloads.message_action(s.workspace, s.app, s.workspace.user(who).id, message, action, {})


async def _delivered(s: Stage, delivery: Delivery) -> None:
    ack = await s.slack.delivery.ask(s.app, *delivery)
    assert not ack.problem
    assert not ack.body
    await s.settle()
    await s.passes(seconds=30)


DEEDS = pytest.mark.parametrize(
    ("deed", "seen", "runs"),
    [
        (commands, "Scale bridge from 3 to 5", 1),
        (presses, "Done, and since then taken back by Ana Silva", 2),
        (submits, "not before noon", 1),
    ],
)


@DEEDS
def test_delivered_twice_is_done_once(tmp_path: Path, deed: Deed, seen: str, runs: int) -> None:
    async def run() -> None:
        async with Stage(tmp_path).set_up() as s, s.with_bot():
            delivery = await deed(s)
            await _delivered(s, delivery)
            before = await _seen_at_last(s, seen)
            await _delivered(s, delivery)
            await _stays_so(s, before, seen, runs)

    asyncio.run(run())


@DEEDS
def test_delivered_again_after_a_restart_is_still_done_once(tmp_path: Path, deed: Deed, seen: str, runs: int) -> None:
    async def run() -> None:
        async with Stage(tmp_path).set_up() as s:
            async with s.with_bot():
                delivery = await deed(s)
                await _delivered(s, delivery)
                before = await _seen_at_last(s, seen)
            async with s.with_bot():
                await _delivered(s, delivery)
                await _stays_so(s, before, seen, runs)

    asyncio.run(run())


@DEEDS
def test_answered_just_as_the_bot_ends_it_is_done_once(tmp_path: Path, deed: Deed, seen: str, runs: int) -> None:
    """Whether this process still took it or the next one does, its second delivery is nothing new."""

    async def run() -> None:
        async with Stage(tmp_path).set_up() as s:
            async with s.with_bot():
                delivery = await deed(s)
                ack = await s.slack.delivery.ask(s.app, *delivery)
                assert not ack.problem
            async with s.with_bot():
                await _delivered(s, delivery)
                await s.sees("ana", seen)
                await _stays_so(s, _seen(s), seen, runs)
                assert "can no longer be" not in s.shows(who="elif")

    asyncio.run(run())


async def _seen_at_last(s: Stage, what: str) -> list[str]:
    """As below, when this is seen and nothing more comes of it."""
    await s.sees("ana", what)
    await s.passes(seconds=30)
    return _seen(s)


def _seen(s: Stage) -> list[str]:
    """What those who do something see, each with what is for them alone."""
    return [s.shows(who=who) for who in ("ana", "elif")]


async def _stays_so(s: Stage, before: list[str], seen: str, runs: int) -> None:
    """Nobody sees anything new, also not that it came too late; and there is no further run."""
    assert seen in before[0]
    assert _seen(s) == before
    assert len(await s.runs()) == runs
    assert s.workspace.problems == []
