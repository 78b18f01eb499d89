"""Jobs and units as rows, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from dq_platform.adapters.sql.ids import storable
from dq_platform.adapters.sql.tables import OUTCOME_COUNTS
from dq_platform.models.check import PeriodWindow
from dq_platform.models.job import (
    Attempt,
    Job,
    JobError,
    JobKind,
    JobState,
    OutcomeCounts,
    Priority,
    SkippedSchema,
    Task,
    Unit,
    UnitReport,
)


def job_to_row(job: Job, request_hash: str) -> Mapping[str, object]:
    return {
        "id": job.id,
        "workspace_id": job.workspace_id,
        "kind": job.kind,
        "state": job.state,
        "priority": job.priority,
        "connection_id": job.connection_id or None,
        "schedule_id": job.schedule_id or None,
        "requeue_of_job_id": job.requeue_of_job_id or None,
        "request_id": job.request_id or None,
        "request_hash": request_hash,
        "created_by": job.created_by,
        "create_time": job.create_time,
        "due_time": job.due_time,
        "missed_run_count": job.missed_run_count,
        "deadline_time": job.deadline_time,
        "window_start": job.window.start if job.window else None,
        "window_end": job.window.end if job.window else None,
        "start_time": job.start_time,
        "end_time": job.end_time,
        "unit_count": job.unit_count,
        "check_count": job.check_count,
        "units_done": job.units_done,
        "units_failed": 0,
        "units_cancelled": 0,
        "cancel_requested": job.cancel_requested,
        "skipped_schemas": skipped_to_json(job.skipped_schemas),
        "origin": dict(job.origin),
        **error_to_row(job.error),
        **outcomes_to_row(job.outcomes),
    }


def job_from_row(row: Row[Any]) -> Job:
    window = PeriodWindow(row.window_start, row.window_end) if row.window_start else None
    return Job(
        id=row.id,
        workspace_id=row.workspace_id,
        kind=JobKind(row.kind),
        state=JobState(row.state),
        priority=Priority(row.priority),
        create_time=row.create_time,
        unit_count=row.unit_count,
        check_count=row.check_count,
        units_done=row.units_done,
        connection_id=row.connection_id or "",
        schedule_id=row.schedule_id or "",
        requeue_of_job_id=row.requeue_of_job_id or "",
        request_id=row.request_id or "",
        created_by=row.created_by,
        due_time=row.due_time,
        missed_run_count=row.missed_run_count,
        window=window,
        start_time=row.start_time,
        end_time=row.end_time,
        deadline_time=row.deadline_time,
        cancel_requested=row.cancel_requested,
        error=_error(row),
        outcomes=outcomes_from_row(row),
        skipped_schemas=tuple(SkippedSchema(**one) for one in row.skipped_schemas),
        origin=row.origin,
    )


def unit_to_row(unit: Unit, job: Job) -> Mapping[str, object]:
    return {
        "id": unit.id,
        "job_id": unit.job_id,
        "workspace_id": unit.workspace_id,
        "connection_id": unit.connection_id,
        "task_id": unit.task_id or unit.id,
        "rank_time": job.create_time - job.priority.head_start,
        "sessions": unit.sessions,
        "check_ids": list(unit.check_ids),
        "state": unit.state,
        "attempt": unit.attempt,
        "due_time": unit.run_after or job.create_time,
        "lease_until": unit.lease_until,
        "start_time": None,
        "attempts": [],
        **error_to_row(unit.error),
    }


def unit_from_row(row: Row[Any]) -> Unit:
    return Unit(
        id=row.id,
        job_id=row.job_id,
        workspace_id=row.workspace_id,
        connection_id=row.connection_id,
        check_ids=tuple(row.check_ids),
        state=JobState(row.state),
        attempt=row.attempt,
        lease_until=row.lease_until,
        run_after=row.due_time,
        error=_error(row),
        task_id=row.task_id,
        sessions=row.sessions,
    )


def tasks_from_rows(rows: Iterable[Row[Any]]) -> list[Task]:
    """Tasks of units that come with their job's origin, the units in the order in which the job was divided."""
    units: dict[str, list[Unit]] = {}
    origins: dict[str, Mapping[str, str]] = {}
    for row in rows:
        units.setdefault(row.task_id, []).append(unit_from_row(row))
        origins[row.task_id] = row.origin
    return [Task(sorted(its, key=lambda unit: unit.id), origins[task_id]) for task_id, its in units.items()]


def report_from_row(row: Row[Any]) -> UnitReport:
    state = JobState(row.state)
    return UnitReport(
        id=row.id,
        job_id=row.job_id,
        connection_id=row.connection_id,
        check_ids=tuple(row.check_ids),
        state=state,
        attempts=_attempts(row),
        run_after=row.due_time if state is JobState.QUEUED else None,
        end_time=row.end_time,
        error=_error(row) if state is JobState.FAILED else None,
        held=row.held and state is JobState.QUEUED,
    )


def _attempts(row: Row[Any]) -> tuple[Attempt, ...]:
    """Those that were followed by another, as they were noted, and the last, which the unit's own columns tell of."""
    noted = tuple(map(_attempt_from_json, row.attempts))
    if row.attempt == (noted[-1].number if noted else 0):
        return noted
    error = _error(row) if row.state == JobState.FAILED else None
    return (*noted, Attempt(row.attempt, row.start_time, row.end_time, error))


def _attempt_from_json(stored: Mapping[str, Any]) -> Attempt:
    start, end = (stored[name] and datetime.fromisoformat(stored[name]) for name in ("start_time", "end_time"))
    return Attempt(stored["number"], start, end, JobError(stored["reason"], stored["message"]))


def error_to_row(error: JobError | None) -> Mapping[str, str]:
    return {"error_reason": error.reason if error else "", "error_message": storable(error.message) if error else ""}


def skipped_to_json(schemas: Iterable[SkippedSchema]) -> list[dict[str, str]]:
    return [{name: storable(text) for name, text in asdict(schema).items()} for schema in schemas]


def outcomes_to_row(outcomes: OutcomeCounts) -> Mapping[str, int]:
    return {name: getattr(outcomes, name) for name in OUTCOME_COUNTS}


def outcomes_from_row(row: Row[Any]) -> OutcomeCounts:
    return OutcomeCounts(**{name: getattr(row, name) for name in OUTCOME_COUNTS})


def _error(row: Row[Any]) -> JobError | None:
    return JobError(row.error_reason, row.error_message) if row.error_reason else None
