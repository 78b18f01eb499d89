"""Waits for a job with a progress bar, and says how it ended."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import timedelta

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.api import Api, Interrupted, Json
from cli.errors import CliError, Exit, UsageError
from cli.show import OUTCOMES, counts

SEVERITIES = ("warning", "error", "fatal")
FINAL = ("JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED")
PATIENCE = timedelta(minutes=2)
AGAIN_AFTER = timedelta(seconds=1)
SHOWN_TABLES = 2
TIMEOUT = typer.Option(help="End the job after so many seconds: what is not done by then fails. At most 86400.")
FAIL_ON = typer.Option(help="Exit with 1 from this severity on: warning, error or fatal.")


def follow(api: Api, job_id: str, console: Console) -> Json:
    """Draw the job's progress on a terminal until it ends; returns the job as it is then."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}"),
        TextColumn("{task.fields[tables]}", style="dim", markup=False),
    )
    job: Json = {}
    with Progress(*columns, console=console, transient=True, disable=not console.is_interactive) as progress:
        bar = progress.add_task("Running", total=None, counts="", tables="")
        for job in states(api, job_id, lambda: progress.update(bar, description="Waiting for the server")):
            total, done = progress_of(job)
            outcomes, tables = counts(job["outcomes"]).markup, tables_of(job)
            progress.update(bar, description="Running", total=total, completed=done, counts=outcomes, tables=tables)
    return job


def states(api: Api, job_id: str, interrupted: Callable[[], None]) -> Iterator[Json]:
    """The job as it is, and after each change, up to its end.

    A watch that is cut off, after which `interrupted` is called, is begun anew until nothing was heard for two minutes:
    then, or if there was no first answer, this raises CliError.
    """
    job: Json = {}
    cut_off: float | None = None
    while not job or job["state"] not in FINAL:
        try:
            for job in api.watch(f"/jobs/{job_id}/watch"):
                cut_off = None
                yield job
        except Interrupted:
            cut_off = cut_off or time.monotonic()
            if not job or time.monotonic() - cut_off > PATIENCE.total_seconds():
                raise
            interrupted()
        if job["state"] not in FINAL:
            time.sleep(AGAIN_AFTER.total_seconds())


def tables_of(job: Json) -> str:
    """The tables that are read just now, in a few words."""
    names = [f"{table['schema_name']}.{table['table_name']}" for table in job.get("current_tables", ())]
    more = f" and {len(names) - SHOWN_TABLES} more" if len(names) > SHOWN_TABLES else ""
    return ", ".join(names[:SHOWN_TABLES]) + more


def progress_of(job: Json) -> tuple[int, int]:
    """How much there is and how much is done: checks where the job runs checks, else units."""
    if job["check_count"]:
        results = sum(int(job["outcomes"][name]) for name in OUTCOMES)
        done = job["check_count"] if job["state"] in FINAL else min(results, job["check_count"])
        return job["check_count"], done
    return job["unit_count"], job["units_done_count"]


def require_severity(fail_on: str) -> None:
    """Raise UsageError unless it is the name of a severity."""
    if fail_on not in SEVERITIES:
        message = f"--fail-on is one of {', '.join(SEVERITIES)}; got {fail_on!r}."
        raise UsageError(message)


def exit_code(job: Json, fail_on: str) -> Exit:
    """FAILED if a check failed at least that badly, SYSTEM if one could not be measured, else PASSED."""
    outcomes = {name: int(job["outcomes"][name]) for name in OUTCOMES}
    if any(outcomes[name] for name in SEVERITIES[SEVERITIES.index(fail_on) :]):
        return Exit.FAILED
    if outcomes["execution_error"] or job["state"] != "JOB_STATE_SUCCEEDED":
        return Exit.SYSTEM
    return Exit.PASSED


def require_success(job: Json) -> None:
    """Raise CliError with the job's own reason unless it did what it was asked to."""
    if job["state"] != "JOB_STATE_SUCCEEDED":
        reason = job.get("error") or {}
        message = f"Job {job['id']} {job['state'].removeprefix('JOB_STATE_').lower()}: {reason.get('message', '')}"
        raise CliError(message)
