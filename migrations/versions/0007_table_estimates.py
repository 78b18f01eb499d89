"""Sizes of tables that runs found, for the next plan."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "table_estimates",
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_count", sa.BigInteger()),
        sa.Column("distinct_counts", postgresql.JSONB(), nullable=False, comment="by column"),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_table_estimates_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", "schema_name", "table_name", name=op.f("pk_table_estimates")),
    )


def downgrade() -> None:
    op.drop_table("table_estimates")
