"""Two sides of a comparison: the checked table's readings, and those of its reference as what is expected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from dq_platform.checks import reference
from dq_platform.checks.catalog.declare import Compares
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.errors import DomainError
from dq_platform.execution.ledger import merged
from dq_platform.execution.measure import Measurement
from dq_platform.execution.problems import ReferenceFailed
from dq_platform.execution.reading import NO_DATA, NOT_A_NUMBER, Reading
from dq_platform.models.check import Check
from dq_platform.models.values import Number

_Key = tuple[str, datetime]
"""A data group and a period."""


def compares(check: Check) -> Compares | None:
    """How the check compares with a reference; None if it does not, or if its check type is gone."""
    check_type = CHECK_REGISTRY.find(check.check_type)
    return check_type.compares if check_type else None


def twin(check: Check) -> Check:
    """The check as it measures the reference; only for one that compares. It has the same id."""
    params = check.sensor_params
    return replace(
        check,
        target=reference.reference_target(check.target, params),
        filter=str(params.get(reference.FILTER, "")),
        partition_column=str(params.get(reference.PARTITION_COLUMN, check.partition_column)),
    )


def compared(
    twins: Sequence[Check], own: Measurement, other: Measurement, periods: Mapping[str, datetime]
) -> Measurement:
    """The checked table's measurement with what was measured on the reference by the twins as expected values.

    `periods` has every check's own period. A check that has failed already stays as it is; one whose reference failed
    fails, for that reason.
    """
    readings, failures = dict(own.readings), dict(own.failures)
    for check in twins:
        if check.id in failures:
            continue
        if check.id in other.failures:
            del readings[check.id]
            failures[check.id] = _reference_failed(check, other.failures[check.id])
        else:
            absent = 0 if compares(check) is Compares.COUNTS else None
            pairs = joined(own.readings[check.id], other.readings[check.id], absent)
            readings[check.id] = _telling(pairs, ("", periods[check.id]))
    return replace(
        own,
        readings=readings,
        failures=failures,
        costs=merged(own.costs, other.costs),
        statements=own.statements + other.statements,
        rows=own.rows + other.rows,
    )


def without_reference(twins: Sequence[Check], own: Measurement, error: DomainError) -> Measurement:
    """The checked table's measurement if nothing could be asked of the reference that the twins measure."""
    failures = {check.id: _reference_failed(check, error) for check in twins if check.id not in own.failures}
    readings = {check_id: found for check_id, found in own.readings.items() if check_id not in failures}
    return replace(own, readings=readings, failures={**own.failures, **failures})


def joined(own: Sequence[Reading], other: Sequence[Reading], absent: Number | None) -> tuple[Reading, ...]:
    """One reading for each group and period of either side; `expected` is the other side's value.

    Where only one side has rows, the other's value is `absent`.
    """
    mine, theirs = ({_key(reading): reading for reading in side} for side in (own, other))
    either = mine | {key: reading for key, reading in theirs.items() if key not in mine}
    return tuple(_pair(reading, mine.get(key), theirs.get(key), absent) for key, reading in either.items())


def _pair(reading: Reading, mine: Reading | None, theirs: Reading | None, absent: Number | None) -> Reading:
    if any(side is not None and side.reason == NOT_A_NUMBER for side in (mine, theirs)):
        return replace(reading, value=None, expected=None, reason=NOT_A_NUMBER, text=None)
    value = mine.value if mine else None
    expected = theirs.value if theirs else None
    if value is None and expected is not None:
        value = absent
    elif expected is None and value is not None:
        expected = absent
    text = mine.text if mine else None
    return replace(reading, value=value, expected=expected, reason=NO_DATA if value is None else "", text=text)


def _telling(pairs: Sequence[Reading], blank: _Key) -> tuple[Reading, ...]:
    """Without what stands for a side that found no rows at all, unless that is true of both."""
    found = tuple(pair for pair in pairs if _key(pair) != blank or pair.value is not None or pair.expected is not None)
    return found or tuple(pairs)


def _key(reading: Reading) -> _Key:
    return reading.data_group, reading.time_period


def _reference_failed(check: Check, error: DomainError) -> ReferenceFailed:
    return ReferenceFailed(f"{check.target.schema_name}.{check.target.table_name}", error)
