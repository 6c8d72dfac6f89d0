"""Records: frozen values with a stable name, as canonical JSON, so that they outlive the code that made them.

A value is stored as plain JSON with its name under ``"@"``. Names never change, even when classes move or are renamed;
a field added later needs a default, a field taken away is ignored when it is met in an old row. The same value always
gives the same text, so its SHA-256 can be what people sign.
"""

import hashlib
import json
import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache
from typing import Any, TypeVar, dataclass_transform

from bot.domain.errors import Unreadable

C = TypeVar("C", bound=type)

#: What is stored under a name without being a record.
_BUILT_IN = frozenset({"time", "duration", "set"})

_PLAIN = frozenset({str, int, bool, type(None)})
_HALF = re.compile("[\ud800-\udfff]")

_named: dict[str, type] = {}
_names: dict[type, str] = {}


@dataclass_transform(frozen_default=True)
def record(name: str) -> Callable[[C], C]:
    """Make a class a frozen dataclass that is stored under ``name``.

    Raises ``ValueError`` when two classes claim one name, or one claims that of something built in.
    """
    if name in _BUILT_IN:
        raise ValueError(f"{name} is the name of something built in: no record can have it")

    def register(cls: C) -> C:
        made: Any = cls if issubclass(cls, Enum) else dataclass(frozen=True)(cls)
        known = _named.get(name)
        if known is not None and known.__qualname__ != cls.__qualname__:
            raise ValueError(f"two records are called {name}: {known} and {cls}")
        _named[name] = made
        _names[made] = name
        return made  # type: ignore[no-any-return]  # dataclass() gives the same class back, mypy cannot know

    return register


def name_of(value: object) -> str:
    """The stable name of a record or of its class."""
    cls = value if isinstance(value, type) else type(value)
    return _names[cls]


def all_records() -> Mapping[str, type]:
    """Every record that has been imported, by its stable name."""
    return dict(_named)


def to_json(value: object) -> Any:
    """Plain JSON of a value: records, enums, times, durations, tuples, sets and mappings included.

    Raises ``TypeError`` for anything else: what cannot be stored must not be planned.
    """
    if type(value) in _PLAIN:  # most of what is stored, and the one question that is asked at once
        return value
    match value:
        case None | bool() | int() | str() if not isinstance(value, Enum):
            return value
        case Enum():
            return {"@": _known(value), "is": value.value}
        case float() if not math.isfinite(value):
            raise TypeError(f"{value} is no number that can be stored")
        case float():
            return value
        case datetime():
            if value.tzinfo is None:
                raise TypeError(f"{value} has no time zone: each machine would store another time")
            return {"@": "time", "is": value.astimezone(UTC).isoformat()}
        case timedelta():
            return {"@": "duration", "is": value.total_seconds()}
        case tuple() | list():
            return [to_json(each) for each in value]
        case frozenset() | set():
            return {"@": "set", "is": sorted((to_json(each) for each in value), key=_text)}
        case Mapping():
            if any(not isinstance(key, str) or key == "@" for key in value):
                raise TypeError("a stored mapping has text as keys, and no '@'")
            return {key: to_json(each) for key, each in value.items()}
    name = _known(value)
    kind: Any = type(value)
    # A field with its default is left out: a field added later then leaves old digests as they were.
    own = ((field, getattr(value, field), default) for field, default in _fields(kind))
    return {"@": name, **{field: to_json(is_) for field, is_, default in own if is_ != default}}


def _known(value: object) -> str:
    if type(value) not in _names:
        raise TypeError(f"{type(value).__name__} is not a record")
    return name_of(value)


@cache
def _fields(cls: Any) -> tuple[tuple[str, object], ...]:
    """Names and defaults of the fields of a record."""
    return tuple((field.name, field.default) for field in fields(cls))


def from_json(stored: Any) -> Any:
    """The value that ``to_json`` stored. Raises ``LookupError`` for a name that no imported record has."""
    if isinstance(stored, list):
        return tuple(from_json(each) for each in stored)
    if not isinstance(stored, dict):
        return stored
    name = stored.get("@")
    match name:
        case None:
            return {key: from_json(each) for key, each in stored.items()}
        case "time":
            return datetime.fromisoformat(stored["is"])
        case "duration":
            return timedelta(seconds=stored["is"])
        case "set":
            return frozenset(from_json(each) for each in stored["is"])
    cls = _named.get(name)
    if cls is None:
        raise LookupError(f"no record is called {name}: was it stored by a later release?")
    if issubclass(cls, Enum):
        return cls(stored["is"])
    known = getattr(cls, "__dataclass_fields__", {})
    return cls(**{key: from_json(each) for key, each in stored.items() if key in known})


def dump(value: object) -> str:
    """Canonical JSON text: keys sorted, no spaces, equal for equal values."""
    return _text(to_json(value))


def load(text: str) -> Any:
    """The value behind a text of ``dump``. Raises ``Unreadable`` when a later release stored what is not known here."""
    try:
        return from_json(json.loads(text))
    except (LookupError, TypeError, ValueError) as error:
        raise Unreadable(str(error)) from error


def digest(parts: Iterable[object]) -> str:
    """The SHA-256 of canonical JSON, as 64 hexadecimal digits; people are shown the first eight."""
    return hashlib.sha256(_text([to_json(part) for part in parts]).encode()).hexdigest()


def _text(plain: Any) -> str:
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    # Half a character, as a broken payload may hold, cannot be written as UTF-8: it stays what it was, as an escape.
    return _HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", text)
