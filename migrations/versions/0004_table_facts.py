"""What sources note of their tables' size and last change, and since when a table has been as its snapshot says."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("table_snapshots", sa.Column("size_bytes", sa.BigInteger(), nullable=True))
    op.add_column("table_snapshots", sa.Column("last_change_time", sa.DateTime(timezone=True), nullable=True))
    op.add_column("table_snapshots", sa.Column("first_seen_at", sa.DateTime(timezone=True), nullable=True))
    # Older snapshots kept only when they were seen last.
    op.execute("UPDATE table_snapshots SET first_seen_at = taken_at")
    op.alter_column("table_snapshots", "first_seen_at", nullable=False)


def downgrade() -> None:
    for column in ("first_seen_at", "last_change_time", "size_bytes"):
        op.drop_column("table_snapshots", column)
