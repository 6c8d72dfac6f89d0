"""A YAML file as plain data, with the line of every key and item in it."""

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.config.mistakes import Mistake

#: The way to a place in a file: keys and indices, from the top.
At = tuple[str | int, ...]

_MOST = 1_000_000  # characters; a file of config/ has a few thousand


class _Loader(yaml.SafeLoader):
    """SafeLoader without aliases: they hide what a file says, and can make it grow without end."""

    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]  # PyYAML's stubs leave it open
            raise yaml.composer.ComposerError(None, None, "aliases are not used here; write it out", mark)
        return super().compose_node(parent, index)


@dataclass
class Document:
    """What a file holds. ``data`` is ``None`` where it could not be read; ``mistakes`` then says why."""

    name: str
    data: Any = None
    lines: dict[At, int] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    def wrong(self, at: At, because: str) -> None:
        """Note a mistake at a place; where nothing stands there, at the nearest place around it."""
        while at not in self.lines and at:
            at = at[:-1]
        self.mistakes.append(Mistake(self.name, self.lines.get(at, 0), because))

    def each(self, *pattern: str | int) -> Iterator[tuple[At, Any]]:
        """Every place that fits a pattern, in which ``*`` is any key or index, with what stands there."""
        yield from _each(self.data, (), pattern)


def read(path: Path, name: str) -> Document:
    """Read a file; ``name`` is how people are told of it. Never raises for what the file holds."""
    document = Document(name)
    try:
        written = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        document.wrong((), f"this is not UTF-8: byte {error.start} cannot be read. Save it as UTF-8.")
        return document
    except OSError as error:
        document.wrong((), f"the file cannot be read: {error.strerror}.")
        return document
    if len(written) > _MOST:
        document.wrong((), f"the file is too large ({len(written)} characters).")
        return document
    try:
        node = _composed(written)
        if node is not None:
            document.data = _plain(node, (), document)
    except yaml.MarkedYAMLError as error:
        document.mistakes.append(_not_yaml(name, written, error))
    except yaml.reader.ReaderError as error:
        line = written.count("\n", 0, int(error.position)) + 1
        document.mistakes.append(Mistake(name, line, "there is a character that YAML does not allow; delete it."))
    except RecursionError:
        document.wrong((), "it is nested too deeply.")
    else:
        if node is None:
            document.wrong((), "the file is empty.")
    return document


def _composed(written: str) -> yaml.Node | None:
    """The nodes of YAML: as libyaml reads them, which is quicker, where it is there and takes all of it.

    What it does not take is read again, for the words in which it is said. Raises ``YAMLError``.
    """
    fast = getattr(yaml, "CSafeLoader", None)
    if fast is not None:
        try:
            if not any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(written, fast)):
                return yaml.compose(written, fast)
        except yaml.YAMLError:
            pass
    return yaml.compose(written, _Loader)


def _not_yaml(name: str, written: str, error: yaml.MarkedYAMLError) -> Mistake:
    mark = error.problem_mark or error.context_mark
    line = mark.line if mark else 0
    lines = written.splitlines() or [""]
    standing = lines[min(line, len(lines) - 1)]
    if "\t" in standing[: len(standing) - len(standing.lstrip())] or "'\\t'" in str(error.problem):
        return Mistake(name, line + 1, "there is a tab, and YAML wants spaces before a key; write spaces.")
    if "alias" in str(error.problem):
        return Mistake(name, line + 1, f"{error.problem}.")
    while line > 0 and (line >= len(lines) or not lines[line].strip()):
        line -= 1  # PyYAML may see it only at the end of the file
    where = f" (it began in line {error.context_mark.line + 1})" if error.context_mark else ""
    return Mistake(name, line + 1, f"this is not YAML: {error.problem or error.context}{where}.")


def _plain(node: yaml.Node, at: At, document: Document) -> Any:
    document.lines.setdefault(at, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        made: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line = key_node.start_mark.line + 1
            if not isinstance(key_node, yaml.ScalarNode):
                document.mistakes.append(Mistake(document.name, line, "a key must be a word."))
                continue
            key = str(key_node.value)  # as it is written: YAML itself takes `on` and `no` for true and false
            if key in made:
                first = document.lines[(*at, key)]
                because = f"`{key}` stands here a second time; it stands in line {first} already."
                document.mistakes.append(Mistake(document.name, line, because))
                continue
            document.lines[(*at, key)] = line
            made[key] = _plain(value_node, (*at, key), document)
        return made
    if isinstance(node, yaml.SequenceNode):
        return [_plain(each, (*at, index), document) for index, each in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: yaml.Node) -> Any:
    try:
        value = yaml.constructor.SafeConstructor().construct_object(node)
    except ValueError:
        return str(node.value)  # looks like a date and is none
    return str(node.value) if isinstance(value, datetime.date) else value


def _each(data: Any, at: At, pattern: tuple[str | int, ...]) -> Iterator[tuple[At, Any]]:
    if not pattern:
        yield at, data
        return
    first, *rest = pattern
    inside = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in inside:
        if first in ("*", key):
            yield from _each(value, (*at, key), tuple(rest))
