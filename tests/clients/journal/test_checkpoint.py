"""The write-ahead log of SQLite is brought into its file beside the writes, and not in one of them."""

import shutil
import sqlite3
from pathlib import Path

import sqlalchemy as sa

from bot.clients.journal.checkpoint import EVERY, Checkpoints
from bot.clients.journal.engine import WRITES, locate, make_engine


def rows_in(file: Path, beside: Path) -> int:
    """How many rows the file has without its log."""
    with sqlite3.connect(shutil.copy(file, beside)) as alone:
        return int(alone.execute("SELECT count(*) FROM words").fetchone()[0])


def test_the_log_is_brought_into_the_file_when_enough_was_written_and_by_no_commit_before(tmp_path: Path) -> None:
    file, beside = tmp_path / "journal.db", tmp_path / "alone.db"
    with sqlite3.connect(file) as made:
        made.execute("PRAGMA journal_mode = WAL")
        made.execute("CREATE TABLE words (word TEXT)")
    made.close()
    engine = make_engine(locate(f"sqlite:///{file}"), 1.0, connections=2)
    checkpoints = Checkpoints(engine)
    with engine.connect() as writer:
        writer.execution_options(**{WRITES: 1.0})
        for number in range(EVERY):
            # Some pages each, so that SQLite left to itself would have done it in one of these commits.
            writer.execute(sa.text("INSERT INTO words VALUES (:word)"), {"word": "x" * 20_000})
            writer.commit()
            if number == EVERY - 1:
                assert rows_in(file, beside) == 0
            checkpoints.wrote()
        checkpoints.close()
        assert rows_in(file, beside) == EVERY
    engine.dispose()
