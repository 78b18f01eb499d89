"""Results whose value is a date, a timestamp or a text."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = ("check_results", "check_latest")


def upgrade() -> None:
    for table in TABLES:
        # Nullable and without default: what a compressed hypertable takes.
        op.add_column(table, sa.Column("value_text", sa.Text(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "value_text")
