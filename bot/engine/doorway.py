"""Answers first: while somebody waits for an answer at a door, work that can wait does."""

import asyncio
import contextlib
from collections.abc import Iterator

_LONGEST = 1.0  # seconds that work waits at the most, however many are at the door


class Doorway:
    """Counts who is at the door. Slack gives an answer three seconds; what is stored is carried out a moment later."""

    def __init__(self) -> None:
        self._waiting = 0
        self._empty = asyncio.Event()
        self._empty.set()

    @contextlib.contextmanager
    def someone(self) -> Iterator[None]:
        """Somebody is at the door, until the block ends."""
        self._waiting += 1
        self._empty.clear()
        try:
            yield
        finally:
            self._waiting -= 1
            if not self._waiting:
                self._empty.set()

    async def clear(self) -> None:
        """Return when nobody waits any more, or after a second."""
        # Once around the loop, so that an answer that was just given is on its way.
        await asyncio.sleep(0)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._empty.wait(), _LONGEST)
