"""What a door goes on with after it has answered."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Afterwards:
    """Work in hand of all doors. What was asked for is stored, and done after a start where it was left undone here.

    A page of Home that is not drawn, and a word of a form that did not open, are lost then.
    """

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Begin it; the loop keeps no task that nobody else keeps."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def wait(self, patience: float) -> None:
        """Wait until all that is in hand now is done, for ``patience`` seconds at the most."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=patience)

    async def finish(self, patience: float = 3.0) -> None:
        """Do what is in hand; what takes longer than ``patience`` seconds is left."""
        await self.wait(patience)
        rest = tuple(self._tasks)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("unforeseen after an answer at a door", exc_info=error)
