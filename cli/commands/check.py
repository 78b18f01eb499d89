"""`dq check`: what is measured, and when it is good enough."""

from __future__ import annotations

import json
from typing import Annotated

import typer
from rich.console import Group
from rich.syntax import Syntax
from rich.text import Text

from cli import context, values
from cli.api import Api, Json
from cli.commands import baselines
from cli.commands.backtest import backtest
from cli.context import Context
from cli.named import find
from cli.runs import FAIL_ON, SEVERITIES, TIMEOUT, exit_code, follow, require_severity
from cli.show import RESULT_HEADINGS, counts, grid, result_rows, sampled, word
from cli.values import pairs, table_name, table_sample, thresholds
from cli.zones import Zones, zones_of

app = typer.Typer(
    no_args_is_help=True,
    help="Checks: add, list, run, preview, back-test, delete; accepted columns; the catalogue of types.",
)

app.command("accept-baseline")(baselines.accept_baseline)
app.command("baselines")(baselines.baselines)

CONNECTION = typer.Option("--connection", "-c", help="Connection, by name or id.")
TABLE = typer.Option("--table", "-t", help="schema.table; * and ? are wildcards where several may match.")
CHECK_TYPE = typer.Option("--type", help="Check type; `dq check types` lists them.")


@app.command()
def add(
    ctx: typer.Context,
    check_type: Annotated[str, typer.Argument(help="Check type; `dq check types` lists them.")],
    connection: Annotated[str, CONNECTION],
    table: Annotated[str, TABLE],
    column: Annotated[str, typer.Option("--column", help="Column, for checks of a column.")] = "",
    param: Annotated[list[str] | None, typer.Option("--param", "-p", help="Sensor parameter, name=value.")] = None,
    warning: Annotated[list[str] | None, typer.Option(help="Rule parameter of a warning, name=value.")] = None,
    error: Annotated[list[str] | None, typer.Option(help="Rule parameter of an error, name=value.")] = None,
    fatal: Annotated[list[str] | None, typer.Option(help="Rule parameter of a fatal failure, name=value.")] = None,
    where: Annotated[str, typer.Option("--filter", help="SQL condition for the rows that take part.")] = "",
    mode: Annotated[str, typer.Option(help="profiling, monitoring or partitioned.")] = "monitoring",
    partition_column: Annotated[str, typer.Option(help="Date or timestamp column, for partitioned checks.")] = "",
    group_by: Annotated[list[str] | None, typer.Option("--group-by", help="Column to group by.")] = None,
    sample: Annotated[str, typer.Option(help="Measure a sample of the rows: row=PERCENT or block=PERCENT.")] = "",
) -> None:
    """Add a check.

    Example: dq check add nulls_percent -c shop -t shop.customers --column email --error max_percent=5
    """
    me = context.of(ctx)
    schema, name = table_name(table)
    with me.api() as api:
        body: Json = {
            "check_type": check_type,
            "target": {
                "connection_id": find(api, "connection", connection)["id"],
                "schema_name": schema,
                "table_name": name,
                "column_name": column,
            },
            "mode": f"MODE_{mode.upper()}",
            "sensor_params": pairs(param or (), "--param"),
            "filter": where,
            "partition_column": partition_column,
            "group_by": [{"column": one} for one in group_by or ()],
        }
        given = thresholds(warning, error, fatal)
        if given:
            body["thresholds"] = given
        if sample:
            body["table_sample"] = table_sample(sample)
        check = api.post("/checks", body)
    me.show(check, lambda: f"Added {check['id']}\nRun it: dq check run {check['id']}")


@app.command("list")
def list_(
    ctx: typer.Context,
    connection: Annotated[str, CONNECTION] = "",
    table: Annotated[str, TABLE] = "",
    check_type: Annotated[str, CHECK_TYPE] = "",
) -> None:
    """List checks."""
    me = context.of(ctx)
    with me.api() as api:
        query = {"table_pattern": table, "check_type": check_type} | _in(api, connection)
        found = list(api.all("/checks", "checks", query))
    rows = (
        (
            f"{c['target']['schema_name']}.{c['target']['table_name']}",
            c["target"]["column_name"] or "–",
            f"{c['check_type']}{sampled(c)}",
            word(c["mode"], "MODE_"),
            ", ".join(severity for severity in SEVERITIES if (c.get("thresholds") or {}).get(severity) is not None),
            c["id"],
        )
        for c in found
    )
    me.show(found, lambda: grid(("table", "column", "check", "mode", "severities", "id"), rows))


@app.command()
def run(
    ctx: typer.Context,
    check_ids: Annotated[
        list[str] | None, typer.Argument(help="Ids of checks; none: all that the options select.")
    ] = None,
    connection: Annotated[str, CONNECTION] = "",
    table: Annotated[str, TABLE] = "",
    check_type: Annotated[str, CHECK_TYPE] = "",
    fail_on: Annotated[str, FAIL_ON] = "error",
    timeout: Annotated[float | None, TIMEOUT] = None,
) -> None:
    """Run checks, wait for them and print what they found.

    Exit code: 0 passed, 1 a check failed at or above --fail-on, 2 wrong call, 3 something could not be measured.
    """
    me = context.of(ctx)
    require_severity(fail_on)
    with me.api() as api:
        selector = {"check_ids": check_ids or [], "table_pattern": table, "check_type": check_type} | _in(
            api, connection
        )
        body = {"selector": selector} | values.timeout(timeout)
        job = follow(api, api.post("/checks/batch/run", body)["id"], me.console)
        results = list(api.all("/results", "results", {"filter.job_id": job["id"]}))
        zones = zones_of(api, results)
    _show_results(me, job, results, zones)
    raise typer.Exit(exit_code(job, fail_on))


@app.command()
def preview(ctx: typer.Context, check_id: Annotated[str, typer.Argument(help="Id of the check.")]) -> None:
    """Run a check now, print what it found and the SQL that measured it. Nothing is stored."""
    me = context.of(ctx)
    with me.api() as api:
        answer = api.post(f"/checks/{check_id}/preview")
        zones = zones_of(api, answer["results"])
    table = grid(RESULT_HEADINGS, result_rows(answer["results"], zones))
    if me.as_json:
        me.show(answer, lambda: table)
    else:
        me.console.print(Group(table, *(Syntax(sql, "sql", word_wrap=True) for sql in answer["statements"])))


@app.command("delete")
def delete_check(
    ctx: typer.Context,
    check_id: Annotated[str, typer.Argument(help="Id of the check.")],
    results: Annotated[bool, typer.Option("--results", help="Delete its results, too.")] = False,
) -> None:
    """Delete a check and its accepted columns. Its results stay, unless --results says otherwise."""
    me = context.of(ctx)
    with me.api() as api:
        api.delete(f"/checks/{check_id}", {"delete_results": "true"} if results else None)
    me.show({}, lambda: f"Check {check_id} is deleted{', and so are its results soon' if results else ''}.")


@app.command()
def types(
    ctx: typer.Context,
    category: Annotated[str, typer.Option(help="Only this category.")] = "",
    name: Annotated[str, typer.Argument(help="One type, to see its parameters.")] = "",
) -> None:
    """List the catalogue of check types, or the parameters of one."""
    me = context.of(ctx)
    with me.api() as api:
        if name:
            _show_type(me, api.get(f"/checks/types/{name}"))
            return
        found = list(api.all("/checks/types", "check_types", {"category": category}))
    rows = ((t["category"], t["name"], word(t["level"], "LEVEL_"), t["description"]) for t in found)
    me.show(found, lambda: grid(("category", "type", "level", "what it measures, and when it passes"), rows))


app.command()(backtest)


def _in(api: Api, connection: str) -> dict[str, str]:
    return {"connection_id": find(api, "connection", connection)["id"]} if connection else {}


def _show_results(me: Context, job: Json, results: list[Json], zones: Zones) -> None:
    if me.as_json:
        me.show({"job": job, "results": results}, lambda: "")
        return
    me.console.print(grid(RESULT_HEADINGS, result_rows(results, zones)))
    me.console.print(counts(job["outcomes"]))


def _show_type(me: Context, kind: Json) -> None:
    rows = [
        (
            place,
            p["name"],
            p["kind"],
            "required" if p["required"] else _default(p),
            p["description"],
        )
        for place, parameters in (("sensor", kind["sensor_parameters"]), ("threshold", kind["rule_parameters"]))
        for p in parameters
    ]
    table = grid(("goes into", "parameter", "kind", "default", "description"), rows, title=kind["name"])
    table.caption, table.caption_justify = Text(kind["description"]), "left"
    me.show(kind, lambda: table)


def _default(parameter: Json) -> str:
    value = parameter.get("default_value")
    return "–" if value is None else json.dumps(value, ensure_ascii=False)
