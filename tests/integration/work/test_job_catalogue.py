"""The units of one job read a source's catalogue once; statements are counted by the source's own log."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from functools import partial
from itertools import cycle

import pytest

from dq_platform.app import catalogue, checks, execute
from dq_platform.app.checks import NewCheck
from dq_platform.app.once import Once
from dq_platform.checks.validation import CheckDraft
from dq_platform.models.check import CheckSelector, Target
from dq_platform.models.job import Job
from dq_platform.models.outcome import Outcome
from dq_platform.models.page import PageRequest
from tests.integration.work.marts import Mart
from tests.integration.work.noted import counted, note_statements
from tests.integration.work.world import NO_PAUSE, World

COLUMNS, TABLES = "pg_attribute", "relpages"
NAMES = [f"t{number}" for number in range(6)]
KINDS = ("column_list_changed", "column_types_changed", "column_count_changed")


@pytest.fixture
async def source(world: World) -> World:
    """The world, with six tables and checks of their columns, whose shop notes every statement in its log."""
    note_statements(world.shop)
    world.shop.run("; ".join(f"CREATE TABLE {name} (id int, name text)" for name in NAMES))
    for name in NAMES:
        for kind in KINDS:
            await world.check(kind, name)
    return world


def elsewhere(world: World) -> World:
    """The same world as another worker has it."""
    return replace(world, deps=replace(world.deps, once=Once()))


async def together(*workers: World) -> None:
    """Do what the queue was told at the same time, the workers in turns."""

    units = await workers[0].claim_all(workers[0].queue.take())
    turns = cycle(workers)
    await asyncio.gather(*(execute.run_unit(next(turns).deps, unit, NO_PAUSE) for unit in units))


async def failing(world: World, job: Job) -> set[tuple[str, str]]:
    """Table and type of the checks that did not pass."""
    found = await world.results(job_id=job.id)
    assert len(found) == len(NAMES) * len(KINDS)
    return {(one.target.table_name, one.check_type) for one in found if one.outcome is not Outcome.PASSED}


async def test_a_job_over_many_tables_reads_the_catalogue_once(source: World) -> None:
    for work in (source.work, partial(together, source)):
        job = await source.batch()
        with counted(source.shop, COLUMNS, TABLES) as asked:
            await work()
        assert (await source.job(job)).unit_count == len(NAMES)
        assert await failing(source, job) == set()
        assert asked == {COLUMNS: 1, TABLES: 0}


async def test_each_worker_reads_it_once(source: World) -> None:
    job = await source.batch()
    with counted(source.shop, COLUMNS, TABLES) as asked:
        await together(source, elsewhere(source), elsewhere(source))
    assert await failing(source, job) == set()
    assert asked == {COLUMNS: 3, TABLES: 0}


async def test_a_change_between_two_jobs_is_seen_by_the_later_one(source: World) -> None:
    await source.batch()
    await source.work()
    source.shop.run(
        "ALTER TABLE t3 ADD COLUMN more int; ALTER TABLE t5 ALTER COLUMN name TYPE varchar(9); DROP TABLE t2"
    )
    job = await source.batch()
    with counted(source.shop, COLUMNS, TABLES) as asked:
        await source.work()
    changed = {(name, kind) for name in ("t3", "t2") for kind in KINDS}
    assert await failing(source, job) == changed | {("t5", "column_types_changed")}
    assert asked == {COLUMNS: 1, TABLES: 1}
    versions = await catalogue.table_history(
        source.deps, source.who, source.connection.id, "public", "t3", PageRequest(9)
    )
    assert [len(one.version.columns) for one in versions.items] == [3, 2]


async def test_a_job_of_one_table_asks_for_that_alone(source: World) -> None:
    job = await source.batch(CheckSelector(table_pattern="public.t3"))
    with counted(source.shop, "c.relname = 't3'") as asked:
        await source.work()
    assert len(await source.results(job_id=job.id)) == len(KINDS)
    assert asked == {"c.relname = 't3'": 1}


async def test_every_engine_tells_the_same_of_many_tables_as_of_one(world: World, mart: Mart) -> None:
    for name in ("things", "others", "gone"):
        mart.run(f"CREATE TABLE {name} (id int NOT NULL PRIMARY KEY, name varchar(20))")
        draft = CheckDraft(Target(mart.connection.id, mart.schema, name), "column_types_changed")
        await checks.create_check(world.deps, world.who, NewCheck(draft))
    mart.run("DROP TABLE gone")
    mart.run("ALTER TABLE others ADD COLUMN note varchar(10)")
    job = await world.batch()
    await world.work()
    found = {one.target.table_name: one for one in await world.results(job_id=job.id)}
    assert found["things"].outcome is Outcome.PASSED
    assert (found["others"].value, "added note" in found["others"].message) == (1, True)
    assert found["gone"].error_reason == "TABLE_NOT_FOUND"
