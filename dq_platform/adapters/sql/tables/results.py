"""Results, their sums and samples."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Date,
    Double,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    SmallInteger,
    Table,
    Text,
)

from dq_platform.adapters.sql.tables.columns import ID, OUTCOME_COUNTS, metadata, owned_by, table_sample, texts, times

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
        *texts("schema_name", "table_name", "column_name", "check_type", "category", "dimension"),
        *texts("mode", "time_scale"),
        Column("group_key", ID, nullable=False),
        *texts("data_group"),
        *times("time_period", "executed_at"),
        Column("outcome", SmallInteger, nullable=False),
        Column("value", Numeric),
        Column("expected_value", Numeric),
        *texts("expected_text"),
        *(
            Column(f"{severity}_{side}", Double)
            for severity in ("warning", "error", "fatal")
            for side in ("lower", "upper")
        ),
        *texts("message", "error_reason"),
        Column("duration_ms", Double, nullable=False),
        Column("value_text", Text),
        Column("statements", Double, comment="NULL: stored before they were counted"),
        Column("scanned_rows", Double),
        *table_sample(),
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
    *_result_columns(owned_by("checks", "check_id")),
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
        *times("last_executed_at"),
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
    *times("last_value_executed_at", "last_value_time_period", nullable=True),
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
    *texts("schema_name", "table_name", "check_type"),
    *times("delete_time"),
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
    owned_by("checks", "check_id"),
    Column("group_key", ID, nullable=False),
    *texts("data_group"),
    *times("time_period", "taken_at"),
    Column("result_id", ID, nullable=False),
    Column("content", LargeBinary, nullable=False, comment="JSON, encrypted with Fernet"),
    *texts("error_reason", "message"),
    PrimaryKeyConstraint("check_id", "group_key", "time_period"),
    Index(None, "workspace_id", "result_id"),
    Index(None, "taken_at"),
)
