"""One database, for the journal and the outbox: its threads, its connections and its end."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Self, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.clients.journal import trouble
from bot.clients.journal.checkpoint import Checkpoints
from bot.clients.journal.engine import locate, make_engine, name_of
from bot.clients.journal.upgrade import upgrade
from bot.clients.journal.writer import Writer
from bot.ports import Clock

A = TypeVar("A")
R = TypeVar("R")

_READERS = 4


class Database:
    """An open database. Its methods may be called from any event loop, and block none.

    Opening makes what is missing: the folder of a SQLite file, and the tables.
    """

    def __init__(self, engine: Engine, name: str, clock: Clock, patience: float) -> None:
        self.clock = clock
        self.name = name
        self._engine = engine
        self._closed = False
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="journal-read")
        self._checkpoints = Checkpoints(engine)
        self._writer = Writer(engine, name, patience, self._checkpoints.wrote)

    @classmethod
    async def open(cls, url: str, clock: Clock, patience: float = 1.5) -> Self:
        """Open ``sqlite:///path`` or ``postgresql://…``; writes wait at most ``patience`` seconds for a lock.

        Raises ``ValueError`` for another kind of address, ``Full`` when it cannot be opened, and ``Refusal`` when a
        later release made its tables.
        """
        where = locate(url)
        try:
            engine = make_engine(where, patience, connections=_READERS + 2)
        except OSError as error:
            raise trouble.no_folder(name_of(where), error) from error
        database = cls(engine, name_of(where), clock, patience)
        try:
            await database._in_thread(lambda: upgrade(engine, patience))
        except BaseException:
            await database.close()
            raise
        return database

    async def read(self, work: Callable[[Connection], R], *, snapshot: bool = False) -> R:
        """Read in a thread; with ``snapshot`` all that is read is of one moment. Raises ``Full``."""

        def once() -> R:
            with self._engine.connect() as connection:
                if snapshot and connection.dialect.name == "postgresql":
                    connection.execution_options(isolation_level="REPEATABLE READ")
                return work(connection)

        def twice() -> R:
            try:
                return once()
            except DBAPIError as error:
                # A connection that broke while it was idle is found only now.
                if not error.connection_invalidated:
                    raise
                return once()

        return await self._in_thread(twice, outcome="nothing was read")

    async def write(self, work: Callable[[Connection], R]) -> R:
        """Write in a transaction with whatever else waits; what ``work`` raises undoes it alone. Raises ``Full``."""
        return await self._writer.write(work)

    async def put(self, work: Callable[[Connection, Sequence[A]], Sequence[R]], given: A) -> R:
        """Write many small things of one kind by one call of ``work``. Raises ``Full``."""
        return await self._writer.put(work, given)

    async def close(self) -> None:
        """Store what waits and let go of the connections. What comes afterwards is refused with ``Full``."""
        await asyncio.to_thread(self._close)

    def _close(self) -> None:
        self._closed = True
        self._writer.close()
        self._checkpoints.close()
        self._readers.shutdown()
        self._engine.dispose()

    async def _in_thread(self, work: Callable[[], R], outcome: str = "nothing was stored") -> R:
        if self._closed:
            raise trouble.closed(self.name, outcome)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._readers, work)
        except Exception as error:
            known = trouble.full(error, self.name, outcome)
            if known is None:
                raise
            raise known from error
