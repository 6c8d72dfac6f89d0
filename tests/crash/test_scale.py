"""kill -9 at every write of a scale: the same end world, one card, and nothing done twice."""

import asyncio
from collections.abc import Callable
from pathlib import Path

from tests.crash.dying import die_at_every_write
from tests.crash.scenes import Round, Scene


async def _scale(now: Round) -> None:
    title = "Scale bridge from 3 to 5"
    await now.does("ana", "scale bridge 5", title, "ana")
    await now.undoes("ana", title)


def test_a_scale_and_its_undo_end_the_same_whichever_write_the_bot_dies_at(
    tmp_path: Path, sqlite: Callable[[], str]
) -> None:
    killed = asyncio.run(die_at_every_write(Scene("scale", _scale), tmp_path, sqlite))
    assert killed >= 50, "a scale and its undo are more writes than that, each with a death before and after it"
