"""Bring the tables up to this release, one process at a time."""

import sqlite3
import time
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Connection, Engine

from bot.clients.journal.engine import WRITES
from bot.domain.errors import Refusal

#: Of the advisory lock under which PostgreSQL's tables are changed.
_LOCK = 0x0A0B_E005
_PATIENCE = 60


def upgrade(engine: Engine, patience: float) -> None:
    """Run the migrations that are missing, all or none. Raises ``Refusal`` when a later release made the tables."""
    if engine.dialect.name == "sqlite":
        _write_ahead(engine)
    with engine.connect().execution_options(**{WRITES: patience}) as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_PATIENCE}s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        _migrate(connection)
        connection.commit()


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    here, newest = MigrationContext.configure(connection).get_current_revision(), scripts.get_current_head()
    if here == newest:
        return
    if here is not None and here not in {script.revision for script in scripts.walk_revisions()}:
        raise Refusal(
            f"The tables of the store are of a later release ({here}; this one knows {newest}): nothing was changed.",
            "Start that release, or restore the store from a backup of this one.",
        )
    command.upgrade(config, "head")


def _write_ahead(engine: Engine) -> None:
    """Keep a log beside the file, so that those who read and the one who writes do not wait for each other."""
    until = time.monotonic() + _PATIENCE
    while True:
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            # SQLite does not wait by itself here: another process may be making the same change.
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
        finally:
            connection.close()
