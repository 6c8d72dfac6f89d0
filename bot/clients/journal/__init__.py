"""The journal and the outbox in a database: SQLite in one file, or PostgreSQL when there is more than one replica."""

from bot.clients.journal.database import Database
from bot.clients.journal.journal import SqlJournal
from bot.clients.journal.outbox import SqlOutbox

__all__ = ["Database", "SqlJournal", "SqlOutbox"]
