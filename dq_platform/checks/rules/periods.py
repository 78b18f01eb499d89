"""Days and months, counted so that periods can be subtracted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from dq_platform.models.check import TimeScale


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which periods a check has: the days or the months of an IANA time zone."""

    time_zone: str = "UTC"
    scale: TimeScale = TimeScale.DAILY

    def day(self, period: datetime) -> date:
        """The date on which the period begins, on the clocks of the zone."""
        return period.astimezone(ZoneInfo(self.time_zone)).date()

    def number(self, period: datetime) -> int:
        """Consecutive periods have consecutive numbers, whatever the clocks are changed to in between."""
        day = self.day(period)
        return day.toordinal() if self.scale is TimeScale.DAILY else 12 * day.year + day.month

    def date_of(self, number: int) -> date:
        """The date on which the period of that number begins."""
        if self.scale is TimeScale.DAILY:
            return date.fromordinal(number)
        return date((number - 1) // 12, (number - 1) % 12 + 1, 1)

    def spoken(self, count: int) -> str:
        """`1 day`, `90 days`, `3 months`."""
        unit = "day" if self.scale is TimeScale.DAILY else "month"
        return f"{count} {unit}" if count == 1 else f"{count} {unit}s"
