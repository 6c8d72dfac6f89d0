"""kill -9 at every write of a scale: the same end world, one card, and nothing done twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.crash.dying import die_at_every_write
from tests.crash.scenes import SCALE


def test_a_scale_ends_the_same_at_whichever_write_the_bot_is_killed(tmp_path: Path, sqlite: Callable[[], str]) -> None:
    moments = asyncio.run(die_at_every_write(SCALE, tmp_path, sqlite))
    assert moments.killed >= 20, "a scale has more writes than that"
