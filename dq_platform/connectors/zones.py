"""Time zones as arithmetic, so that no engine needs a zone database of its own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

EARLIEST = date(1970, 1, 1)
LATEST = date(2050, 1, 1)

_STEP = timedelta(days=7)  # No zone changes its offset twice within a week.
_MARGIN = timedelta(days=2)  # A day in any zone begins at most a day away from the day in UTC.


@dataclass(frozen=True, slots=True)
class Window:
    """The days, `start` (inclusive) to `end` (exclusive), for which an answer in the IANA zone has to be right."""

    time_zone: str
    start: date = EARLIEST
    end: date = LATEST


@dataclass(frozen=True, slots=True)
class Offset:
    """Until `until` (exclusive, UTC, without zone; None for ever) the zone is `seconds` ahead of UTC."""

    seconds: int
    until: datetime | None


def start_of_day(day: date, time_zone: str) -> datetime:
    """The first instant of the day in the IANA zone, in UTC; right too where midnight is skipped or comes twice."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def offsets(window: Window) -> list[Offset]:
    """The zone's offsets through the window in order; one entry if nothing changes."""
    zone = ZoneInfo(window.time_zone)
    moment = datetime.combine(window.start, time(), UTC) - _MARGIN
    last = datetime.combine(window.end, time(), UTC) + _MARGIN
    found: list[Offset] = []
    while moment < last:
        following = min(moment + _STEP, last)
        before, after = _seconds_ahead(moment, zone), _seconds_ahead(following, zone)
        if before != after:
            found.append(Offset(before, _change(moment, following, zone).replace(tzinfo=None)))
        moment = following
    return [*found, Offset(_seconds_ahead(last, zone), None)]


def _seconds_ahead(moment: datetime, zone: ZoneInfo) -> int:
    offset = moment.astimezone(zone).utcoffset() or timedelta()
    return round(offset.total_seconds())


def _change(low: datetime, high: datetime, zone: ZoneInfo) -> datetime:
    """The second within (low, high] at which the offset that held at `low` ends."""
    before = _seconds_ahead(low, zone)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=1) // 2)
        low, high = (middle, high) if _seconds_ahead(middle, zone) == before else (low, middle)
    return high
