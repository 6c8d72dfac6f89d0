"""Why something was said elsewhere."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """What was moved before then has no reason: nobody wrote it down."""
    op.add_column("outbox", sa.Column("moved_because", sa.Text))
