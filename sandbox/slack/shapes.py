"""The rules that Block Kit is made of: texts with limits, lists with limits, objects with named properties.

A rule looks at one value, and reports what Slack would refuse with the JSON pointer of the place. Messages have
the form of Slack's own: `[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Findings:
    """What was found wrong so far."""

    messages: list[str] = field(default_factory=list)

    def add(self, place: str, message: str) -> None:
        self.messages.append(f"[ERROR] {message} [json-pointer:{place}]")


Rule = Callable[[str, Any, Findings], None]


def string(most: int, least: int = 1) -> Rule:
    """Text of `least` to `most` characters."""

    def check(place: str, value: Any, found: Findings) -> None:
        if not isinstance(value, str):
            found.add(place, "must provide a string")
        elif len(value) > most:
            found.add(place, f"must be less than {most + 1} characters")
        elif len(value) < least:
            found.add(place, f"must be more than {least - 1} characters")

    return check


def matches(pattern: Callable[[str], object], words: str) -> Rule:
    """Text that `pattern` takes, such as a date; `words` say what it must be."""

    def check(place: str, value: Any, found: Findings) -> None:
        if not isinstance(value, str) or not pattern(value):
            found.add(place, f"must be {words}")

    return check


def one_of(*choices: str) -> Rule:
    def check(place: str, value: Any, found: Findings) -> None:
        if value not in choices:
            found.add(place, f"must be a valid enum value ({', '.join(choices)})")

    return check


def boolean(place: str, value: Any, found: Findings) -> None:
    if not isinstance(value, bool):
        found.add(place, "must provide a boolean")


def number(least: int, most: int) -> Rule:
    def check(place: str, value: Any, found: Findings) -> None:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            found.add(place, f"must be a whole number from {least} to {most}")

    return check


def anything(_place: str, _value: Any, _found: Findings) -> None:
    """Not looked into."""


def listed(rule: Rule, most: int, least: int = 1) -> Rule:
    """A list of `least` to `most` items, each by `rule`."""

    def check(place: str, value: Any, found: Findings) -> None:
        if not isinstance(value, list):
            found.add(place, "must provide an array")
            return
        if len(value) > most:
            found.add(place, f"no more than {most} items allowed")
        if len(value) < least:
            found.add(place, f"no fewer than {least} items allowed")
        for at, item in enumerate(value):
            rule(f"{place}/{at}", item, found)

    return check


def record(rules: Mapping[str, Rule], required: str = "", also: Rule = anything) -> Rule:
    """An object with these properties and no others; those named in `required`, apart by spaces, must be there.

    `also` looks at what properties have to do with each other, once each of them is right.
    """

    def check(place: str, value: Any, found: Findings) -> None:
        if not isinstance(value, dict):
            found.add(place, "must provide an object")
            return
        before = len(found.messages)
        for name in required.split():
            if value.get(name) is None:
                found.add(place, f"missing required field: {name}")
        for name, part in value.items():
            if name not in rules:
                found.add(place, f"invalid additional property: {name}")
            elif part is not None:
                rules[name](f"{place}/{name}", part, found)
        if len(found.messages) == before:
            also(place, value, found)

    return check


def of_type(kinds: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which rule it is held to."""

    def check(place: str, value: Any, found: Findings) -> None:
        if not isinstance(value, dict):
            found.add(place, "must provide an object")
        elif value.get("type") is None:
            found.add(place, "missing required field: type")
        elif not isinstance(value["type"], str) or value["type"] not in kinds:
            found.add(place, f"unsupported type: {value['type']}")
        else:
            kinds[value["type"]](place, value, found)

    return check


def plain(most: int) -> Rule:
    """A text object that may only be plain_text."""
    return of_type({"plain_text": _plain_text(most)})


def text(most: int) -> Rule:
    """A text object, plain_text or mrkdwn."""
    return of_type({"plain_text": _plain_text(most), "mrkdwn": _mrkdwn(most)})


def mrkdwn(most: int) -> Rule:
    """A text object that may only be mrkdwn."""
    return of_type({"mrkdwn": _mrkdwn(most)})


def _plain_text(most: int) -> Rule:
    return record({"type": anything, "text": string(most), "emoji": boolean}, "text")


def _mrkdwn(most: int) -> Rule:
    return record({"type": anything, "text": string(most), "verbatim": boolean}, "text")
