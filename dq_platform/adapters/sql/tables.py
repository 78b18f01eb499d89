"""Our store's relations. Migrations create them; `dq_platform.adapters.sql.migrate.drift` compares the two.

Ids come from the application as UUID text. Closed vocabularies are stored as their text or number, open ones as text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

ID = Uuid(as_uuid=False)
TIME = DateTime(timezone=True)


def _id() -> Column[Any]:
    return Column("id", ID, primary_key=True)


def _owned_by(table: str, column: str, *, primary_key: bool = False) -> Column[Any]:
    """A reference to the row that this one dies with."""
    return Column(column, ID, ForeignKey(f"{table}.id", ondelete="CASCADE"), nullable=False, primary_key=primary_key)


def _text(*names: str) -> Sequence[Column[Any]]:
    return [Column(name, Text, nullable=False) for name in names]


def _times(*names: str, nullable: bool = False) -> Sequence[Column[Any]]:
    return [Column(name, TIME, nullable=nullable) for name in names]


def _counts(*names: str) -> Sequence[Column[Any]]:
    return [Column(name, BigInteger, nullable=False) for name in names]


def _table_sample() -> Sequence[Column[Any]]:
    """What is measured of the table; both NULL for all rows."""
    return [Column("sample_method", Text), Column("sample_percent", Double)]


OUTCOME_COUNTS = ("passed", "warning", "error", "fatal", "inconclusive", "execution_error")

workspaces = Table(
    "workspaces",
    metadata,
    _id(),
    *_text("name", "display_name"),
    *_times("create_time"),
    Column("result_retention_days", Integer, comment="NULL: results are kept for ever"),
    UniqueConstraint("name"),
)

api_keys = Table(
    "api_keys",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    *_text("display_name"),
    Column("role", SmallInteger, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    *_times("create_time"),
    *_times("expire_time", "revoke_time", "last_used_time", nullable=True),
    Index(None, "workspace_id", "create_time", "id"),
)

connections = Table(
    "connections",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    *_text("display_name", "description", "type"),
    Column("settings", LargeBinary, nullable=False, comment="JSON, encrypted with Fernet"),
    *_text("time_zone"),
    Column("labels", JSONB, nullable=False),
    *_times("create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Column("max_scanned_row_count", BigInteger),
    Column("max_scanned_bytes", BigInteger),
    Column("allow_unknown_size", Boolean, nullable=False, server_default=text("false")),
    Column("max_concurrent_statement_count", Integer),
    *_times("pause_time", nullable=True),
    *_text("paused_by", "pause_note"),
    Index(None, "workspace_id", "create_time", "id"),
    Index("ix_connections_paused", "id", postgresql_where=text("pause_time IS NOT NULL")),
)

table_snapshots = Table(
    "table_snapshots",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    _owned_by("connections", "connection_id"),
    *_text("schema_name", "table_name", "kind", "comment"),
    Column("estimated_rows", BigInteger),
    Column("columns", JSONB, nullable=False),
    Column("absent", Boolean, nullable=False, comment="the table was not there at taken_at"),
    *_times("taken_at"),
    Column("size_bytes", BigInteger),
    *_times("last_change_time", nullable=True),
    *_times("first_seen_at"),
    Index("ix_table_snapshots_newest", "connection_id", "schema_name", "table_name", "taken_at", "id"),
)

table_settings = Table(
    "table_settings",
    metadata,
    _owned_by("connections", "connection_id", primary_key=True),
    Column("schema_name", Text, primary_key=True),
    Column("table_name", Text, primary_key=True),
    *_text("filter"),
    *(Column(name, ARRAY(Text), nullable=False) for name in ("id_columns", "pii_columns")),
)

table_estimates = Table(
    "table_estimates",
    metadata,
    _owned_by("connections", "connection_id", primary_key=True),
    Column("schema_name", Text, primary_key=True),
    Column("table_name", Text, primary_key=True),
    Column("row_count", BigInteger),
    Column("distinct_counts", JSONB, nullable=False, comment="by column"),
    *_times("taken_at"),
)

checks = Table(
    "checks",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    _owned_by("connections", "connection_id"),
    *_text("schema_name", "table_name", "column_name", "check_type", "mode", "time_scale"),
    *_text("display_name", "description"),
    Column("sensor_params", JSONB, nullable=False),
    Column("thresholds", JSONB, nullable=False),
    *_text("filter", "partition_column"),
    Column("group_by", JSONB, nullable=False),
    Column("labels", JSONB, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("error_samples", Boolean, nullable=False),
    *_table_sample(),
    *_times("create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Index(None, "workspace_id", "create_time", "id"),
    Index("ix_checks_target", "connection_id", "schema_name", "table_name"),
)

check_baselines = Table(
    "check_baselines",
    metadata,
    _owned_by("checks", "check_id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("columns", JSONB, nullable=False),
    Column("changes", JSONB, nullable=False, comment="compared with the number before"),
    *_text("actor", "note"),
    *_times("create_time"),
)

schedules = Table(
    "schedules",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    *_text("display_name", "description", "cron", "time_zone"),
    Column("selector", JSONB, nullable=False),
    Column("paused", Boolean, nullable=False),
    *_times("create_time", "update_time"),
    *_times("next_run_time", "last_run_time", nullable=True),
    Column("version", Integer, nullable=False),
    Column("jitter", Interval, nullable=False),
    *_text("overlap", "last_run_outcome", "last_run_note"),
    Column("last_job_id", ID),
    *_counts("missed_run_count"),
    *_times("first_missed_time", nullable=True),
    Index(None, "workspace_id", "create_time", "id"),
    Index("ix_schedules_due", "next_run_time", postgresql_where=text("next_run_time IS NOT NULL")),
    Index("ix_schedules_waiting", "first_missed_time", postgresql_where=text("overlap = 'queue'")),
)

UNFINISHED = text("state IN ('queued', 'running')")

jobs = Table(
    "jobs",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    *_text("kind", "state"),
    Column("priority", SmallInteger, nullable=False),
    Column("connection_id", ID),
    Column("schedule_id", ID),
    Column("requeue_of_job_id", ID),
    Column("request_id", Text),
    *_text("request_hash", "created_by"),
    *_times("create_time"),
    *_times("due_time", "window_start", "window_end", "start_time", "end_time", nullable=True),
    *_counts("unit_count", "check_count", "units_done", "units_failed", "units_cancelled"),
    Column("cancel_requested", Boolean, nullable=False),
    Column("skipped_schemas", JSONB, nullable=False),
    Column("origin", JSONB, nullable=False),
    *_text("error_reason", "error_message"),
    *_counts(*OUTCOME_COUNTS),
    *_counts("missed_run_count"),
    *_times("deadline_time", nullable=True),
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
    _id(),
    _owned_by("jobs", "job_id"),
    Column("workspace_id", ID, nullable=False),
    Column("connection_id", ID, nullable=False),
    Column("task_id", ID, nullable=False),
    *_times("rank_time"),
    Column("sessions", Integer, nullable=False),
    Column("check_ids", ARRAY(ID), nullable=False),
    *_text("state"),
    Column("attempt", Integer, nullable=False),
    *_times("due_time"),
    *_times("start_time", "lease_until", "end_time", nullable=True),
    Column("attempts", JSONB, nullable=False),
    *_text("error_reason", "error_message"),
    Index(None, "job_id", "state"),
    Index("ix_job_units_rank", "workspace_id", *RANK, postgresql_where=QUEUED),
    Index("ix_job_units_source", "workspace_id", "connection_id", *RANK, postgresql_where=QUEUED),
    Index("ix_job_units_lease", "lease_until", postgresql_where=text("state = 'running'")),
)

# One row: the workspace of which a task was claimed last.
claim_turn = Table("claim_turn", metadata, Column("workspace_id", ID, nullable=False))

RESULT_COLUMNS = (
    *("id", "workspace_id", "check_id", "job_id", "connection_id"),
    *("schema_name", "table_name", "column_name", "check_type", "category", "dimension", "mode", "time_scale"),
    *("group_key", "data_group", "time_period", "executed_at", "outcome", "value", "expected_value", "expected_text"),
    *("warning_lower", "warning_upper", "error_lower", "error_upper", "fatal_lower", "fatal_upper"),
    *("message", "error_reason", "duration_ms", "value_text", "statements", "scanned_rows"),
    *("sample_method", "sample_percent", "sample_rows"),
)


def _result_columns(check_id: Column[Any]) -> Sequence[Column[Any]]:
    """What results and latest results have in common.

    `group_key` is a digest of `data_group`, whose text can be longer than an index takes.
    """
    return [
        Column("id", ID, nullable=False),
        Column("workspace_id", ID, nullable=False),
        check_id,
        Column("job_id", ID, nullable=False),
        Column("connection_id", ID, nullable=False),
        *_text("schema_name", "table_name", "column_name", "check_type", "category", "dimension"),
        *_text("mode", "time_scale"),
        Column("group_key", ID, nullable=False),
        *_text("data_group"),
        *_times("time_period", "executed_at"),
        Column("outcome", SmallInteger, nullable=False),
        Column("value", Numeric),
        Column("expected_value", Numeric),
        *_text("expected_text"),
        *(
            Column(f"{severity}_{side}", Double)
            for severity in ("warning", "error", "fatal")
            for side in ("lower", "upper")
        ),
        *_text("message", "error_reason"),
        Column("duration_ms", Double, nullable=False),
        Column("value_text", Text),
        Column("statements", Double, comment="NULL: stored before they were counted"),
        Column("scanned_rows", Double),
        *_table_sample(),
        Column("sample_rows", BigInteger),
    ]


# Results outlive their checks, jobs and connections: no foreign keys. Partitioned by month, or a hypertable where
# TimescaleDB is there; both need the time in every unique key.
check_results = Table(
    "check_results",
    metadata,
    *_result_columns(Column("check_id", ID, nullable=False)),
    PrimaryKeyConstraint("id", "executed_at"),
    Index("ix_check_results_newest", "workspace_id", "executed_at", "id"),
    Index("ix_check_results_check", "check_id", "executed_at", "id"),
    Index("ix_check_results_table", "connection_id", "schema_name", "table_name", "executed_at", "id"),
    Index("ix_check_results_job", "job_id", "executed_at", "id"),
    Index("ix_check_results_history", "check_id", "group_key", "time_period", "executed_at", "id"),
    postgresql_partition_by="RANGE (executed_at)",
)

check_latest = Table(
    "check_latest",
    metadata,
    *_result_columns(_owned_by("checks", "check_id")),
    PrimaryKeyConstraint("check_id", "group_key"),
    Index("ix_check_latest_newest", "workspace_id", "executed_at", "id"),
    Index("ix_check_latest_table", "connection_id", "schema_name", "table_name"),
)

TABLE_FACETS = (
    *("workspace_id", "connection_id", "schema_name", "table_name"),
    *("check_type", "category", "dimension", "mode"),
)
CHECK_FACETS = (*TABLE_FACETS, "column_name", "check_id", "group_key")


def _facets(names: Sequence[str]) -> Sequence[Column[Any]]:
    return [Column(name, ID if name.endswith(("_id", "_key")) else Text, nullable=False) for name in names]


def _sums() -> Sequence[Column[Any]]:
    """How results ended and what they cost together; `unknown_scans` are those that do not know their scanned rows."""
    return [
        *(Column(name, Integer, nullable=False) for name in OUTCOME_COUNTS),
        *_times("last_executed_at"),
        *(Column(name, Double, nullable=False) for name in ("duration_ms", "statements", "scanned_rows")),
        Column("unknown_scans", Integer, nullable=False),
    ]


# Sums of results by the day in UTC on which they were executed, written with them: exact at any moment. The values are
# numeric, which adds up whatever a result can hold.
check_results_daily = Table(
    "check_results_daily",
    metadata,
    *_facets(CHECK_FACETS),
    Column("day", Date, nullable=False),
    *_sums(),
    Column("valued", Integer, nullable=False, comment="results that have a value"),
    *(Column(name, Numeric) for name in ("minimum", "maximum", "total", "last_value")),
    *_times("last_value_executed_at", "last_value_time_period", nullable=True),
    PrimaryKeyConstraint("check_id", "group_key", "day", "category", "dimension"),
    Index("ix_check_results_daily_newest", "workspace_id", "day"),
    Index("ix_check_results_daily_table", "connection_id", "schema_name", "table_name", "day"),
    postgresql_with={"fillfactor": 80},
)

# Whose results cron has yet to delete, and what their sums were a part of.
deleted_checks = Table(
    "deleted_checks",
    metadata,
    Column("check_id", ID, primary_key=True),
    *(Column(name, ID, nullable=False) for name in ("workspace_id", "connection_id")),
    *_text("schema_name", "table_name", "check_type"),
    *_times("delete_time"),
)


def _table_rollup(name: str, start: str) -> Table:
    return Table(
        name,
        metadata,
        *_facets(TABLE_FACETS),
        Column(start, Date, nullable=False),
        *_sums(),
        PrimaryKeyConstraint(
            *("connection_id", "schema_name", "table_name", start, "check_type", "category", "dimension", "mode")
        ),
        Index(f"ix_{name}_newest", "workspace_id", start),
        postgresql_with={"fillfactor": 80},
    )


# The same without columns, checks and groups: what most summaries ask for, in far fewer rows.
table_results_daily = _table_rollup("table_results_daily", "day")
table_results_monthly = _table_rollup("table_results_monthly", "month")

# Of the newest failure of each (check, group, period).
error_samples = Table(
    "error_samples",
    metadata,
    Column("workspace_id", ID, nullable=False),
    _owned_by("checks", "check_id"),
    Column("group_key", ID, nullable=False),
    *_text("data_group"),
    *_times("time_period", "taken_at"),
    Column("result_id", ID, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="JSON, encrypted with Fernet"),
    *_text("error_reason", "message"),
    PrimaryKeyConstraint("check_id", "group_key", "time_period"),
    Index(None, "workspace_id", "result_id"),
    Index(None, "taken_at"),
)

# What the level leaves out is empty, and `group_key` is zero where all data groups are one incident.
INCIDENT_KEY = (
    *("connection_id", "schema_name", "table_name"),
    *("level", "dimension", "category", "check_type", "check_id", "group_key"),
)
UNRESOLVED = text("status <> 'resolved'")
UNESCALATED = text("status = 'open' AND escalate_time IS NULL")
FLAPPING = text("flap_count > 0 AND status <> 'resolved'")

# Incidents outlive their connection, as results do.
incidents = Table(
    "incidents",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    Column("connection_id", ID, nullable=False),
    *_text("schema_name", "table_name", "level", "dimension", "category", "check_type", "check_id"),
    Column("group_key", ID, nullable=False),
    *_text("data_group", "status"),
    Column("highest_severity", SmallInteger, nullable=False),
    *_counts("failure_count"),
    *_times("first_seen_time", "last_seen_time", "open_time"),
    *_times("mute_until_time", "acknowledge_time", "resolve_time", "escalate_time", nullable=True),
    Column("previous_incident_id", ID),
    Column("excluded_from_training", Boolean, nullable=False),
    *_text("assignee", "ticket_url"),
    Column("flap_count", Integer, nullable=False),
    Column("resolved_automatically", Boolean, nullable=False),
    Index("uq_incidents_unresolved", "workspace_id", *INCIDENT_KEY, unique=True, postgresql_where=UNRESOLVED),
    Index("ix_incidents_unescalated", "open_time", postgresql_where=UNESCALATED),
    Index("ix_incidents_flapping", "last_seen_time", postgresql_where=FLAPPING),
    Index("ix_incidents_newest", "workspace_id", "last_seen_time", "id"),
    Index("ix_incidents_key", "workspace_id", *INCIDENT_KEY, "resolve_time"),
)

# Of a connection, or of a workspace as a whole; NULL: as the workspace has it, or by default.
incident_settings = Table(
    "incident_settings",
    metadata,
    Column("owner_id", ID, primary_key=True, comment="the connection's id, or the workspace's"),
    _owned_by("workspaces", "workspace_id"),
    Column("connection_id", ID, ForeignKey("connections.id", ondelete="CASCADE")),
    Column("grouping_level", Text),
    Column("per_data_group", Boolean),
    Column("passing_run_count", Integer),
    Column("flap_window", Interval),
    Column("escalate_after", Interval),
    Index(None, "workspace_id"),
)

maintenance_windows = Table(
    "maintenance_windows",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    Column("connection_id", ID, ForeignKey("connections.id", ondelete="CASCADE"), comment="NULL: all"),
    *_text("table_pattern", "reason", "created_by"),
    *_times("start_time", "end_time", "create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Index(None, "workspace_id", "create_time", "id"),
    Index("ix_maintenance_windows_end", "workspace_id", "end_time"),
)

incident_checks = Table(
    "incident_checks",
    metadata,
    _owned_by("incidents", "incident_id", primary_key=True),
    _owned_by("checks", "check_id", primary_key=True),
    Column("group_key", ID, primary_key=True),
    *_text("data_group"),
    Column("failing", Boolean, nullable=False),
    Column("passing_runs", Integer, nullable=False, comment="in a row"),
    *_times("failing_since"),
    Index("ix_incident_checks_check", "check_id"),
)

incident_events = Table(
    "incident_events",
    metadata,
    _id(),
    _owned_by("incidents", "incident_id"),
    *_text("kind", "actor", "note"),
    Column("severity", SmallInteger),
    *_times("create_time"),
    *_text("detail"),
    Index(None, "incident_id", "create_time", "id"),
)

notification_channels = Table(
    "notification_channels",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    *_text("display_name", "description", "type"),
    Column("settings", LargeBinary, nullable=False, comment="JSON, encrypted with Fernet"),
    Column("templates", JSONB, nullable=False),
    *_times("create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Index(None, "workspace_id", "create_time", "id"),
)

notification_rules = Table(
    "notification_rules",
    metadata,
    _id(),
    _owned_by("workspaces", "workspace_id"),
    *_text("display_name", "description"),
    Column("priority", Integer, nullable=False),
    Column("connection_id", ID),
    *_text("schema_name", "table_pattern", "data_group_pattern"),
    *_text("dimension_pattern", "category_pattern", "check_type_pattern"),
    Column("min_severity", SmallInteger),
    Column("event_kinds", ARRAY(Text), nullable=False),
    Column("channel_ids", ARRAY(ID), nullable=False),
    Column("stop", Boolean, nullable=False),
    *_times("create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Index(None, "workspace_id", "create_time", "id"),
)

# Events that nobody has looked at yet, in the order in which they were stored.
notification_outbox = Table(
    "notification_outbox",
    metadata,
    Column("position", BigInteger, Identity(), primary_key=True),
    _owned_by("incident_events", "event_id"),
)

PENDING = text("state = 'pending'")

notifications = Table(
    "notifications",
    metadata,
    _id(),
    Column("position", BigInteger, Identity(), nullable=False),
    _owned_by("workspaces", "workspace_id"),
    _owned_by("incident_events", "event_id"),
    *_text("event_kind"),
    _owned_by("incidents", "incident_id"),
    _owned_by("notification_channels", "channel_id"),
    Column("rule_id", ID, nullable=False),
    Column("facts", JSONB, nullable=False),
    *_text("state"),
    *_times("create_time", "due_time"),
    *_times("end_time", nullable=True),
    Column("attempt", Integer, nullable=False),
    Column("first_attempt", Integer, nullable=False),
    Column("failed_attempts", JSONB, nullable=False),
    UniqueConstraint("event_id", "channel_id"),
    Index(None, "workspace_id", "create_time", "id"),
    Index(None, "incident_id", "channel_id", "position"),
    Index(None, "channel_id"),
    Index("ix_notifications_due", "due_time", postgresql_where=PENDING),
    Index("ix_notifications_ended", "end_time", postgresql_where=text("end_time IS NOT NULL")),
)
