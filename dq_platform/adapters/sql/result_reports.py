"""Summaries, costs and trends: of whole days and months from their sums, the rest from the results themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import replace
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from sqlalchemy import ColumnElement, DateTime, Double, Row, Select, Subquery, cast, func, select, union_all
from sqlalchemy.dialects.postgresql import aggregate_order_by

from dq_platform.adapters.sql.job_rows import outcomes_from_row
from dq_platform.adapters.sql.report_windows import Piece, Window, pieces
from dq_platform.adapters.sql.result_rows import matching, matching_facets
from dq_platform.adapters.sql.rollups import DAILY, SUMS, TABLE_DAILY, TABLE_MONTHLY, VALUES, Rollup, each, each_value
from dq_platform.adapters.sql.tables import OUTCOME_COUNTS, check_results
from dq_platform.errors import Invalid
from dq_platform.models.result import CostRow, ResultFilter, SummaryBy, SummaryRow, TrendBucket, TrendPoint

R = check_results.c
TABLE_KEY = ("connection_id", "schema_name", "table_name")
KEYS: Mapping[SummaryBy, Sequence[str]] = {
    SummaryBy.CONNECTION: ("connection_id",),
    SummaryBy.SCHEMA: ("connection_id", "schema_name"),
    SummaryBy.TABLE: TABLE_KEY,
    SummaryBy.COLUMN: (*TABLE_KEY, "column_name"),
    SummaryBy.CHECK_TYPE: ("check_type",),
    SummaryBy.CATEGORY: ("category",),
    SummaryBy.DIMENSION: ("dimension",),
    SummaryBy.CHECK: ("check_id",),
}
OF_CHECKS = frozenset({SummaryBy.COLUMN, SummaryBy.CHECK})
# The buckets that days in UTC make up.
OF_DAYS = frozenset({TrendBucket.DAY, TrendBucket.WEEK, TrendBucket.MONTH})
UTC_NAMES = frozenset({"UTC", "Etc/UTC"})


def summary_statement(workspace_id: str, wanted: ResultFilter, by: SummaryBy) -> Select[Any]:
    """Counts per key, worst score first, keys without a verdict last."""
    sums = _summed(workspace_id, wanted, by)
    key = [sums.c[name] for name in KEYS[by]]
    score = cast(func.sum(sums.c.passed + sums.c.warning), Double) / func.nullif(
        func.sum(sums.c.passed + sums.c.warning + sums.c.error + sums.c.fatal), 0
    )
    return (
        select(*key, *_counts(sums), func.max(sums.c.last_executed_at).label("last_executed_at"))
        .group_by(*key)
        .order_by(score.asc().nulls_last(), *key)
    )


def summary_row(row: Row[Any], by: SummaryBy) -> SummaryRow:
    return SummaryRow(tuple(row[: len(KEYS[by])]), outcomes_from_row(row), row.last_executed_at)


def costs_statement(workspace_id: str, wanted: ResultFilter, by: SummaryBy) -> Select[Any]:
    """Costs per key, the most time first."""
    sums = _summed(workspace_id, wanted, by)
    key = [sums.c[name] for name in KEYS[by]]
    results = sum((sums.c[name] for name in OUTCOME_COUNTS[1:]), sums.c[OUTCOME_COUNTS[0]])
    milliseconds = func.sum(sums.c.duration_ms)
    return (
        select(
            *key,
            func.sum(results).label("results"),
            milliseconds.label("milliseconds"),
            func.sum(sums.c.statements).label("statements"),
            func.sum(sums.c.scanned_rows).label("scanned_rows"),
            func.sum(sums.c.unknown_scans).label("unknown_results"),
            func.max(sums.c.last_executed_at).label("last_executed_at"),
        )
        .group_by(*key)
        .order_by(milliseconds.desc(), *key)
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
    rollups = [DAILY] if bucket in OF_DAYS and time_zone in UTC_NAMES else []

    def read(piece: Piece) -> Select[Any]:
        if piece.rollup is None:
            start = func.date_trunc(bucket.value, R.executed_at, time_zone).label("start")
            return select(start, *each(check_results), *each_value(check_results))
        moment = cast(func.timezone("UTC", cast(DAILY.table.c.day, DateTime)), DateTime(timezone=True))
        start = func.date_trunc(bucket.value, moment, "UTC").label("start")
        return select(start, *(DAILY.table.c[name] for name in (*SUMS, *VALUES)))

    divided = pieces(Window(wanted.start, wanted.end), rollups)
    found = union_all(*(_where(read(piece), workspace_id, wanted, piece) for piece in divided)).subquery("found")
    newest_first = aggregate_order_by(
        found.c.last_value, found.c.last_value_executed_at.desc(), found.c.last_value_time_period.desc()
    )
    last = func.array_agg(newest_first).filter(found.c.valued > 0)[1]
    return (
        select(
            found.c.start,
            cast(func.min(found.c.minimum), Double).label("minimum"),
            cast(func.sum(found.c.total) / func.nullif(func.sum(found.c.valued), 0), Double).label("average"),
            cast(func.max(found.c.maximum), Double).label("maximum"),
            cast(last, Double).label("last"),
            *_counts(found),
        )
        .group_by(found.c.start)
        .order_by(found.c.start)
    )


def trend_point(row: Row[Any]) -> TrendPoint:
    return TrendPoint(row.start, row.minimum, row.average, row.maximum, row.last, outcomes_from_row(row))


def unknown_time_zone(time_zone: str) -> Invalid:
    return Invalid.one("time_zone", f"{time_zone!r} is not an IANA time zone; one is 'Europe/Berlin'")


def require_time_zone(time_zone: str) -> None:
    """Raises Invalid for a name that IANA does not have."""
    if time_zone not in _time_zones():
        raise unknown_time_zone(time_zone)


@cache
def _time_zones() -> Set[str]:
    """Listing them reads some six hundred files."""
    return available_timezones()


def _summed(workspace_id: str, wanted: ResultFilter, by: SummaryBy) -> Subquery:
    """The sums that together are those of the window: rows with the key's parts and `SUMS`."""

    def read(piece: Piece) -> Select[Any]:
        if piece.rollup is None:
            return select(*(R[name] for name in KEYS[by]), *each(check_results))
        return select(*(piece.rollup.table.c[name] for name in (*KEYS[by], *SUMS)))

    divided = pieces(Window(wanted.start, wanted.end), _rollups(wanted, by))
    return union_all(*(_where(read(piece), workspace_id, wanted, piece) for piece in divided)).subquery("found")


def _rollups(wanted: ResultFilter, by: SummaryBy) -> Sequence[Rollup]:
    """Those that know all that is asked for, the finest first; none knows jobs, or one outcome's costs and times."""
    if wanted.job_id or wanted.outcomes or wanted.min_severity is not None:
        return ()
    of_check = wanted.check_id or wanted.column_name or wanted.labels or wanted.data_group is not None
    if by in OF_CHECKS or of_check:
        return (DAILY,)
    return (TABLE_DAILY, TABLE_MONTHLY)


def _where(statement: Select[Any], workspace_id: str, wanted: ResultFilter, piece: Piece) -> Select[Any]:
    start, end = piece.window.start, piece.window.end
    if piece.rollup is None:
        within = replace(wanted, start=start, end=end)
        return statement.where(*matching(check_results, workspace_id, within))
    first = piece.rollup.table.c[piece.rollup.start]
    found = matching_facets(piece.rollup.table, workspace_id, wanted)
    found += [] if start is None else [first >= start.date()]
    found += [] if end is None else [first < end.date()]
    return statement.where(*found)


def _counts(sums: Subquery) -> list[ColumnElement[int]]:
    return [func.sum(sums.c[name]).label(name) for name in OUTCOME_COUNTS]
