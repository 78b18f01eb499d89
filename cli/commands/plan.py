"""`dq plan`: what a run would send to the sources."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.syntax import Syntax
from rich.text import Text

from cli import context
from cli.api import Json
from cli.named import find
from cli.show import grid, sampled, word


def plan(
    ctx: typer.Context,
    check_ids: Annotated[list[str] | None, typer.Argument(help="Ids of checks; none: all that are selected.")] = None,
    connection: Annotated[str, typer.Option("--connection", "-c", help="Connection, by name or id.")] = "",
    table: Annotated[str, typer.Option("--table", "-t", help="schema.table; * and ? are wildcards.")] = "",
    sql: Annotated[bool, typer.Option("--sql", help="Print the statements too.")] = False,
) -> None:
    """Show the statements that a run of checks would send, which checks each serves, and what it reads; send none.

    Checks that the connection's budget has no room for are named, with the reason.

    Example: dq plan -c shop -t shop.orders --sql
    """
    me = context.of(ctx)
    with me.api() as api:
        selector: Json = {"check_ids": check_ids or [], "table_pattern": table}
        if connection:
            selector["connection_id"] = find(api, "connection", connection)["id"]
        tables = api.post("/checks/plan", {"selector": selector})["tables"]
    me.show(tables, lambda: Group(*(_shown(one, sql=sql) for one in tables)))


def _shown(table: Json, *, sql: bool) -> RenderableType:
    listed = grid(
        ("statement", "kind", "checks", "rows"),
        (
            (str(number), word(one["kind"], "STATEMENT_KIND_"), str(len(one["check_ids"])), _read(one))
            for number, one in enumerate(table["statements"], 1)
        ),
        title=f"{table['schema_name']}.{table['table_name']}",
    )
    known = [Text(f"{len(table['known_check_ids'])} known without a statement")] if table["known_check_ids"] else []
    wrong = [Text(f"{one['check_id']}: {one['message']}", style="red") for one in table["failures"]]
    statements = [Syntax(one["sql"], "sql", word_wrap=True) for one in table["statements"]] if sql else []
    return Group(listed, *known, *wrong, *statements)


def _read(statement: Json) -> str:
    """About how many rows the statement reads, and of which sample: `1,000`, or `row sample of 5 % of 1,000`."""
    rows = statement.get("estimated_row_count")
    known = "unknown" if rows is None else f"{int(rows):,}"
    sample = sampled(statement).removeprefix(" on a ")
    return f"{sample} of {known}" if sample else known
