"""Names by which the outside knows a case."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """What the table holds is said in bot/clients/journal/schema.py."""
    op.create_table(
        "names",
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("case_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_names"),
    )
