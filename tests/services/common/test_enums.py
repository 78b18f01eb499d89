from __future__ import annotations

from enum import StrEnum

import pytest

from dq.v1 import job_pb2
from dq_platform.models.job import JobState
from services.common.enums import EnumPair

STATES = EnumPair(JobState, job_pb2.JobState.DESCRIPTOR)


@pytest.mark.parametrize("state", list(JobState))
def test_every_member_goes_there_and_back(state: JobState) -> None:
    assert job_pb2.JobState.Name(STATES.proto(state)) == f"JOB_STATE_{state.name}"
    assert STATES.core(STATES.proto(state)) is state


def test_unspecified_is_no_member() -> None:
    assert STATES.proto(None) == 0
    assert STATES.core_or_none(0) is None
    assert STATES.core_or(0, JobState.FAILED) is JobState.FAILED
    with pytest.raises(KeyError):
        STATES.core(0)


def test_enums_that_differ_are_a_start_up_error() -> None:
    class Other(StrEnum):
        QUEUED = "queued"

    with pytest.raises(TypeError, match="different members"):
        EnumPair(Other, job_pb2.JobState.DESCRIPTOR)
