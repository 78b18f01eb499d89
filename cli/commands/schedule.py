"""`dq schedule`: when checks run by themselves."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

import typer
from rich.console import Group
from rich.markup import escape
from rich.text import Text

from cli import context, values
from cli.api import Json
from cli.named import find
from cli.runs import TIMEOUT
from cli.show import grid, moment, word
from cli.values import labels

app = typer.Typer(
    no_args_is_help=True, help="Schedules: add, list, show with next runs, run now, pause, resume, delete."
)

SCHEDULE = typer.Argument(help="Its name or id.")


@app.command()
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="Name for people.")],
    cron: Annotated[str, typer.Argument(help="Minute, hour, day of month, month, day of week.")],
    time_zone: Annotated[str, typer.Option(help="IANA zone of the expression.")] = "UTC",
    connection: Annotated[
        str, typer.Option("--connection", "-c", help="Checks of this connection, by name or id.")
    ] = "",
    schema: Annotated[str, typer.Option("--schema", help="Checks of this schema.")] = "",
    table: Annotated[str, typer.Option("--table", "-t", help="Checks of schema.table; * and ? are wildcards.")] = "",
    check_type: Annotated[str, typer.Option("--type", help="Checks of this type.")] = "",
    category: Annotated[str, typer.Option(help="Checks of this category.")] = "",
    mode: Annotated[str, typer.Option(help="Checks of this mode: profiling, monitoring or partitioned.")] = "",
    label: Annotated[list[str] | None, typer.Option("--label", "-l", help="Checks with this label, key=value.")] = None,
    jitter: Annotated[float, typer.Option(min=0, help="Put each run off by less than so many seconds.")] = 0,
    overlap: Annotated[str, typer.Option(help="While the former job still runs: skip or queue.")] = "skip",
) -> None:
    """Add a schedule for the checks that match everything named, or for all.

    Example: dq schedule add morning '30 6 * * 1-5' --time-zone Europe/Berlin -c shop -l team=sales --jitter 300
    """
    me = context.of(ctx)
    with me.api() as api:
        selector: Json = {
            "connection_id": find(api, "connection", connection)["id"] if connection else "",
            "schema_name": schema,
            "table_pattern": table,
            "check_type": check_type,
            "category": category,
            "labels": labels(label or [], "--label"),
        }
        if mode:
            selector["mode"] = f"MODE_{mode.upper()}"
        body = {
            "display_name": name,
            "cron": cron,
            "time_zone": time_zone,
            "selector": selector,
            "jitter": f"{jitter:.3f}s",
            "overlap": f"OVERLAP_{overlap.upper()}",
        }
        schedule = api.post("/schedules", body)
    me.show(
        schedule,
        lambda: (
            f"Added [bold]{escape(name)}[/]: {schedule['id']}\nIt runs next at {moment(schedule['next_run_time'])}."
        ),
    )


@app.command("list")
def list_(ctx: typer.Context) -> None:
    """List schedules and what came of their last moments."""
    me = context.of(ctx)
    with me.api() as api:
        found = list(api.all("/schedules", "schedules"))
    rows = (
        (one["display_name"], f"{one['cron']} {one['time_zone']}", _next(one), _last(one), one["id"]) for one in found
    )
    me.show(found, lambda: grid(("name", "time", "next", "last", "id"), rows))


@app.command()
def show(
    ctx: typer.Context,
    schedule: Annotated[str, SCHEDULE],
    runs: Annotated[int, typer.Option("--runs", "-n", min=1, max=100, help="How many next runs.")] = 5,
) -> None:
    """Print a schedule, what came of its last moment, and when it runs next."""
    me = context.of(ctx)
    with me.api() as api:
        found = find(api, "schedule", schedule)
        upcoming = api.get(f"/schedules/{found['id']}/next-runs", {"count": runs})["run_times"]
    facts = grid(("", ""), _facts(found))
    me.show(
        {"schedule": found, "run_times": upcoming},
        lambda: Group(facts, grid(("next runs",), ((moment(run),) for run in upcoming))),
    )


@app.command()
def run(
    ctx: typer.Context, schedule: Annotated[str, SCHEDULE], timeout: Annotated[float | None, TIMEOUT] = None
) -> None:
    """Start what a schedule selects now; its own runs stay as they are."""
    me = context.of(ctx)
    with me.api() as api:
        job = api.post(f"/schedules/{find(api, 'schedule', schedule)['id']}/run", values.timeout(timeout))
    me.show(job, lambda: f"{job['check_count']} checks are queued. Follow them: dq jobs watch {job['id']}")


@app.command()
def pause(ctx: typer.Context, schedule: Annotated[str, SCHEDULE]) -> None:
    """Stop a schedule until it is resumed."""
    _act(ctx, schedule, "pause")


@app.command()
def resume(ctx: typer.Context, schedule: Annotated[str, SCHEDULE]) -> None:
    """Let a schedule run again from its next moment on."""
    _act(ctx, schedule, "resume")


@app.command()
def delete(ctx: typer.Context, schedule: Annotated[str, SCHEDULE]) -> None:
    """Delete a schedule; its jobs and their results stay."""
    me = context.of(ctx)
    with me.api() as api:
        found = find(api, "schedule", schedule)
        api.delete(f"/schedules/{found['id']}")
    me.show({}, lambda: f"{escape(found['display_name'])} is deleted.")


def _act(ctx: typer.Context, schedule: str, verb: str) -> None:
    me = context.of(ctx)
    with me.api() as api:
        found = api.post(f"/schedules/{find(api, 'schedule', schedule)['id']}/{verb}")
    state = "is paused" if found["paused"] else f"runs next at {moment(found['next_run_time'])}"
    me.show(found, lambda: f"{escape(found['display_name'])} {state}.")


def _facts(schedule: Json) -> Iterator[tuple[str, str | Text]]:
    yield "name", schedule["display_name"]
    yield "time", f"{schedule['cron']} {schedule['time_zone']}"
    yield "jitter", schedule["jitter"]
    yield "overlap", word(schedule["overlap"], "OVERLAP_")
    yield "checks", _selector(schedule["selector"])
    yield "next", _next(schedule)
    yield "last", _last(schedule)
    yield "last job", schedule["last_job_id"] or "–"
    if int(schedule["missed_run_count"]):
        yield "missed", f"{schedule['missed_run_count']} since {moment(schedule['first_missed_time'])}"


def _selector(selector: Json) -> str:
    """The fields that are set, in one line."""
    shown = selector | {
        "check_ids": " ".join(selector["check_ids"]),
        "mode": selector["mode"].removeprefix("MODE_").removeprefix("UNSPECIFIED").lower(),
        "labels": " ".join(f"{key}={value}" for key, value in selector["labels"].items()),
    }
    return ", ".join(f"{name} {value}" for name, value in shown.items() if value) or "all"


def _next(schedule: Json) -> str:
    return "paused" if schedule["paused"] else moment(schedule.get("next_run_time"))


def _last(schedule: Json) -> str:
    """When, what came of it, and what there is to know."""
    if not schedule.get("last_run_time"):
        return "–"
    outcome = word(schedule["last_run_outcome"], "RUN_OUTCOME_").plain
    return " ".join(filter(None, (moment(schedule["last_run_time"]), outcome, schedule["last_run_note"])))
