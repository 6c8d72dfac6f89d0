"""What a door goes on with after it has answered."""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

log = logging.getLogger(__name__)


class Afterwards:
    """Work in hand of all doors: what was asked for is stored, so what is left undone here is done after a start."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[object]] = set()

    def begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Begin it; the loop keeps no task that nobody else keeps."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    async def wait(self, patience: float) -> set[asyncio.Task[object]]:
        """Wait until all of it is done, for ``patience`` seconds at the most; what is not done then."""
        return (await asyncio.wait(self._tasks, timeout=patience))[1] if self._tasks else set()

    async def finish(self, patience: float = 3.0) -> None:
        """Do what is in hand; what takes longer than ``patience`` seconds is left."""
        rest = await self.wait(patience)
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _ended(self, task: asyncio.Task[object]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("unforeseen after an answer at a door", exc_info=error)
