"""The bot as a process that dies by SIGKILL at the write of its journal that it is told."""

import asyncio
import mmap
import multiprocessing
import os
import signal
import struct
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Engine

from bot.serve import serve
from bot.settings import Settings
from sandbox.clock import SharedClock

#: Of the one thread of the bot that writes to its journal and its outbox.
WRITER: Final = "journal-write"
_LAYOUT: Final = struct.Struct("4i")


class Fate:
    """What a test and the processes that it starts share: at which write to die, and how many writes there were."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes(_LAYOUT.size))
        with path.open("r+b") as file:
            self._shared = mmap.mmap(file.fileno(), _LAYOUT.size)
        self.path = path

    @property
    def writes(self) -> int:
        """How many transactions that changed something were begun to be committed since it was set."""
        return self._read()[2]

    @property
    def received(self) -> int:
        """How many requests were stored, ever."""
        return self._read()[3]

    def set(self, write: int = 0, after: bool = False) -> None:
        """Die at this write, just before it is committed or just ``after``; 0: never. The count begins anew."""
        self._write(write, int(after), 0, self.received)

    def committing(self) -> None:
        """A transaction that changed something is about to be committed."""
        write, after, writes, received = self._read()
        self._write(write, after, writes + 1, received)
        if writes + 1 == write and not after:
            os.kill(os.getpid(), signal.SIGKILL)

    def committed(self, requests: int) -> None:
        """It is committed, and nobody in the process knows it yet."""
        write, after, writes, received = self._read()
        self._write(write, after, writes, received + requests)
        if writes == write and after:
            os.kill(os.getpid(), signal.SIGKILL)

    def _read(self) -> tuple[int, int, int, int]:
        write, after, writes, received = _LAYOUT.unpack(self._shared[:])
        return write, after, writes, received

    def _write(self, *numbers: int) -> None:
        self._shared[:] = _LAYOUT.pack(*numbers)


class Watch:
    """Sees every transaction of the journal's thread, by the events that SQLAlchemy has for it."""

    def __init__(self, fate: Fate) -> None:
        self._fate = fate
        self._changed = self._committed = False
        self._requests = 0
        sa.event.listen(Engine, "after_cursor_execute", self._executed)
        sa.event.listen(Engine, "commit", self._commits)
        sa.event.listen(Engine, "checkin", self._gave_back)

    def _executed(self, _c: Any, cursor: Any, statement: str, _p: Any, context: Any, _many: bool) -> None:
        if threading.current_thread().name != WRITER or context is None:
            return
        if context.isinsert or context.isupdate or context.isdelete:
            # The driver does not count the rows of an INSERT with RETURNING.
            self._changed = self._changed or context.isinsert or cursor.rowcount != 0
            self._requests += statement.startswith("INSERT INTO inbox")

    def _commits(self, _: Any) -> None:
        if threading.current_thread().name == WRITER and self._changed:
            self._fate.committing()
            self._changed, self._committed = False, True

    def _gave_back(self, *_: Any) -> None:
        if threading.current_thread().name == WRITER and self._committed:
            requests, self._requests, self._committed = self._requests, 0, False
            self._fate.committed(requests)


def live(environment: Mapping[str, str], fate: Path, log: Path) -> None:
    """Be the bot until a signal ends it: what ``python -m sandbox.bot`` is, with a fate."""
    os.setsid()
    with log.open("ab") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    os.environ.clear()
    os.environ.update(environment)
    os.chdir(log.parent)
    Watch(Fate(fate))
    asyncio.run(serve(Settings(), SharedClock(Path(environment["SANDBOX_CLOCK"]))))


def nursery() -> Any:
    """Where such processes are forked from: a parent that has imported everything."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.crash.nursery"])
    return context
