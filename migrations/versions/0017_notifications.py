"""Channels, rules that choose among them, the outbox of events, and what is sent for them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False)
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _channels()
    _rules()
    op.create_table(
        "notification_outbox",
        sa.Column("position", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("event_id", ID, nullable=False),
        _owner("notification_outbox", "event_id", "incident_events"),
        sa.PrimaryKeyConstraint("position", name=op.f("pk_notification_outbox")),
    )
    _notifications()


def downgrade() -> None:
    for table in ("notifications", "notification_outbox", "notification_rules", "notification_channels"):
        op.drop_table(table)


def _channels() -> None:
    op.create_table(
        "notification_channels",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        *_texts("display_name", "description", "type"),
        sa.Column("settings", sa.LargeBinary(), nullable=False, comment="JSON, encrypted with Fernet"),
        sa.Column("templates", postgresql.JSONB(), nullable=False),
        sa.Column("create_time", TIME, nullable=False),
        sa.Column("update_time", TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _owner("notification_channels", "workspace_id", "workspaces"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_channels")),
    )
    _by_creation("notification_channels")


def _rules() -> None:
    op.create_table(
        "notification_rules",
        sa.Column("id", ID, nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        *_texts("display_name", "description"),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("connection_id", ID),
        *_texts("schema_name", "table_pattern", "data_group_pattern"),
        *_texts("dimension_pattern", "category_pattern", "check_type_pattern"),
        sa.Column("min_severity", sa.SmallInteger()),
        sa.Column("event_kinds", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("channel_ids", sa.ARRAY(ID), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("create_time", TIME, nullable=False),
        sa.Column("update_time", TIME, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        _owner("notification_rules", "workspace_id", "workspaces"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notification_rules")),
    )
    _by_creation("notification_rules")


def _notifications() -> None:
    op.create_table(
        "notifications",
        sa.Column("id", ID, nullable=False),
        sa.Column("position", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("workspace_id", ID, nullable=False),
        sa.Column("event_id", ID, nullable=False),
        *_texts("event_kind"),
        sa.Column("incident_id", ID, nullable=False),
        sa.Column("channel_id", ID, nullable=False),
        sa.Column("rule_id", ID, nullable=False),
        sa.Column("facts", postgresql.JSONB(), nullable=False),
        *_texts("state"),
        sa.Column("create_time", TIME, nullable=False),
        sa.Column("due_time", TIME, nullable=False),
        sa.Column("end_time", TIME),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("first_attempt", sa.Integer(), nullable=False),
        sa.Column("failed_attempts", postgresql.JSONB(), nullable=False),
        _owner("notifications", "workspace_id", "workspaces"),
        _owner("notifications", "event_id", "incident_events"),
        _owner("notifications", "incident_id", "incidents"),
        _owner("notifications", "channel_id", "notification_channels"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notifications")),
        sa.UniqueConstraint("event_id", "channel_id", name=op.f("uq_notifications_event_id_channel_id")),
    )
    _by_creation("notifications")
    columns = ["incident_id", "channel_id", "position"]
    op.create_index("ix_notifications_incident_id_channel_id_position", "notifications", columns)
    op.create_index("ix_notifications_channel_id", "notifications", ["channel_id"])
    pending, ended = sa.text("state = 'pending'"), sa.text("end_time IS NOT NULL")
    op.create_index("ix_notifications_due", "notifications", ["due_time"], postgresql_where=pending)
    op.create_index("ix_notifications_ended", "notifications", ["end_time"], postgresql_where=ended)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text(), nullable=False) for name in names]


def _owner(table: str, column: str, owner: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_{table}_{column}_{owner}")
    return sa.ForeignKeyConstraint([column], [f"{owner}.id"], name=name, ondelete="CASCADE")


def _by_creation(table: str) -> None:
    columns = ["workspace_id", "create_time", "id"]
    op.create_index(f"ix_{table}_workspace_id_create_time_id", table, columns)
