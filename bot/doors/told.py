"""Reads the body of a webhook: what it tells, or why nothing follows from it."""

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any, Final, TypeVar

from bot.domain.alert import Vain
from bot.engine.words import mask
from bot.world.reading import Mask, gist

T = TypeVar("T")

_EVENT_ID: Final = re.compile(r"[A-Za-z0-9._:-]{1,200}")
_DIGITS: Final = 18  # of a whole number; no honest one is longer, and Python reads none of more than 4300
_BEGINNING: Final = 10_000  # bytes of what cannot be read


def read(source: str, body: bytes, tells: Callable[[object, Mask], T]) -> tuple[T | Vain, Any]:
    """What a body of a source tells, by ``tells``, which raises ``ValueError`` with the reason where nothing follows.

    With it its JSON. Raises ``ValueError`` when it is no JSON.
    """
    try:
        plain = json.loads(body, parse_int=_whole)
    except RecursionError:
        beginning = body[:_BEGINNING].decode(errors="replace")
        return Vain(source, "It is nested too deeply to be read.", gist(beginning, mask)), None
    try:
        return tells(plain, mask), plain
    except ValueError as no:
        return Vain(source, str(no), gist(plain, mask)), plain


def event_key(plain: Any, body: bytes) -> str:
    """The id of PagerDuty's event; the SHA-256 of the body when it has none that can be one: it is a key of a table."""
    event = plain.get("event") if isinstance(plain, dict) else None
    id_ = event.get("id") if isinstance(event, dict) else None
    if isinstance(id_, str) and _EVENT_ID.fullmatch(id_):
        return id_
    return hashlib.sha256(body).hexdigest()


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) <= _DIGITS else float(digits)
