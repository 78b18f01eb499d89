from __future__ import annotations

import pytest

from dq_platform.app import catalogue, jobs, metadata
from dq_platform.connectors.driver_errors import source_error
from dq_platform.connectors.postgresql import PostgreSQLConnector
from dq_platform.errors import Invalid, NotFound, SourceProblem
from dq_platform.models.baseline import ColumnChange, ColumnChangeKind
from dq_platform.models.job import Job, JobState
from dq_platform.models.metadata import ColumnInfo, TableInfo
from dq_platform.models.page import PageRequest
from tests.integration.work.world import World

EVERYTHING = PageRequest(50)


async def sync(world: World) -> Job:
    job = await metadata.sync_metadata(world.deps, world.who, world.connection.id)
    await world.work()
    return await world.job(job)


async def test_nothing_is_known_of_a_source_that_was_never_looked_at(world: World) -> None:
    place = (world.deps, world.who, world.connection.id)
    assert list(await catalogue.known_schemas(*place)) == []
    assert list((await catalogue.known_tables(*place, "public", EVERYTHING)).items) == []
    with pytest.raises(NotFound, match="does not exist"):
        await catalogue.known_columns(*place, "public", "orders")
    with pytest.raises(NotFound, match="does not exist"):
        await catalogue.table_history(*place, "public", "orders", EVERYTHING)


async def test_what_a_sync_kept_is_told_when_the_source_is_gone(world: World) -> None:
    await sync(world)
    place = (world.deps, world.who, world.connection.id)
    live = await metadata.list_columns(*place, "public", "orders")
    world.shop.run("DROP TABLE orders")
    assert list(await catalogue.known_schemas(*place)) == ["public"]
    first = await catalogue.known_tables(*place, "public", PageRequest(3))
    rest = await catalogue.known_tables(*place, "public", PageRequest(3, first.next_after))
    names = [snapshot.table.table_name for snapshot in (*first.items, *rest.items)]
    assert names == ["customers", "orders", "payments", "slow"]
    assert list(await catalogue.known_columns(*place, "public", "orders")) == live


async def test_the_history_of_a_table_tells_its_changes(world: World) -> None:
    await sync(world)
    world.shop.run("ALTER TABLE payments ADD COLUMN note text")
    await sync(world)
    await sync(world)
    world.shop.run("DROP TABLE payments")
    await sync(world)
    page = await catalogue.table_history(world.deps, world.who, world.connection.id, "public", "payments", EVERYTHING)
    gone, wider, first = page.items
    assert [one.version.absent for one in page.items] == [True, False, False]
    assert [column.name for column in wider.version.columns[len(first.version.columns) :]] == ["note"]
    assert wider.changes == (ColumnChange(ColumnChangeKind.ADDED, "note", after="text"),)
    assert gone.changes == first.changes == ()


async def test_a_schema_that_may_not_be_read_is_passed_over(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for statement in ("CREATE SCHEMA closed", "CREATE TABLE closed.orders (id int)"):
        world.shop.run(statement)
    await sync(world)

    def get_tables(self: PostgreSQLConnector, schema: str) -> list[TableInfo]:
        if schema in closed:
            raise source_error(SourceProblem.PERMISSION, self.display_name)
        return read_tables(self, schema)

    closed, read_tables = {"closed"}, PostgreSQLConnector.get_tables
    monkeypatch.setattr(PostgreSQLConnector, "get_tables", get_tables)
    world.shop.run("DROP TABLE payments")
    await sync(world)
    place = (world.deps, world.who, world.connection.id)
    assert list(await catalogue.known_schemas(*place)) == ["closed", "public"]
    assert list(await catalogue.known_columns(*place, "closed", "orders"))
    with pytest.raises(NotFound):
        await catalogue.known_columns(*place, "public", "payments")
    closed.add("public")
    ended = await sync(world)
    assert (ended.state, ended.error and ended.error.reason) == (JobState.FAILED, "SOURCE_PERMISSION")


@pytest.mark.parametrize("problem", [SourceProblem.PERMISSION, SourceProblem.NOT_FOUND])
async def test_a_sync_tells_which_schemas_it_could_not_read_and_why(
    world: World, monkeypatch: pytest.MonkeyPatch, problem: SourceProblem
) -> None:
    def get_all_columns(self: PostgreSQLConnector, schema: str) -> dict[str, list[ColumnInfo]]:
        if schema == "It's":
            raise source_error(problem, self.display_name)
        return read_columns(self, schema)

    read_columns = PostgreSQLConnector.get_all_columns
    monkeypatch.setattr(PostgreSQLConnector, "get_all_columns", get_all_columns)
    world.shop.run('CREATE SCHEMA "It\'s"; CREATE TABLE "It\'s".orders (id int)')
    ended = await sync(world)
    assert ended.state is JobState.SUCCEEDED
    [skipped] = ended.skipped_schemas
    assert (skipped.schema_name, skipped.reason) == ("It's", f"SOURCE_{problem}")
    assert skipped.message.startswith("PostgreSQL ")
    assert (await jobs.list_jobs(world.deps, world.who, EVERYTHING)).items == [ended]
    monkeypatch.undo()
    assert (await sync(world)).skipped_schemas == ()


async def test_a_name_that_no_source_can_hold_is_refused(world: World) -> None:
    place = (world.deps, world.who, world.connection.id)
    with pytest.raises(Invalid, match="schema_name"):
        await catalogue.known_tables(*place, "a\x00b", EVERYTHING)
    with pytest.raises(Invalid, match="table_name"):
        await catalogue.table_history(*place, "public", "a\x00b", EVERYTHING)
