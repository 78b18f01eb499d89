"""Incidents, and how they are dealt with."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    Interval,
    SmallInteger,
    Table,
    Text,
    text,
)

from dq_platform.adapters.sql.tables.columns import ID, counts, identifier, metadata, owned_by, texts, times

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
    identifier(),
    owned_by("workspaces", "workspace_id"),
    Column("connection_id", ID, nullable=False),
    *texts("schema_name", "table_name", "level", "dimension", "category", "check_type", "check_id"),
    Column("group_key", ID, nullable=False),
    *texts("data_group", "status"),
    Column("highest_severity", SmallInteger, nullable=False),
    *counts("failure_count"),
    *times("first_seen_time", "last_seen_time", "open_time"),
    *times("mute_until_time", "acknowledge_time", "resolve_time", "escalate_time", nullable=True),
    Column("previous_incident_id", ID),
    Column("excluded_from_training", Boolean, nullable=False),
    *texts("assignee", "ticket_url"),
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
    owned_by("workspaces", "workspace_id"),
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
    identifier(),
    owned_by("workspaces", "workspace_id"),
    Column("connection_id", ID, ForeignKey("connections.id", ondelete="CASCADE"), comment="NULL: all"),
    *texts("table_pattern", "reason", "created_by"),
    *times("start_time", "end_time", "create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Index(None, "workspace_id", "create_time", "id"),
    Index("ix_maintenance_windows_end", "workspace_id", "end_time"),
)

incident_checks = Table(
    "incident_checks",
    metadata,
    owned_by("incidents", "incident_id", primary_key=True),
    owned_by("checks", "check_id", primary_key=True),
    Column("group_key", ID, primary_key=True),
    *texts("data_group"),
    Column("failing", Boolean, nullable=False),
    Column("passing_runs", Integer, nullable=False, comment="in a row"),
    *times("failing_since"),
    Index("ix_incident_checks_check", "check_id"),
)

incident_events = Table(
    "incident_events",
    metadata,
    identifier(),
    owned_by("incidents", "incident_id"),
    *texts("kind", "actor", "note"),
    Column("severity", SmallInteger),
    *times("create_time"),
    *texts("detail"),
    Index(None, "incident_id", "create_time", "id"),
)
