"""The first tables: journal, cases, claims, inbox, outbox, switches.

Written out, and not taken from ``schema``: a migration stays as it is when the tables go on changing.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """From nothing. There is no way back: an audit is not taken away by a command."""
    _journal()
    _cases()
    _inbox()
    _outbox()
    op.create_table(
        "switches",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("value", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_switches"),
    )


def _journal() -> None:
    op.create_table(
        "journal",
        sa.Column("case_id", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("prev", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("case_id", "position", name="pk_journal"),
        sa.UniqueConstraint("seq", name="uq_journal_seq"),
    )
    heads = op.create_table(
        "heads",
        sa.Column("id", sa.Integer, nullable=False, autoincrement=False),
        sa.Column("seq", sa.BigInteger, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_heads"),
    )
    op.bulk_insert(heads, [{"id": 1, "seq": 0, "hash": "0" * 64}])


def _cases() -> None:
    op.create_table(
        "cases",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("position", sa.BigInteger, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("due", sa.BigInteger),
        sa.Column("rest", sa.BigInteger),
        sa.Column("phase", sa.Text, nullable=False),
        sa.Column("over", sa.Boolean, nullable=False),
        sa.Column("command", sa.Text, nullable=False),
        sa.Column("asker", sa.Text, nullable=False),
        sa.Column("of", sa.Text, nullable=False),
        sa.Column("loose", sa.Boolean, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_cases"),
    )
    for column in ("due", "rest", "of", "at"):
        op.create_index(f"ix_cases_{column}", "cases", [column])
    op.create_table(
        "claims",
        sa.Column("object", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("object", name="pk_claims"),
    )
    op.create_index("ix_claims_case_id", "claims", ["case_id"])


def _inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("request", sa.Text, nullable=False),
        sa.Column("taken", sa.BigInteger),
        sa.PrimaryKeyConstraint("key", name="pk_inbox"),
    )
    untaken = sa.text("taken IS NULL")
    op.create_index("ix_inbox_untaken", "inbox", ["at", "key"], sqlite_where=untaken, postgresql_where=untaken)


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer, "sqlite"), nullable=False, autoincrement=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("under", sa.Text, nullable=False),
        sa.Column("urgency", sa.Integer, nullable=False),
        sa.Column("say", sa.Text, nullable=False),
        sa.Column("moved", sa.Text),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("shown", sa.BigInteger, nullable=False),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("ts", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("due", sa.BigInteger, nullable=False),
        sa.Column("leased_until", sa.BigInteger),
        sa.Column("unsure", sa.Boolean, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
        sa.Column("dropped", sa.Boolean, nullable=False),
        sa.Column("created", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_outbox"),
        sa.UniqueConstraint("key", name="uq_outbox_key"),
    )
    op.create_index("ix_outbox_channel_ts", "outbox", ["channel", "ts"])
    op.create_index("ix_outbox_under_number", "outbox", ["under", "number"])
    op.create_index(
        "ix_outbox_waiting",
        "outbox",
        ["due"],
        sqlite_where=sa.text("version > shown AND dropped IS 0"),
        postgresql_where=sa.text("version > shown AND dropped IS false"),
    )
