"""Connections that are paused, and until when jobs may take."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("connections", sa.Column("pause_time", sa.DateTime(timezone=True)))
    for name in ("paused_by", "pause_note"):
        op.add_column("connections", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("connections", name, server_default=None)


def downgrade() -> None:
    for name in ("pause_note", "paused_by", "pause_time"):
        op.drop_column("connections", name)
