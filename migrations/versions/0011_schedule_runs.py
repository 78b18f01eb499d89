"""What came of a schedule's moments, what it does while its former job runs, and jitter."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _add("schedules", sa.Column("jitter", sa.Interval(), nullable=False, server_default=sa.text("interval '0'")))
    _add("schedules", sa.Column("overlap", sa.Text(), nullable=False, server_default="skip"))
    _add("schedules", sa.Column("last_run_outcome", sa.Text(), nullable=False, server_default=""))
    _add("schedules", sa.Column("last_run_note", sa.Text(), nullable=False, server_default=""))
    op.add_column("schedules", sa.Column("last_job_id", sa.Uuid(as_uuid=False)))
    _add("schedules", sa.Column("missed_run_count", sa.BigInteger(), nullable=False, server_default="0"))
    op.add_column("schedules", sa.Column("first_missed_time", sa.DateTime(timezone=True)))
    _add("jobs", sa.Column("missed_run_count", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index(
        "ix_schedules_waiting", "schedules", ["first_missed_time"], postgresql_where=sa.text("overlap = 'queue'")
    )
    op.create_index(
        "ix_jobs_unfinished", "jobs", ["schedule_id"], postgresql_where=sa.text("state IN ('queued', 'running')")
    )


def downgrade() -> None:
    op.drop_index("ix_jobs_unfinished", "jobs")
    op.drop_index("ix_schedules_waiting", "schedules")
    op.drop_column("jobs", "missed_run_count")
    for name in (
        "first_missed_time",
        "missed_run_count",
        "last_job_id",
        "last_run_note",
        "last_run_outcome",
        "overlap",
        "jitter",
    ):
        op.drop_column("schedules", name)


def _add(table: str, column: sa.Column[object]) -> None:
    """A column whose rows so far take its default, which new rows must name themselves."""
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)
