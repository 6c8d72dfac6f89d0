"""The queue on a database: what was asked is stored first, and done by whichever process is alive."""

import asyncio
import concurrent.futures
import contextvars
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TypeVar, cast
from weakref import WeakValueDictionary

from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from bot.clients.queue.hand import call
from bot.clients.queue.hold import FileHold, Hold, SessionHold
from bot.clients.queue.rows import Job, Rows
from bot.domain.errors import Full
from bot.ports import Clock, Work

T = TypeVar("T")
log = logging.getLogger(__name__)

# What waits in the database is found up to two seconds late; what is due sooner than this waits in a thread instead.
SOON_SECONDS = 5.0
WRITE_SECONDS = 10.0
SETTLE_SECONDS = 2.0


class Left(BaseException):
    """The work was not ended here and is left for the next process; no ``Exception``, so that DBOS keeps its row."""


class DbosQueue:
    """``Queue`` on DBOS. One for each process; hands run in the event loop that called ``launch``.

    ``url`` is a SQLite file of its own (one process) or a PostgreSQL database (several; tables in a schema of their
    own). ``lost`` is called with a sentence when this process lost its place among the living: it has stopped driving,
    others take its work over, and it should end. Keys are remembered for ``keep`` after the work has ended. What is due
    within ``soon`` seconds does not wait in the database.
    """

    def __init__(
        self,
        url: str,
        clock: Clock,
        name: str = "aureus",
        *,
        lost: Callable[[str], None] | None = None,
        keep: timedelta = timedelta(days=1),
        soon: float = SOON_SECONDS,
    ) -> None:
        self._clock = clock
        self._tell_lost = lost
        self._keep = keep
        self._soon = soon
        self._process = f"{socket.gethostname()}-{os.getpid()}-{secrets.token_hex(4)}"
        at = make_url(url)
        self._hold: Hold
        if at.get_backend_name() == "sqlite":
            self._hold = FileHold(Path(f"{at.database}.lock"), self._process)
        else:
            at = at.set(drivername="postgresql+psycopg")
            dsn = at.set(drivername="postgresql").render_as_string(hide_password=False)
            self._hold = SessionHold(dsn, f"{name}_queue", self._process)
        self._rows = Rows(at, name, self._process, self._carry)
        self._hands: dict[str, Work] = {}
        self._subjects: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._waiting: set[asyncio.Task[str]] = set()
        self._working: set[asyncio.Task[str]] = set()
        self._left: set[str] = set()
        self._threads = ThreadPoolExecutor(4, thread_name_prefix="queue")
        self._loop: asyncio.AbstractEventLoop | None = None
        self._taking = False
        self._away = "The queue is not open."

    def register(self, work: str, hand: Work) -> None:
        """Name a piece of work, before ``launch``."""
        self._hands[work] = hand

    async def launch(self) -> None:
        """Begin, and take up what a dead process left. ``Refusal`` when the database is another's or not there."""
        self._loop = asyncio.get_running_loop()
        await self._hold.take(self._lost)
        self._taking, self._away = True, ""
        opening = asyncio.ensure_future(self._in_thread(self._rows.open))
        try:
            await asyncio.shield(opening)
            await self.sweep()
        except BaseException:
            # Whoever ends us may come while a thread is at it: what is half open cannot be closed.
            await asyncio.wait([opening])
            await self.close(0)
            raise

    async def start(self, work: str, subject: str, key: str) -> None:
        """Store it, and begin it as soon as its subject is free. ``Full`` when it could not be stored."""
        await self._store(Job(work, subject, key))

    async def later(self, work: str, subject: str, key: str, at: datetime) -> None:
        """Store it for a time by the clock; when the clock is moved afterwards, it does not begin earlier. ``Full``."""
        wait = max(0.0, (at - self._clock.now()).total_seconds())
        await self._store(Job(work, subject, key, at=time.time() + wait if wait else 0.0))

    async def sweep(self) -> int:
        """Take over the work of processes that are gone, and throw away what is long done; how many were taken."""
        taken = 0
        begun = await self._ask(self._rows.begun)
        for process in sorted({process for process, _ in begun} - {self._process}):
            async with self._hold.gone(process) as gone:
                if gone:
                    taken += await self._take_over(process)
        # Rows carry the machine's time, whatever the clock handed in says.
        await self._ask(self._rows.forget, datetime.now(UTC) - self._keep)
        return taken

    async def close(self, patience: float = 10.0) -> None:
        """Begin nothing more, wait ``patience`` seconds for what is in hand, and leave the rest to the next process."""
        if self._loop is None:
            return
        self._taking = False
        for task in self._waiting:
            task.cancel()
        if self._working:
            await asyncio.wait(self._working, timeout=patience)
        rest = self._waiting | self._working
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        if self._rows.opened:
            with suppress(Full):
                await self._settle()
        self._away = "The queue is closed."
        await self._in_thread(self._rows.close)
        await self._hold.release()
        self._threads.shutdown(wait=False)
        self._loop = None

    async def _store(self, job: Job) -> None:
        if not self._taking:
            # While the last hands end, what they ask for is stored for the next process.
            await self._ask(self._rows.park, job, max(0.0, job.at - time.time()))
        elif job.at - time.time() > self._soon:
            await self._ask(self._rows.park, job, job.at - time.time())
        else:
            await self._ask(self._rows.put, job)

    async def _take_over(self, process: str) -> int:
        """Stored under the new key first and given up under the old one then: a crash between loses nothing."""
        left = [job for _, job in await self._ask(self._rows.begun, process)]
        for job in left:
            again = job.again()
            if again is None:
                log.error(
                    "%s of %s was begun three times and never ended: given up (%s)", job.work, job.subject, job.key
                )
            else:
                await self._store(again)
            await self._ask(self._rows.drop, [job.key])
        return len(left)

    def _carry(self, job: Job) -> str:
        """In a thread of DBOS: hand the work to the event loop and wait for its end."""
        loop = self._loop
        if loop is None:
            raise Left(job.key)
        # A context of its own: in that of the thread, what a hand starts would become a child of this row.
        done = contextvars.Context().run(asyncio.run_coroutine_threadsafe, self._do(job), loop)
        try:
            return done.result()
        except (concurrent.futures.CancelledError, Full):
            self._left.add(job.key)
            raise Left(job.key) from None

    async def _do(self, job: Job) -> str:
        """In the event loop; cancelled when it is not to be ended here."""
        task = cast("asyncio.Task[str]", asyncio.current_task())
        self._waiting.add(task)
        try:
            if self._taking:
                await asyncio.sleep(max(0.0, job.at - time.time()))
                async with self._alone(job.subject):
                    self._waiting.remove(task)
                    self._working.add(task)
                    return await call(self._hands, job.work, job.subject, job.key)
            raise asyncio.CancelledError
        finally:
            self._waiting.discard(task)
            self._working.discard(task)

    @asynccontextmanager
    async def _alone(self, subject: str) -> AsyncIterator[None]:
        """In turn within this process, and alone among all; a lock is forgotten when nobody waits for it."""
        lock = self._subjects.setdefault(subject, asyncio.Lock())
        async with lock, self._hold.alone(subject):
            yield

    def _lost(self, because: str) -> None:
        self._taking = False
        self._away = f"This process lost its place in the queue: {because}."
        log.error("%s It stops driving; other processes take its work over.", self._away)
        for task in self._waiting | self._working:
            task.cancel()
        if self._tell_lost is not None:
            self._tell_lost(because)

    async def _settle(self) -> None:
        """Let the threads write how their work ended, so that it is not done again."""
        until = time.monotonic() + SETTLE_SECONDS
        while time.monotonic() < until:
            begun = await self._ask(self._rows.begun, self._process)
            if {job.key for _, job in begun} <= self._left:
                return
            await asyncio.sleep(0.01)

    async def _ask(self, ask: Callable[..., T], *given: object) -> T:
        if self._away:
            raise Full(f"{self._away} Nothing was stored.")
        try:
            async with asyncio.timeout(WRITE_SECONDS):
                return await self._in_thread(ask, *given)
        except TimeoutError:
            raise Full(
                f"The database of the queue gave no answer in {WRITE_SECONDS:g} s. It may still be stored; to ask "
                "again under the same key is safe."
            ) from None
        except SQLAlchemyError as error:
            raise Full(f"The database of the queue does not take it: {error}. Nothing was stored.") from error

    async def _in_thread(self, ask: Callable[..., T], *given: object) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, partial(ask, *given))
