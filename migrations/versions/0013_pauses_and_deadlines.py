"""Connections that are paused, and until when jobs may take."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

UNFINISHED = "state IN ('queued', 'running')"


def upgrade() -> None:
    op.add_column("connections", sa.Column("pause_time", sa.DateTime(timezone=True)))
    for name in ("paused_by", "pause_note"):
        op.add_column("connections", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("connections", name, server_default=None)

    op.add_column("jobs", sa.Column("deadline_time", sa.DateTime(timezone=True)))
    op.execute("UPDATE jobs SET deadline_time = now() + interval '24 hours' WHERE state IN ('queued', 'running')")
    op.create_index("ix_jobs_deadline", "jobs", ["deadline_time"], postgresql_where=sa.text(UNFINISHED))
    cancelling = sa.text(f"cancel_requested AND {UNFINISHED}")
    op.create_index("ix_jobs_cancelling", "jobs", ["id"], postgresql_where=cancelling)


def downgrade() -> None:
    op.drop_index("ix_jobs_cancelling", "jobs")
    op.drop_index("ix_jobs_deadline", "jobs")
    op.drop_column("jobs", "deadline_time")
    for name in ("pause_note", "paused_by", "pause_time"):
        op.drop_column("connections", name)
