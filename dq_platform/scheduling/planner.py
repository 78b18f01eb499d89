"""When schedules run, and what is due: the moments of their cron expressions with their jitter."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from heapq import heappop, heappush
from itertools import islice

from dq_platform.models.schedule import Schedule
from dq_platform.scheduling.cron import moments
from dq_platform.scheduling.jitter import offset

MOST_COUNTED = 10_000


@dataclass(frozen=True, slots=True)
class Due:
    """Moments that have come, in UTC: the first, how many (MOST_COUNTED or more show as that), and the next one."""

    due_time: datetime
    count: int
    next_run_time: datetime


class Planner:
    """Finds schedules' moments. It remembers those of each expression: schedules that share one share the search."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], _Moments] = {}

    def next_runs(self, schedule: Schedule, after: datetime, count: int) -> list[datetime]:
        """The next `count` moments later than `after`, ascending, in UTC, paused or not. Raises Invalid."""
        return list(islice(self._runs(schedule, after), count))

    def next_run(self, schedule: Schedule, after: datetime) -> datetime:
        """The next moment later than `after`. Raises Invalid if the schedule's time cannot be read."""
        return next(self._runs(schedule, after))

    def due(self, schedule: Schedule, now: datetime) -> Due | None:
        """What is due, None if nothing is: paused, or its time has not come. Raises Invalid.

        However many runs were missed, one is due, and it keeps the time of the first: two readers of the same schedule
        name the same run.
        """
        planned = schedule.next_run_time
        if schedule.paused or planned is None or planned > now:
            return None
        count = 1
        for run in self._runs(schedule, planned):
            if run > now:
                return Due(planned.astimezone(UTC), count, run)
            count += 1
            if count == MOST_COUNTED:
                break
        return Due(planned.astimezone(UTC), count, self.next_run(schedule, now))

    def _runs(self, schedule: Schedule, after: datetime) -> Iterator[datetime]:
        """All moments later than `after`, ascending: one is certain once the expression has come to it."""
        known = self._known.setdefault((schedule.cron, schedule.time_zone), _Moments(schedule.cron, schedule.time_zone))
        waiting: list[datetime] = []
        for moment in known.since(after.astimezone(UTC) - schedule.jitter):
            while waiting and waiting[0] <= moment:
                yield heappop(waiting)
            run = moment + offset(schedule.id, moment, schedule.jitter)
            if run > after:
                heappush(waiting, run)
        yield from sorted(waiting)


class _Moments:
    """The moments of one expression, found once."""

    def __init__(self, cron: str, time_zone: str) -> None:
        self._cron = cron
        self._time_zone = time_zone
        self._start: datetime | None = None
        self._found: list[datetime] = []
        self._rest: Iterator[datetime] = iter(())

    def since(self, after: datetime) -> Iterator[datetime]:
        """All that are later."""
        if self._start is None or after < self._start:
            self._start, self._found = after, []
            self._rest = moments(self._cron, self._time_zone, after)
        at = bisect_right(self._found, after)
        while True:
            if at == len(self._found):
                self._found.extend(islice(self._rest, 1))
            if at == len(self._found):
                return
            yield self._found[at]
            at += 1
