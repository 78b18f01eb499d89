"""Which day or month a run or partition belongs to, on the clock of the connection's time zone.

A period is known by the instant at which it begins, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from dq_platform.connectors.zones import start_of_day
from dq_platform.models.check import Check, Mode, PeriodWindow, TimeScale

DEFAULT_DAYS = 7
"""How many finished days a partitioned check reads unless the run names its own dates."""


def local_date(instant: datetime, time_zone: str) -> date:
    """The date that clocks in the zone show at the instant."""
    return instant.astimezone(ZoneInfo(time_zone)).date()


def first_day(day: date, scale: TimeScale) -> date:
    """The first day of the period that the day lies in."""
    return day.replace(day=1) if scale is TimeScale.MONTHLY else day


def next_first_day(first: date, scale: TimeScale) -> date:
    """The first day of the following period."""
    if scale is TimeScale.DAILY:
        return first + timedelta(days=1)
    return (first.replace(day=1) + timedelta(days=32)).replace(day=1)


def run_period(check: Check, now: datetime, time_zone: str, window: PeriodWindow | None = None) -> datetime:
    """The period that a whole run of the check belongs to.

    Profiling: the month of `now`; monitoring: its day or month. In partitioned mode results belong to partitions; a
    run that yields none (it failed, or found no rows) belongs to the last period it reads.
    """
    if check.mode is Mode.PARTITIONED:
        _, end = partition_dates(check.time_scale, now, time_zone, window)
        return start_of_day(first_day(end - timedelta(days=1), check.time_scale), time_zone)
    return _period_of(now, TimeScale.MONTHLY if check.mode is Mode.PROFILING else check.time_scale, time_zone)


@lru_cache(maxsize=64)
def _period_of(now: datetime, scale: TimeScale, time_zone: str) -> datetime:
    """All checks of a run ask for the same few."""
    return start_of_day(first_day(local_date(now, time_zone), scale), time_zone)


def partition_dates(
    scale: TimeScale, now: datetime, time_zone: str, window: PeriodWindow | None = None
) -> tuple[date, date]:
    """The first date (inclusive) and the last (exclusive) that a partitioned check reads.

    Default: the last seven finished days or the last finished month. A window given is widened to whole periods,
    because a part of a period has other numbers than the period.
    """
    if window is None:
        current = first_day(local_date(now, time_zone), scale)
        back = timedelta(days=DEFAULT_DAYS if scale is TimeScale.DAILY else 1)
        return first_day(current - back, scale), current
    start = first_day(local_date(window.start, time_zone), scale)
    last = first_day(local_date(window.end - timedelta(microseconds=1), time_zone), scale)
    return start, next_first_day(last, scale)


def period_starts(start: date, end: date, scale: TimeScale) -> Iterator[date]:
    """The first days of the periods between two dates that `partition_dates` gave."""
    while start < end:
        yield start
        start = next_first_day(start, scale)
