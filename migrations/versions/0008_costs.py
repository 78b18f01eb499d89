"""What results cost, and what a connection's source may be asked for."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("check_results", "check_latest")


def upgrade() -> None:
    for table in TABLES:
        # Nullable and without default: what a compressed hypertable takes.
        op.add_column(
            table,
            sa.Column("statements", sa.Double(), nullable=True, comment="NULL: stored before they were counted"),
        )
        op.add_column(table, sa.Column("scanned_rows", sa.Double(), nullable=True))
    op.add_column("connections", sa.Column("max_scanned_row_count", sa.BigInteger(), nullable=True))
    op.add_column("connections", sa.Column("max_scanned_bytes", sa.BigInteger(), nullable=True))
    op.add_column(
        "connections",
        sa.Column("allow_unknown_size", sa.Boolean(), nullable=False, server_default=sa.text("false")),
    )
    op.add_column("connections", sa.Column("max_concurrent_statement_count", sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in ("max_concurrent_statement_count", "allow_unknown_size", "max_scanned_bytes", "max_scanned_row_count"):
        op.drop_column("connections", name)
    for table in TABLES:
        op.drop_column(table, "scanned_rows")
        op.drop_column(table, "statements")
