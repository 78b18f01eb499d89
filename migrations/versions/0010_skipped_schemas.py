"""The schemas that a sync passed over."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("jobs", sa.Column("skipped_schemas", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.alter_column("jobs", "skipped_schemas", server_default=None)


def downgrade() -> None:
    op.drop_column("jobs", "skipped_schemas")
