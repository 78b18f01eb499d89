from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.errors import AlreadyExists, Invalid, NotFound
from dq_platform.ids import new_id
from tests.integration.store.world import NOT_IDS, ZERO_ID, World


async def test_a_workspace_is_found_by_id_and_by_name(world: World) -> None:
    async with world.uow() as tx:
        assert await tx.workspaces.get(world.id) == world.workspace
        assert await tx.workspaces.by_name(world.workspace.name) == world.workspace
        assert await tx.workspaces.by_name("nobody") is None


async def test_a_name_is_taken_once(world: World) -> None:
    twin = replace(world.workspace, id=new_id())
    async with world.uow() as tx:
        with pytest.raises(AlreadyExists, match=world.workspace.name):
            await tx.workspaces.add(twin)


@pytest.mark.parametrize("id", [ZERO_ID, *NOT_IDS])
async def test_what_is_no_id_is_not_found(world: World, id: str) -> None:
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.workspaces.get(id)


async def test_what_is_not_committed_is_not_kept(world: World) -> None:
    lost = replace(world.workspace, id=new_id(), name="lost")
    async with world.uow() as tx:
        await tx.workspaces.add(lost)
    async with world.uow() as tx:
        assert await tx.workspaces.by_name("lost") is None


async def test_a_nul_byte_is_invalid_not_a_failure(world: World) -> None:
    async with world.uow() as tx:
        with pytest.raises(Invalid, match=r"U\+0000"):
            await tx.workspaces.by_name("a\x00b")


async def test_the_store_answers_a_ping(world: World) -> None:
    assert await world.uow.ping() is None
