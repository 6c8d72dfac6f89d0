"""PagerDuty is not configured: the bot keeps its own book, says so once, and refuses nothing because of it."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

from pydantic import SecretStr

from bot.settings import Settings
from sandbox.pagerduty.faults import Fault
from tests.doors.hooks import Hooks, event
from tests.stories.alarm import ALERTS, Alarm

WITHOUT = "PagerDuty is not configured: PAGERDUTY_API_KEY is not set."


class Alone(Hooks):
    """A stage whose bot has no key of PagerDuty; it may be told of by webhooks all the same."""

    def _settings(self) -> Settings:
        return super()._settings().model_copy(update={"pagerduty_api_key": SecretStr(""), "pagerduty_from": ""})


def alone(folder: Path, story: Callable[[Alone], Awaitable[None]]) -> None:
    async def run() -> None:
        async with Alone(folder).set_up() as stage, stage.with_bot():
            assert isinstance(stage, Alone)
            stage.account.faults.add(Fault("webhooks-held"))
            await story(stage)
            assert not stage.lines("Nothing was changed"), "nothing was refused"
            assert [run.id for run in await stage.runs() if run.went_on or not run.over] == []
            assert stage.workspace.problems == []

    asyncio.run(run())


async def _is_kept_here(s: Alarm) -> None:
    """An incident from its first moment to its last, by what its card offers."""
    card = await s.sees_card("P0 · ")
    assert WITHOUT in s.card(card)
    await s.person("ana").reacts(card, "white_check_mark")
    await s.until(lambda: "Ana Silva has it since" in s.card(card))
    await s.fills_in("ana", s.card(card), "Note", "the disk is full")
    await s.sees("ana", "the disk is full", where=ALERTS)
    await s.fills_in("ana", s.card(card), "Escalate", "I cannot find it")
    await s.sees("ana", "I cannot find it", where=ALERTS)
    case = (await s.incident()).id
    await s.says("ana", f"/aureus release {case}", where=ALERTS)
    await s.until(lambda: "Nobody has it" in s.card(card))
    await s.presses("ben", s.card(card), "Acknowledge")
    await s.until(lambda: "Ben Okafor has it since" in s.card(card))
    assert len([one for one in s.lines(WITHOUT) if one.thread_ts]) == 0, "its card says so, and nothing else"
    await s.fills_in("ben", s.card(card), "Resolve", "a full disk")
    await s.until(lambda: "Resolved by Ben Okafor" in s.card(card))
    assert WITHOUT not in s.card(card)
    assert "A full disk" in s.card(card)


def test_an_incident_is_taken_given_back_and_resolved_without_pagerduty(tmp_path: Path) -> None:
    async def story(s: Alone) -> None:
        began = s.clock.now()
        await s.fires("ServiceDown")
        await s.sees("ana", "it is P0.", where=ALERTS)
        assert (s.clock.now() - began).total_seconds() < 10, "nobody waits for PagerDuty to have it"
        await _is_kept_here(s)
        await s.looks()
        assert s.account.asked("GET", "/incidents") + s.account.asked("PUT", "/incidents") == 0

    alone(tmp_path, story)


def test_what_pagerduty_tells_is_heard_though_it_cannot_be_asked(tmp_path: Path) -> None:
    async def story(s: Alone) -> None:
        await s.sends("pagerduty", event())
        card = await s.sees_card("P1 · It burns")
        await s.fills_in("dana", card, "Severity", choice="p0")
        await _is_kept_here(s)

    alone(tmp_path, story)


def test_on_call_are_those_of_config(tmp_path: Path) -> None:
    async def story(s: Alone) -> None:
        await s.says("ben", "/aureus oncall", where=ALERTS)
        shown = await s.sees("ben", "On call", where=ALERTS)
        assert "Primary" in shown
        assert "Ana Silva" in shown
        assert "Secondary" in shown
        assert "Ben Okafor" in shown
        assert "The bot calls those of" in shown
        assert WITHOUT in shown

    alone(tmp_path, story)
