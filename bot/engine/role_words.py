"""Roles as people say them: in any case, with commas, blanks or "and" between them."""

import re
from collections.abc import Collection, Iterator, Sequence

from bot.domain.errors import Misunderstood
from bot.domain.likeness import alike, meant
from bot.domain.person import roles

_BETWEEN = re.compile(r"\s*,\s*|\s+(?:and|&)\s+", re.IGNORECASE)
_MOST = 3  # words of one role


def count(words: Sequence[str], ends: Collection[str]) -> int:
    """How many words name roles: all up to a word that says what comes next."""
    return next((at for at, word in enumerate(words) if word.lower() in ends), len(words))


def understand(said: str, known: Collection[str], example: str) -> frozenset[str]:
    """The roles that words name. Raises ``Misunderstood`` for one that is not ``known``, with what was meant."""
    found = [each for chunk in _BETWEEN.split(said.strip()) if chunk for each in _one(chunk.split(), known)]
    for name in found:
        if name not in known:
            because = f"No role is called “{name[:40]}”; those are {roles(frozenset(known), ', ')}."
            raise Misunderstood(because, f"{meant(alike(name, known))}{example}")
    return frozenset(found)


def _one(words: list[str], known: Collection[str]) -> Iterator[str]:
    """What stands between two commas may be several roles, and one role several words."""
    while words:
        length = min(_MOST, len(words))
        while length > 1 and _name(words[:length]) not in known:
            length -= 1
        yield _name(words[:length])
        words = words[length:]


def _name(words: list[str]) -> str:
    return re.sub(r"[_-]+", "-", "-".join(words).lower())
