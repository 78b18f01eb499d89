"""`dq results`, `dq incidents`, `dq jobs`: what came out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Annotated

import typer
from rich.table import Table
from rich.text import Text

from cli import context, values
from cli.api import Json, Query
from cli.runs import FAIL_ON, TIMEOUT, exit_code, follow, require_severity
from cli.show import RESULT_HEADINGS, counts, grid, moment, number, result_rows, word
from cli.zones import zones_of

jobs = typer.Typer(no_args_is_help=True, help="Jobs: list, watch, look at their pieces, requeue what failed.")

LIMIT = typer.Option("--limit", "-n", min=1, max=1000, help="At most so many.")


def results(
    ctx: typer.Context,
    check_id: Annotated[str, typer.Option("--check", help="Only results of this check.")] = "",
    table: Annotated[str, typer.Option("--table", "-t", help="Only results of tables with this name.")] = "",
    failed: Annotated[
        bool, typer.Option("--failed", help="Only failures and checks that could not be measured.")
    ] = False,
    history: Annotated[bool, typer.Option("--history", help="Every run, not only the latest of each check.")] = False,
    oldest_first: Annotated[
        bool, typer.Option("--oldest-first", help="With --history: begin with the oldest run.")
    ] = False,
    label: Annotated[list[str] | None, typer.Option("--label", help="Only of checks with this key=value.")] = None,
    limit: Annotated[int, LIMIT] = 200,
) -> None:
    """Print the latest result of every check.

    Example: dq results --failed --table orders
    """
    me = context.of(ctx)
    bad = ["OUTCOME_WARNING", "OUTCOME_ERROR", "OUTCOME_FATAL", "OUTCOME_EXECUTION_ERROR"]
    query: Query = {
        "page_size": limit,
        "filter.check_id": check_id,
        "filter.table_name": table,
        "filter.outcomes": bad if failed else [],
        "filter.labels": label or [],
    }
    if history and oldest_first:
        query = {**query, "order": "RESULT_ORDER_OLDEST_FIRST"}
    with me.api() as api:
        found = api.get("/results" if history else "/results/latest", query)["results"]
        me.show(found, lambda: grid(RESULT_HEADINGS, result_rows(found, zones_of(api, found))))


def summary(
    ctx: typer.Context,
    by: Annotated[
        str, typer.Option(help="connection, schema, table, column, check_type, category or dimension.")
    ] = "table",
) -> None:
    """Print counts and scores of the last 30 days, worst first."""
    me = context.of(ctx)
    with me.api() as api:
        found = api.get("/results/summary", {"by": f"SUMMARY_BY_{by.upper()}"})["rows"]
    rows = ((" ".join(row["key"][-2:]), _score(row), counts(row["outcomes"])) for row in found)
    me.show(found, lambda: grid((by.replace("_", " "), "score>", "results"), rows))


def incidents(
    ctx: typer.Context,
    everything: Annotated[bool, typer.Option("--all", help="Resolved ones too.")] = False,
    text: Annotated[str, typer.Argument(help="Part of a table, dimension, category, assignee or ticket.")] = "",
    assignee: Annotated[str, typer.Option(help="Only what this one is to look after.")] = "",
    flapping: Annotated[bool, typer.Option("--flapping", help="Only what ended and failed again soon.")] = False,
    limit: Annotated[int, LIMIT] = 200,
) -> None:
    """Print incidents that are not resolved, the newest failure first."""
    me = context.of(ctx)
    unresolved = ["INCIDENT_STATUS_OPEN", "INCIDENT_STATUS_ACKNOWLEDGED"]
    query: Query = {
        "page_size": limit,
        "statuses": [] if everything else unresolved,
        "text": text,
        "assignee": assignee,
        "flapping": "true" if flapping else [],
    }
    with me.api() as api:
        found = api.get("/incidents", query)["incidents"]
    me.show(found, lambda: incident_table(found))


def incident_table(found: list[Json]) -> Table:
    """Incidents for eyes."""
    rows = (
        (
            f"{i['schema_name']}.{i['table_name']}",
            f"{i['dimension']} / {i['category']}",
            word(i["highest_severity"], "SEVERITY_"),
            word(i["status"], "INCIDENT_STATUS_"),
            number(str(i["failing_check_count"])),
            number(str(i["failure_count"])),
            i["assignee"],
            i["id"],
        )
        for i in found
    )
    headings = ("table", "dimension / category", "severity", "status", "failing>", "failures>", "assignee", "id")
    return grid(headings, rows)


@jobs.command("list")
def list_jobs(ctx: typer.Context, limit: Annotated[int, LIMIT] = 20) -> None:
    """Print the newest jobs."""
    me = context.of(ctx)
    with me.api() as api:
        found = api.get("/jobs", {"page_size": limit})["jobs"]
    rows = (
        (
            word(j["kind"], "JOB_KIND_"),
            word(j["state"], "JOB_STATE_"),
            f"{j['units_done_count']}/{j['unit_count']}",
            counts(j["outcomes"]),
            moment(j["create_time"]),
            due(j),
            j["id"],
        )
        for j in found
    )
    me.show(found, lambda: grid(("kind", "state", "units>", "results", "requested", "for", "id"), rows))


@jobs.command()
def watch(
    ctx: typer.Context,
    job_id: Annotated[str, typer.Argument(help="Id of the job.")],
    fail_on: Annotated[str, FAIL_ON] = "error",
) -> None:
    """Draw a job's progress until it ends, also across restarts of gateway and servers.

    Exit code: 0 passed, 1 a check failed at or above --fail-on, 2 wrong call, 3 something could not be measured or was
    cancelled.
    """
    me = context.of(ctx)
    require_severity(fail_on)
    with me.api() as api:
        job = follow(api, job_id, me.console)
    me.show(job, lambda: f"{job['state'].removeprefix('JOB_STATE_').lower()}: {counts(job['outcomes']).markup}")
    raise typer.Exit(exit_code(job, fail_on))


def due(job: Json) -> str:
    """The schedule's moment that the job runs for, with the number of further ones that it stands for."""
    missed = int(job["missed_run_count"])
    return moment(job.get("due_time")) + (f" and {missed:,} more" if missed else "")


@jobs.command()
def units(
    ctx: typer.Context,
    job_id: Annotated[str, typer.Argument(help="Id of the job.")],
    failed: Annotated[bool, typer.Option("--failed", help="Only units that failed.")] = False,
    limit: Annotated[int, LIMIT] = 200,
) -> None:
    """Print the pieces of a job with what became of each attempt."""
    me = context.of(ctx)
    query: Query = {"states": ["JOB_STATE_FAILED"] if failed else []}
    with me.api() as api:
        found = list(islice(api.all(f"/jobs/{job_id}/units", "units", query), limit))
    rows = (line for unit in found for line in _attempts(unit))
    headings = ("state", "checks>", "attempt>", "began", "ended", "reason", "message")
    me.show(found, lambda: grid(headings, rows))


@jobs.command()
def requeue(
    ctx: typer.Context,
    job_id: Annotated[str, typer.Argument(help="Id of the job that failed.")],
    timeout: Annotated[float | None, TIMEOUT] = None,
) -> None:
    """Do again what a job could not do: a new job for the checks of its failed units."""
    me = context.of(ctx)
    with me.api() as api:
        job = api.post(f"/jobs/{job_id}/requeue", values.timeout(timeout))
    me.show(job, lambda: f"{job['check_count']} checks are queued. Follow them: dq jobs watch {job['id']}")


def _attempts(unit: Json) -> Iterator[list[str | Text]]:
    """A line for each attempt, and one for a unit that nobody has tried or may try now."""
    state, checks = word(unit["state"], "JOB_STATE_"), str(len(unit["check_ids"]))
    for one in unit["attempts"]:
        error = one.get("error") or {"reason": "", "message": ""}
        began, ended = moment(one.get("start_time")), moment(one.get("end_time"))
        yield [state, checks, str(one["number"]), began, ended, error["reason"], error["message"]]
    if unit["connection_paused"]:
        yield [state, checks, "–", "–", "–", "", "connection paused"]
    elif not unit["attempts"]:
        yield [state, checks, "–", "–", "–", "", ""]


def _score(row: Json) -> str:
    score = row.get("score_percent")
    return "–" if score is None else f"{score:.1f}"
