"""A request to do work, and the pieces it is done in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum

from dq_platform.models.check import PeriodWindow
from dq_platform.models.metadata import TableKey
from dq_platform.models.outcome import Outcome


class JobKind(StrEnum):
    EXECUTE_CHECK = "execute_check"
    EXECUTE_CHECK_BATCH = "execute_check_batch"
    SYNC_METADATA = "sync_metadata"


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        return self in (JobState.SUCCEEDED, JobState.FAILED, JobState.CANCELLED)


class Priority(IntEnum):
    """A higher one is served first; waiting raises every one, so that none starves."""

    LOW = 1
    NORMAL = 2
    HIGH = 3

    @property
    def head_start(self) -> timedelta:
        """How much older it counts than it is: it overtakes what is younger than that, and no more."""
        return timedelta(minutes=self - 1)


class Stop(StrEnum):
    """Why units of a job must not go on: it was cancelled, or its deadline has passed."""

    CANCELLED = "cancelled"
    OVERDUE = "overdue"


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job, or a unit, failed: a machine's reason and a sentence."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class SkippedSchema:
    """A schema that a sync passed over, and why: a machine's reason and a sentence."""

    schema_name: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class OutcomeCounts:
    """How many results of each outcome."""

    passed: int = 0
    warning: int = 0
    error: int = 0
    fatal: int = 0
    inconclusive: int = 0
    execution_error: int = 0

    def plus(self, outcome: Outcome) -> OutcomeCounts:
        name = outcome.name.lower()
        values = {key: getattr(self, key) for key in self.__slots__}
        return OutcomeCounts(**(values | {name: values[name] + 1}))

    @property
    def total(self) -> int:
        return sum(getattr(self, key) for key in self.__slots__)


@dataclass(frozen=True, slots=True)
class Job:
    """`check_count` checks in `unit_count` units; `cancel_requested` is set while units still run.

    SUCCEEDED means that every check was measured and judged, whatever the verdict, or that every schema was read but
    the `skipped_schemas`; FAILED that some unit could not be done. `requeue_of_job_id` is the job whose failed units
    it repeats. `due_time` is the moment of the schedule that asked for it; if `missed_run_count` further moments had
    passed, which it stands for too, the first of them all. At `deadline_time` what has not ended fails.
    `current_tables`, those that are read just now, are known where one job is asked for. `origin` tells on whose behalf
    it was placed: the request's id, and W3C's names for its trace.
    """

    id: str
    workspace_id: str
    kind: JobKind
    state: JobState
    priority: Priority
    create_time: datetime
    unit_count: int
    check_count: int = 0
    units_done: int = 0
    connection_id: str = ""
    schedule_id: str = ""
    requeue_of_job_id: str = ""
    request_id: str = ""
    created_by: str = ""
    due_time: datetime | None = None
    missed_run_count: int = 0
    window: PeriodWindow | None = None
    start_time: datetime | None = None
    end_time: datetime | None = None
    deadline_time: datetime | None = None
    cancel_requested: bool = False
    error: JobError | None = None
    outcomes: OutcomeCounts = field(default_factory=OutcomeCounts)
    skipped_schemas: tuple[SkippedSchema, ...] = ()
    current_tables: tuple[TableKey, ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unit:
    """One piece of a job that one worker does at a time: the checks of one table, or one metadata sync.

    `attempt` counts from 1 with each claim and is the fencing token: only the claim whose attempt is stored may
    finish the unit. A claim is valid until `lease_until`. Units with one `task_id`, which is the first one's id, are
    claimed and done together; without one a unit is a task of its own. While it runs, its task may use so many
    `sessions` with the source at once.
    """

    id: str
    job_id: str
    workspace_id: str
    connection_id: str
    check_ids: tuple[str, ...]
    state: JobState = JobState.QUEUED
    attempt: int = 0
    lease_until: datetime | None = None
    run_after: datetime | None = None
    error: JobError | None = None
    task_id: str = ""
    sessions: int = 1


@dataclass(frozen=True, slots=True)
class Task:
    """Claimed units of one job and one source that one worker does together, and on whose behalf (see `Job`)."""

    units: Sequence[Unit]
    origin: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attempt:
    """One go at a unit, from its claim on; `end_time` is None while it goes on.

    `error` is why it was not the last one, or why the unit failed with it.
    """

    number: int
    start_time: datetime | None
    end_time: datetime | None = None
    error: JobError | None = None


@dataclass(frozen=True, slots=True)
class UnitReport:
    """A unit as its owner sees it, with all attempts in their order.

    `run_after` is the earliest moment of the next attempt, None if there is none to come. `held` tells that it waits
    because its connection is paused.
    """

    id: str
    job_id: str
    connection_id: str
    check_ids: tuple[str, ...]
    state: JobState
    attempts: tuple[Attempt, ...] = ()
    run_after: datetime | None = None
    end_time: datetime | None = None
    error: JobError | None = None
    held: bool = False


@dataclass(frozen=True, slots=True)
class UnitEnd:
    """How a claimed unit ended: what its checks gave, and the first error if any could not be measured."""

    unit: Unit
    state: JobState
    outcomes: OutcomeCounts = field(default_factory=OutcomeCounts)
    error: JobError | None = None
