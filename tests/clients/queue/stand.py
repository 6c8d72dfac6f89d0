"""Where a queue is put to be tested: how to open it, open it again, and let it come to an end."""

import asyncio
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Protocol

from bot.clients.queue import DbosQueue, MemoryQueue
from bot.ports import Queue, Work
from sandbox.clock import Clock


class Stand(Protocol):
    """One kind of queue."""

    clock: Clock

    async def open(self, hands: Mapping[str, Work]) -> Queue:
        """A launched queue on what an earlier one left."""

    async def until(self, seen: Callable[[], bool]) -> None:
        """Let the queue work until something is seen; fails when it is not."""

    def pass_time(self, by: timedelta) -> None:
        """Let so much time pass, or do nothing where ``until`` waits for it."""


class MemoryStand:
    """The queue in memory: it works when it is told to, and its clock is moved by hand."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self._queue = MemoryQueue(clock)

    async def open(self, hands: Mapping[str, Work]) -> Queue:
        for work, hand in hands.items():
            self._queue.register(work, hand)
        await self._queue.launch()
        return self._queue

    async def until(self, seen: Callable[[], bool]) -> None:
        await self._queue.run()
        assert seen()

    def pass_time(self, by: timedelta) -> None:
        self.clock.move(by)


class DurableStand:
    """The queue on a database: it works by itself, by the real clock."""

    def __init__(self, url: str, name: str, clock: Clock) -> None:
        self.url = url
        self.name = name
        self.clock = clock
        self.lost: list[str] = []

    async def open(
        self, hands: Mapping[str, Work], keep: timedelta = timedelta(days=1), soon: float = 5.0
    ) -> DbosQueue:
        queue = DbosQueue(self.url, self.clock, self.name, lost=self.lost.append, keep=keep, soon=soon)
        for work, hand in hands.items():
            queue.register(work, hand)
        await queue.launch()
        return queue

    async def until(self, seen: Callable[[], bool], seconds: float = 30.0) -> None:
        end = time.monotonic() + seconds
        while not seen():
            assert time.monotonic() < end, f"not seen in {seconds:g} s"
            await asyncio.sleep(0.005)

    def pass_time(self, by: timedelta) -> None:
        assert by <= timedelta(seconds=3), "the real clock is waited for"
