from __future__ import annotations

import math

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp

from dq.v1 import (
    access_service_pb2,
    check_pb2,
    check_service_pb2,
    connection_service_pb2,
    job_service_pb2,
    results_service_pb2,
    schedule_pb2,
    schedule_service_pb2,
)
from dq_platform.errors import Invalid
from services.common.shape import MAX_STRING_SIZE, check_request, check_resource


def violations(request: Message) -> dict[str, str]:
    try:
        check_request(request)
    except Invalid as error:
        return {violation.field: violation.reason for violation in error.violations}
    return {}


def test_required_fields_are_required_at_every_depth() -> None:
    request = check_service_pb2.CreateCheckRequest(check={"target": {}})
    assert violations(request) == {
        "check.target.connection_id": "REQUIRED",
        "check.target.schema_name": "REQUIRED",
        "check.target.table_name": "REQUIRED",
        "check.check_type": "REQUIRED",
    }


def test_a_missing_message_is_one_violation() -> None:
    assert violations(check_service_pb2.CreateCheckRequest()) == {"check": "REQUIRED"}


def test_an_update_need_not_repeat_what_it_does_not_change() -> None:
    request = schedule_service_pb2.UpdateScheduleRequest(schedule={"id": "x", "display_name": "new"})
    assert violations(request) == {}


def test_an_update_says_of_what() -> None:
    request = schedule_service_pb2.UpdateScheduleRequest(schedule={"display_name": "new"})
    assert violations(request) == {"schedule.id": "REQUIRED"}
    assert violations(schedule_service_pb2.UpdateScheduleRequest()) == {"schedule": "REQUIRED"}


def test_what_an_update_made_has_all_that_is_required() -> None:
    with pytest.raises(Invalid) as error:
        check_resource(schedule_pb2.Schedule(display_name="x", selector={}), "schedule")
    assert [violation.field for violation in error.value.violations] == ["schedule.cron"]


@pytest.mark.parametrize(("seconds", "nanos"), [(10**12, 0), (-(10**12), 0), (1, -1), (0, 10**9)])
def test_a_duration_must_be_one(seconds: int, nanos: int) -> None:
    wanted = schedule_pb2.Schedule(display_name="x", cron="x", selector={}, jitter={"seconds": seconds, "nanos": nanos})
    request = schedule_service_pb2.CreateScheduleRequest(schedule=wanted)
    assert violations(request) == {"schedule.jitter": "INVALID_DURATION"}


def test_what_only_the_server_sets_is_not_looked_at() -> None:
    request = access_service_pb2.CreateWorkspaceRequest(workspace={"name": "x", "id": "\0" * 3})
    assert violations(request) == {}


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (job_service_pb2.GetJobRequest(job_id="a\0"), "job_id"),
        (check_service_pb2.BatchRunChecksRequest(selector={"check_ids": ["a", "\0"]}), "selector.check_ids[1]"),
        (check_service_pb2.BatchRunChecksRequest(selector={"labels": {"a": "\0"}}), "selector.labels.a"),
        (check_service_pb2.BatchRunChecksRequest(selector={"labels": {"\0": "a"}}), "selector.labels"),
    ],
)
def test_a_nul_byte_is_found_wherever_it_is(request_: Message, field: str) -> None:
    assert violations(request_) == {field: "INVALID_CHARACTER"}


def test_free_json_has_the_paths_that_its_author_knows() -> None:
    request = connection_service_pb2.CreateConnectionRequest(connection={"display_name": "x", "type": "y"})
    request.connection.settings.update({"host": "\0", "list": [1, {"deep": "\0"}], "nan": math.nan, "\0": 1})
    assert violations(request) == {
        "connection.settings.host": "INVALID_CHARACTER",
        "connection.settings.list[1].deep": "INVALID_CHARACTER",
        "connection.settings.nan": "INVALID_NUMBER",
        "connection.settings": "INVALID_CHARACTER",
    }


def test_enum_numbers_that_do_not_exist_are_refused() -> None:
    request = job_service_pb2.ListJobsRequest(states=[1, 99, 0])
    assert violations(request) == {"states[1]": "INVALID_ENUM", "states[2]": "INVALID_ENUM"}
    assert violations(check_service_pb2.ListChecksRequest(mode=42)) == {"mode": "INVALID_ENUM"}


def test_a_text_may_have_a_mebibyte_and_no_more() -> None:
    assert violations(job_service_pb2.GetJobRequest(job_id="x" * MAX_STRING_SIZE)) == {}
    assert violations(job_service_pb2.GetJobRequest(job_id="x" * (MAX_STRING_SIZE + 1))) == {"job_id": "TOO_LONG"}


@pytest.mark.parametrize(
    "moment",
    [Timestamp(seconds=253402300800), Timestamp(seconds=-62135596801), Timestamp(nanos=-1), Timestamp(nanos=10**9)],
)
def test_a_moment_outside_the_calendar_is_refused(moment: Timestamp) -> None:
    request = results_service_pb2.ListResultsRequest(filter={"start_time": moment})
    assert violations(request) == {"filter.start_time": "INVALID_TIMESTAMP"}


def test_masks_and_absent_windows_are_fine() -> None:
    request = check_service_pb2.UpdateCheckRequest(
        check=check_pb2.Check(id="x"), update_mask=FieldMask(paths=["description"])
    )
    assert violations(request) == {}
    assert violations(check_service_pb2.RunCheckRequest(check_id="x")) == {}
    window = {"window": check_pb2.PeriodWindow()}
    assert violations(check_service_pb2.RunCheckRequest(check_id="x", **window)) == {
        "window.start_time": "REQUIRED",
        "window.end_time": "REQUIRED",
    }
