"""The first tables.

Results are a hypertable where TimescaleDB is there, else a table partitioned by month: same name, same columns, same
indexes.
"""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MONTHS_AHEAD = 3


def upgrade() -> None:
    create_results()
    create_everything_else()


def create_results() -> None:
    timescale = has_timescale()
    storage = {} if timescale else {"postgresql_partition_by": "RANGE (executed_at)"}
    op.create_table(
        "check_results",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("check_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("job_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("check_type", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("time_scale", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("data_group", sa.Text(), nullable=False),
        sa.Column("time_period", sa.DateTime(timezone=True), nullable=False),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("expected_value", sa.Numeric(), nullable=True),
        sa.Column("expected_text", sa.Text(), nullable=False),
        sa.Column("warning_lower", sa.Double(), nullable=True),
        sa.Column("warning_upper", sa.Double(), nullable=True),
        sa.Column("error_lower", sa.Double(), nullable=True),
        sa.Column("error_upper", sa.Double(), nullable=True),
        sa.Column("fatal_lower", sa.Double(), nullable=True),
        sa.Column("fatal_upper", sa.Double(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("error_reason", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint("id", "executed_at", name=op.f("pk_check_results")),
        **storage,
    )
    op.create_index("ix_check_results_check", "check_results", ["check_id", "executed_at", "id"], unique=False)
    op.create_index(
        "ix_check_results_history",
        "check_results",
        ["check_id", "group_key", "time_period", "executed_at", "id"],
        unique=False,
    )
    op.create_index("ix_check_results_job", "check_results", ["job_id", "executed_at", "id"], unique=False)
    op.create_index("ix_check_results_newest", "check_results", ["workspace_id", "executed_at", "id"], unique=False)
    op.create_index(
        "ix_check_results_table",
        "check_results",
        ["connection_id", "schema_name", "table_name", "executed_at", "id"],
        unique=False,
    )
    if timescale:
        make_hypertable()
    else:
        create_partitions()


def has_timescale() -> bool:
    """Whether this database has the extension, or its server has loaded it: then it is created here."""
    there = (
        "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'timescaledb') "
        "OR EXISTS (SELECT FROM pg_settings WHERE name LIKE 'timescaledb.%')"
    )
    if not op.get_bind().scalar(sa.text(there)):
        return False
    op.execute("CREATE EXTENSION IF NOT EXISTS timescaledb")
    return True


def make_hypertable() -> None:
    """Chunks of a week; compressed after a week, except in the Apache edition, which cannot."""
    op.execute(
        "SELECT create_hypertable('check_results', 'executed_at', chunk_time_interval => INTERVAL '7 days', "
        "create_default_indexes => FALSE)"
    )
    if op.get_bind().scalar(sa.text("SELECT current_setting('timescaledb.license')")) == "apache":
        return
    op.execute(
        "ALTER TABLE check_results SET (timescaledb.compress, timescaledb.compress_segmentby = 'check_id', "
        "timescaledb.compress_orderby = 'executed_at DESC, id DESC')"
    )
    op.execute("SELECT add_compression_policy('check_results', INTERVAL '7 days')")


def create_partitions() -> None:
    """This and the next months, and a place for everything else; cron makes the later ones."""
    op.execute("CREATE TABLE check_results_default PARTITION OF check_results DEFAULT")
    now = datetime.now(UTC)
    first = now.year * 12 + now.month - 1
    for month in range(first, first + MONTHS_AHEAD + 1):
        year, index = divmod(month, 12)
        next_year, next_index = divmod(month + 1, 12)
        op.execute(
            f"CREATE TABLE check_results_{year:04}_{index + 1:02} PARTITION OF check_results "
            f"FOR VALUES FROM ('{year:04}-{index + 1:02}-01T00:00:00Z') "
            f"TO ('{next_year:04}-{next_index + 1:02}-01T00:00:00Z')"
        )


def create_everything_else() -> None:
    op.create_table(
        "workspaces",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workspaces")),
        sa.UniqueConstraint("name", name=op.f("uq_workspaces_name")),
    )
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("role", sa.SmallInteger(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expire_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoke_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_used_time", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_api_keys_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_keys")),
    )
    op.create_index(
        op.f("ix_api_keys_workspace_id_create_time_id"), "api_keys", ["workspace_id", "create_time", "id"], unique=False
    )
    op.create_table(
        "connections",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("settings", sa.LargeBinary(), nullable=False, comment="JSON, encrypted with Fernet"),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_connections_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connections")),
    )
    op.create_index(
        op.f("ix_connections_workspace_id_create_time_id"),
        "connections",
        ["workspace_id", "create_time", "id"],
        unique=False,
    )
    op.create_table(
        "incidents",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("highest_severity", sa.SmallInteger(), nullable=False),
        sa.Column("failure_count", sa.BigInteger(), nullable=False),
        sa.Column("first_seen_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_seen_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mute_until_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledge_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolve_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("previous_incident_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_incidents_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incidents")),
    )
    op.create_index(
        "ix_incidents_key",
        "incidents",
        ["workspace_id", "connection_id", "schema_name", "table_name", "dimension", "category", "resolve_time"],
        unique=False,
    )
    op.create_index("ix_incidents_newest", "incidents", ["workspace_id", "last_seen_time", "id"], unique=False)
    op.create_index(
        "uq_incidents_unresolved",
        "incidents",
        ["workspace_id", "connection_id", "schema_name", "table_name", "dimension", "category"],
        unique=True,
        postgresql_where=sa.text("status <> 'resolved'"),
    )
    op.create_table(
        "jobs",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("schedule_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("request_hash", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Text(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_end", sa.DateTime(timezone=True), nullable=True),
        sa.Column("start_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("unit_count", sa.BigInteger(), nullable=False),
        sa.Column("check_count", sa.BigInteger(), nullable=False),
        sa.Column("units_done", sa.BigInteger(), nullable=False),
        sa.Column("units_failed", sa.BigInteger(), nullable=False),
        sa.Column("units_cancelled", sa.BigInteger(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("error_reason", sa.Text(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=False),
        sa.Column("passed", sa.BigInteger(), nullable=False),
        sa.Column("warning", sa.BigInteger(), nullable=False),
        sa.Column("error", sa.BigInteger(), nullable=False),
        sa.Column("fatal", sa.BigInteger(), nullable=False),
        sa.Column("inconclusive", sa.BigInteger(), nullable=False),
        sa.Column("execution_error", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_jobs_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_jobs")),
        sa.UniqueConstraint("schedule_id", "due_time", name=op.f("uq_jobs_schedule_id_due_time")),
        sa.UniqueConstraint("workspace_id", "request_id", name=op.f("uq_jobs_workspace_id_request_id")),
    )
    op.create_index(
        op.f("ix_jobs_workspace_id_create_time_id"), "jobs", ["workspace_id", "create_time", "id"], unique=False
    )
    op.create_index(
        op.f("ix_jobs_workspace_id_state_create_time_id"),
        "jobs",
        ["workspace_id", "state", "create_time", "id"],
        unique=False,
    )
    op.create_table(
        "schedules",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("cron", sa.Text(), nullable=False),
        sa.Column("time_zone", sa.Text(), nullable=False),
        sa.Column("selector", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_run_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_run_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_schedules_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedules")),
    )
    op.create_index(
        "ix_schedules_due",
        "schedules",
        ["next_run_time"],
        unique=False,
        postgresql_where=sa.text("next_run_time IS NOT NULL"),
    )
    op.create_index(
        op.f("ix_schedules_workspace_id_create_time_id"),
        "schedules",
        ["workspace_id", "create_time", "id"],
        unique=False,
    )
    op.create_table(
        "checks",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("check_type", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("time_scale", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("sensor_params", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("thresholds", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.Column("partition_column", sa.Text(), nullable=False),
        sa.Column("group_by", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("labels", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("enabled", sa.Boolean(), nullable=False),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("update_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"], ["connections.id"], name=op.f("fk_checks_connection_id_connections"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["workspace_id"], ["workspaces.id"], name=op.f("fk_checks_workspace_id_workspaces"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_checks")),
    )
    op.create_index("ix_checks_target", "checks", ["connection_id", "schema_name", "table_name"], unique=False)
    op.create_index(
        op.f("ix_checks_workspace_id_create_time_id"), "checks", ["workspace_id", "create_time", "id"], unique=False
    )
    op.create_table(
        "incident_events",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("incident_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=True),
        sa.Column("create_time", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_events_incident_id_incidents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_events")),
    )
    op.create_index(
        op.f("ix_incident_events_incident_id_create_time_id"),
        "incident_events",
        ["incident_id", "create_time", "id"],
        unique=False,
    )
    op.create_table(
        "job_units",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("job_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=True),
        sa.Column("check_ids", sa.ARRAY(sa.Uuid(as_uuid=False)), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("due_time", sa.DateTime(timezone=True), nullable=False),
        sa.Column("lease_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("end_time", sa.DateTime(timezone=True), nullable=True),
        sa.Column("error_reason", sa.Text(), nullable=False),
        sa.Column("error_message", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["job_id"], ["jobs.id"], name=op.f("fk_job_units_job_id_jobs"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job_units")),
    )
    op.create_index(
        "ix_job_units_due", "job_units", ["due_time"], unique=False, postgresql_where=sa.text("state = 'queued'")
    )
    op.create_index(op.f("ix_job_units_job_id_state"), "job_units", ["job_id", "state"], unique=False)
    op.create_index(
        "ix_job_units_lease", "job_units", ["lease_until"], unique=False, postgresql_where=sa.text("state = 'running'")
    )
    op.create_table(
        "table_settings",
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("filter", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_table_settings_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("connection_id", "schema_name", "table_name", name=op.f("pk_table_settings")),
    )
    op.create_table(
        "table_snapshots",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("estimated_rows", sa.BigInteger(), nullable=True),
        sa.Column("columns", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("absent", sa.Boolean(), nullable=False, comment="the table was not there at taken_at"),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["connection_id"],
            ["connections.id"],
            name=op.f("fk_table_snapshots_connection_id_connections"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_table_snapshots")),
    )
    op.create_index(
        "ix_table_snapshots_newest",
        "table_snapshots",
        ["connection_id", "schema_name", "table_name", "taken_at", "id"],
        unique=False,
    )
    op.create_table(
        "check_latest",
        sa.Column("id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("workspace_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("check_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("job_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("connection_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("schema_name", sa.Text(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("column_name", sa.Text(), nullable=False),
        sa.Column("check_type", sa.Text(), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("dimension", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("time_scale", sa.Text(), nullable=False),
        sa.Column("group_key", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("data_group", sa.Text(), nullable=False),
        sa.Column("time_period", sa.DateTime(timezone=True), nullable=False),
        sa.Column("executed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("outcome", sa.SmallInteger(), nullable=False),
        sa.Column("value", sa.Numeric(), nullable=True),
        sa.Column("expected_value", sa.Numeric(), nullable=True),
        sa.Column("expected_text", sa.Text(), nullable=False),
        sa.Column("warning_lower", sa.Double(), nullable=True),
        sa.Column("warning_upper", sa.Double(), nullable=True),
        sa.Column("error_lower", sa.Double(), nullable=True),
        sa.Column("error_upper", sa.Double(), nullable=True),
        sa.Column("fatal_lower", sa.Double(), nullable=True),
        sa.Column("fatal_upper", sa.Double(), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("error_reason", sa.Text(), nullable=False),
        sa.Column("duration_ms", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], name=op.f("fk_check_latest_check_id_checks"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("check_id", "group_key", name=op.f("pk_check_latest")),
    )
    op.create_index("ix_check_latest_newest", "check_latest", ["workspace_id", "executed_at", "id"], unique=False)
    op.create_index(
        "ix_check_latest_table", "check_latest", ["connection_id", "schema_name", "table_name"], unique=False
    )
    op.create_table(
        "incident_checks",
        sa.Column("incident_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("check_id", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("group_key", sa.Uuid(as_uuid=False), nullable=False),
        sa.Column("data_group", sa.Text(), nullable=False),
        sa.Column("failing", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["check_id"], ["checks.id"], name=op.f("fk_incident_checks_check_id_checks"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incidents.id"], name=op.f("fk_incident_checks_incident_id_incidents"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("incident_id", "check_id", "group_key", name=op.f("pk_incident_checks")),
    )
    op.create_index("ix_incident_checks_check", "incident_checks", ["check_id"], unique=False)


def downgrade() -> None:
    for table in (
        *("incident_events", "incident_checks", "incidents", "check_latest", "check_results"),
        *("job_units", "jobs", "schedules", "checks", "table_settings", "table_snapshots"),
        *("connections", "api_keys", "workspaces"),
    ):
        op.drop_table(table)
