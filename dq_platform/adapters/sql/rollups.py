"""Sums of results by day and month, kept in the statement that stores the results: `tables` says which there are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    DateTime,
    Double,
    FromClause,
    Integer,
    Select,
    Table,
    and_,
    case,
    cast,
    func,
    literal,
    or_,
    select,
    tuple_,
)
from sqlalchemy.dialects.postgresql import Insert, aggregate_order_by
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.sql.base import ReadOnlyColumnCollection

from dq_platform.adapters.sql.tables import (
    CHECK_FACETS,
    OUTCOME_COUNTS,
    TABLE_FACETS,
    check_results_daily,
    table_results_daily,
    table_results_monthly,
)
from dq_platform.models.outcome import Outcome

ADDED = (*OUTCOME_COUNTS, "duration_ms", "statements", "scanned_rows", "unknown_scans")
SUMS = (*ADDED, "last_executed_at")
LAST = ("last_value", "last_value_executed_at", "last_value_time_period")
VALUES = ("valued", "minimum", "maximum", "total", *LAST)


@dataclass(frozen=True, slots=True)
class Rollup:
    """One of the relations: sums by `facets` and by `grain`, day or month in UTC, whose first day is in `start`."""

    table: Table
    facets: Sequence[str]
    start: str
    grain: str
    has_values: bool = False

    def add(self, results: FromClause) -> Insert:
        """Add results that are stored just now; rows are taken in the order of their keys, by every writer alike."""
        key = [column.name for column in self.table.primary_key]
        summed = self.sum_up(results).subquery("summed")
        names = (*self.facets, self.start, *SUMS, *(VALUES if self.has_values else ()))
        ordered = select(*(summed.c[name] for name in names)).order_by(*(summed.c[name] for name in key))
        insertion = upsert(self.table).from_select(list(names), ordered)
        changes = _merged(self.table, insertion.excluded, values=self.has_values)
        return insertion.on_conflict_do_update(constraint=self.table.primary_key, set_=changes)

    def sum_up(self, results: FromClause) -> Select[Any]:
        """Results, which have the columns of `check_results`, as rows of this relation."""
        local = func.timezone("UTC", results.c.executed_at)
        start = cast(func.date_trunc(self.grain, local), Date).label(self.start)
        facets = [results.c[name] for name in self.facets]
        values = _values(results) if self.has_values else []
        return select(*facets, start, *_sums(results), *values).group_by(*facets, start)

    def sum_up_sums(self, finer: Rollup) -> Select[Any]:
        """Rows of a finer relation without values as rows of this one, by all columns of this one."""
        source = finer.table.c
        start = cast(func.date_trunc(self.grain, cast(source[finer.start], DateTime)), Date).label(self.start)
        facets = [source[name] for name in self.facets]
        added = [cast(func.sum(source[name]), self.table.c[name].type).label(name) for name in ADDED]
        last = func.max(source.last_executed_at).label("last_executed_at")
        return select(*facets, start, *added, last).group_by(*facets, start)


DAILY = Rollup(check_results_daily, CHECK_FACETS, "day", "day", has_values=True)
TABLE_DAILY = Rollup(table_results_daily, TABLE_FACETS, "day", "day")
TABLE_MONTHLY = Rollup(table_results_monthly, TABLE_FACETS, "month", "month")
ROLLUPS = (DAILY, TABLE_DAILY, TABLE_MONTHLY)


def each(results: FromClause) -> list[ColumnElement[Any]]:
    """One result as the sums of itself, by the names that rollups have."""
    row = results.c
    return [
        *(cast(row.outcome == outcome.value, Integer).label(outcome.name.lower()) for outcome in Outcome),
        row.duration_ms.label("duration_ms"),
        func.coalesce(row.statements, 0.0).label("statements"),
        func.coalesce(row.scanned_rows, 0.0).label("scanned_rows"),
        cast(row.scanned_rows.is_(None), Integer).label("unknown_scans"),
        row.executed_at.label("last_executed_at"),
    ]


def each_value(results: FromClause) -> list[ColumnElement[Any]]:
    """One result's value as the sums of itself, by the names that rollups have."""
    row = results.c
    is_there = row.value.is_not(None)
    return [
        cast(is_there, Integer).label("valued"),
        *(row.value.label(name) for name in ("minimum", "maximum", "total", "last_value")),
        case((is_there, row.executed_at)).label("last_value_executed_at"),
        case((is_there, row.time_period)).label("last_value_time_period"),
    ]


def _sums(results: FromClause) -> list[ColumnElement[Any]]:
    row = results.c
    return [
        *(
            cast(func.count().filter(row.outcome == outcome.value), Integer).label(outcome.name.lower())
            for outcome in Outcome
        ),
        func.sum(row.duration_ms).label("duration_ms"),
        func.coalesce(func.sum(row.statements), literal(0.0, Double)).label("statements"),
        func.coalesce(func.sum(row.scanned_rows), literal(0.0, Double)).label("scanned_rows"),
        cast(func.count().filter(row.scanned_rows.is_(None)), Integer).label("unknown_scans"),
        func.max(row.executed_at).label("last_executed_at"),
    ]


def _values(results: FromClause) -> list[ColumnElement[Any]]:
    row = results.c
    newest = row.executed_at.desc(), row.time_period.desc(), row.id.desc()

    def last(column: ColumnElement[Any], name: str) -> ColumnElement[Any]:
        listed = func.array_agg(aggregate_order_by(column, *newest)).filter(row.value.is_not(None))
        return listed[1].label(name)

    return [
        cast(func.count(row.value), Integer).label("valued"),
        func.min(row.value).label("minimum"),
        func.max(row.value).label("maximum"),
        func.sum(row.value).label("total"),
        *(last(column, name) for column, name in zip((row.value, row.executed_at, row.time_period), LAST, strict=True)),
    ]


def _merged(table: Table, new: ReadOnlyColumnCollection[str, Any], *, values: bool) -> Mapping[str, ColumnElement[Any]]:
    """A row's sums with those of the row that is added to it."""
    old = table.c
    changes: dict[str, ColumnElement[Any]] = {name: old[name] + new[name] for name in ADDED}
    changes["last_executed_at"] = func.greatest(old.last_executed_at, new.last_executed_at)
    if not values:
        return changes
    changes["valued"] = old.valued + new.valued
    changes["minimum"] = func.least(old.minimum, new.minimum)
    changes["maximum"] = func.greatest(old.maximum, new.maximum)
    changes["total"] = func.coalesce(old.total + new.total, old.total, new.total)
    older = tuple_(old.last_value_executed_at, old.last_value_time_period) <= tuple_(
        new.last_value_executed_at, new.last_value_time_period
    )
    is_newer = and_(new.valued > 0, or_(old.valued == 0, older))
    return changes | {name: case((is_newer, new[name]), else_=old[name]) for name in LAST}
