from __future__ import annotations

import pytest

from dq_platform.app import connections, metadata
from dq_platform.app.placing import Order
from dq_platform.errors import Invalid, NotFound, RequestIdReused, SourceError
from dq_platform.models.job import JobKind, JobState, Priority
from dq_platform.models.metadata import TableSettings
from tests.integration.work.world import World


async def test_schemas_tables_and_columns_are_listed_as_they_are(world: World) -> None:
    deps, who, connection = world.deps, world.who, world.connection.id
    assert await metadata.list_schemas(deps, who, connection) == ["public"]
    tables = await metadata.list_tables(deps, who, connection, "public")
    assert [table.table_name for table in tables] == ["customers", "orders", "payments", "slow"]
    columns = await metadata.list_columns(deps, who, connection, "public", "orders")
    assert [column.name for column in columns] == ["id", "customer_id", "amount", "placed_on"]
    with pytest.raises(NotFound):
        await metadata.list_columns(deps, who, connection, "public", "nothing")
    assert await metadata.list_tables(deps, who, connection, "nothing") == []


async def test_a_source_that_cannot_be_reached_is_an_error_that_says_so(world: World) -> None:
    away = await world.unreachable()
    with pytest.raises(SourceError) as caught:
        await metadata.list_schemas(world.deps, world.who, away.id)
    assert caught.value.reason == "SOURCE_UNREACHABLE"


async def test_a_name_that_no_source_can_hold_is_refused(world: World) -> None:
    with pytest.raises(Invalid, match="table_name"):
        await metadata.list_columns(world.deps, world.who, world.connection.id, "public", "a\x00b")


async def test_a_sync_keeps_the_catalogue_and_forgets_what_is_gone(world: World) -> None:
    job = await metadata.sync_metadata(world.deps, world.who, world.connection.id, Order("sync-1"))
    assert (job.kind, job.priority, job.connection_id) == (JobKind.SYNC_METADATA, Priority.LOW, world.connection.id)
    assert await metadata.sync_metadata(world.deps, world.who, world.connection.id, Order("sync-1")) == job
    await world.work()
    assert (await world.job(job)).state is JobState.SUCCEEDED
    assert await _known(world, "payments")
    world.shop.run("DROP TABLE payments")
    await metadata.sync_metadata(world.deps, world.who, world.connection.id)
    await world.work()
    assert not await _known(world, "payments")
    assert await _known(world, "orders")


async def test_a_repeated_request_for_a_sync_returns_the_first_job_though_its_connection_is_gone(world: World) -> None:
    job = await metadata.sync_metadata(world.deps, world.who, world.connection.id, Order("sync-1"))
    await connections.delete_connection(world.deps, world.who, world.connection.id)
    assert (await metadata.sync_metadata(world.deps, world.who, world.connection.id, Order("sync-1"))).id == job.id
    with pytest.raises(NotFound):
        await metadata.sync_metadata(world.deps, world.who, world.connection.id, Order("sync-2"))


async def test_a_sync_of_a_source_that_refuses_fails_with_the_reason(world: World) -> None:
    wrong = await world.connect(**(world.shop.settings | {"password": "hunter2"}))
    job = await metadata.sync_metadata(world.deps, world.who, wrong.id)
    await world.work()
    job = await world.job(job)
    assert job.state is JobState.FAILED
    assert job.error is not None
    assert job.error.reason == "SOURCE_CREDENTIALS"


async def test_a_request_id_belongs_to_one_request(world: World) -> None:
    await metadata.sync_metadata(world.deps, world.who, world.connection.id, Order("same"))
    another = await world.connect()
    with pytest.raises(RequestIdReused):
        await metadata.sync_metadata(world.deps, world.who, another.id, Order("same"))
    with pytest.raises(Invalid, match="request_id"):
        await metadata.sync_metadata(world.deps, world.who, world.connection.id, Order("no spaces"))


async def test_a_table_filter_holds_for_all_checks_of_the_table(world: World) -> None:
    settings = TableSettings(world.connection.id, "public", "orders", "amount <= 50")
    stored = await metadata.update_table_settings(world.deps, world.who, settings)
    assert await metadata.get_table_settings(world.deps, world.who, world.connection.id, "public", "orders") == stored
    job = await world.run(await world.check("row_count", "orders"))
    await world.work()
    [result] = await world.results(job_id=job.id)
    assert result.value == 5


@pytest.mark.parametrize("filter", ["amount > 1; DROP TABLE orders", "no_such_column = 1", "amount >", "a\x00b"])
async def test_a_table_filter_that_is_no_condition_is_refused(world: World, filter: str) -> None:
    settings = TableSettings(world.connection.id, "public", "orders", filter)
    with pytest.raises(Invalid) as caught:
        await metadata.update_table_settings(world.deps, world.who, settings)
    assert caught.value.violations[0].field == "table_settings.filter"
    kept = await metadata.get_table_settings(world.deps, world.who, world.connection.id, "public", "orders")
    assert kept.filter == ""


async def test_a_filter_of_a_table_that_is_not_there_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        await metadata.update_table_settings(
            world.deps, world.who, TableSettings(world.connection.id, "public", "nothing", "1 = 1")
        )


async def _known(world: World, table: str) -> bool:
    async with world.deps.uow() as tx:
        return await tx.tables.snapshot(world.connection.id, "public", table) is not None
