"""What came out of running a check."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from dq_platform.models.check import Mode, Target, TimeScale
from dq_platform.models.cost import Cost
from dq_platform.models.job import OutcomeCounts
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.table_sample import TableSample
from dq_platform.models.values import Number, ValueKind


@dataclass(frozen=True, slots=True)
class Bounds:
    """The interval that a threshold accepts; None: open on that side."""

    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True, slots=True)
class ResultBounds:
    """The accepted interval of each severity; None: that severity was not checked or has no interval."""

    warning: Bounds | None = None
    error: Bounds | None = None
    fatal: Bounds | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One outcome of one check for one data group and one period.

    `data_group` is a JSON array of the group's values, empty without grouping. `time_period` is the start of the day
    or month in the connection's time zone, or the partition's. `value` is None when nothing could be measured, or a
    text. `value_text` is a date, timestamp or text as it is written, None for numbers; `value` then has the seconds
    since 1970 of a date or timestamp.
    `expected_text` says what would have passed, for people ("<= 5 %"). `cost` is this result's share of what the
    source did. `error_reason` and `message` explain inconclusive results and execution errors.
    `table_sample` is what the check was measured on, None for all rows; `sample_rows` are then the rows of it that took
    part: those of the group and period that the filters leave.
    """

    id: str
    workspace_id: str
    check_id: str
    job_id: str
    target: Target
    check_type: str
    category: str
    dimension: str
    mode: Mode
    time_scale: TimeScale
    data_group: str
    time_period: datetime
    executed_at: datetime
    outcome: Outcome
    value: Number | None = None
    expected_value: Number | None = None
    expected_text: str = ""
    bounds: ResultBounds = field(default_factory=ResultBounds)
    message: str = ""
    error_reason: str = ""
    cost: Cost = field(default_factory=Cost)
    value_text: str | None = None
    table_sample: TableSample | None = None
    sample_rows: int | None = None

    @property
    def has_value(self) -> bool:
        return self.value is not None or self.value_text is not None


class SummaryBy(StrEnum):
    """What results are counted or their costs added by."""

    CONNECTION = "connection"
    SCHEMA = "schema"
    TABLE = "table"
    COLUMN = "column"
    CHECK_TYPE = "check_type"
    CATEGORY = "category"
    DIMENSION = "dimension"
    CHECK = "check"


@dataclass(frozen=True, slots=True)
class ResultFilter:
    """Which results: every set field must match; times are of execution, start inclusive, end exclusive.

    `data_group` None: all groups; empty: results without grouping. `min_severity`: failures that are at least so bad.
    `labels` are those of the check at present, each as `key=value`.
    """

    check_id: str = ""
    job_id: str = ""
    connection_id: str = ""
    schema_name: str = ""
    table_name: str = ""
    column_name: str = ""
    check_type: str = ""
    category: str = ""
    dimension: str = ""
    mode: Mode | None = None
    outcomes: tuple[Outcome, ...] = ()
    start: datetime | None = None
    end: datetime | None = None
    data_group: str | None = None
    min_severity: Severity | None = None
    labels: tuple[str, ...] = ()


class ResultOrder(StrEnum):
    """By when results were measured."""

    NEWEST_FIRST = "newest_first"
    OLDEST_FIRST = "oldest_first"


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """Counts for one value of what was asked to summarise by. `key` holds the parts (schema, table …)."""

    key: tuple[str, ...]
    outcomes: OutcomeCounts
    last_executed_at: datetime

    @property
    def score(self) -> float | None:
        """100 × (passed + warning) / all verdicts; None without a verdict."""
        counts = self.outcomes
        verdicts = counts.passed + counts.warning + counts.error + counts.fatal
        return 100.0 * (counts.passed + counts.warning) / verdicts if verdicts else None


@dataclass(frozen=True, slots=True)
class CostRow:
    """What so many results of one key cost together, as `Cost` has it.

    `scanned_rows` are those of the results that know theirs; `unknown_results` counts the others.
    """

    key: tuple[str, ...]
    results: int
    milliseconds: float
    statements: float
    scanned_rows: float
    unknown_results: int
    last_executed_at: datetime


class TrendBucket(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class TrendPoint:
    """One bucket of a check's history: its results' values (None where none has one) and how they ended."""

    start: datetime
    minimum: float | None
    average: float | None
    maximum: float | None
    last: float | None
    outcomes: OutcomeCounts


@dataclass(frozen=True, slots=True)
class HistoryPoint:
    """The current value of one earlier period; `expected` is what the result noted as its one best value, if any.

    `text` is how the value of a date or timestamp is written; a history that only serves rules leaves it out.
    """

    time_period: datetime
    value: Number
    expected: Number | None = None
    text: str | None = None

    @property
    def kind(self) -> ValueKind:
        return ValueKind.NUMBER if self.text is None else ValueKind.MOMENT


@dataclass(frozen=True, slots=True)
class Series:
    """The current value of each period of one check and data group, oldest first.

    `untrained` are the periods that rules must not learn from: they failed in an incident that is excluded from
    training, and have not passed since.
    """

    points: tuple[HistoryPoint, ...]
    untrained: frozenset[datetime] = frozenset()
