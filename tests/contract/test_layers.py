"""What the layers import that hold no I/O, no clock and no chance: a closed list, whatever else there is.

That imports go down only, import-linter holds (``pyproject.toml``): it knows what is forbidden, and here stands what
is allowed.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.settings import PROJECT

_VALUES = frozenset(
    {"collections.abc", "collections.Counter", "dataclasses", "datetime", "enum", "math", "re", "typing"}
)
_ALLOWED = {
    "bot/domain": _VALUES | {"bot.domain", "difflib", "functools", "hashlib", "json", "zoneinfo"},
    "bot/world": _VALUES | {"bot.domain", "bot.world", "hashlib", "json"},
    "handlers": _VALUES | {"bot.runbook", "bot.world", "functools", "operator", "statistics"},
}
#: Of the built-in functions: what reads, writes or runs something, or imports by a name.
_ACTS = frozenset({"__import__", "breakpoint", "compile", "eval", "exec", "input", "open", "print"})
_CLOCK = frozenset({"now", "today", "utcnow"})
_FILES = [
    pytest.param(path, allowed, id=str(path.relative_to(PROJECT)))
    for folder, allowed in _ALLOWED.items()
    for path in sorted((PROJECT / folder).rglob("*.py"))
]


@pytest.mark.parametrize(("path", "allowed"), _FILES)
def test_it_imports_what_computes_and_nothing_that_acts(path: Path, allowed: frozenset[str]) -> None:
    wrong = {name for name in _imported(ast.parse(path.read_text())) if not _within(name, allowed)}
    assert not wrong, f"it computes and does nothing itself: {', '.join(sorted(wrong))}"


@pytest.mark.parametrize(("path", "allowed"), _FILES)
def test_it_calls_nothing_that_acts_and_reads_no_clock(path: Path, allowed: frozenset[str]) -> None:
    assert not list(_acting(ast.parse(path.read_text()))), "what time it is, is handed in"


@pytest.mark.parametrize(
    "line",
    ["import time", "import random", "import importlib", "from urllib.request import urlopen", "import collections",
     "import sandbox.clock", "from bot import clients", "from . import scale", "def late():\n    import os"],
)  # fmt: skip
def test_a_module_that_is_not_in_the_list_is_found(line: str) -> None:
    assert [name for name in _imported(ast.parse(line)) if not _within(name, _ALLOWED["handlers"])]


@pytest.mark.parametrize("line", ["open('x')", "datetime.now(UTC)", "datetime.date.today()", "__import__('os')"])
def test_a_call_that_acts_is_found(line: str) -> None:
    assert list(_acting(ast.parse(line)))


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level or node.module in ("bot", "collections"):
                yield from ("." * node.level + f"{node.module or ''}.{alias.name}" for alias in node.names)
            else:
                yield node.module or ""


def _within(name: str, allowed: frozenset[str]) -> bool:
    return any(name == each or name.startswith(f"{each}.") for each in allowed)


def _acting(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id in _ACTS:
            yield node.id
        elif isinstance(node, ast.Attribute) and node.attr in _CLOCK:
            # ``datetime.now``, and nothing that is merely called so: an event's ``now`` is a field.
            owner = node.value.attr if isinstance(node.value, ast.Attribute) else getattr(node.value, "id", "")
            if owner in ("date", "datetime"):
                yield f"{owner}.{node.attr}"
