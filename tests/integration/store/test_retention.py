"""Results that go, and what reports say afterwards: the same as a recomputation from what stays."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.sql.maintenance import SqlMaintenance
from dq_platform.models.check import Check
from dq_platform.models.outcome import Outcome
from dq_platform.models.page import PageRequest
from dq_platform.models.result import Result, ResultFilter, SummaryBy, TrendBucket
from tests.integration.store.conftest import TIMESCALE
from tests.integration.store.world import DAY, HOUR, NOW, World

# The tenth of March: what is kept for 30 days begins in the middle of February.
KEPT = 30
CUTOFF = NOW.replace(hour=0) - KEPT * DAY


@pytest.fixture
async def checks(world: World) -> list[Check]:
    return [await world.check(), await world.check(column="name"), await world.check(table="customers")]


async def keep(world: World, days: int | None) -> None:
    async with world.uow() as tx:
        await tx.workspaces.update(replace(world.workspace, result_retention_days=days))
        await tx.commit()


async def year(world: World, checks: Sequence[Check]) -> list[Result]:
    """Results of every third day, the last of the day before the cut and the first behind it among them."""
    moments = [NOW - days * DAY for days in range(0, 366, 3)] + [CUTOFF, CUTOFF - timedelta(microseconds=1)]
    results = [
        world.new_result(check, Outcome(number % 4), executed_at=moment, value=number)
        for number, moment in enumerate(moments)
        for check in checks
    ]
    await world.record(results)
    return results


async def listed(world: World) -> set[str]:
    async with world.uow() as tx:
        return {one.id for one in (await tx.results.list(world.id, ResultFilter(), PageRequest(1000))).items}


async def counted(world: World, by: SummaryBy, start_days: int | None = None) -> dict[tuple[str, ...], int]:
    """How many results a summary counts: without a start from months, with one from days and results."""
    wanted = ResultFilter() if start_days is None else ResultFilter(start=NOW - start_days * DAY)
    async with world.uow() as tx:
        rows = await tx.results.summary(world.id, wanted, by)
    return {row.key: row.outcomes.total for row in rows}


def by_check(results: Sequence[Result]) -> dict[tuple[str, ...], int]:
    keys = [(one.check_id,) for one in results]
    return {key: keys.count(key) for key in keys}


def by_table(results: Sequence[Result]) -> dict[tuple[str, ...], int]:
    keys = [(one.target.connection_id, one.target.schema_name, one.target.table_name) for one in results]
    return {key: keys.count(key) for key in keys}


async def test_results_older_than_kept_go_and_no_report_counts_them(
    engine: AsyncEngine, world: World, other: World, checks: list[Check]
) -> None:
    results, others = await year(world, checks), await year(other, [await other.check()])
    await keep(world, KEPT)
    kept = [one for one in results if one.executed_at >= CUTOFF]
    assert await SqlMaintenance(engine.sync_engine).delete_results(NOW) == len(results) - len(kept)
    assert await listed(world) == {one.id for one in kept}
    for start_days in (None, 400):
        assert await counted(world, SummaryBy.CHECK, start_days) == by_check(kept)
        assert await counted(world, SummaryBy.TABLE, start_days) == by_table(kept)
    async with world.uow() as tx:
        points = await tx.results.trend(world.id, ResultFilter(check_id=checks[0].id), TrendBucket.DAY, "UTC")
    assert min(point.start for point in points) == CUTOFF
    assert await listed(other) == {one.id for one in others}
    assert await SqlMaintenance(engine.sync_engine).delete_results(NOW + HOUR) == 0


async def test_the_latest_result_stays_however_old_it_is(engine: AsyncEngine, world: World) -> None:
    old = world.new_result(await world.check(), executed_at=NOW - 90 * DAY)
    await world.record([old])
    await keep(world, KEPT)
    assert await SqlMaintenance(engine.sync_engine).delete_results(NOW) == 1
    async with world.uow() as tx:
        assert (await tx.results.latest(world.id, ResultFilter(), PageRequest())).items == [old]


async def test_results_stored_meanwhile_are_counted_once(engine: AsyncEngine, world: World) -> None:
    check = await world.check()
    await world.record([world.new_result(check, executed_at=NOW - days * DAY) for days in range(0, 40, 2)])
    await keep(world, KEPT)

    async def write() -> None:
        for number in range(10):
            await world.record([world.new_result(check, executed_at=NOW + number * HOUR)])

    await asyncio.gather(
        *(write() for _ in range(3)), *(SqlMaintenance(engine.sync_engine).delete_results(NOW) for _ in range(3))
    )
    left = len(await listed(world))
    assert left == 30 + 16
    assert set((await counted(world, SummaryBy.TABLE)).values()) == {left}
    assert set((await counted(world, SummaryBy.CHECK)).values()) == {left}


@pytest.mark.skipif(bool(TIMESCALE), reason="a hypertable drops chunks")
async def test_months_that_no_workspace_keeps_are_dropped(engine: AsyncEngine, world: World) -> None:
    await SqlMaintenance(engine.sync_engine).ensure_partitions(NOW - 120 * DAY)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE workspaces SET result_retention_days = 60"))
    await year(world, [await world.check()])
    await SqlMaintenance(engine.sync_engine).delete_results(NOW)
    async with engine.begin() as connection:
        names = await connection.execute(text("SELECT relname FROM pg_class WHERE relname ~ '^check_results_[0-9_]+$'"))
        months = {name[-7:] for name in names.scalars()}
        await connection.execute(text("UPDATE workspaces SET result_retention_days = NULL"))
    assert min(months) == "2026_01"
    assert len(await listed(world)) == len([days for days in range(0, 366, 3) if days <= 60]) + 2


async def test_a_check_can_be_deleted_with_its_results(engine: AsyncEngine, world: World, checks: list[Check]) -> None:
    results = await year(world, checks)
    gone, stays = checks[0], [one for one in results if one.check_id != checks[0].id]
    async with world.uow() as tx:
        await tx.checks.delete(world.id, gone.id)
        await tx.results.delete_later(gone, NOW)
        await tx.commit()
    maintenance = SqlMaintenance(engine.sync_engine)
    assert await maintenance.delete_results_of_checks() == 1
    assert await maintenance.delete_results_of_checks() == 0
    assert await listed(world) == {one.id for one in stays}
    assert await counted(world, SummaryBy.CHECK) == by_check(stays)
    for start_days in (None, 400):
        assert await counted(world, SummaryBy.TABLE, start_days) == by_table(stays)
