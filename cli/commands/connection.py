"""`dq connection`: sources of data."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import Annotated

import typer
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.text import Text

from cli import context, values
from cli.api import Json
from cli.named import find
from cli.runs import TIMEOUT, follow, require_success
from cli.show import column_changes, grid, moment, size
from cli.values import pairs, table_name

app = typer.Typer(no_args_is_help=True, help="Sources of data: add, test, list, look inside.")


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name for people.")],
    type: Annotated[str, typer.Option("--type", "-t", help="Engine; `dq connection types` lists them.")],
    setting: Annotated[
        list[str],
        typer.Option("--set", "-s", help="A setting, name=value. Secrets may be ${env:NAME} or ${file:/path}."),
    ],
    time_zone: Annotated[str, typer.Option(help="IANA zone in which a day begins.")] = "UTC",
) -> None:
    """Add a connection.

    Example: dq connection add shop -t postgresql -s host=db -s database=dw -s user=dq -s 'password=${env:DQ_SOURCE_PW}'
    """
    me = context.of(ctx)
    body: Json = {"display_name": name, "type": type, "settings": pairs(setting, "--set"), "time_zone": time_zone}
    with me.api() as api:
        connection = api.post("/connections", body)
    me.show(
        connection,
        lambda: (
            f"Added [bold]{escape(name)}[/]: {connection['id']}\nTry it: dq connection test {escape(shlex.quote(name))}"
        ),
    )


@app.command()
def test(ctx: typer.Context, connection: Annotated[str, typer.Argument(help="Its name or id.")]) -> None:
    """Connect to a source and ask for its version."""
    me = context.of(ctx)
    with me.api() as api:
        answer = api.post(f"/connections/{find(api, 'connection', connection)['id']}/test")
    me.show(
        answer,
        lambda: f"[green]{escape(answer['product'])} {escape(answer['version'])}[/] in {answer['latency_ms']:.0f} ms",
    )


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List connections."""
    me = context.of(ctx)
    with me.api() as api:
        found = list(api.all("/connections", "connections"))
    rows = ((c["display_name"], c["type"], c["time_zone"], moment(c["create_time"]), _pause(c), c["id"]) for c in found)
    me.show(found, lambda: grid(("name", "type", "time zone", "created", "paused", "id"), rows))


@app.command()
def types(ctx: typer.Context) -> None:
    """List the engines and their settings; required ones are marked."""
    me = context.of(ctx)
    with me.api() as api:
        found = api.get("/connections/types")["connection_types"]
    rows = (
        (kind["name"], Text(setting["name"], style="bold" if setting["required"] else ""), setting["description"])
        for kind in found
        for setting in kind["settings"]
    )
    me.show(found, lambda: grid(("type", "setting", "description"), rows))


@app.command()
def tables(
    ctx: typer.Context,
    connection: Annotated[str, typer.Argument(help="Its name or id.")],
    table: Annotated[str, typer.Argument(help="schema.table, to see its columns; a schema, to see its tables.")] = "",
    cached: Annotated[bool, typer.Option("--cached", help="As of the last sync, without asking the source.")] = False,
) -> None:
    """List the tables of a source, or the columns of one table."""
    me = context.of(ctx)
    query = {"cached": "true"} if cached else {}
    with me.api() as api:
        base = f"/connections/{find(api, 'connection', connection)['id']}/schemas"
        if "." in table:
            schema, name = table_name(table)
            columns = list(api.all(f"{base}/{schema}/tables/{name}/columns", "columns", query))
            rows = (
                (c["column_name"], c["engine_type"], "" if c["nullable"] else "not null", "key" * c["primary_key"])
                for c in columns
            )
            me.show(columns, lambda: grid(("column", "type", "", ""), rows, title=table))
            return
        schemas = [table] if table else [schema["schema_name"] for schema in api.all(base, "schemas", query)]
        found = [one for schema in schemas for one in api.all(f"{base}/{schema}/tables", "tables", query)]
    lines = (
        (t["schema_name"], t["table_name"], t["kind"].removeprefix("TABLE_KIND_").lower(), *_facts(t)) for t in found
    )
    me.show(found, lambda: grid(("schema", "table", "kind", "rows (estimate)>", "size>", "last change"), lines))


@app.command()
def history(
    ctx: typer.Context,
    connection: Annotated[str, typer.Argument(help="Its name or id.")],
    table: Annotated[str, typer.Argument(help="schema.table.")],
) -> None:
    """List what a table has been, newest first: when its columns changed, and how."""
    me = context.of(ctx)
    schema, name = table_name(table)
    with me.api() as api:
        path = f"/connections/{find(api, 'connection', connection)['id']}/schemas/{schema}/tables/{name}/history"
        versions = list(api.all(path, "versions"))
    rows = (
        (
            moment(one["first_seen_time"]),
            moment(one["last_seen_time"]),
            "not there" if one["absent"] else str(len(one["columns"])),
            column_changes(one["changes"]),
        )
        for one in versions
    )
    me.show(versions, lambda: grid(("first seen", "last seen", "columns>", "changes"), rows, title=table))


@app.command()
def budget(
    ctx: typer.Context,
    connection: Annotated[str, typer.Argument(help="Its name or id.")],
    max_rows: Annotated[int | None, typer.Option(help="Most rows of one table that a run may read.")] = None,
    max_bytes: Annotated[int | None, typer.Option(help="Most bytes of one table that a run may read.")] = None,
    max_statements: Annotated[int | None, typer.Option(help="Most statements at once in each process.")] = None,
    allow_unknown: Annotated[
        bool | None, typer.Option(help="Send statements of which nobody knows how much they read.")
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Take all limits away first.")] = False,
) -> None:
    """Print what running checks may ask of a source, or change it. What is not named stays as it is.

    Example: dq connection budget shop --max-rows 50000000 --max-statements 2
    """
    me = context.of(ctx)
    given = {
        "max_scanned_row_count": max_rows,
        "max_scanned_bytes": max_bytes,
        "max_concurrent_statement_count": max_statements,
        "allow_unknown_size": allow_unknown,
    }
    named = {name: value for name, value in given.items() if value is not None}
    with me.api() as api:
        found = find(api, "connection", connection)
        if named or none:
            mask = "budget" if none else ",".join(f"budget.{name}" for name in named)
            found = api.patch(f"/connections/{found['id']}", {"budget": named}, {"update_mask": mask})
    limits = found.get("budget") or {}
    me.show(limits, lambda: _limits(limits))


@app.command()
def pause(
    ctx: typer.Context,
    connection: Annotated[str, typer.Argument(help="Its name or id.")],
    note: Annotated[str, typer.Option(help="Why, for others to read.")] = "",
) -> None:
    """Hold the jobs of a connection until it is resumed: those that run end, the others wait."""
    _act(ctx, connection, "pause", {"note": note})


@app.command()
def resume(ctx: typer.Context, connection: Annotated[str, typer.Argument(help="Its name or id.")]) -> None:
    """Let the jobs of a connection go on."""
    _act(ctx, connection, "resume", {})


@app.command()
def sync(
    ctx: typer.Context,
    connection: Annotated[str, typer.Argument(help="Its name or id.")],
    timeout: Annotated[float | None, TIMEOUT] = None,
) -> None:
    """Read the catalogue of a source, so that changes of its tables are noticed."""
    me = context.of(ctx)
    with me.api() as api:
        path = f"/connections/{find(api, 'connection', connection)['id']}/sync"
        job = follow(api, api.post(path, values.timeout(timeout))["id"], me.console)
    require_success(job)
    me.show(job, lambda: synced(job["skipped_schemas"]))


def synced(skipped: Sequence[Json]) -> RenderableType:
    """What a sync that succeeded has to tell."""
    if not skipped:
        return "[green]The catalogue is up to date.[/]"
    reasons = {"SOURCE_PERMISSION": "may not be read", "SOURCE_NOT_FOUND": "vanished meanwhile"}
    rows = ((one["schema_name"], reasons.get(one["reason"]) or one["message"]) for one in skipped)
    return Group("[green]The catalogue is up to date[/], except for:", grid(("schema", "why"), rows))


def _act(ctx: typer.Context, connection: str, verb: str, body: Json) -> None:
    me = context.of(ctx)
    with me.api() as api:
        found = api.post(f"/connections/{find(api, 'connection', connection)['id']}/{verb}", body)
    state = "is paused: its jobs wait" if found["paused"] else "is not paused: its jobs go on"
    me.show(found, lambda: f"{escape(found['display_name'])} {state}.")


def _pause(connection: Json) -> str:
    """Since when it is paused, by whom, and why; empty if it is not."""
    if not connection["paused"]:
        return ""
    why = f": {connection['pause_note']}" if connection["pause_note"] else ""
    return f"{moment(connection['pause_time'])} by {connection['paused_by']}{why}"


def _limits(budget: Json) -> str:
    """A budget for eyes, a limit a line."""
    rows, in_bytes = budget.get("max_scanned_row_count"), budget.get("max_scanned_bytes")
    at_once = budget.get("max_concurrent_statement_count")
    lines = [
        f"rows of one table in a run: {int(rows):,}" if rows else "",
        f"bytes of one table in a run: {size(int(in_bytes))}" if in_bytes else "",
        f"statements at once in each process: {at_once}" if at_once else "",
        f"unknown sizes: {'allowed' if budget.get('allow_unknown_size') else 'refused'}" if rows or in_bytes else "",
    ]
    return "\n".join(filter(None, lines)) or "No limits."


def _facts(table: Json) -> tuple[str, str, str]:
    """Rows, size and last change, as far as the engine knows them."""
    rows, in_bytes = table.get("estimated_row_count"), table.get("size_bytes")
    return (
        "–" if rows is None else f"{int(rows):,}",
        "–" if in_bytes is None else size(int(in_bytes)),
        moment(table.get("last_change_time") or ""),
    )
