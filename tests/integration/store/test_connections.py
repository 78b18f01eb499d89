from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.errors import EtagMismatch, NotFound
from dq_platform.ids import new_id
from dq_platform.models.check import CheckSelector
from dq_platform.models.metadata import TableSettings
from dq_platform.models.page import PageRequest
from dq_platform.models.result import ResultFilter
from tests.integration.store.world import NOT_IDS, NOW, SECOND, ZERO_ID, World


async def test_a_connection_comes_back_as_it_was_stored(world: World) -> None:
    full = replace(
        world.connection,
        id=new_id(),
        description="the shop’s own",
        settings={"host": "db", "port": 5432, "tls": True, "password": 'p"ä\\'},
        time_zone="Europe/Berlin",
        labels={"team": "a", "tier": "gold"},
    )
    async with world.uow() as tx:
        await tx.connections.add(full)
        assert await tx.connections.get(world.id, full.id) == full


async def test_settings_are_unreadable_in_the_database(world: World, engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        query = text("SELECT settings FROM connections WHERE id = :id")
        stored = (await connection.execute(query, {"id": world.connection.id})).scalar_one()
    assert b"s3cret-pass" not in stored
    assert b"password" not in stored


async def test_a_list_holds_the_workspaces_own_of_the_type(world: World, other: World) -> None:
    lake = replace(world.connection, id=new_id(), type="duckdb", create_time=NOW + SECOND)
    async with world.uow() as tx:
        await tx.connections.add(lake)
        assert list((await tx.connections.list(world.id, PageRequest())).items) == [world.connection, lake]
        assert list((await tx.connections.list(world.id, PageRequest(), type="duckdb")).items) == [lake]
        assert list((await tx.connections.list(other.id, PageRequest())).items) == [other.connection]


async def test_an_update_is_stored_with_the_next_version(world: World) -> None:
    changed = replace(world.connection, display_name="new", settings={"password": "other"}, version=2)
    async with world.uow() as tx:
        await tx.connections.update(changed, expected_version=1)
        assert await tx.connections.get(world.id, changed.id) == changed


async def test_an_update_of_another_version_is_refused(world: World) -> None:
    async with world.uow() as tx:
        with pytest.raises(EtagMismatch):
            await tx.connections.update(world.connection, expected_version=7)


async def test_another_workspaces_connection_does_not_exist(world: World, other: World) -> None:
    theirs = other.connection.id
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.connections.get(world.id, theirs)
        with pytest.raises(NotFound):
            await tx.connections.update(replace(other.connection, workspace_id=world.id), 1)
        with pytest.raises(NotFound):
            await tx.connections.delete(world.id, theirs)
        assert await tx.connections.lock_checks(world.id, theirs) == 0


@pytest.mark.parametrize("id", [ZERO_ID, *NOT_IDS])
async def test_what_is_no_id_is_not_found(world: World, id: str) -> None:
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.connections.get(world.id, id)
        with pytest.raises(NotFound):
            await tx.connections.delete(world.id, id)


async def test_deleting_takes_the_checks_and_leaves_the_results(world: World) -> None:
    check = await world.check()
    await world.record([world.new_result(check)])
    async with world.uow() as tx:
        await tx.tables.save_settings(TableSettings(world.connection.id, "shop", "orders", "x > 1"))
        assert await tx.connections.lock_checks(world.id, world.connection.id) == 1
        await tx.connections.delete(world.id, world.connection.id)
        await tx.commit()
    async with world.uow() as tx:
        assert (await tx.checks.list(world.id, CheckSelector(), PageRequest())).items == []
        assert (await tx.results.latest(world.id, ResultFilter(), PageRequest())).items == []
        assert len((await tx.results.list(world.id, ResultFilter(check_id=check.id), PageRequest())).items) == 1
