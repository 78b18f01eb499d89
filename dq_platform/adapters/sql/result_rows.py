"""Results as rows, and back; and a result filter as conditions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, select

from dq_platform.adapters.sql.check_codec import table_sample_from_row, table_sample_values
from dq_platform.adapters.sql.ids import group_key, has_id, storable
from dq_platform.adapters.sql.tables import checks
from dq_platform.models.check import Mode, Target, TimeScale
from dq_platform.models.cost import Cost
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Bounds, Result, ResultBounds, ResultFilter
from dq_platform.models.values import Number

MODES = {mode.value: mode for mode in Mode}
TIME_SCALES = {scale.value: scale for scale in TimeScale}
OUTCOMES = {outcome.value: outcome for outcome in Outcome}
WHOLE = Decimal(1)
"""Most numbers have its exponent, which is seen sooner than read."""
ID_FILTERS = ("check_id", "connection_id")
TEXT_FILTERS = ("schema_name", "table_name", "column_name", "check_type", "category", "dimension", "mode")


def result_to_record(result: Result) -> tuple[object, ...]:
    """The values in the order of `tables.RESULT_COLUMNS`."""
    target, bounds = result.target, result.bounds
    group = storable(result.data_group)
    return (
        *(result.id, result.workspace_id, result.check_id, result.job_id, target.connection_id),
        *(target.schema_name, target.table_name, target.column_name),
        *(result.check_type, result.category, result.dimension, result.mode.value, result.time_scale.value),
        *(group_key(group), group, result.time_period, result.executed_at),
        result.outcome.value,
        *(number_to_numeric(result.value), number_to_numeric(result.expected_value), storable(result.expected_text)),
        *_sides(bounds.warning),
        *_sides(bounds.error),
        *_sides(bounds.fatal),
        *(storable(result.message), result.error_reason, float(result.cost.milliseconds)),
        None if result.value_text is None else storable(result.value_text),
        *(result.cost.statements, result.cost.scanned_rows),
        *table_sample_values(result.table_sample).values(),
        result.sample_rows,
    )


def result_from_record(row: Sequence[Any]) -> Result:
    """The result whose values are in the order of `tables.RESULT_COLUMNS`; reading them by name takes longer."""
    # fmt: off
    (
        result_id, workspace_id, check_id, job_id, connection_id,
        schema_name, table_name, column_name, check_type, category, dimension, mode, time_scale,
        _, data_group, time_period, executed_at, outcome, value, expected_value, expected_text,
        warning_lower, warning_upper, error_lower, error_upper, fatal_lower, fatal_upper,
        message, error_reason, duration_ms, value_text, statements, scanned_rows,
        sample_method, sample_percent, sample_rows,
    ) = row
    # fmt: on
    return Result(
        id=result_id,
        workspace_id=workspace_id,
        check_id=check_id,
        job_id=job_id,
        target=Target(connection_id, schema_name, table_name, column_name),
        check_type=check_type,
        category=category,
        dimension=dimension,
        mode=MODES[mode],
        time_scale=TIME_SCALES[time_scale],
        data_group=data_group,
        time_period=time_period,
        executed_at=executed_at,
        outcome=OUTCOMES[outcome],
        value=number_from_numeric(value),
        expected_value=number_from_numeric(expected_value),
        expected_text=expected_text,
        bounds=ResultBounds(
            warning=_bounds(warning_lower, warning_upper),
            error=_bounds(error_lower, error_upper),
            fatal=_bounds(fatal_lower, fatal_upper),
        ),
        message=message,
        error_reason=error_reason,
        cost=Cost(duration_ms, statements or 0.0, scanned_rows),
        value_text=value_text,
        table_sample=table_sample_from_row(sample_method, sample_percent),
        sample_rows=sample_rows,
    )


def number_to_numeric(number: Number | None) -> Decimal | None:
    """The number without loss; a float as its shortest decimal spelling."""
    if number is None or isinstance(number, Decimal):
        return number
    return Decimal(repr(number)) if isinstance(number, float) else Decimal(number)


def number_from_numeric(stored: Decimal | None) -> Number | None:
    """An int for what has no fraction digits, else the exact Decimal."""
    if stored is None or not stored.is_finite():
        return stored
    if stored.same_quantum(WHOLE):
        return int(stored)
    exponent = stored.as_tuple().exponent
    return int(stored) if isinstance(exponent, int) and exponent >= 0 else stored


def matching(table: Table, workspace_id: str, wanted: ResultFilter) -> list[ColumnElement[bool]]:
    """The filter as conditions on `check_results` or `check_latest`; an id that cannot be one matches nothing."""
    found = [*matching_facets(table, workspace_id, wanted), *executed_within(table, wanted.start, wanted.end)]
    found += [has_id(table.c.job_id, wanted.job_id)] if wanted.job_id else []
    if wanted.outcomes:
        found.append(table.c.outcome.in_([outcome.value for outcome in wanted.outcomes]))
    if wanted.min_severity is not None:
        found.append(table.c.outcome.between(wanted.min_severity.value, Outcome.FATAL.value))
    return found


def matching_facets(table: Table, workspace_id: str, wanted: ResultFilter) -> list[ColumnElement[bool]]:
    """What the filter says of whose results they are, as conditions on a relation that has all that is asked for."""
    found = [table.c.workspace_id == workspace_id]
    found += [has_id(table.c[name], getattr(wanted, name)) for name in ID_FILTERS if getattr(wanted, name)]
    found += [table.c[name] == getattr(wanted, name) for name in TEXT_FILTERS if getattr(wanted, name)]
    if wanted.data_group is not None:
        found.append(table.c.group_key == group_key(wanted.data_group))
    if wanted.labels:
        found.append(table.c.check_id.in_(_labelled(workspace_id, wanted.labels)))
    return found


def _labelled(workspace_id: str, labels: Sequence[str]) -> Select[tuple[str]]:
    pairs = [dict([label.split("=", 1)]) for label in labels]
    return select(checks.c.id).where(
        checks.c.workspace_id == workspace_id, *(checks.c.labels.contains(pair) for pair in pairs)
    )


def executed_within(table: Table, start: datetime | None, end: datetime | None) -> list[ColumnElement[bool]]:
    """Conditions on `executed_at`: start inclusive, end exclusive, None: without that end."""
    found = [] if start is None else [table.c.executed_at >= start]
    return found if end is None else [*found, table.c.executed_at < end]


def _sides(bounds: Bounds | None) -> tuple[float | None, float | None]:
    return (bounds.lower, bounds.upper) if bounds else (None, None)


def _bounds(lower: float | None, upper: float | None) -> Bounds | None:
    return None if lower is None and upper is None else Bounds(lower, upper)
