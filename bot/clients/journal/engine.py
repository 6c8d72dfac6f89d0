"""Connections: from ``DATABASE_URL`` to an engine that stores what it says it stored."""

import sqlite3
from functools import partial
from math import ceil
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError

#: The execution option of connections that write: how many seconds they wait for a lock at most.
WRITES = "aureus_writes"

#: Of SQLite, 4,096 bytes each.
_LONGEST_LOG = 10_000  # pages

_WANTED = "sqlite:///path/of/a/file.db or postgresql://user:password@host/database is wanted"


def locate(url: str) -> URL:
    """The address with the driver that we use. Raises ``ValueError`` with a sentence when it is not one of ours."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ValueError(f"DATABASE_URL is not an address: {_WANTED}.") from None
    match parsed.get_backend_name():
        case "sqlite":
            if parsed.database in (None, "", ":memory:"):
                raise ValueError(f"DATABASE_URL names no file, and what is stored must outlive the process: {_WANTED}.")
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
    raise ValueError(f"DATABASE_URL begins with {parsed.drivername!r}, which is not known here: {_WANTED}.")


def name_of(url: URL) -> str:
    """How people are told of it; never with its password."""
    if url.get_backend_name() == "sqlite":
        return f"the store (SQLite, {url.database})"
    host = url.host or url.query.get("host") or "this machine"
    return f"the store (PostgreSQL, {url.database or 'the database'} at {host})"


def make_engine(url: URL, patience: float, connections: int) -> Engine:
    """An engine whose connections wait at most ``patience`` seconds for a lock."""
    if url.get_backend_name() == "sqlite":
        if not str(url.database).startswith("file:"):
            Path(str(url.database)).parent.mkdir(parents=True, exist_ok=True)
        arguments: dict[str, Any] = {"timeout": patience, "check_same_thread": False}
        engine = sa.create_engine(url, pool_size=connections, max_overflow=0, connect_args=arguments)
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", partial(_begin_sqlite, patience))
        return engine
    arguments = {"connect_timeout": 3, "keepalives_idle": 10, "keepalives_interval": 5, "keepalives_count": 2}
    engine = sa.create_engine(url, pool_size=connections, max_overflow=0, connect_args=arguments)

    def prepare(connection: Any, _: object) -> None:
        # A replica that stops in the middle of a transaction must not hold the others up for ever.
        connection.execute(
            "SELECT set_config('lock_timeout', %s, false), set_config('statement_timeout', '30s', false), "
            "set_config('idle_in_transaction_session_timeout', '10s', false)",
            (f"{_milliseconds(patience)}ms",),
        )
        connection.commit()

    sa.event.listen(engine, "connect", prepare)
    sa.event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    # The driver's own BEGIN comes only before the first change: too late for what was read before it.
    connection.isolation_level = None
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA foreign_keys = ON")
    # ``Checkpoints`` does it long before; a commit does it only where those cannot.
    connection.execute(f"PRAGMA wal_autocheckpoint = {_LONGEST_LOG}")


def _begin_sqlite(patience: float, connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    # Past SQLAlchemy, to which each statement is a tenth of a millisecond: these do not touch the file yet.
    driver = cast(sqlite3.Connection, connection.connection.driver_connection)
    driver.execute(f"PRAGMA busy_timeout = {_milliseconds(patience if writes is None else writes)}")
    if writes is None:
        driver.execute("BEGIN")
    else:
        # A transaction that reads first and wants to write later cannot wait for the lock: it must take it at once.
        connection.exec_driver_sql("BEGIN IMMEDIATE")


def _begin_postgresql(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    if writes is not None:
        connection.exec_driver_sql("SELECT set_config('lock_timeout', %s, true)", (f"{_milliseconds(writes)}ms",))


def _milliseconds(seconds: float) -> int:
    # Never less, so that whose time it was is over afterwards; and never 0, which is for ever to PostgreSQL.
    return max(1, ceil(seconds * 1000))
