"""The queue without a database: nothing happens until ``run`` is called, and then all that is due by the clock."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from bot.clients.queue.hand import call
from bot.domain.errors import Full
from bot.ports import Clock, Work


@dataclass(frozen=True)
class _Row:
    at: datetime
    work: str
    subject: str
    key: str


class MemoryQueue:
    """``Queue`` for tests whose clock is moved by hand. Closed and launched again, it keeps what it has."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._hands: dict[str, Work] = {}
        self._rows: list[_Row] = []
        self._keys: set[str] = set()
        self._running: dict[str, asyncio.Task[str]] = {}
        self._open = False
        self._in_run = False

    def register(self, work: str, hand: Work) -> None:
        """Name a piece of work, before ``launch``; a second hand takes the place of the first."""
        self._hands[work] = hand

    async def launch(self) -> None:
        """Begin to take work."""
        self._open = True

    async def start(self, work: str, subject: str, key: str) -> None:
        """Do it in the next ``run``, or in the one that is going on."""
        await self.later(work, subject, key, self._clock.now())

    async def later(self, work: str, subject: str, key: str, at: datetime) -> None:
        """Do it in a ``run`` at that time or after it."""
        if not self._open:
            raise Full("The queue is not open. Nothing was stored.")
        if key not in self._keys:
            self._keys.add(key)
            self._rows.append(_Row(at, work, subject, key))
            self._begin()

    async def sweep(self) -> int:
        """There are no other processes: 0."""
        return 0

    async def close(self, patience: float = 10.0) -> None:
        """Begin nothing more; what is in hand has so many seconds."""
        self._open = False
        if self._running:
            await asyncio.wait(self._running.values(), timeout=patience)
        for task in self._running.values():
            task.cancel()

    async def run(self) -> None:
        """Do everything that is due by now, by time and then by order of asking, until nothing is."""
        self._in_run = True
        try:
            self._begin()
            while self._running:
                await asyncio.wait(self._running.values(), return_when=asyncio.FIRST_COMPLETED)
                self._begin()
        finally:
            self._in_run = False

    def next_due(self) -> datetime | None:
        """When the next piece of work may begin, so that a test can move its clock there."""
        return min((row.at for row in self._rows), default=None)

    def _begin(self) -> None:
        """Begin the first of each free subject."""
        self._running = {subject: task for subject, task in self._running.items() if not task.done()}
        if not (self._open and self._in_run):
            return
        now = self._clock.now()
        for row in sorted((row for row in self._rows if row.at <= now), key=lambda row: row.at):
            if row.subject not in self._running:
                self._rows.remove(row)
                self._running[row.subject] = asyncio.create_task(call(self._hands, row.work, row.subject, row.key))
