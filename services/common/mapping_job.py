"""Jobs as the contract shows them."""

from __future__ import annotations

import hashlib

from dq.v1 import (
    check_pb2,
    check_service_pb2,
    connection_service_pb2,
    job_pb2,
    job_service_pb2,
    schedule_service_pb2,
)
from dq_platform.app.placing import Order
from dq_platform.models.check import PeriodWindow
from dq_platform.models.job import Attempt, Job, JobError, JobKind, JobState, OutcomeCounts, SkippedSchema, UnitReport
from dq_platform.models.metadata import TableKey
from services.common import times
from services.common.enums import EnumPair

KINDS = EnumPair(JobKind, job_pb2.JobKind.DESCRIPTOR)
STATES = EnumPair(JobState, job_pb2.JobState.DESCRIPTOR)
CURSOR_LENGTH = 16


def job(model: Job) -> job_pb2.Job:
    return job_pb2.Job(
        id=model.id,
        kind=job_pb2.JobKind.ValueType(KINDS.proto(model.kind)),
        state=job_pb2.JobState.ValueType(STATES.proto(model.state)),
        create_time=times.to_proto(model.create_time),
        start_time=times.to_proto(model.start_time),
        end_time=times.to_proto(model.end_time),
        unit_count=model.unit_count,
        units_done_count=model.units_done,
        check_count=model.check_count,
        outcomes=outcome_counts(model.outcomes),
        error=_error(model.error),
        schedule_id=model.schedule_id,
        connection_id=model.connection_id,
        created_by=model.created_by,
        request_id=model.request_id,
        cancel_requested=model.cancel_requested,
        window=_window(model.window),
        skipped_schemas=map(_skipped, model.skipped_schemas),
        due_time=times.to_proto(model.due_time),
        missed_run_count=model.missed_run_count,
        current_tables=map(_table, model.current_tables),
        requeue_of_job_id=model.requeue_of_job_id,
        deadline_time=times.to_proto(model.deadline_time),
    )


def order(
    request: check_service_pb2.RunCheckRequest
    | check_service_pb2.BatchRunChecksRequest
    | connection_service_pb2.SyncMetadataRequest
    | job_service_pb2.RequeueJobRequest
    | schedule_service_pb2.RunScheduleRequest,
) -> Order:
    """What a request for a job says of it, whatever it does."""
    timeout = request.timeout.ToTimedelta() if request.HasField("timeout") else None
    return Order(request.request_id, timeout)


def unit(model: UnitReport) -> job_pb2.JobUnit:
    return job_pb2.JobUnit(
        id=model.id,
        state=job_pb2.JobState.ValueType(STATES.proto(model.state)),
        connection_id=model.connection_id,
        check_ids=model.check_ids,
        attempts=map(_attempt, model.attempts),
        error=_error(model.error),
        due_time=times.to_proto(model.run_after),
        end_time=times.to_proto(model.end_time),
        connection_paused=model.held,
    )


def watched(model: Job) -> job_service_pb2.WatchJobResponse:
    """The job with a cursor, which is a digest of all that is shown of it."""
    shown = job(model)
    digest = hashlib.sha256(shown.SerializeToString(deterministic=True)).hexdigest()
    return job_service_pb2.WatchJobResponse(job=shown, cursor=digest[:CURSOR_LENGTH])


def outcome_counts(model: OutcomeCounts) -> job_pb2.OutcomeCounts:
    return job_pb2.OutcomeCounts(
        passed=model.passed,
        warning=model.warning,
        error=model.error,
        fatal=model.fatal,
        inconclusive=model.inconclusive,
        execution_error=model.execution_error,
    )


def _error(model: JobError | None) -> job_pb2.JobError | None:
    return job_pb2.JobError(reason=model.reason, message=model.message) if model else None


def _attempt(model: Attempt) -> job_pb2.UnitAttempt:
    return job_pb2.UnitAttempt(
        number=model.number,
        start_time=times.to_proto(model.start_time),
        end_time=times.to_proto(model.end_time),
        error=_error(model.error),
    )


def _skipped(model: SkippedSchema) -> job_pb2.SkippedSchema:
    return job_pb2.SkippedSchema(schema_name=model.schema_name, reason=model.reason, message=model.message)


def _table(key: TableKey) -> job_pb2.JobTable:
    connection_id, schema_name, table_name = key
    return job_pb2.JobTable(connection_id=connection_id, schema_name=schema_name, table_name=table_name)


def _window(model: PeriodWindow | None) -> check_pb2.PeriodWindow | None:
    if model is None:
        return None
    return check_pb2.PeriodWindow(start_time=times.to_proto(model.start), end_time=times.to_proto(model.end))
