"""Schedules, jobs and their units."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Index,
    Integer,
    Interval,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from dq_platform.adapters.sql.tables.columns import (
    ID,
    OUTCOME_COUNTS,
    counts,
    identifier,
    metadata,
    owned_by,
    texts,
    times,
)

schedules = Table(
    "schedules",
    metadata,
    identifier(),
    owned_by("workspaces", "workspace_id"),
    *texts("display_name", "description", "cron", "time_zone"),
    Column("selector", JSONB, nullable=False),
    Column("paused", Boolean, nullable=False),
    *times("create_time", "update_time"),
    *times("next_run_time", "last_run_time", nullable=True),
    Column("version", Integer, nullable=False),
    Column("jitter", Interval, nullable=False),
    *texts("overlap", "last_run_outcome", "last_run_note"),
    Column("last_job_id", ID),
    *counts("missed_run_count"),
    *times("first_missed_time", nullable=True),
    Index(None, "workspace_id", "create_time", "id"),
    Index("ix_schedules_due", "next_run_time", postgresql_where=text("next_run_time IS NOT NULL")),
    Index("ix_schedules_waiting", "first_missed_time", postgresql_where=text("overlap = 'queue'")),
)

UNFINISHED = text("state IN ('queued', 'running')")

jobs = Table(
    "jobs",
    metadata,
    identifier(),
    owned_by("workspaces", "workspace_id"),
    *texts("kind", "state"),
    Column("priority", SmallInteger, nullable=False),
    Column("connection_id", ID),
    Column("schedule_id", ID),
    Column("requeue_of_job_id", ID),
    Column("request_id", Text),
    *texts("request_hash", "created_by"),
    *times("create_time"),
    *times("due_time", "window_start", "window_end", "start_time", "end_time", nullable=True),
    *counts("unit_count", "check_count", "units_done", "units_failed", "units_cancelled"),
    Column("cancel_requested", Boolean, nullable=False),
    Column("skipped_schemas", JSONB, nullable=False),
    Column("origin", JSONB, nullable=False),
    *texts("error_reason", "error_message"),
    *counts(*OUTCOME_COUNTS),
    *counts("missed_run_count"),
    *times("deadline_time", nullable=True),
    UniqueConstraint("workspace_id", "request_id"),
    UniqueConstraint("schedule_id", "due_time"),
    Index("ix_jobs_ended", "end_time", postgresql_where=text("end_time IS NOT NULL")),
    Index("ix_jobs_unfinished", "schedule_id", postgresql_where=UNFINISHED),
    Index("ix_jobs_deadline", "deadline_time", postgresql_where=UNFINISHED),
    Index("ix_jobs_cancelling", "id", postgresql_where=text("cancel_requested AND state IN ('queued', 'running')")),
    Index(None, "workspace_id", "create_time", "id"),
    Index(None, "workspace_id", "state", "create_time", "id"),
)

QUEUED = text("state = 'queued'")
RANK = ("rank_time", "task_id", "due_time")
"""In which order a workspace's units are claimed; the last says whether they can be yet."""

job_units = Table(
    "job_units",
    metadata,
    identifier(),
    owned_by("jobs", "job_id"),
    Column("workspace_id", ID, nullable=False),
    Column("connection_id", ID, nullable=False),
    Column("task_id", ID, nullable=False),
    *times("rank_time"),
    Column("sessions", Integer, nullable=False),
    Column("check_ids", ARRAY(ID), nullable=False),
    *texts("state"),
    Column("attempt", Integer, nullable=False),
    *times("due_time"),
    *times("start_time", "lease_until", "end_time", nullable=True),
    Column("attempts", JSONB, nullable=False),
    *texts("error_reason", "error_message"),
    Index(None, "job_id", "state"),
    Index("ix_job_units_rank", "workspace_id", *RANK, postgresql_where=QUEUED),
    Index("ix_job_units_source", "workspace_id", "connection_id", *RANK, postgresql_where=QUEUED),
    Index("ix_job_units_lease", "lease_until", postgresql_where=text("state = 'running'")),
)

# One row: the workspace of which a task was claimed last.
claim_turn = Table("claim_turn", metadata, Column("workspace_id", ID, nullable=False))
