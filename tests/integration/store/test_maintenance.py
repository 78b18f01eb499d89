from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.sql.engine import dispose, make_engine
from dq_platform.adapters.sql.maintenance import SqlMaintenance, months_from
from dq_platform.errors import StoreUnavailable
from dq_platform.models.page import PageRequest
from dq_platform.models.result import ResultFilter
from tests.integration.store.conftest import TIMESCALE
from tests.integration.store.job_steps import cancel, claimed, finish
from tests.integration.store.world import HOUR, MINUTE, NOW, World

FUTURE = datetime(2031, 11, 30, 23, 59, tzinfo=UTC)


async def test_upkeep_of_a_store_that_is_away_says_so() -> None:
    engine = make_engine("postgresql://dq:dq@127.0.0.1:1/dq")
    maintenance = SqlMaintenance(engine)
    for upkeep in (maintenance.ensure_partitions(FUTURE), maintenance.delete_samples(FUTURE)):
        with pytest.raises(StoreUnavailable):
            await upkeep
    await dispose(engine)


async def partitions(engine: AsyncEngine) -> set[str]:
    async with engine.connect() as connection:
        query = "SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'check_results'::regclass"
        return set((await connection.execute(text(query))).scalars())


async def rows_of(engine: AsyncEngine, table: str) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text(f"SELECT count(*) FROM {table}"))).scalar_one())


def test_months_follow_each_other_over_the_turn_of_a_year() -> None:
    months = months_from(FUTURE, 3)
    assert [month.name for month in months] == [
        "check_results_2031_11",
        "check_results_2031_12",
        "check_results_2032_01",
    ]
    assert [(one.start, one.end) for one in months[1:2]] == [
        (datetime(2031, 12, 1, tzinfo=UTC), datetime(2032, 1, 1, tzinfo=UTC))
    ]


def test_a_month_is_that_of_utc() -> None:
    east = datetime(2031, 12, 1, 1, tzinfo=timezone(timedelta(hours=2)))
    assert months_from(east, 1)[0].name == "check_results_2031_11"


@pytest.mark.skipif(bool(TIMESCALE), reason="a hypertable makes its own chunks")
async def test_partitions_are_made_ahead_and_take_over_what_came_before_them(world: World, engine: AsyncEngine) -> None:
    results = [
        world.new_result(await world.check(), executed_at=FUTURE + timedelta(days=days)) for days in (0, 20, 4000)
    ]
    await world.record(results)
    assert await rows_of(engine, "check_results_default") >= 3
    before = await rows_of(engine, "check_results_default")

    await SqlMaintenance(engine.sync_engine).ensure_partitions(FUTURE)

    names = {"check_results_2031_11", "check_results_2031_12", "check_results_2032_01", "check_results_2032_02"}
    assert names <= await partitions(engine)
    assert await rows_of(engine, "check_results_default") == before - 2
    assert await rows_of(engine, "check_results_2031_11") == 1
    async with world.uow() as tx:
        page = await tx.results.list(world.id, ResultFilter(), PageRequest())
    assert {one.id for one in page.items} == {one.id for one in results}


@pytest.mark.skipif(bool(TIMESCALE), reason="a hypertable makes its own chunks")
async def test_several_processes_may_see_to_it_at_once(engine: AsyncEngine) -> None:
    later = FUTURE + timedelta(days=800)
    wanted = {month.name for month in months_from(later, 3)}
    assert wanted.isdisjoint(await partitions(engine))
    await asyncio.gather(*(SqlMaintenance(engine.sync_engine).ensure_partitions(later) for _ in range(4)))
    await SqlMaintenance(engine.sync_engine).ensure_partitions(later)
    assert wanted <= await partitions(engine)


@pytest.mark.skipif(bool(TIMESCALE), reason="a hypertable makes its own chunks")
async def test_a_query_with_a_window_reads_its_partitions_only(engine: AsyncEngine) -> None:
    await SqlMaintenance(engine.sync_engine).ensure_partitions(FUTURE)
    async with engine.connect() as connection:
        window = "executed_at >= '2031-12-02T00:00:00Z' AND executed_at < '2031-12-05T00:00:00Z'"
        plan = await connection.execute(text(f"EXPLAIN SELECT * FROM check_results WHERE {window}"))
        lines = "\n".join(plan.scalars())
    assert "check_results_2031_12" in lines
    assert "check_results_2031_11" not in lines
    assert "check_results_default" not in lines


async def test_jobs_that_ended_long_ago_go_with_their_units_and_others_stay(engine: AsyncEngine, world: World) -> None:
    old, units = await world.job(units=2)
    cancelled, _ = await world.job()
    running, (unit,) = await world.job()
    await claimed(world, unit)
    for one in units:
        await finish(world, await claimed(world, one))
    await cancel(world, cancelled, NOW + HOUR)
    result = world.new_result(await world.check(), job_id=old.id)
    await world.record([result])
    maintenance = SqlMaintenance(engine.sync_engine)
    assert await maintenance.delete_jobs(NOW + MINUTE) == 0
    assert await maintenance.delete_jobs(NOW + HOUR) == 1
    async with world.uow() as tx:
        kept = (await tx.jobs.list(world.id, PageRequest(10))).items
        assert {job.id for job in kept} == {cancelled.id, running.id}
        [stored] = (await tx.results.list(world.id, ResultFilter(job_id=old.id), PageRequest(10))).items
    assert stored.id == result.id
    async with engine.connect() as connection:
        left = text(f"SELECT count(*) FROM job_units WHERE job_id = '{old.id}'")
        assert (await connection.execute(left)).scalar_one() == 0
