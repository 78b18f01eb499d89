"""`dq costs`: what checks cost their sources."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.table import Table

from cli import context
from cli.api import Json, Query
from cli.named import find
from cli.show import grid, moment, number

BY = "connection, schema, table, column, check_type, category, dimension or check."


def costs(
    ctx: typer.Context,
    by: Annotated[str, typer.Option(help=BY)] = "table",
    connection: Annotated[str, typer.Option("--connection", "-c", help="Connection, by name or id.")] = "",
    table: Annotated[str, typer.Option("--table", "-t", help="Only tables with this name.")] = "",
    days: Annotated[int, typer.Option(min=1, max=3660, help="How far to look back.")] = 30,
) -> None:
    """Print what checks cost their sources, the most time first: time, statements, and rows read by estimate.

    Example: dq costs --by check_type -c shop --days 7
    """
    me = context.of(ctx)
    query: Query = {
        "by": f"SUMMARY_BY_{by.upper()}",
        "filter.table_name": table,
        "filter.start_time": (datetime.now(UTC) - timedelta(days=days)).isoformat(),
    }
    with me.api() as api:
        if connection:
            query = {**query, "filter.connection_id": find(api, "connection", connection)["id"]}
        found = api.get("/results/costs", query)["rows"]
    me.show(found, lambda: cost_table(found, by.replace("_", " ")))


def cost_table(found: list[Json], heading: str) -> Table:
    """Costs for eyes, with each key's share of the time."""
    whole = sum(row["duration_ms"] for row in found)
    rows = (
        (
            " ".join(row["key"][-2:]),
            f"{row['duration_ms'] / 1000:,.2f} s",
            f"{100 * row['duration_ms'] / whole:.1f} %" if whole else "–",
            number(f"{row['statement_count']:.1f}"),
            _rows_read(row),
            number(row["result_count"]),
            moment(row["last_execute_time"]),
        )
        for row in found
    )
    headings = (heading, "time>", "share>", "statements>", "rows read (estimate)>", "results>", "last run")
    return grid(headings, rows)


def _rows_read(row: Json) -> str:
    """What is known of them; a `+` tells that there are more."""
    known = number(f"{row['scanned_row_count']:.0f}")
    if row["unknown_scan_result_count"] == row["result_count"]:
        return "unknown"
    return f"{known} +" if int(row["unknown_scan_result_count"]) else known
