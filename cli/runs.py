"""Waits for a job with a progress bar, and says how it ended."""

from __future__ import annotations

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.api import Api, Json
from cli.errors import CliError, Exit
from cli.show import OUTCOMES, counts

SEVERITIES = ("warning", "error", "fatal")
FINAL = ("JOB_STATE_SUCCEEDED", "JOB_STATE_FAILED", "JOB_STATE_CANCELLED")


def follow(api: Api, job_id: str, console: Console) -> Json:
    """Draw the job's progress on a terminal until it ends; returns the job as it is then."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[counts]}"),
    )
    job: Json = {}
    with Progress(*columns, console=console, transient=True, disable=not console.is_interactive) as progress:
        bar = progress.add_task("Running", total=None, counts="")
        while not job or job["state"] not in FINAL:
            for job in api.watch(f"/jobs/{job_id}/watch"):
                total, done = progress_of(job)
                progress.update(bar, total=total, completed=done, counts=counts(job["outcomes"]).markup)
    return job


def progress_of(job: Json) -> tuple[int, int]:
    """How much there is and how much is done: checks where the job runs checks, else units."""
    if job["check_count"]:
        results = sum(int(job["outcomes"][name]) for name in OUTCOMES)
        done = job["check_count"] if job["state"] in FINAL else min(results, job["check_count"])
        return job["check_count"], done
    return job["unit_count"], job["units_done_count"]


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
