"""Checks that are measured on a sample of their table, and the results of those."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

RESULTS = ("check_results", "check_latest")


def upgrade() -> None:
    for table in ("checks", *RESULTS):
        # Nullable and without default: what a compressed hypertable takes.
        op.add_column(table, sa.Column("sample_method", sa.Text(), nullable=True))
        op.add_column(table, sa.Column("sample_percent", sa.Double(), nullable=True))
    for table in RESULTS:
        op.add_column(table, sa.Column("sample_rows", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    for table in RESULTS:
        op.drop_column(table, "sample_rows")
    for table in ("checks", *RESULTS):
        op.drop_column(table, "sample_percent")
        op.drop_column(table, "sample_method")
