"""SQLite brings what is in its write-ahead log into its file now and then: here beside the writes, not in one of them.

Left to itself it does so in a commit, every thousand pages, and whoever waits for that one waits 20 to 100 ms longer.
What is committed is safe in the log already.
"""

import contextlib
import logging
import sqlite3
import threading
from typing import Final

from sqlalchemy.engine import Engine
from sqlalchemy.exc import SQLAlchemyError

log = logging.getLogger(__name__)

EVERY: Final = 250  # transactions; of a crowd each has some ten pages


class Checkpoints:
    """A thread that is told of each transaction. For a database without such a log it does nothing."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._written = 0
        self._closed = False
        self._changed = threading.Condition()
        self._thread: threading.Thread | None = None
        if engine.dialect.name == "sqlite":
            self._thread = threading.Thread(target=self._run, name="journal-checkpoint", daemon=True)
            self._thread.start()

    def wrote(self) -> None:
        """A transaction was committed."""
        with self._changed:
            self._written += 1
            if self._written == EVERY:
                self._changed.notify()

    def close(self) -> None:
        """Stop, after what is due; the rest of the log is written when the last connection is closed."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._written >= EVERY or self._closed)
                if self._written < EVERY:
                    return
                self._written = 0
            try:
                with contextlib.closing(self._engine.raw_connection()) as connection:
                    # Outside a transaction; passive: nobody who reads or writes waits for it.
                    connection.cursor().execute("PRAGMA wal_checkpoint(PASSIVE)")
            except (sqlite3.Error, SQLAlchemyError) as error:
                # Nothing is lost: the log grows until the next time, or until a commit does it after all.
                log.warning("the write-ahead log could not be written into the database: %s", error)
