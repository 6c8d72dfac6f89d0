"""A channel of config/ takes nothing: it is said at start, what belongs there is said elsewhere, `where` tells."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from sandbox.slack.workspace import Workspace
from tests.stories.alarm import ALERTS, Alarm
from tests.stories.stage import ON_CALL

CRITICAL = "#aureus-critical"
AT_START = "Channels of config/ that I cannot speak in"


def archived(workspace: Workspace) -> None:
    workspace.channel(CRITICAL).archived = True


def missing(workspace: Workspace) -> None:
    workspace.channel(CRITICAL).name = "aureus-critical-old"


def left(workspace: Workspace) -> None:
    channel = workspace.channel(CRITICAL)
    channel.members = [each for each in channel.members if not workspace.users[each].is_bot]


def opened(workspace: Workspace) -> None:
    channel = workspace.channel("CCRITICAL")
    channel.archived, channel.name = False, "aureus-critical"


def said_at_start(s: Alarm) -> int:
    return sum(AT_START in one for one in s.person("ana").sees(ON_CALL))


@pytest.mark.parametrize(
    ("closes", "because", "remedy"),
    [
        (archived, "That channel is archived", "Unarchive it"),
        (missing, "Slack shows me no such channel", "Make it, or say /invite @aureus"),
        (left, "I am not a member of that channel", "Say /invite @aureus"),
    ],
    ids=["archived", "missing", "left"],
)
def test_it_is_said_at_start_an_alert_reaches_people_and_where_tells_why(
    tmp_path: Path, closes: Callable[[Workspace], None], because: str, remedy: str, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s:
            closes(s.workspace)
            async with s.with_bot():
                told = await s.sees("ana", AT_START)
                assert because in told
                assert remedy in told.words.replace("\n", "")
                await s.fires("ServiceDown")
                await s.sees_card("P0 · ServiceDown · bridge")
                await s.sees("ana", "P0 · ServiceDown · bridge", where=ON_CALL)
                await s.says("ben", "/aureus where ServiceDown")
                way = await s.sees("ben", "The way of ServiceDown")
                assert f"in {ON_CALL} instead of {CRITICAL}, which did not take it: " in way
                assert because in way
        assert s.workspace.problems == []

    with caplog.at_level("WARNING"):
        asyncio.run(run())
    assert f"nothing can be said in {CRITICAL}: {because}" in caplog.text


def test_it_is_said_once_while_nothing_changes_and_again_when_it_happens_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s:
            archived(s.workspace)
            async with s.with_bot():
                await s.sees("ana", AT_START)
            await s.passes(hours=3)
            async with s.with_bot():
                await s.bot.core.check_channels()
                await s.settle()
                assert said_at_start(s) == 1
            opened(s.workspace)
            async with s.with_bot():
                await s.bot.core.check_channels()
                await s.settle()
                assert said_at_start(s) == 1
            archived(s.workspace)
            await s.passes(hours=1)
            async with s.with_bot():
                await s.until(lambda: said_at_start(s) == 2)

    asyncio.run(run())


def test_one_that_is_archived_while_the_bot_runs_is_said_once_and_logged_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s, s.with_bot():
            await s.bot.core.check_channels()
            archived(s.workspace)
            for _ in range(3):
                await s.passes(hours=1)
                await s.bot.core.check_channels()
            await s.until(lambda: said_at_start(s) == 1)
            assert caplog.text.count(f"nothing can be said in {CRITICAL}") == 1
            opened(s.workspace)
            for _ in range(2):
                await s.passes(hours=1)
                await s.bot.core.check_channels()
            assert said_at_start(s) == 1
            assert caplog.text.count(f"what is said in {CRITICAL} appears there again") == 1

    with caplog.at_level("INFO"):
        asyncio.run(run())


def test_a_fall_back_channel_that_takes_nothing_is_an_error_of_the_log(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s:
            s.workspace.channel(ON_CALL).archived = True
            async with s.with_bot():
                await s.bot.core.check_channels()
                await s.settle()
                assert said_at_start(s) == 0
                assert await s.bot.core.outbox.next_due() is None

    asyncio.run(run())
    errors = [one for one in caplog.records if one.levelname == "ERROR"]
    assert any(f"nothing can be said in {ON_CALL}: That channel is archived" in one.getMessage() for one in errors)


def test_slack_does_not_list_its_channels_at_the_start_and_it_is_said_when_it_does(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s:
            archived(s.workspace)
            s.workspace.break_("down", method="conversations.list")
            async with s.with_bot():
                await s.until(lambda: "is looked at later" in caplog.text)
                s.workspace.mend()
                await s.workspace.wait_for(lambda: said_at_start(s))

    with caplog.at_level("INFO"):
        asyncio.run(run())


def test_where_all_channels_of_a_card_take_nothing_there_is_one_in_the_other_channel(tmp_path: Path) -> None:
    async def run() -> None:
        async with Alarm(tmp_path).set_up() as s, s.with_bot():
            for name in (ALERTS, CRITICAL):
                s.workspace.channel(name).archived = True
            await s.fires("ServiceDown")
            await s.sees("ana", "P0 · ServiceDown · bridge", where=ON_CALL)
            await s.passes(seconds=30)
            cards = [one for one in s.person("ana").sees(ON_CALL) if "Acknowledge" in one.buttons]
            assert len(cards) == 1
            assert [one for one in s.person("ana").sees(ON_CALL) if one.thread_ts == cards[0].ts and one != cards[0]]

    asyncio.run(run())
