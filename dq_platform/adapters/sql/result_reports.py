"""Summaries and trends, computed by the database."""

from __future__ import annotations

from collections.abc import Mapping, Set
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import ColumnElement, Double, Row, Select, cast, func, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from dq_platform.adapters.sql.job_rows import outcomes_from_row
from dq_platform.adapters.sql.result_rows import matching
from dq_platform.adapters.sql.tables import check_results
from dq_platform.errors import Invalid
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import CostRow, ResultFilter, SummaryBy, SummaryRow, TrendBucket, TrendPoint

R = check_results.c
TABLE_KEY = (R.connection_id, R.schema_name, R.table_name)
KEYS: Mapping[SummaryBy, tuple[ColumnElement[Any], ...]] = {
    SummaryBy.CONNECTION: (R.connection_id,),
    SummaryBy.SCHEMA: (R.connection_id, R.schema_name),
    SummaryBy.TABLE: TABLE_KEY,
    SummaryBy.COLUMN: (*TABLE_KEY, R.column_name),
    SummaryBy.CHECK_TYPE: (R.check_type,),
    SummaryBy.CATEGORY: (R.category,),
    SummaryBy.DIMENSION: (R.dimension,),
    SummaryBy.CHECK: (R.check_id,),
}


def _how_many(outcome: Outcome) -> ColumnElement[int]:
    return func.count().filter(R.outcome == outcome.value).label(outcome.name.lower())


COUNTS = [_how_many(outcome) for outcome in Outcome]
GOOD = func.count().filter(R.outcome <= Outcome.WARNING.value)
VERDICTS = func.count().filter(R.outcome <= Outcome.FATAL.value)


def summary_statement(workspace_id: str, wanted: ResultFilter, by: SummaryBy) -> Select[Any]:
    """Counts per key, worst score first, keys without a verdict last."""
    key = KEYS[by]
    score = cast(GOOD, Double) / func.nullif(VERDICTS, 0)
    return (
        select(*key, *COUNTS, func.max(R.executed_at).label("last_executed_at"))
        .where(*matching(check_results, workspace_id, wanted))
        .group_by(*key)
        .order_by(score.asc().nulls_last(), *key)
    )


def summary_row(row: Row[Any], by: SummaryBy) -> SummaryRow:
    return SummaryRow(tuple(row[: len(KEYS[by])]), outcomes_from_row(row), row.last_executed_at)


def costs_statement(workspace_id: str, wanted: ResultFilter, by: SummaryBy) -> Select[Any]:
    """Costs per key, the most time first."""
    key = KEYS[by]
    time = func.sum(R.duration_ms)
    return (
        select(
            *key,
            func.count().label("results"),
            time.label("milliseconds"),
            func.coalesce(func.sum(R.statements), 0.0).label("statements"),
            func.coalesce(func.sum(R.scanned_rows), 0.0).label("scanned_rows"),
            func.count().filter(R.scanned_rows.is_(None)).label("unknown_results"),
            func.max(R.executed_at).label("last_executed_at"),
        )
        .where(*matching(check_results, workspace_id, wanted))
        .group_by(*key)
        .order_by(time.desc(), *key)
    )


def cost_row(row: Row[Any], by: SummaryBy) -> CostRow:
    return CostRow(
        key=tuple(row[: len(KEYS[by])]),
        results=row.results,
        milliseconds=row.milliseconds,
        statements=row.statements,
        scanned_rows=row.scanned_rows,
        unknown_results=row.unknown_results,
        last_executed_at=row.last_executed_at,
    )


def trend_statement(workspace_id: str, wanted: ResultFilter, bucket: TrendBucket, time_zone: str) -> Select[Any]:
    """Values and counts per bucket of execution time, whose days begin in that time zone.

    Raises Invalid for a time zone that IANA does not know.
    """
    require_time_zone(time_zone)
    start = func.date_trunc(bucket.value, R.executed_at, time_zone).label("start")
    value = cast(R.value, Double)
    newest_first = aggregate_order_by(value, R.executed_at.desc(), R.time_period.desc(), R.id.desc())
    statement: Select[Any] = (
        select(
            start,
            func.min(value).label("minimum"),
            func.avg(value).label("average"),
            func.max(value).label("maximum"),
            func.array_agg(newest_first).filter(R.value.is_not(None))[1].label("last"),
            *COUNTS,
        )
        .where(*matching(check_results, workspace_id, wanted))
        .group_by(start)
        .order_by(start)
    )
    return statement


def require_time_zone(time_zone: str) -> None:
    """Raises Invalid for a name that IANA does not have."""
    if time_zone not in _time_zones():
        raise unknown_time_zone(time_zone)


@cache
def _time_zones() -> Set[str]:
    """Listing them reads some six hundred files."""
    return available_timezones()


def unknown_time_zone(time_zone: str) -> Invalid:
    return Invalid.one("time_zone", f"{time_zone!r} is not an IANA time zone; one is 'Europe/Berlin'")


def trend_point(row: Row[Any]) -> TrendPoint:
    return TrendPoint(row.start, row.minimum, row.average, row.maximum, row.last, outcomes_from_row(row))
