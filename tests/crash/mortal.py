"""The bot as a process that dies by SIGKILL at the write of its journal that it is told."""

import asyncio
import mmap
import multiprocessing
import os
import re
import signal
import struct
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine

from bot.serve import serve
from bot.settings import Settings
from sandbox.clock import SharedClock

#: Of the one thread of the bot that writes to its journal and its outbox.
WRITER: Final = "journal-write"
#: A statement that may change rows: DBOS hands some of its own to the driver as text, and some begin with WITH.
_CHANGES: Final = re.compile(r"\bINSERT INTO\b|\bDELETE FROM\b|(?<!FOR )(?<!KEY )\bUPDATE\b")
#: How a request of a person is stored; what Alertmanager and PagerDuty tell is stored beside it.
_REQUEST: Final = '{"@":"request"'
_NUMBER: Final = struct.Struct("i")
_DEATH, _MOMENTS, _RECEIVED, _OUTSIDE, _AT_THE_QUEUE = _PLACES = range(5)


class Fate:
    """What a test and the processes that it starts share: where to die, and how far it came.

    The moments at which a death leaves another state are counted: just after each commit; and just before it, when the
    bot changed something outside since the commit before (else nobody could tell it from the death after that one).
    """

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(len(_PLACES) * _NUMBER.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), len(_PLACES) * _NUMBER.size)
        self.path = path
        self._seen = 0

    @property
    def moments(self) -> int:
        """How many there were since it was set."""
        return self._get(_MOMENTS)

    @property
    def received(self) -> int:
        """How many requests of people were stored, ever."""
        return self._get(_RECEIVED)

    @property
    def at_the_queue(self) -> int:
        """How often somebody died at a commit of the queue, ever."""
        return self._get(_AT_THE_QUEUE)

    def set(self, moment: int = 0) -> None:
        """Die at this moment, by SIGKILL; 0: never. The count begins anew."""
        self._put(_DEATH, 0)
        self._put(_MOMENTS, 0)
        self._put(_DEATH, moment)

    def outside(self) -> None:
        """Something outside was changed; told by the sandbox."""
        self._put(_OUTSIDE, self._get(_OUTSIDE) + 1)

    def committing(self, queue: bool = False) -> None:
        """A transaction that changed something is about to be committed."""
        if self._get(_OUTSIDE) != self._seen:
            self._moment(queue)

    def committed(self, requests: int, queue: bool = False) -> None:
        """It is committed, and nobody in the process knows it yet."""
        self._seen = self._get(_OUTSIDE)
        self._put(_RECEIVED, self.received + requests)
        self._moment(queue)

    def _moment(self, queue: bool) -> None:
        self._put(_MOMENTS, self.moments + 1)
        if self.moments == self._get(_DEATH):
            self._put(_AT_THE_QUEUE, self.at_the_queue + queue)
            os.kill(os.getpid(), signal.SIGKILL)

    def _get(self, place: int) -> int:
        return int(_NUMBER.unpack_from(self._shared, place * _NUMBER.size)[0])

    def _put(self, place: int, number: int) -> None:
        _NUMBER.pack_into(self._shared, place * _NUMBER.size, number)


class _Transaction(threading.local):
    """What the transaction of a thread has done so far."""

    changed = False
    committed = False
    requests = 0


class Watch:
    """Sees every transaction of the journal's thread, by the events that SQLAlchemy has for it.

    With ``queue`` those of all other threads too: what they change is the queue's, whose engine is another.
    """

    def __init__(self, fate: Fate, queue: bool = False) -> None:
        self._fate = fate
        self._queue = queue
        self._now = _Transaction()
        self._counting = threading.Lock()
        sa.event.listen(Engine, "before_cursor_execute", self._executes)
        sa.event.listen(Engine, "after_cursor_execute", self._executed)
        sa.event.listen(Engine, "commit", self._commits)
        sa.event.listen(Engine, "checkin", self._gave_back)

    def _executes(self, connection: Connection, _c: Any, statement: str, *_: Any) -> None:
        if self._watched and _by_itself(connection) and _CHANGES.search(statement):
            self._now.changed = True
            self._commits()

    def _executed(self, connection: Connection, cursor: Any, statement: str, told: Any, *_: Any) -> None:
        if not self._watched or not _CHANGES.search(statement):
            return
        if _by_itself(connection):
            self._gave_back()
            return
        # The driver does not count the rows of an INSERT with RETURNING.
        self._now.changed = self._now.changed or "INSERT INTO" in statement or cursor.rowcount != 0
        if statement.startswith("INSERT INTO inbox"):
            self._now.requests += str(told).count(_REQUEST)

    def _commits(self, *_: Any) -> None:
        if self._watched and self._now.changed:
            with self._counting:
                self._fate.committing(not self._journal)
            self._now.changed, self._now.committed = False, True

    def _gave_back(self, *_: Any) -> None:
        if self._watched and self._now.committed:
            requests, self._now.requests, self._now.committed = self._now.requests, 0, False
            with self._counting:
                self._fate.committed(requests, not self._journal)

    @property
    def _journal(self) -> bool:
        return threading.current_thread().name == WRITER

    @property
    def _watched(self) -> bool:
        return self._queue or self._journal


def _by_itself(connection: Connection) -> bool:
    """Whether each statement is a transaction: so DBOS stores on PostgreSQL how a piece of work has ended."""
    return connection.get_execution_options().get("isolation_level") == "AUTOCOMMIT"


def live(environment: Mapping[str, str], fate: Path, log: Path, queue_too: bool = False) -> None:
    """Be the bot until a signal ends it: what ``python -m sandbox.bot`` is, with a fate."""
    os.setsid()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(log.parent)
    threading.Thread(target=_end_with_the_tests, name="tests", daemon=True).start()
    Watch(Fate(fate), queue_too)
    asyncio.run(serve(Settings(), SharedClock(Path(environment["SANDBOX_CLOCK"]))))


def _end_with_the_tests() -> None:
    """Whoever started it may be killed too, and then nobody is left to end it."""
    tests = multiprocessing.parent_process()
    if tests is not None:
        tests.join()
        os.kill(os.getpid(), signal.SIGKILL)


def nursery() -> Any:
    """Where such processes are forked from: a parent that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.nursery"])
    return context
