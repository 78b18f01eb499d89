"""Incidents from which rules do not learn."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "incidents", sa.Column("excluded_from_training", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.alter_column("incidents", "excluded_from_training", server_default=None)


def downgrade() -> None:
    op.drop_column("incidents", "excluded_from_training")
