"""kill -9 at every write of every handler, its undo included, on both databases; with ``--every-handler``.

With ``--deaths 4`` a bot dies at every so many writes of one playing, and each playing begins with another write: that
takes half the time, and finds what only a second death brings about.
"""

import ast
import asyncio
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.settings import PROJECT
from tests.crash.dying import die_at_every_write
from tests.crash.scenes import SCALE, SCENES
from tests.everyone import HANDLERS


def test_every_handler_has_a_scene() -> None:
    """Whoever adds one writes nothing here; no scene is left of one that is gone.

    What acts is read from the files themselves, since the scenes are made from what the bot found by looking.
    """
    played = {scene.command for scene in SCENES.values()} - {""}
    assert played <= {handler.command for handler in HANDLERS}
    files = {path.stem: ast.parse(path.read_text()) for path in (PROJECT / "handlers").glob("*.py")}
    acting = {name for name, tree in files.items() if any(_acts(node) for node in tree.body)}
    assert {"scale", "resolve"} <= acting
    assert acting <= {re.sub(r"\W", "_", command) for command in played}


def _acts(node: ast.stmt) -> bool:
    """``class Scale(Runbook[…])``, and no lookup."""
    return isinstance(node, ast.ClassDef) and any(ast.unparse(base).startswith("Runbook") for base in node.bases)


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
@pytest.mark.parametrize("name", SCENES)
def test_a_handler_ends_the_same_at_whichever_write_the_bot_is_killed(
    name: str, database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--every-handler"):
        pytest.skip("it takes minutes: `make crash` does it")
    make: Callable[[], str] = request.getfixturevalue(database)
    deaths: int = request.config.getoption("--deaths")
    moments = asyncio.run(die_at_every_write(SCENES[name], tmp_path, make, deaths=deaths))
    assert moments.killed >= 4, "a request, its run, its answer and its message are as many writes at the least"
    assert moments.killed >= moments.apart, "in each playing there is a death at the least"


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_a_scale_ends_the_same_at_whichever_commit_of_the_journal_or_of_the_queue_the_bot_is_killed(
    database: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if not request.config.getoption("--every-handler"):
        pytest.skip("it takes minutes: `make crash` does it")
    make: Callable[[], str] = request.getfixturevalue(database)
    moments = asyncio.run(die_at_every_write(SCALE, tmp_path, make, queue_too=True))
    assert moments.at_the_queue >= 4, "that it was asked for, and that it was agreed to, is stored there and ended"
