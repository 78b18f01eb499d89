"""Workspaces, sources and their checks."""

from __future__ import annotations

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from dq_platform.adapters.sql.tables.columns import identifier, metadata, owned_by, table_sample, texts, times

workspaces = Table(
    "workspaces",
    metadata,
    identifier(),
    *texts("name", "display_name"),
    *times("create_time"),
    Column("result_retention_days", Integer, comment="NULL: results are kept for ever"),
    UniqueConstraint("name"),
)

api_keys = Table(
    "api_keys",
    metadata,
    identifier(),
    owned_by("workspaces", "workspace_id"),
    *texts("display_name"),
    Column("role", SmallInteger, nullable=False),
    Column("secret_hash", LargeBinary, nullable=False),
    *times("create_time"),
    *times("expire_time", "revoke_time", "last_used_time", nullable=True),
    Index(None, "workspace_id", "create_time", "id"),
)

connections = Table(
    "connections",
    metadata,
    identifier(),
    owned_by("workspaces", "workspace_id"),
    *texts("display_name", "description", "type"),
    Column("settings", LargeBinary, nullable=False, comment="JSON, encrypted with Fernet"),
    *texts("time_zone"),
    Column("labels", JSONB, nullable=False),
    *times("create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Column("max_scanned_row_count", BigInteger),
    Column("max_scanned_bytes", BigInteger),
    Column("allow_unknown_size", Boolean, nullable=False, server_default=text("false")),
    Column("max_concurrent_statement_count", Integer),
    *times("pause_time", nullable=True),
    *texts("paused_by", "pause_note"),
    Index(None, "workspace_id", "create_time", "id"),
    Index("ix_connections_paused", "id", postgresql_where=text("pause_time IS NOT NULL")),
)

table_snapshots = Table(
    "table_snapshots",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    owned_by("connections", "connection_id"),
    *texts("schema_name", "table_name", "kind", "comment"),
    Column("estimated_rows", BigInteger),
    Column("columns", JSONB, nullable=False),
    Column("absent", Boolean, nullable=False, comment="the table was not there at taken_at"),
    *times("taken_at"),
    Column("size_bytes", BigInteger),
    *times("last_change_time", nullable=True),
    *times("first_seen_at"),
    Index("ix_table_snapshots_newest", "connection_id", "schema_name", "table_name", "taken_at", "id"),
)

table_settings = Table(
    "table_settings",
    metadata,
    owned_by("connections", "connection_id", primary_key=True),
    Column("schema_name", Text, primary_key=True),
    Column("table_name", Text, primary_key=True),
    *texts("filter"),
    *(Column(name, ARRAY(Text), nullable=False) for name in ("id_columns", "pii_columns")),
)

table_estimates = Table(
    "table_estimates",
    metadata,
    owned_by("connections", "connection_id", primary_key=True),
    Column("schema_name", Text, primary_key=True),
    Column("table_name", Text, primary_key=True),
    Column("row_count", BigInteger),
    Column("distinct_counts", JSONB, nullable=False, comment="by column"),
    *times("taken_at"),
)

checks = Table(
    "checks",
    metadata,
    identifier(),
    owned_by("workspaces", "workspace_id"),
    owned_by("connections", "connection_id"),
    *texts("schema_name", "table_name", "column_name", "check_type", "mode", "time_scale"),
    *texts("display_name", "description"),
    Column("sensor_params", JSONB, nullable=False),
    Column("thresholds", JSONB, nullable=False),
    *texts("filter", "partition_column"),
    Column("group_by", JSONB, nullable=False),
    Column("labels", JSONB, nullable=False),
    Column("enabled", Boolean, nullable=False),
    Column("error_samples", Boolean, nullable=False),
    *table_sample(),
    *times("create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Index(None, "workspace_id", "create_time", "id"),
    Index("ix_checks_target", "connection_id", "schema_name", "table_name"),
)

check_baselines = Table(
    "check_baselines",
    metadata,
    owned_by("checks", "check_id", primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("columns", JSONB, nullable=False),
    Column("changes", JSONB, nullable=False, comment="compared with the number before"),
    *texts("actor", "note"),
    *times("create_time"),
)
