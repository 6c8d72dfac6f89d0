"""What only a later release can read, as while two releases run: left to that one, and said once in the log."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from bot.domain.errors import Unreadable

log = logging.getLogger(__name__)


class Later:
    """Knows what was left to a later release."""

    def __init__(self) -> None:
        self._said: set[str] = set()

    def leave(self, key: str, no: Unreadable) -> None:
        """Leave it; of one key the log says so once."""
        if key not in self._said:
            self._said.add(key)
            log.warning("%s is left to a later release, which has stored what is not known here: %s", key, no)

    @contextmanager
    def leaves(self, key: str) -> Iterator[None]:
        """Do this, unless it needs what cannot be read here."""
        try:
            yield
        except Unreadable as no:
            self.leave(key, no)
