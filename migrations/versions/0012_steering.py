"""What became of each attempt of a unit, which job another one repeats, and which jobs are old."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_units", sa.Column("start_time", sa.DateTime(timezone=True)))
    op.add_column("job_units", sa.Column("attempts", postgresql.JSONB(), nullable=False, server_default="[]"))
    op.alter_column("job_units", "attempts", server_default=None)
    op.add_column("jobs", sa.Column("requeue_of_job_id", sa.Uuid(as_uuid=False)))
    op.create_index("ix_jobs_ended", "jobs", ["end_time"], postgresql_where=sa.text("end_time IS NOT NULL"))


def downgrade() -> None:
    op.drop_index("ix_jobs_ended", "jobs")
    op.drop_column("jobs", "requeue_of_job_id")
    op.drop_column("job_units", "attempts")
    op.drop_column("job_units", "start_time")
