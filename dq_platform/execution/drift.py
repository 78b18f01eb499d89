"""Checks that compare a table's columns with their baseline: what they look at, and what their readings tell."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.drift import Drift, described, differences, differing
from dq_platform.execution.reading import NO_BASELINE, Reading
from dq_platform.models.baseline import Baseline, ColumnChange
from dq_platform.models.check import Check
from dq_platform.models.metadata import ColumnInfo


@dataclass(frozen=True, slots=True)
class Compared:
    """What a check finds beside its baseline; `baseline` None: there is nothing to compare with yet."""

    drift: Drift
    baseline: Baseline | None
    changes: tuple[ColumnChange, ...]

    @property
    def changed_columns(self) -> int | None:
        """How many columns differ."""
        return differing(self.changes) if self.baseline else None


def drift_of(check_type: str) -> Drift | None:
    """What of the columns checks of this type compare; None if they keep no baseline, or if there is no such type."""
    found = CHECK_REGISTRY.find(check_type)
    return found.drift if found else None


def watched(check: Check, columns: Iterable[ColumnInfo]) -> tuple[ColumnInfo, ...]:
    """Those of the table's columns that a baseline of the check holds, without the engine's guesses."""
    only = check.target.column_name
    return tuple(replace(column, estimated_distinct=None) for column in columns if only in ("", column.name))


def compare(check: Check, columns: Iterable[ColumnInfo], baseline: Baseline | None) -> Compared | None:
    """The table's columns as they are now beside the baseline; None if the check keeps none."""
    drift = drift_of(check.check_type)
    if drift is None:
        return None
    changes = differences(drift, baseline.columns, watched(check, columns)) if baseline else ()
    return Compared(drift, baseline, changes)


def telling(reading: Reading, compared: Compared) -> Reading:
    """The reading with what was accepted as the expected value, and what has changed since in words."""
    if compared.baseline is None:
        return replace(reading, value=None, reason=NO_BASELINE)
    expected = len(compared.baseline.columns) if compared.drift is Drift.COUNT else 0
    return replace(reading, expected=expected, message=described(compared.changes))
