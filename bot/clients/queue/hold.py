"""Which processes are alive: on SQLite a lock on a file, on PostgreSQL locks of a session that each process keeps."""

import asyncio
import fcntl
import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import Protocol

import psycopg

from bot.domain.errors import Full, Occupied, Refusal

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
# An answer later than this is none: whoever is cut off must stop before the server lets others take over.
ANSWER_SECONDS = 10.0
# A process that stands still (stopped, swapped out) loses its session after this, and with it what it holds.
SILENT_SECONDS = 15
LOOK_AGAIN_SECONDS = 0.05


class Hold(Protocol):
    """What a process holds while it is alive, and nobody holds when it is gone."""

    async def take(self, lost: Callable[[str], None]) -> None:
        """Take it; ``lost`` is called once, with a sentence, when it is lost. ``Refusal`` when it cannot be had."""

    def gone(self, process: str) -> AbstractAsyncContextManager[bool]:
        """Whether another process is gone; while inside, nobody else is told so."""

    def alone(self, subject: str) -> AbstractAsyncContextManager[None]:
        """Wait until no other process has this subject in hand, and keep the others out while inside."""

    async def release(self) -> None:
        """Let go of everything."""


class FileHold:
    """One process, which holds the lock of a file beside the database. So every other process is gone."""

    def __init__(self, path: Path, process: str) -> None:
        self._path = path
        self._process = process
        self._file: TextIOWrapper | None = None

    async def take(self, lost: Callable[[str], None]) -> None:  # noqa: ARG002  the system takes it back from the dead only
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = open(self._path, "a+", encoding="utf-8")  # noqa: SIM115, ASYNC230  kept open: the lock goes with it
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            holder = file.read().strip() or "of unknown number"
            file.close()
            raise Occupied(
                f"The queue of this bot is in the hands of process {holder} ({self._path}), and SQLite serves one "
                "process. Nothing was changed.",
                "End that process first, or give a PostgreSQL database, which several can share.",
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file

    @asynccontextmanager
    async def gone(self, process: str) -> AsyncIterator[bool]:
        yield process != self._process

    @asynccontextmanager
    async def alone(self, subject: str) -> AsyncIterator[None]:  # noqa: ARG002  there is no other process
        yield

    async def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class SessionHold:
    """Advisory locks of one PostgreSQL session (version 14 or later): one for the process, one a subject in hand.

    The server frees them when the session ends, however it ends. No pooler may hand the session to somebody else; the
    beat notices one that does.
    """

    def __init__(self, dsn: str, space: str, process: str) -> None:
        self._dsn = dsn
        self._space = space
        self._process = process
        self._session: psycopg.AsyncConnection[tuple[object, ...]] | None = None
        self._lost: Callable[[str], None] | None = None
        self._beat: asyncio.Task[None] | None = None

    async def take(self, lost: Callable[[str], None]) -> None:
        try:
            self._session = await self._connect()
            await self._session.execute("SELECT set_config('idle_session_timeout', %s, false)", (f"{SILENT_SECONDS}s",))
            held = await self._try(self._process)
        except (psycopg.Error, Full) as error:
            await self.release()
            raise Refusal(
                f"The database of the queue cannot be used: {_words(error)}. Nothing was changed.",
                "See that PostgreSQL (14 or later) runs, and that the address and the password are right.",
            ) from error
        if not held:
            await self.release()
            raise Refusal(
                f"Another process calls itself {self._process} too. Nothing was changed.", "Start this one again."
            )
        self._lost = lost
        self._beat = asyncio.create_task(self._watch(), name="queue hold")

    async def _connect(self) -> "psycopg.AsyncConnection[tuple[object, ...]]":
        """A session; a connection that breaks while it is made is made once more, and no bot fails to start for it."""
        connect = partial(
            psycopg.AsyncConnection.connect,
            self._dsn, autocommit=True, connect_timeout=5, application_name=f"{self._space} hold",
        )  # fmt: skip
        try:
            return await connect()
        except psycopg.OperationalError as error:
            log.info("connecting once more: %s", _words(error))
            return await connect()

    @asynccontextmanager
    async def gone(self, process: str) -> AsyncIterator[bool]:
        # A session can take its own lock twice, so it must not ask for it.
        free = process != self._process and await self._try(process)
        try:
            yield free
        finally:
            if free:
                await self._free(process)

    @asynccontextmanager
    async def alone(self, subject: str) -> AsyncIterator[None]:
        name = f"subject {subject}"
        while not await self._try(name):  # noqa: ASYNC110  another process frees it: no event of this one can tell
            await asyncio.sleep(LOOK_AGAIN_SECONDS)
        try:
            yield
        finally:
            await self._free(name)

    async def release(self) -> None:
        self._lost = None
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def _watch(self) -> None:
        with suppress(Full):  # said by then
            backend = await self._one("SELECT pg_backend_pid()")
            while True:
                await asyncio.sleep(BEAT_SECONDS)
                if await self._one("SELECT pg_backend_pid()") != backend:
                    self._lose("another session answered in its place (is a pooler in front of PostgreSQL?)")
                    return

    async def _try(self, name: str) -> bool:
        return bool(await self._one("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", f"{self._space} {name}"))

    async def _free(self, name: str) -> None:
        # A session that is lost has freed it already.
        with suppress(Full):
            await self._one("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", f"{self._space} {name}")

    async def _one(self, query: str, *given: str) -> object:
        """The first column of the first row. ``Full`` when the session does not answer: then it is lost."""
        if self._session is None:
            raise Full("The session of the queue is closed.")
        try:
            async with asyncio.timeout(ANSWER_SECONDS):
                row = await (await self._session.execute(query.encode(), given)).fetchone()
        except (psycopg.Error, TimeoutError) as error:
            because = _words(error) or f"the database gave no answer in {ANSWER_SECONDS:g} s"
            self._lose(because)
            raise Full(f"The session of the queue is lost: {because}.") from error
        return row[0] if row else None

    def _lose(self, because: str) -> None:
        lost, self._lost = self._lost, None
        if lost is not None:
            lost(because)


def _words(error: Exception) -> str:
    """On one line, to stand inside a sentence."""
    return " ".join(str(error).split()).rstrip(".?")
