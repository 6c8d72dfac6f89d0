"""The tables, the same for SQLite and PostgreSQL. The migrations make them; a test holds the two together."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(moment: datetime) -> int:
    """Whole microseconds since 1970-01-01 UTC, as the tables store times. Raises ``ValueError`` for a naive one."""
    if moment.tzinfo is None:
        raise ValueError(f"{moment} has no time zone: it cannot be stored")
    return (moment - _EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """The time behind a number of ``to_micros``, in UTC."""
    return _EPOCH + micros * _MICROSECOND


class Micros(TypeDecorator[datetime]):
    """An aware time, stored as microseconds since 1970: the same number, order and precision on both databases."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ARG002  # SQLAlchemy's signature
        return None if value is None else to_micros(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002  # as above
        return None if value is None else from_micros(value)


metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: What happened. ``(case_id, position)`` is the fence: two who follow the same event cannot both append.
journal = sa.Table(
    "journal",
    metadata,
    sa.Column("case_id", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False, unique=True),
    sa.Column("at", Micros, nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("prev", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

#: One row: the last line of the journal, so that cutting off its end is found.
heads = sa.Table(
    "heads",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("seq", sa.BigInteger, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)

#: What lists and sweeps need to know of a case. ``rest`` is a later look that the driver chose for this position.
cases = sa.Table(
    "cases",
    metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("position", sa.BigInteger, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("due", Micros, index=True),
    sa.Column("rest", Micros, index=True),
    sa.Column("phase", sa.Text, nullable=False),
    sa.Column("over", sa.Boolean, nullable=False),
    sa.Column("command", sa.Text, nullable=False),
    sa.Column("asker", sa.Text, nullable=False),
    sa.Column("of", sa.Text, nullable=False, index=True),
    sa.Column("loose", sa.Boolean, nullable=False),
    sa.Column("at", Micros, nullable=False, index=True),
)

#: Who holds what: one row an object, so that two cases cannot hold it.
claims = sa.Table(
    "claims",
    metadata,
    sa.Column("object", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False, index=True),
)

#: Names by which the outside knows a case (an alert group, an incident of PagerDuty): the case that had each last.
names = sa.Table(
    "names",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("case_id", sa.Text, nullable=False),
)

#: What came in, stored before it is answered. ``taken`` is when something was made of it.
inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("at", Micros, nullable=False),
    sa.Column("request", sa.Text, nullable=False),
    sa.Column("taken", Micros),
)
sa.Index(
    "ix_inbox_untaken",
    inbox.c.at,
    inbox.c.key,
    sqlite_where=inbox.c.taken.is_(None),
    postgresql_where=inbox.c.taken.is_(None),
)

#: What is to be said. It waits while ``version > shown``; ``number`` is the order in which it was asked for.
outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), primary_key=True),
    sa.Column("key", sa.Text, nullable=False, unique=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("under", sa.Text, nullable=False),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("say", sa.Text, nullable=False),
    # Where it goes instead, when its own place did not take it.
    sa.Column("moved", sa.Text),
    sa.Column("moved_because", sa.Text),
    sa.Column("version", sa.BigInteger, nullable=False),
    sa.Column("shown", sa.BigInteger, nullable=False),
    sa.Column("channel", sa.Text, nullable=False),
    sa.Column("ts", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("due", Micros, nullable=False),
    sa.Column("leased_until", Micros),
    sa.Column("unsure", sa.Boolean, nullable=False),
    # Why the last attempt came to nothing.
    sa.Column("trouble", sa.Text, nullable=False),
    # Whether it can never be said.
    sa.Column("dropped", sa.Boolean, nullable=False),
    sa.Column("created", Micros, nullable=False),
)
sa.Index("ix_outbox_channel_ts", outbox.c.channel, outbox.c.ts)
sa.Index("ix_outbox_under_number", outbox.c.under, outbox.c.number)
_waiting = sa.and_(outbox.c.version > outbox.c.shown, outbox.c.dropped.is_(False))
sa.Index("ix_outbox_waiting", outbox.c.due, sqlite_where=_waiting, postgresql_where=_waiting)

#: Switches of the bot itself.
switches = sa.Table(
    "switches",
    metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("value", sa.Text, nullable=False),
)


def inserting(dialect: str, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An ``INSERT`` that may say what happens when the row is there: each database has its own class for it."""
    return postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
