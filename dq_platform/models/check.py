"""A check: a check type bound to a table or column, with parameters and thresholds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dq_platform.models.outcome import Severity
from dq_platform.models.table_sample import TableSample
from dq_platform.models.values import Params


class Mode(StrEnum):
    """PROFILING keeps one point a month, MONITORING one a day or month, PARTITIONED one per partition."""

    PROFILING = "profiling"
    MONITORING = "monitoring"
    PARTITIONED = "partitioned"


class TimeScale(StrEnum):
    DAILY = "daily"
    MONTHLY = "monthly"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The rule's parameters for each severity; None: this severity is not checked.

    The stored form is complete: defaults are filled in when the check is created.
    """

    warning: Params | None = None
    error: Params | None = None
    fatal: Params | None = None

    def of(self, severity: Severity) -> Params | None:
        return {Severity.WARNING: self.warning, Severity.ERROR: self.error, Severity.FATAL: self.fatal}[severity]


@dataclass(frozen=True, slots=True)
class GroupBy:
    """One level of data grouping: a column of the table, or a constant tag. Exactly one of the two is set."""

    column: str = ""
    tag: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """What a check looks at; `column` is empty for checks of a whole table."""

    connection_id: str
    schema_name: str
    table_name: str
    column_name: str = ""

    def __str__(self) -> str:
        return ".".join(part for part in (self.schema_name, self.table_name, self.column_name) if part)


@dataclass(frozen=True, slots=True)
class Check:
    """`filter` is an SQL condition, ANDed with the table's own. `partition_column` is set in partitioned mode only.

    `time_scale` is MONTHLY in profiling mode. At most nine `group_by` levels. `error_samples`: whether a failure takes
    samples of the rows behind it, where the sensor judges rows. `table_sample`: the part of the rows that is measured,
    None for all of them.
    """

    id: str
    workspace_id: str
    target: Target
    check_type: str
    mode: Mode
    time_scale: TimeScale
    create_time: datetime
    update_time: datetime
    display_name: str = ""
    description: str = ""
    sensor_params: Params = field(default_factory=dict)
    thresholds: Thresholds = field(default_factory=Thresholds)
    filter: str = ""
    partition_column: str = ""
    group_by: tuple[GroupBy, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    enabled: bool = True
    error_samples: bool = True
    table_sample: TableSample | None = None
    version: int = 1


@dataclass(frozen=True, slots=True)
class CheckPlace:
    """Of a check no more than what it takes to make a job of it."""

    id: str
    target: Target


@dataclass(frozen=True, slots=True)
class CheckNames:
    """What some checks are of: schemas, tables as `schema.table`, and labels as pairs of key and value."""

    schemas: frozenset[str]
    tables: frozenset[str]
    labels: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class CheckSelector:
    """Which checks: every set field must match; an empty selector matches all checks that are enabled.

    `table_pattern` is matched against `schema.table` with `*` and `?`. `labels` must all be present and equal.
    """

    check_ids: tuple[str, ...] = ()
    connection_id: str = ""
    schema_name: str = ""
    table_pattern: str = ""
    check_type: str = ""
    category: str = ""
    mode: Mode | None = None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PeriodWindow:
    """Which partitions a run reads: from `start` (inclusive) to `end` (exclusive), both aware."""

    start: datetime
    end: datetime
