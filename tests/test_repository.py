"""What holds for every file of the repository."""

import re
import subprocess
from pathlib import Path

import pytest

from bot.settings import PROJECT

MOST_LINES = 350
#: An address with which packages are fetched belongs to the machine that fetches them, not in here.
_REGISTRY = re.compile(r"index-url[ =]+https?:|https?://[\w.:-]+/(?:[\w-]+/)*simple\b")


def _own_paths() -> list[str]:
    """Where this checkout is and whose it is: true here and nowhere else."""
    return [f"{path}/" for path in (PROJECT, Path.home()) if len(path.parts) > 1]


def _tracked() -> list[Path]:
    """The files that are committed; where this is no checkout of git, there is nothing to hold."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)  # noqa: S603 - as it stands
    if listed.returncode != 0:
        pytest.skip("this is no checkout of git")
    return [path for name in listed.stdout.split("\0") if name and (path := PROJECT / name).is_file()]


def test_no_file_of_python_is_longer_than_350_lines() -> None:
    lengths = {
        str(path.relative_to(PROJECT)): len(path.read_text().splitlines())
        for path in _tracked()
        if path.suffix == ".py"
    }
    assert lengths
    assert {name: lines for name, lines in lengths.items() if lines > MOST_LINES} == {}


def test_no_path_of_this_machine_and_no_address_of_a_registry_stands_in_it() -> None:
    found = {}
    for path in _tracked():
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            continue  # a picture
        here = [own for own in _own_paths() if own in text]
        if here or (match := _REGISTRY.search(text)):
            found[str(path.relative_to(PROJECT))] = here or match
    assert found == {}
