"""What came out of running checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from dq_platform.app.deps import Deps
from dq_platform.app.review import Review
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.result import (
    CostRow,
    Result,
    ResultFilter,
    ResultOrder,
    SummaryBy,
    SummaryRow,
    TrendBucket,
    TrendPoint,
)
from dq_platform.models.workspace import Principal

SUMMARY_WINDOW = timedelta(days=30)
TREND_WINDOW = timedelta(days=90)
MAX_SUMMARY_ROWS = 1000
MAX_POINTS = 10_000
MAX_SHOWN = 64
_WIDTH = {
    TrendBucket.HOUR: timedelta(hours=1),
    TrendBucket.DAY: timedelta(days=1),
    TrendBucket.WEEK: timedelta(days=7),
    TrendBucket.MONTH: timedelta(days=28),
}


@dataclass(frozen=True, slots=True)
class TrendRequest:
    """A check's history in buckets that begin in `time_zone` (IANA).

    `data_group` is empty for checks without grouping. `end` None: now; `start` None: 90 days before the end.
    """

    check_id: str
    data_group: str = ""
    bucket: TrendBucket = TrendBucket.DAY
    start: datetime | None = None
    end: datetime | None = None
    time_zone: str = "UTC"


async def list_results(
    deps: Deps,
    who: Principal,
    filter: ResultFilter,
    page: PageRequest,
    order: ResultOrder = ResultOrder.NEWEST_FIRST,
) -> Page[Result]:
    """Results that match, in pages of that order."""
    _review(filter)
    async with deps.uow() as tx:
        return await tx.results.list(who.workspace_id, filter, page, order)


async def list_latest(deps: Deps, who: Principal, filter: ResultFilter, page: PageRequest) -> Page[Result]:
    """The newest result of every check and data group that matches."""
    _review(filter)
    async with deps.uow() as tx:
        return await tx.results.latest(who.workspace_id, filter, page)


async def summary(deps: Deps, who: Principal, filter: ResultFilter, by: SummaryBy) -> Sequence[SummaryRow]:
    """Counts of outcomes by the key, worst score first, at most 1000 rows. Without a start: of the last 30 days."""
    bounded = _bounded(deps, filter)
    async with deps.uow() as tx:
        rows = await tx.results.summary(who.workspace_id, bounded, by)
    return rows[:MAX_SUMMARY_ROWS]


async def costs(deps: Deps, who: Principal, filter: ResultFilter, by: SummaryBy) -> Sequence[CostRow]:
    """What results cost by the key, the most time first, at most 1000 rows. Without a start: of the last 30 days."""
    bounded = _bounded(deps, filter)
    async with deps.uow() as tx:
        rows = await tx.results.costs(who.workspace_id, bounded, by)
    return rows[:MAX_SUMMARY_ROWS]


async def trend(deps: Deps, who: Principal, request: TrendRequest) -> Sequence[TrendPoint]:
    """The buckets in order of time, empty ones left out."""
    end = request.end or deps.clock.now()
    start = request.start or end - TREND_WINDOW
    review = Review()
    if not request.check_id:
        review.wrong("check_id", "must not be empty.", "REQUIRED")
    review.zone(request.time_zone)
    review.period(start, end, "end_time")
    if (end - start) / _WIDTH[request.bucket] > MAX_POINTS:
        review.wrong("bucket", f"gives more than {MAX_POINTS} points; take a wider one.", "TOO_MANY")
    review.done()
    of_check = ResultFilter(check_id=request.check_id, start=start, end=end, data_group=request.data_group)
    async with deps.uow() as tx:
        return await tx.results.trend(who.workspace_id, of_check, request.bucket, request.time_zone)


def _bounded(deps: Deps, filter: ResultFilter) -> ResultFilter:
    """The filter with the start that summaries have without one."""
    bounded = replace(filter, start=filter.start or (filter.end or deps.clock.now()) - SUMMARY_WINDOW)
    _review(bounded)
    return bounded


def _review(filter: ResultFilter) -> None:
    review = Review("filter")
    review.period(filter.start, filter.end, "end_time")
    for number, label in enumerate(filter.labels):
        if "=" not in label:
            review.wrong(f"labels[{number}]", f"{label[:MAX_SHOWN]!r} is not `key=value`.", "INVALID_LABEL")
    review.done()
