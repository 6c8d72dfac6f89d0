"""Group commit: one thread takes all writes that wait, stores them in one transaction and then answers all of them."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from bot.clients.journal import trouble
from bot.clients.journal.engine import WRITES
from bot.domain.errors import Conflict

A = TypeVar("A")
R = TypeVar("R")

#: Of PostgreSQL's advisory lock: whoever writes to the chain or to the outbox holds it until the commit.
_LOCK = 0x0A0B_E006


@dataclass(eq=False)
class _Job:
    """Something to write. Those that may go ``together`` are done by one call for all of them."""

    work: Callable[..., Any]
    given: Any
    together: bool
    until: float  # on the monotonic clock: so long it waits for a lock
    loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.get_running_loop)
    answer: "asyncio.Future[Any]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())
    result: Any = None
    error: Exception | None = None


class Writer:
    """The only one in this process that writes. What it is given by an event loop, it answers in that loop."""

    def __init__(self, engine: Engine, name: str, patience: float, wrote: Callable[[], None]) -> None:
        self._engine = engine
        self._name = name
        self._patience = patience
        self._wrote = wrote
        self._waiting: list[_Job] = []
        self._closed = False
        self._changed = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="journal-write", daemon=True)
        self._thread.start()

    def write(self, work: Callable[[Connection], R]) -> "asyncio.Future[R]":
        """Do this in the next transaction. What it raises undoes this work only, and none of its neighbours'."""
        return self._put(_Job(work, None, False, time.monotonic() + self._patience))

    def put(self, work: Callable[[Connection, Sequence[A]], Sequence[R]], given: A) -> "asyncio.Future[R]":
        """Have this done together with all other waiting calls of the same work; an answer for each."""
        return self._put(_Job(work, given, True, time.monotonic() + self._patience))

    def close(self) -> None:
        """Store what waits, then stop."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _put(self, job: _Job) -> "asyncio.Future[Any]":
        with self._changed:
            if self._closed:
                raise trouble.closed(self._name)
            self._waiting.append(job)
            self._changed.notify()
        return job.answer

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting or self._closed)
                jobs, self._waiting = self._waiting, []
            if not jobs:
                return
            left = self._store([job for job in jobs if not job.answer.cancelled()])
            with self._changed:
                self._waiting = left + self._waiting

    def _store(self, jobs: list[_Job]) -> list[_Job]:
        """Store and answer. Those are left that came while others waited for a lock: each waits equally long for it."""
        if not jobs:
            return []
        left: list[_Job] = []
        try:
            self._transaction(jobs)
        except Exception as error:  # noqa: BLE001  # whatever it is, everybody who waits must hear of it
            now = time.monotonic()
            late = [job for job in jobs if job.until <= now]
            # If nobody's time is over, the lock was not waited for: to wait is not what helps.
            if late and trouble.kind_of(error) == "locked":
                jobs, left = late, [job for job in jobs if job.until > now]
            for job in jobs:
                job.error = trouble.full(error, self._name) or error
        # One call wakes a loop for all of its jobs: each call costs it a turn.
        for loop in {id(job.loop): job.loop for job in jobs}.values():
            mine = [job for job in jobs if job.loop is loop]
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits there any more
                loop.call_soon_threadsafe(_answer, mine)
        return left

    def _transaction(self, jobs: list[_Job], again: bool = True) -> None:
        try:
            with self._engine.connect() as connection:
                # As long as the first of them waits; whoever came later then waits on in another one.
                connection.execution_options(**{WRITES: min(job.until for job in jobs) - time.monotonic()})
                self._do(connection, jobs)
                self._commit(connection)
        except DBAPIError as error:
            # A connection that broke while it was idle is found only now; nothing was stored through it.
            if not (again and error.connection_invalidated):
                raise
            self._transaction(jobs, again=False)

    def _do(self, connection: Connection, jobs: list[_Job]) -> None:
        if connection.dialect.name == "postgresql" and not all(job.together for job in jobs):
            # First of all, so that no two replicas wait for each other's rows.
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        groups: dict[Callable[..., Any], list[_Job]] = {}
        for job in jobs:
            if job.together:
                groups.setdefault(job.work, []).append(job)
        single = [job for job in jobs if not job.together]
        alone = len(groups) + len(single) == 1
        for group in groups.values():
            self._together(connection, group, alone)
        for job in single:
            self._apart(connection, job, partial(job.work, connection), alone)

    def _together(self, connection: Connection, jobs: list[_Job], alone: bool = False) -> None:
        first = jobs[0]
        self._apart(connection, first, partial(first.work, connection, [job.given for job in jobs]), alone)
        if first.error is None:
            for job, result in zip(jobs, first.result, strict=True):
                job.result = result
        elif len(jobs) > 1:
            # One of them cannot be stored: alone, each has its own answer.
            for job in jobs:
                self._together(connection, [job])

    def _apart(self, connection: Connection, job: _Job, work: Callable[[], Any], alone: bool = False) -> None:
        """Do a piece of work so that it can be undone by itself: ``alone`` in its transaction, it needs no savepoint.

        Raises when it is the store that cannot.
        """
        savepoint = None if alone else connection.begin_nested()
        try:
            job.result, job.error = work(), None
        except Exception as error:
            if trouble.kind_of(error):
                raise
            (savepoint or connection).rollback()
            job.error = _conflict(error)
        else:
            if savepoint is not None:
                savepoint.commit()

    def _commit(self, connection: Connection) -> None:
        try:
            connection.commit()
        except DBAPIError as error:
            if error.connection_invalidated:
                raise trouble.lost_in_commit(self._name) from error
            raise
        self._wrote()


def _answer(jobs: list[_Job]) -> None:
    for job in jobs:
        if job.answer.done():
            continue  # whoever asked has given up waiting
        if job.error is None:
            job.answer.set_result(job.result)
        else:
            job.answer.set_exception(job.error)


def _conflict(error: Exception) -> Exception:
    """Somebody outside the lock was first: the table's own keys say what we could not see."""
    if isinstance(error, IntegrityError):
        return Conflict("another process stored the same at the same moment; read it again")
    return error
