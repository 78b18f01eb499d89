"""`dq maintenance`: times in which failures are expected, and open no incidents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated

import typer

from cli import context
from cli.named import find
from cli.show import grid, moment
from cli.values import duration

app = typer.Typer(no_args_is_help=True, help="Times in which failures are expected, and open no incidents.")


@app.command()
def add(
    ctx: typer.Context,
    reason: Annotated[str, typer.Argument(help="Why failures are expected.")],
    length: Annotated[str, typer.Option("--for", help="For how long: 90s, 15m, 8h, 3d or 2w.")],
    start: Annotated[
        datetime | None, typer.Option("--from", help="When it begins, in local time; left out: now.")
    ] = None,
    connection: Annotated[str, typer.Option("--connection", "-c", help="Its name or id; left out: all.")] = "",
    table: Annotated[str, typer.Option("--table", "-t", help="schema.table, with * and ?; left out: all.")] = "",
) -> None:
    """Add a maintenance window.

    Example: dq maintenance add 'the warehouse moves' -c shop -t 'shop.order*' --from '2026-05-01 22:00:00' --for 3h
    """
    me = context.of(ctx)
    begin = datetime.now(UTC) if start is None else start.astimezone()
    body = {
        "reason": reason,
        "table_pattern": table,
        "start_time": begin.isoformat(),
        "end_time": (begin + duration(length, "--for")).isoformat(),
    }
    with me.api() as api:
        owner = find(api, "connection", connection)["id"] if connection else ""
        window = api.post("/maintenance-windows", {**body, "connection_id": owner})
    me.show(window, lambda: f"Until {moment(window['end_time'])}, failures open no incidents: {window['id']}")


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List maintenance windows, those that are over too."""
    me = context.of(ctx)
    with me.api() as api:
        found = list(api.all("/maintenance-windows", "maintenance_windows"))
        names = {one["id"]: one["display_name"] for one in api.all("/connections", "connections")}
    rows = (
        (
            moment(one["start_time"]),
            moment(one["end_time"]),
            names.get(one["connection_id"]) or one["connection_id"] or "all",
            one["table_pattern"] or "all",
            one["reason"],
            one["id"],
        )
        for one in found
    )
    me.show(found, lambda: grid(("from", "until", "connection", "tables", "reason", "id"), rows))


@app.command()
def delete(
    ctx: typer.Context, window_id: Annotated[str, typer.Argument(help="Id; `dq maintenance list` has it.")]
) -> None:
    """Delete a maintenance window: failures count again from now on."""
    me = context.of(ctx)
    with me.api() as api:
        api.delete(f"/maintenance-windows/{window_id}")
    me.show({"deleted": window_id}, lambda: "Deleted.")
