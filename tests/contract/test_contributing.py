"""The runbook that CONTRIBUTING.md writes: one new file and nothing else, in a copy of the project."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import PROJECT

_FILE = re.compile(r"`(handlers/\w+\.py)`")
_BLOCK = re.compile(r"```python\n(.*?)```", re.DOTALL)
_COPIED = ("bot", "config", "deploy", "docs", "handlers", "sandbox", "tests")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The project with the file of the example in it."""
    for folder in _COPIED:
        shutil.copytree(PROJECT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__", "pictures"))
    shutil.copy(PROJECT / "pyproject.toml", tmp_path)
    told = (PROJECT / "CONTRIBUTING.md").read_text()
    [name], [text] = set(_FILE.findall(told)), _BLOCK.findall(told)
    # Whoever follows it has the file already, and may have gone on from there.
    (tmp_path / name).write_text(text)
    return tmp_path


def _run(folder: Path, *words: str) -> str:
    environment = os.environ | {"PYTHONPATH": str(folder)}
    done = subprocess.run(  # noqa: S603 - ourselves
        [sys.executable, "-m", *words], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return done.stdout


def test_the_example_is_one_new_file_and_keeps_every_contract(copy: Path) -> None:
    """After `make docs`, which makes its page, as CONTRIBUTING.md says."""
    _run(copy, "bot", "docs", "docs/commands")
    checks = (
        "tests/contract/test_handlers.py",
        "tests/contract/test_layers.py",
        "tests/crash/test_every_handler.py::test_every_handler_has_a_scene",
    )
    chosen = "bounce or pages or each_file or two_handlers or scene"
    said = _run(copy, "pytest", *checks, "-k", chosen, "-p", "no:cacheprovider", "-vv")
    assert "test_after_doing_and_undoing_the_world_is_as_before[bounce] PASSED" in said
    assert "SKIPPED" not in said
