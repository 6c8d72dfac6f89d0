"""Reads what is stored: what only a later release can read is said once in the log, and left to that."""

import logging
from collections.abc import Callable
from typing import TypeVar

from bot.domain.errors import Unreadable

T = TypeVar("T")

log = logging.getLogger(__name__)


class Reader:
    """Reads rows of a table one by one, so that none holds up the others."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def read(self, key: str, load: Callable[[], T]) -> T | None:
        """What stands under a key; ``None`` when this release cannot read it."""
        try:
            return load()
        except Unreadable as no:
            if key not in self._said:
                self._said.add(key)
                log.warning("%s is left to a later release, which has stored it: %s", key, no)
            return None
