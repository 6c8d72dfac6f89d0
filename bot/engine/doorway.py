"""Answers first: while there is a crowd at the doors, work that can wait does."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Iterator

_CROWD = 4  # arrivals …
_RECENT = 0.1  # … within so many seconds: more will come, and each of them waits for an answer
_LONGEST = 1.0  # seconds that a piece of work lets others go first
_PACE = 0.1  # seconds between two pieces of work that have waited so long, while the crowd goes on


class Doorway:
    """Knows who is at the doors. Slack gives an answer three seconds; what is stored is carried out a moment later.

    A single command is carried out at once. In a crowd all are answered first; if the crowd does not end, one piece of
    work after the other is let through, so that there is an end to waiting too.
    """

    def __init__(self) -> None:
        self._waiting = 0
        self._arrivals: deque[float] = deque(maxlen=_CROWD)
        self._turn = asyncio.Lock()

    @contextlib.contextmanager
    def someone(self) -> Iterator[None]:
        """Somebody is at the door, until the block ends."""
        self._waiting += 1
        self._arrivals.append(asyncio.get_running_loop().time())
        try:
            yield
        finally:
            self._waiting -= 1

    async def clear(self) -> None:
        """Return when there is no crowd; after a second also in one, but then one at a time."""
        # Once around the loop, so that an answer that was just given is on its way.
        await asyncio.sleep(0)
        if not self._crowded():
            return
        loop = asyncio.get_running_loop()
        patience = loop.time() + _LONGEST
        async with self._turn:  # first come, first served
            while self._crowded() and loop.time() < patience:  # noqa: ASYNC110 - that nobody comes is no event
                await asyncio.sleep(_RECENT / 4)
            if self._crowded():
                await asyncio.sleep(_PACE)

    def _crowded(self) -> bool:
        if len(self._arrivals) < _CROWD:
            return False
        return self._waiting >= _CROWD or asyncio.get_running_loop().time() - self._arrivals[0] < _RECENT
