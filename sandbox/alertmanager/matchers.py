"""Matchers: of silences, and of the ``filter`` of the API."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from sandbox.alertmanager.errors import refused
from sandbox.alertmanager.labels import Labels, is_name

# Alertmanager's own form of a matcher, before version 0.27 (pkg/labels/parse.go).
_FORM = re.compile(r"\s*([a-zA-Z_:][a-zA-Z0-9_:]*)\s*(=~|=|!=|!~)\s*(.*?)\s*", re.DOTALL)
# What Python's expressions know and Go's (RE2) refuse: to look back at a group, and, outside of escapes and of [...],
# to look around, and to hold on to what was found.
_LOOKS_BACK = re.compile(r"\\[1-9Z]|\(\?P=")
_LOOKS_AROUND = re.compile(r"\(\?<?[=!]|\(\?[>(]|[*+?}]\+")
_LITERAL = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]", re.DOTALL)
_ESCAPED = {"n": "\n", '"': '"', "\\": "\\"}


def expression(pattern: str) -> re.Pattern[str]:
    """A regular expression that is safe to compare with Go's. Raises ``ValueError`` with the reason."""
    found = _LOOKS_BACK.search(pattern.replace("\\\\", "")) or _LOOKS_AROUND.search(_LITERAL.sub("x", pattern))
    if found is not None:
        raise ValueError(f"error parsing regexp: invalid or unsupported Perl syntax: `{found.group()}`")
    try:
        return re.compile(pattern)
    except re.error as error:
        raise ValueError(f"error parsing regexp: {error.msg}: `{pattern}`") from error


@dataclass(frozen=True)
class Matcher:
    """One condition on one label; a missing label is the same as an empty one."""

    name: str
    value: str
    is_regex: bool = False
    is_equal: bool = True

    def matches(self, labels: Labels) -> bool:
        """Whether it holds. A regular expression has to match from the first to the last character."""
        value = labels.get(self.name, "")
        held = expression(self.value).fullmatch(value) is not None if self.is_regex else value == self.value
        return held is self.is_equal

    def told(self) -> dict[str, object]:
        """As the API shows it."""
        return {"name": self.name, "value": self.value, "isRegex": self.is_regex, "isEqual": self.is_equal}

    def check(self) -> None:
        """Raises ``ValueError`` with the reason when a silence cannot have it."""
        if not is_name(self.name):
            raise ValueError(f'invalid label name "{self.name}"')
        if self.is_regex:
            try:
                expression(self.value)
            except ValueError as error:
                raise ValueError(f'invalid regular expression "{self.value}": {error}') from error

    def matches_nothing_there(self) -> bool:
        """Whether the empty value is what it wants; a silence of such matchers alone would mute everything."""
        return self.is_equal and self.matches({})


def all_match(matchers: Iterable[Matcher], labels: Labels) -> bool:
    """Whether every one of them holds."""
    return all(one.matches(labels) for one in matchers)


def parse_filter(text: str) -> Matcher:
    """``name="value"``, ``=~``, ``!=`` or ``!~``, as in ``?filter=``. Raises ``ApiError`` 400."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise refused(f"bad matcher format: {text}")
    name, operator, raw = found.groups()
    matcher = Matcher(name, _unquoted(raw), operator.endswith("~"), not operator.startswith("!"))
    if matcher.is_regex:
        try:
            expression(matcher.value)
        except ValueError as error:
            raise refused(str(error)) from error
    return matcher


def _unquoted(raw: str) -> str:
    """The value without its quotes; they may be left out, and must come in twos."""
    inside = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] == '"' else raw
    out, characters = [], iter(inside)
    for one in characters:
        if one == '"':
            raise refused(f"matcher value contains unescaped double quote: {raw}")
        if one != "\\":
            out.append(one)
            continue
        escaped = next(characters, "")
        out.append(_ESCAPED.get(escaped, "\\" + escaped))
    return "".join(out)
