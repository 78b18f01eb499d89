"""Error samples: the rows behind failures, which columns tell rows apart, and which are never shown.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add("checks", sa.Column("error_samples", sa.Boolean(), nullable=False, server_default=sa.true()))
    for name in ("id_columns", "pii_columns"):
        _add("table_settings", sa.Column(name, sa.ARRAY(sa.Text()), nullable=False, server_default="{}"))
    op.create_table(
        "error_samples",
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("check_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group_key", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("data_group", sa.Text(), nullable=False),
        sa.Column("time_period", sa.DateTime(timezone=True), nullable=False),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("result_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False, comment="JSON, encrypted with Fernet"),
        sa.Column("error_reason", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], name=op.f("fk_error_samples_check_id_checks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("check_id", "group_key", "time_period", name=op.f("pk_error_samples")),
    )
    op.create_index("ix_error_samples_workspace_id_result_id", "error_samples", ["workspace_id", "result_id"])
    op.create_index("ix_error_samples_taken_at", "error_samples", ["taken_at"])


def downgrade() -> None:
    op.drop_table("error_samples")
    op.drop_column("table_settings", "pii_columns")
    op.drop_column("table_settings", "id_columns")
    op.drop_column("checks", "error_samples")


def _add(table: str, column: sa.Column[object]) -> None:
    """A column whose default is for the rows that are there already alone."""
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)
