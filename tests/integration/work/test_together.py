from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest

from dq_platform.app import checks, execute, jobs
from dq_platform.app.checks import NewCheck, create_check
from dq_platform.app.execute import Done, Ended
from dq_platform.app.together import run_together
from dq_platform.checks.validation import CheckDraft
from dq_platform.models.check import Check, Target
from dq_platform.models.connection import Connection
from dq_platform.models.job import Job, JobState, Unit
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from tests.integration.work.marts import Mart
from tests.integration.work.test_execute import until
from tests.integration.work.world import NO_PAUSE, World

TABLES = 6
ROWS = ", ".join(f"({n}, 'v{n}')" for n in range(1, 8))


async def small_tables(world: World, mart: Mart) -> list[Check]:
    """Tables of seven rows, whose sizes are known, with two checks each."""
    for n in range(TABLES):
        mart.run(f"CREATE TABLE s{n} (id int, v{n} varchar(20))")
        mart.run(f"INSERT INTO s{n} VALUES {ROWS}")
        if mart.connection.type != "duckdb":
            mart.run(f"ANALYZE {'TABLE ' if mart.connection.type == 'mysql' else ''}s{n}")
    places = [(n, what) for n in range(TABLES) for what in (("row_count", ""), ("nulls_percent", f"v{n}"))]
    return [await check(world, mart, f"s{n}", *what) for n, what in places]


async def check(world: World, mart: Mart, table: str, check_type: str, column: str = "", **fields: str) -> Check:
    draft = CheckDraft(Target(mart.connection.id, mart.schema, table, column), check_type, **fields)  # type: ignore[arg-type]
    return await create_check(world.deps, world.who, NewCheck(draft))


async def told(world: World) -> tuple[Job, list[str]]:
    """The job and its one task."""
    world.queue.take()
    job = await world.batch()
    [task] = world.queue.tasks
    return job, task


async def claimed(world: World, task: Sequence[str]) -> Sequence[Unit]:
    return await world.claim_all(task)


async def ended(world: World, task: Sequence[str]) -> Sequence[Done]:
    return await run_together(world.deps, await claimed(world, task), NO_PAUSE)


async def found(world: World, job: Job) -> dict[tuple[str, str], Result]:
    results = await world.results(job_id=job.id)
    return {(one.target.table_name, one.check_type): one for one in results}


@pytest.fixture
async def own(world: World) -> Mart:
    return Mart(world.connection, "public", world.shop.run)


async def test_small_tables_give_together_what_they_give_alone(world: World, mart: Mart) -> None:
    await small_tables(world, mart)
    first, task = await told(world)
    assert [one.ended for one in await ended(world, task)] == [Ended.SUCCEEDED] * TABLES
    second, task = await told(world)
    for unit in await claimed(world, task):
        await execute.run_unit(world.deps, unit, NO_PAUSE)
    together, alone = [
        {key: (one.outcome, one.value) for key, one in (await found(world, job)).items()} for job in (first, second)
    ]
    assert together == alone
    assert together["s3", "row_count"] == (Outcome.PASSED, 7)
    # One question for the columns, and statements for the numbers of four tables each, or of all.
    asked = sum(one.cost.statements for one in (await found(world, first)).values())
    assert asked == pytest.approx(3 if mart.connection.type == "postgresql" else 2)
    job = await world.job(first)
    assert (job.state, job.units_done, job.outcomes.passed) == (JobState.SUCCEEDED, TABLES, 2 * TABLES)


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        ("DROP TABLE s2", "TABLE_NOT_FOUND"),
        ("ALTER TABLE s2 RENAME COLUMN id TO other", "COLUMN_NOT_FOUND"),
        ("", "SOURCE_BAD_SQL"),
    ],
)
async def test_one_bad_table_does_not_fail_the_others(world: World, own: Mart, spoil: str, reason: str) -> None:
    await small_tables(world, own)
    await check(world, own, "s2", "nulls_percent", "id", filter="1 / (id - 3) >= 0")
    if spoil:
        world.shop.run(spoil)
    job, task = await told(world)
    states = [one.ended for one in await ended(world, task)]
    assert states == [Ended.SUCCEEDED] * 2 + [Ended.FAILED] + [Ended.SUCCEEDED] * 3
    results = await world.results(job_id=job.id)
    failed = [one for one in results if one.outcome is Outcome.EXECUTION_ERROR]
    assert {one.target.table_name for one in failed} == {"s2"}
    assert reason in {one.error_reason for one in failed}
    assert len(results) == 2 * TABLES + 1


async def test_when_the_source_is_away_all_are_tried_again(world: World, own: Mart) -> None:
    await small_tables(world, own)
    job, task = await told(world)
    units = await claimed(world, task)
    await world_without(world, own.connection)
    done = await run_together(world.deps, units, NO_PAUSE)
    assert [(one.ended, one.error.reason if one.error else "") for one in done] == [
        (Ended.RETRYING, "SOURCE_UNREACHABLE")
    ] * TABLES
    assert await world.results(job_id=job.id) == []


async def world_without(world: World, connection: Connection) -> None:
    """The connection leads nowhere from now on."""
    async with world.deps.uow() as tx:
        stored = await tx.connections.get(world.who.workspace_id, connection.id)
        settings = dict(stored.settings) | {"port": 1}
        await tx.connections.update(replace(stored, settings=settings), stored.version)
        await tx.commit()


async def test_who_lost_one_of_the_units_records_the_others(world: World, own: Mart) -> None:
    await small_tables(world, own)
    job, task = await told(world)
    units = await claimed(world, task)
    world.clock.advance(timedelta(minutes=1))
    [again] = await claimed(world, [task[1]])
    done = await run_together(world.deps, units, NO_PAUSE)
    assert [one.ended for one in done] == [Ended.SUCCEEDED, Ended.LOST] + [Ended.SUCCEEDED] * 4
    assert len(await world.results(job_id=job.id)) == 2 * (TABLES - 1)
    await execute.run_unit(world.deps, again, NO_PAUSE)
    assert (await world.job(job)).outcomes.passed == 2 * TABLES


async def test_a_cancel_stops_what_they_wait_for(world: World, own: Mart) -> None:
    await small_tables(world, own)
    job, task = await told(world)
    with closing(world.shop.server.connect(world.shop.database)) as link, link.cursor() as cursor:
        cursor.execute("LOCK TABLE s4 IN ACCESS EXCLUSIVE MODE")
        working = asyncio.create_task(ended(world, task))
        await until(lambda: world.shop.running('"s4"'))
        await jobs.cancel_job(world.deps, world.who, job.id)
        assert {one.ended for one in await working} == {Ended.CANCELLED}
        assert world.shop.running('"s4"') == 0
    assert (await world.job(job)).state is JobState.CANCELLED
    assert await world.results(job_id=job.id) == []


async def test_checks_that_were_deleted_meanwhile_are_left_out(world: World, own: Mart) -> None:
    made = await small_tables(world, own)
    job, task = await told(world)
    for one in made[:2]:
        await checks.delete_check(world.deps, world.who, one.id)
    assert [one.ended for one in await ended(world, task)] == [Ended.SUCCEEDED] * TABLES
    assert len(await world.results(job_id=job.id)) == 2 * (TABLES - 1)
