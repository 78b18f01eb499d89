from __future__ import annotations

from datetime import UTC, datetime

from dq.v1 import job_pb2
from dq_platform.models.job import Job, JobKind, JobState, Priority, SkippedSchema
from services.common.mapping_job import job

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def test_a_sync_shows_which_schemas_it_passed_over_and_why() -> None:
    skipped = (SkippedSchema("payroll", "SOURCE_PERMISSION", "It may not be read."),)
    model = Job(
        "j", "w", JobKind.SYNC_METADATA, JobState.SUCCEEDED, Priority.LOW, NOW, unit_count=1, skipped_schemas=skipped
    )
    shown = job(model)
    [found] = shown.skipped_schemas
    assert found == job_pb2.SkippedSchema(
        schema_name="payroll", reason="SOURCE_PERMISSION", message="It may not be read."
    )
    assert shown.state == job_pb2.JOB_STATE_SUCCEEDED
