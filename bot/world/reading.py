"""Reads JSON of the outside that may hold anything: each function gives a value of its kind, whatever it is handed."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

#: Takes the secrets out of words, before they are stored or said.
Mask = Callable[[str], str]

#: What stands where a time was not told: stable, so that the same thing told twice is the same.
UNTOLD = datetime(1970, 1, 1, tzinfo=UTC)
#: Characters. What is longer is cut: nobody reads it, and everything is stored.
_LONGEST = 4000


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
    """Text, without secrets and cut; empty for anything else."""
    return _cut(mask(told)) if isinstance(told, str) else ""


def word(told: object, mask: Mask = as_is) -> str:
    """Text, or a number or a truth as text; empty for anything else."""
    match told:
        case str():
            return text(told, mask)
        case bool():
            return "true" if told else "false"
        case int() | float():
            return _cut(str(told))
    return ""


def words(told: object, mask: Mask = as_is) -> dict[str, str]:
    """An object whose values are text (labels, annotations), without those that have none.

    ``@`` is no name of a label, and no name that can be stored (``bot.domain.record``).
    """
    found = {name: word(value, mask) for name, value in table(told).items() if isinstance(name, str) and name != "@"}
    return {name: value for name, value in found.items() if value}


def number(told: object) -> int:
    """A number from 0; 0 for anything else."""
    return max(told, 0) if isinstance(told, int) and not isinstance(told, bool) else 0


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


def _cut(said: str) -> str:
    return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"
