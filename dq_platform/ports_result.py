"""What use cases need of the store for results; see `dq_platform.ports`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Protocol

from dq_platform.models.check import Check, PeriodWindow
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.result import (
    CostRow,
    HistoryPoint,
    Result,
    ResultFilter,
    ResultOrder,
    Series,
    SummaryBy,
    SummaryRow,
    TrendBucket,
    TrendPoint,
)
from dq_platform.models.sample import ErrorSamples


class Results(Protocol):
    async def add(self, results: Sequence[Result]) -> Sequence[Result]:
        """Store results and make each the latest of its (check, group) unless a newer one is there.

        Results of checks that were deleted meanwhile are left out; returns those that were stored. The checks stay
        until commit.
        """

    async def delete_later(self, check: Check, now: datetime) -> None:
        """Note that cron has to delete the results of the check, which is deleted in the same transaction."""

    async def list(
        self,
        workspace_id: str,
        filter: ResultFilter,
        page: PageRequest,
        order: ResultOrder = ResultOrder.NEWEST_FIRST,
    ) -> Page[Result]: ...

    async def latest(self, workspace_id: str, filter: ResultFilter, page: PageRequest) -> Page[Result]:
        """The newest result of every (check, group)."""

    async def summary(self, workspace_id: str, filter: ResultFilter, by: SummaryBy) -> Sequence[SummaryRow]:
        """Counts of outcomes by the given key, worst score first."""

    async def costs(self, workspace_id: str, filter: ResultFilter, by: SummaryBy) -> Sequence[CostRow]:
        """Sums of costs by the given key, the most time first."""

    async def trend(
        self, workspace_id: str, filter: ResultFilter, bucket: TrendBucket, time_zone: str
    ) -> Sequence[TrendPoint]:
        """Buckets in order of time, empty ones left out; the filter names one check."""

    async def history(
        self, check_ids: Sequence[str], before: datetime, points: int, *, everything: bool = False
    ) -> Mapping[tuple[str, str], Sequence[HistoryPoint]]:
        """For each (check, group) the newest run of each of the last periods before that one, oldest first.

        Without those that rules must not learn from (see `Series`), unless `everything` is asked for.
        """

    async def untrained(self, check_ids: Sequence[str]) -> Mapping[tuple[str, str], frozenset[datetime]]:
        """For each (check, group) the periods that failed in an incident that is excluded from training."""

    async def series(self, check_id: str, data_group: str, window: PeriodWindow, most: int) -> Series:
        """The newest run of each of the last periods that begin in the window, at most so many."""


class Samples(Protocol):
    """Error samples: those of the newest failure of each (check, group, period)."""

    async def save(self, samples: Sequence[ErrorSamples]) -> None:
        """In place of those that were taken earlier for the same check, group and period; their checks exist."""

    async def of_result(self, workspace_id: str, result_id: str) -> ErrorSamples:
        """Raises NotFound if none are kept, WrongState if none of our keys decrypts them."""

    async def delete_of_check(self, check_id: str) -> None: ...

    async def delete_of_table(self, connection_id: str, schema: str, table: str) -> None:
        """Those of all checks of the table and its columns."""
