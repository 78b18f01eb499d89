"""How failures become incidents, who looks after them, and when failures are expected."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

OLD_KEY = ("connection_id", "schema_name", "table_name", "dimension", "category")
KEY = (*OLD_KEY[:3], "level", "dimension", "category", "check_type", "check_id", "group_key")
UNESCALATED = sa.text("status = 'open' AND escalate_time IS NULL")
FLAPPING = sa.text("flap_count > 0 AND status <> 'resolved'")
UNRESOLVED = sa.text("status <> 'resolved'")
NEW_COLUMNS = (
    *("level", "check_type", "check_id", "data_group", "group_key"),
    *("assignee", "ticket_url", "flap_count", "resolved_automatically", "open_time", "escalate_time"),
)
KEEP_THE_NEWEST = """
UPDATE incidents SET status = 'resolved', resolve_time = now() FROM incidents later
WHERE incidents.status <> 'resolved' AND later.status <> 'resolved' AND later.id > incidents.id
AND (later.workspace_id, later.connection_id, later.schema_name, later.table_name, later.dimension, later.category)
    = (incidents.workspace_id, incidents.connection_id, incidents.schema_name, incidents.table_name,
        incidents.dimension, incidents.category)"""
ID = sa.Uuid(as_uuid=False)


def upgrade() -> None:
    _drop_key_indexes()
    _add("incidents", sa.Column("level", sa.Text(), nullable=False, server_default="category"))
    for name in ("check_type", "check_id", "data_group", "assignee", "ticket_url"):
        _add("incidents", sa.Column(name, sa.Text(), nullable=False, server_default=""))
    _add("incident_events", sa.Column("detail", sa.Text(), nullable=False, server_default=""))
    _add("incidents", sa.Column("group_key", ID, nullable=False, server_default="00000000-0000-0000-0000-000000000000"))
    _add("incidents", sa.Column("flap_count", sa.Integer(), nullable=False, server_default="0"))
    _add("incidents", sa.Column("resolved_automatically", sa.Boolean(), nullable=False, server_default="false"))
    op.add_column("incidents", sa.Column("escalate_time", sa.DateTime(timezone=True)))
    op.add_column("incidents", sa.Column("open_time", sa.DateTime(timezone=True)))
    op.execute("UPDATE incidents SET open_time = first_seen_time")
    op.alter_column("incidents", "open_time", nullable=False)
    op.create_index("ix_incidents_unescalated", "incidents", ["open_time"], postgresql_where=UNESCALATED)
    op.create_index("ix_incidents_flapping", "incidents", ["last_seen_time"], postgresql_where=FLAPPING)
    _create_key_indexes(KEY)
    passing_runs = sa.Column("passing_runs", sa.Integer(), nullable=False, server_default="0", comment="in a row")
    _add("incident_checks", passing_runs)
    op.add_column("incident_checks", sa.Column("failing_since", sa.DateTime(timezone=True)))
    op.execute(
        "UPDATE incident_checks SET failing_since = first_seen_time FROM incidents WHERE incidents.id = incident_id"
    )
    op.alter_column("incident_checks", "failing_since", nullable=False)
    op.create_table(
        "incident_settings",
        sa.Column("owner_id", ID, primary_key=True, comment="the connection's id, or the workspace's"),
        sa.Column("workspace_id", ID, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
        sa.Column("connection_id", ID, sa.ForeignKey("connections.id", ondelete="CASCADE")),
        sa.Column("grouping_level", sa.Text()),
        sa.Column("per_data_group", sa.Boolean()),
        sa.Column("passing_run_count", sa.Integer()),
        sa.Column("flap_window", sa.Interval()),
        sa.Column("escalate_after", sa.Interval()),
    )
    _create_windows()
    op.create_index("ix_incident_settings_workspace_id", "incident_settings", ["workspace_id"])


def downgrade() -> None:
    """Incidents that the old key cannot tell apart would be one: of those, all but the newest are resolved."""
    op.drop_table("maintenance_windows")
    op.drop_table("incident_settings")
    _drop_key_indexes()
    op.execute(KEEP_THE_NEWEST)
    op.drop_index("ix_incidents_flapping", "incidents")
    op.drop_index("ix_incidents_unescalated", "incidents")
    op.drop_column("incident_checks", "failing_since")
    op.drop_column("incident_checks", "passing_runs")
    op.drop_column("incident_events", "detail")
    for name in NEW_COLUMNS:
        op.drop_column("incidents", name)
    _create_key_indexes(OLD_KEY)


def _create_windows() -> None:
    texts = ("table_pattern", "reason", "created_by")
    times = ("start_time", "end_time", "create_time", "update_time")
    op.create_table(
        "maintenance_windows",
        sa.Column("id", ID, primary_key=True),
        sa.Column("workspace_id", ID, sa.ForeignKey("workspaces.id", ondelete="CASCADE"), nullable=False),
        sa.Column("connection_id", ID, sa.ForeignKey("connections.id", ondelete="CASCADE"), comment="NULL: all"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
        *(sa.Column(name, sa.DateTime(timezone=True), nullable=False) for name in times),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_index(
        "ix_maintenance_windows_workspace_id_create_time_id",
        "maintenance_windows",
        ["workspace_id", "create_time", "id"],
    )
    op.create_index("ix_maintenance_windows_end", "maintenance_windows", ["workspace_id", "end_time"])


def _drop_key_indexes() -> None:
    op.drop_index("uq_incidents_unresolved", "incidents")
    op.drop_index("ix_incidents_key", "incidents")


def _create_key_indexes(key: tuple[str, ...]) -> None:
    op.create_index(
        "uq_incidents_unresolved", "incidents", ["workspace_id", *key], unique=True, postgresql_where=UNRESOLVED
    )
    op.create_index("ix_incidents_key", "incidents", ["workspace_id", *key, "resolve_time"])


def _add(table: str, column: sa.Column[object]) -> None:
    """A column whose rows so far take its default, which new rows must name themselves."""
    op.add_column(table, column)
    op.alter_column(table, column.name, server_default=None)
