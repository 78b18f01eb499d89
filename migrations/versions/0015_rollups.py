"""Sums of results by day and month, how long a workspace keeps its results, and whose results are to go."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

OUTCOMES = ("passed", "warning", "error", "fatal", "inconclusive", "execution_error")
TABLE_IDS = ("workspace_id", "connection_id")
TABLE_TEXTS = ("schema_name", "table_name", "check_type", "category", "dimension", "mode")
CHECK_IDS = ("check_id", "group_key")
TABLE_FACETS = (*TABLE_IDS, *TABLE_TEXTS)
CHECK_FACETS = (*TABLE_FACETS, "column_name", *CHECK_IDS)
STORAGE = {"postgresql_with": {"fillfactor": 80}}
SUMS = f"""
    {", ".join(f"count(*) FILTER (WHERE outcome = {number})" for number in range(len(OUTCOMES)))},
    max(executed_at), sum(duration_ms), coalesce(sum(statements), 0), coalesce(sum(scanned_rows), 0),
    count(*) FILTER (WHERE scanned_rows IS NULL)
"""
SUM_NAMES = (*OUTCOMES, "last_executed_at", "duration_ms", "statements", "scanned_rows", "unknown_scans")
NEWEST_VALUE = "ORDER BY executed_at DESC, time_period DESC, id DESC) FILTER (WHERE value IS NOT NULL))[1]"
VALUES = f"""
    count(value), min(value), max(value), sum(value), (array_agg(value {NEWEST_VALUE},
    (array_agg(executed_at {NEWEST_VALUE}, (array_agg(time_period {NEWEST_VALUE}
"""
VALUE_NAMES = (
    *("valued", "minimum", "maximum", "total"),
    *("last_value", "last_value_executed_at", "last_value_time_period"),
)


def upgrade() -> None:
    create_daily()
    create_of_tables("table_results_daily", "day")
    create_of_tables("table_results_monthly", "month")
    fill("check_results_daily", CHECK_FACETS, "day", f", {VALUES}", VALUE_NAMES)
    fill("table_results_daily", TABLE_FACETS, "day")
    fill("table_results_monthly", TABLE_FACETS, "month")
    op.create_table(
        "deleted_checks",
        sa.Column("check_id", sa.Uuid(as_uuid=False), nullable=False),
        *facets(TABLE_IDS, ("schema_name", "table_name", "check_type")),
        sa.Column("delete_time", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("check_id", name=op.f("pk_deleted_checks")),
    )
    op.add_column(
        "workspaces",
        sa.Column("result_retention_days", sa.Integer(), nullable=True, comment="NULL: results are kept for ever"),
    )


def create_daily() -> None:
    op.create_table(
        "check_results_daily",
        *facets(TABLE_IDS, TABLE_TEXTS),
        *facets((), ("column_name",)),
        *facets(CHECK_IDS, ()),
        sa.Column("day", sa.Date(), nullable=False),
        *sums(),
        sa.Column("valued", sa.Integer(), nullable=False, comment="results that have a value"),
        *(sa.Column(name, sa.Numeric(), nullable=True) for name in ("minimum", "maximum", "total", "last_value")),
        sa.Column("last_value_executed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_value_time_period", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint(
            "check_id", "group_key", "day", "category", "dimension", name=op.f("pk_check_results_daily")
        ),
        **STORAGE,
    )
    op.create_index("ix_check_results_daily_newest", "check_results_daily", ["workspace_id", "day"])
    op.create_index(
        "ix_check_results_daily_table", "check_results_daily", ["connection_id", "schema_name", "table_name", "day"]
    )


def create_of_tables(name: str, start: str) -> None:
    key = ("connection_id", "schema_name", "table_name", start, "check_type", "category", "dimension", "mode")
    op.create_table(
        name,
        *facets(TABLE_IDS, TABLE_TEXTS),
        sa.Column(start, sa.Date(), nullable=False),
        *sums(),
        sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")),
        **STORAGE,
    )
    op.create_index(f"ix_{name}_newest", name, ["workspace_id", start])


def facets(ids: Sequence[str], texts: Sequence[str]) -> list[sa.Column[str]]:
    return [
        *(sa.Column(name, sa.Uuid(as_uuid=False), nullable=False) for name in ids),
        *(sa.Column(name, sa.Text(), nullable=False) for name in texts),
    ]


def sums() -> list[sa.Column[object]]:
    return [
        *(sa.Column(name, sa.Integer(), nullable=False) for name in OUTCOMES),
        sa.Column("last_executed_at", sa.DateTime(timezone=True), nullable=False),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("duration_ms", "statements", "scanned_rows")),
        sa.Column("unknown_scans", sa.Integer(), nullable=False),
    ]


def fill(name: str, facets: Sequence[str], start: str, values: str = "", value_names: Sequence[str] = ()) -> None:
    """Add up the results that are there."""
    by = ", ".join(facets)
    columns = ", ".join((*facets, start, *SUM_NAMES, *value_names))
    op.execute(
        f"INSERT INTO {name} ({columns}) "  # noqa: S608  # made of names of ours
        f"SELECT {by}, date_trunc('{start}', executed_at AT TIME ZONE 'UTC')::date AS start, {SUMS} {values} "
        f"FROM check_results GROUP BY {by}, start"
    )


def downgrade() -> None:
    op.drop_column("workspaces", "result_retention_days")
    op.drop_table("deleted_checks")
    for name in ("table_results_monthly", "table_results_daily", "check_results_daily"):
        op.drop_table(name)
