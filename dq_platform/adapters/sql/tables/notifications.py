"""Who is told of incidents, and what was told."""

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

from dq_platform.adapters.sql.tables.columns import ID, identifier, metadata, owned_by, texts, times

notification_channels = Table(
    "notification_channels",
    metadata,
    identifier(),
    owned_by("workspaces", "workspace_id"),
    *texts("display_name", "description", "type"),
    Column("settings", LargeBinary, nullable=False, comment="JSON, encrypted with Fernet"),
    Column("templates", JSONB, nullable=False),
    *times("create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Index(None, "workspace_id", "create_time", "id"),
)

notification_rules = Table(
    "notification_rules",
    metadata,
    identifier(),
    owned_by("workspaces", "workspace_id"),
    *texts("display_name", "description"),
    Column("priority", Integer, nullable=False),
    Column("connection_id", ID),
    *texts("schema_name", "table_pattern", "data_group_pattern"),
    *texts("dimension_pattern", "category_pattern", "check_type_pattern"),
    Column("min_severity", SmallInteger),
    Column("event_kinds", ARRAY(Text), nullable=False),
    Column("channel_ids", ARRAY(ID), nullable=False),
    Column("stop", Boolean, nullable=False),
    *times("create_time", "update_time"),
    Column("version", Integer, nullable=False),
    Index(None, "workspace_id", "create_time", "id"),
)

# Events that nobody has looked at yet, in the order in which they were stored.
notification_outbox = Table(
    "notification_outbox",
    metadata,
    Column("position", BigInteger, Identity(), primary_key=True),
    owned_by("incident_events", "event_id"),
)

PENDING = text("state = 'pending'")

notifications = Table(
    "notifications",
    metadata,
    identifier(),
    Column("position", BigInteger, Identity(), nullable=False),
    owned_by("workspaces", "workspace_id"),
    owned_by("incident_events", "event_id"),
    *texts("event_kind"),
    owned_by("incidents", "incident_id"),
    owned_by("notification_channels", "channel_id"),
    Column("rule_id", ID, nullable=False),
    Column("facts", JSONB, nullable=False),
    *texts("state"),
    *times("create_time", "due_time"),
    *times("end_time", nullable=True),
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
