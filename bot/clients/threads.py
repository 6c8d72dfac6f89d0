"""Blocking calls of a client's package, in threads of their own, each within its time."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.domain.errors import Away

_NOTHING = "Nothing was changed."
_LEAST = 0.05  # seconds: with less left, a call is not begun
Client = TypeVar("Client")
Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Limits:
    """Seconds, except for ``threads``."""

    connect: float = 3.0
    #: Between two pieces of an answer.
    read: float = 8.0
    #: For one verb, however many calls it makes. After it, no write of this process is on its way any more.
    verb: float = 15.0
    #: Calls at the same time.
    threads: int = 8


class Threads(Generic[Client]):
    """The threads of one connection; ``load`` makes or finds the client of the thread that it is called in.

    Nothing is loaded before the first call, or ``open``.
    """

    def __init__(self, name: str, limits: Limits, load: Callable[[], Client]) -> None:
        self._threads = ThreadPoolExecutor(limits.threads, thread_name_prefix=name)
        self._load = load

    async def open(self) -> None:
        """Load the client, without a call. Raises what ``load`` does."""
        await asyncio.wrap_future(self._threads.submit(self._load))

    def close(self) -> None:
        """Begin nothing more. What is under way ends by its own limits."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def call(
        self, words: str, send: Callable[[Client, float], Answer], deadline: float, lost: Callable[[str], Away]
    ) -> Answer:
        """What ``send`` returns, which is given the client and the seconds that are left.

        ``words`` say what it is to do; ``deadline`` is of ``time.monotonic``. Raises what ``send`` does, ``Away`` where
        it was not begun in time, and what ``lost`` makes of a call that was, and did not end.
        """

        def begun() -> Answer:
            client = self._load()
            left = deadline - time.monotonic()
            if left < _LEAST:
                raise _too_late(words)
            return send(client, left)

        job = self._threads.submit(begun)
        try:
            async with asyncio.timeout(max(deadline - time.monotonic(), 0.0)):
                return await asyncio.wrap_future(job)
        except TimeoutError:
            if job.cancel():
                raise _too_late(words) from None
            raise lost("gave no answer in time") from None


def _too_late(words: str) -> Away:
    return Away(f"There was no time left to {words}: it was not begun. {_NOTHING}")
