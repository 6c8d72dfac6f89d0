"""Reads JSON of the outside that may hold anything: each function gives a value of its kind, whatever it is handed."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

#: Takes the secrets out of words, before they are stored or said.
Mask = Callable[[str], str]

#: What stands where a time was not told: stable, so that the same thing told twice is the same.
UNTOLD = datetime(1970, 1, 1, tzinfo=UTC)
#: Characters. What is longer is cut: nobody reads it, and everything is stored.
_LONGEST = 4000
#: Characters of what is kept of JSON that tells nothing.
_GIST = 2000
#: The largest number that JSON carries everywhere.
_MOST = 2**53
#: Half a character, as a broken payload may hold, and the character of number 0: no database takes them as text.
_UNSTORABLE = re.compile("[\ud800-\udfff\\x00]")


def as_is(words: str) -> str:
    """Masks nothing."""
    return words


def table(told: object) -> Mapping[str, Any]:
    """An object of JSON; an empty one for anything else."""
    return told if isinstance(told, dict) else {}


def rows(told: object) -> list[Mapping[str, Any]]:
    """The objects in a list, without what is none."""
    return [one for one in told if isinstance(one, dict)] if isinstance(told, list) else []


def text(told: object, mask: Mask = as_is) -> str:
    """Text that every database takes, without secrets and cut; empty for anything else."""
    return _short(told, mask, _LONGEST) if isinstance(told, str) else ""


def word(told: object, mask: Mask = as_is) -> str:
    """Text, or a number or a truth as text; empty for anything else."""
    match told:
        case str():
            return text(told, mask)
        case bool():
            return "true" if told else "false"
        case int() | float():
            return _short(str(told), as_is, _LONGEST)
    return ""


def words(told: object, mask: Mask = as_is) -> dict[str, str]:
    """An object whose values are text (labels, annotations), without those that have none.

    ``@`` is no name of a label, and no name that can be stored (``bot.domain.record``).
    """
    found = {text(name, mask): word(value, mask) for name, value in table(told).items() if name != "@"}
    return {name: value for name, value in found.items() if value}


def line(said: str) -> str:
    """Words as one line, for a title."""
    return " ".join(said.split())


def number(told: object) -> int:
    """A number from 0 to 2**53; 0 for anything else."""
    return min(max(told, 0), _MOST) if isinstance(told, int) and not isinstance(told, bool) else 0


def moment(told: object) -> datetime | None:
    """A time in UTC; without a zone it is taken for one. ``None`` for anything else, and for Go's year 1."""
    if not isinstance(told, str):
        return None
    try:
        found = datetime.fromisoformat(told)
        found = found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return found if found > UNTOLD else None


def storable(words: str) -> str:
    """The words without what no column of text takes, in one database or the other: half a character, and none."""
    return words if words.isascii() and "\x00" not in words else _UNSTORABLE.sub("\ufffd", words)


def gist(told: object, mask: Mask = as_is) -> str:
    """What any JSON says, as one line of names and values, without secrets and cut: nobody is to read all of it.

    Names stand before their values, so that the mask knows a password by its name.
    """
    pieces: list[str] = []
    left = 2 * _GIST
    waiting: list[tuple[str, object]] = [("", told)]
    while waiting and left > 0:
        name, value = waiting.pop()
        match value:
            case dict():
                waiting += [(str(key), each) for key, each in reversed(value.items())]
            case list():
                waiting += [(name, each) for each in reversed(value)]
            case _:
                said = value if isinstance(value, str) else "null" if value is None else word(value)
                pieces.append(f"{name[:left]}: {said[:left]}" if name else said[:left])
                left -= len(pieces[-1]) + 1
    return _short(line(" ".join(pieces)), mask, _GIST)


def _short(said: str, mask: Mask, most: int) -> str:
    # Cut before it is masked, too, which takes its time; far enough behind what is kept for a secret at its end.
    shown = mask(storable(said[: 2 * most]))
    return shown if len(said) <= 2 * most and len(shown) <= most else f"{shown[: most - 1]}…"
