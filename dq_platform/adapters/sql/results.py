"""Results in SQL: history in `check_results`, the current state in `check_latest`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ARRAY, CTE, Select, Table, and_, bindparam, column, func, insert, select, tuple_
from sqlalchemy.dialects.postgresql import Insert, distinct_on
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.exc import DBAPIError

from dq_platform.adapters.sql import history as looking_back
from dq_platform.adapters.sql.paging import Keyset, fetch_page
from dq_platform.adapters.sql.result_reports import (
    cost_row,
    costs_statement,
    summary_row,
    summary_statement,
    trend_point,
    trend_statement,
    unknown_time_zone,
)
from dq_platform.adapters.sql.result_rows import matching, result_from_record, result_to_record
from dq_platform.adapters.sql.rollups import ROLLUPS
from dq_platform.adapters.sql.session import Session, sql_state
from dq_platform.adapters.sql.tables import ID, RESULT_COLUMNS, check_latest, check_results, checks, deleted_checks
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

R = check_results.c
ID_ARRAY = ARRAY(ID)
INVALID_PARAMETER = "22023"
ORDERS = {
    ResultOrder.NEWEST_FIRST: Keyset((R.executed_at, R.id), descending=True),
    ResultOrder.OLDEST_FIRST: Keyset((R.executed_at, R.id)),
}
LATEST_FIRST = Keyset((check_latest.c.executed_at, check_latest.c.id), descending=True)


class SqlResults:
    def __init__(self, session: Session) -> None:
        self._session = session

    async def add(self, results: Sequence[Result]) -> Sequence[Result]:
        if not results:
            return []
        columns = zip(*(result_to_record(result) for result in results), strict=True)
        values: dict[str, object] = {name: list(column) for name, column in zip(RESULT_COLUMNS, columns, strict=True)}
        living = sorted({result.check_id for result in results})
        await self._session.begin()
        stored = set((await self._session.execute(ADD, values | {"check_ids": living})).scalars())
        return [result for result in results if result.check_id in stored]

    async def delete_later(self, check: Check, now: datetime) -> None:
        values = {
            "check_id": check.id,
            "workspace_id": check.workspace_id,
            "connection_id": check.target.connection_id,
            "schema_name": check.target.schema_name,
            "table_name": check.target.table_name,
            "check_type": check.check_type,
            "delete_time": now,
        }
        await self._session.execute(insert(deleted_checks).values(values))

    async def list(
        self,
        workspace_id: str,
        filter: ResultFilter,
        page: PageRequest,
        order: ResultOrder = ResultOrder.NEWEST_FIRST,
    ) -> Page[Result]:
        statement = _select(check_results).where(*matching(check_results, workspace_id, filter))
        return await fetch_page(self._session, statement, ORDERS[order], page, result_from_record)

    async def latest(self, workspace_id: str, filter: ResultFilter, page: PageRequest) -> Page[Result]:
        """The newest result of every (check, group), the newest of them first."""
        statement = _select(check_latest).where(*matching(check_latest, workspace_id, filter))
        return await fetch_page(self._session, statement, LATEST_FIRST, page, result_from_record)

    async def summary(self, workspace_id: str, filter: ResultFilter, by: SummaryBy) -> Sequence[SummaryRow]:
        rows = await self._session.execute(summary_statement(workspace_id, filter, by))
        return [summary_row(row, by) for row in rows]

    async def costs(self, workspace_id: str, filter: ResultFilter, by: SummaryBy) -> Sequence[CostRow]:
        rows = await self._session.execute(costs_statement(workspace_id, filter, by))
        return [cost_row(row, by) for row in rows]

    async def trend(
        self, workspace_id: str, filter: ResultFilter, bucket: TrendBucket, time_zone: str
    ) -> Sequence[TrendPoint]:
        statement = trend_statement(workspace_id, filter, bucket, time_zone)
        try:
            rows = await self._session.execute(statement)
        except DBAPIError as error:
            # The database has a list of time zones of its own, which may be older than ours.
            if sql_state(error) == INVALID_PARAMETER:
                raise unknown_time_zone(time_zone) from error
            raise
        return [trend_point(row) for row in rows]

    async def history(
        self, check_ids: Sequence[str], before: datetime, points: int, *, everything: bool = False
    ) -> Mapping[tuple[str, str], Sequence[HistoryPoint]]:
        return await looking_back.history(
            self._session, check_ids, looking_back.Wanted(before, points, everything=everything)
        )

    async def untrained(self, check_ids: Sequence[str]) -> Mapping[tuple[str, str], frozenset[datetime]]:
        return await looking_back.untrained(self._session, check_ids)

    async def series(self, check_id: str, data_group: str, window: PeriodWindow, most: int) -> Series:
        periods = R.time_period >= window.start, R.time_period < window.end
        return await looking_back.series(self._session, check_id, data_group, and_(*periods), most)


def _select(table: Table) -> Select[Any]:
    return select(*(table.c[name] for name in RESULT_COLUMNS))


def _add() -> Select[Any]:
    """One statement that stores results, makes the newest of each group the latest, and returns whose they are.

    It adds them to the sums of their days and months, too. Checks are locked, and rows of each relation written, in the
    order of their keys, and relations in one order, so that two writers never wait for each other in a circle.
    """
    living = (
        select(checks.c.id)
        .where(checks.c.id == func.any(bindparam("check_ids", type_=ID_ARRAY)))
        .order_by(checks.c.id)
        .with_for_update(read=True, key_share=True)
        .cte("living")
    )
    arrays = [bindparam(name, type_=ARRAY(R[name].type)) for name in RESULT_COLUMNS]
    names = [column(name, R[name].type) for name in RESULT_COLUMNS]
    new = func.unnest(*arrays).table_valued(*names).render_derived("new")
    rows = select(*new.c).where(new.c.check_id.in_(select(living.c.id)))
    stored = insert(check_results).from_select(list(RESULT_COLUMNS), rows).returning(*R).cte("stored")
    latest = _set_latest(stored).returning(check_latest.c.check_id).cte("latest")
    added = [rollup.add(stored).returning(rollup.table.c.workspace_id).cte(rollup.table.name) for rollup in ROLLUPS]
    return select(living.c.id).add_cte(latest, *added)


def _set_latest(stored: CTE) -> Insert:
    key = (stored.c.check_id, stored.c.group_key)
    newest = (
        select(*(stored.c[name] for name in RESULT_COLUMNS))
        .ext(distinct_on(*key))
        .order_by(*key, stored.c.executed_at.desc(), stored.c.time_period.desc(), stored.c.id.desc())
    )
    insertion = upsert(check_latest).from_select(list(RESULT_COLUMNS), newest)
    new, old = insertion.excluded, check_latest.c
    return insertion.on_conflict_do_update(
        constraint=check_latest.primary_key,
        set_={name: new[name] for name in RESULT_COLUMNS if name not in ("check_id", "group_key")},
        where=tuple_(old.executed_at, old.time_period, old.id) < tuple_(new.executed_at, new.time_period, new.id),
    )


ADD = _add()
