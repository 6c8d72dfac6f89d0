"""What people do when Slack tells them that something failed: also on a machine that is too busy to answer in time."""

import asyncio
import signal
from pathlib import Path

from tests.crash.stage import CHANNEL, Stage


def test_a_command_that_is_answered_too_late_is_not_said_twice(tmp_path: Path) -> None:
    async def story() -> None:
        async with Stage.open(tmp_path) as stage:
            stage.world.workspace.answer_within = 0.5
            stage.send(signal.SIGSTOP)
            saying = asyncio.create_task(stage.says("ana", "scale bridge 5"))
            late = "operation_timeout"
            await stage.until(lambda: any(late in one.text for one in stage.person("ana").sees(CHANNEL)), late)
            stage.send(signal.SIGCONT)
            await saying
            await stage.until(stage.messages, "a card")
            assert stage.fate.received == 1

    asyncio.run(story())
