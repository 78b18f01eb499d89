from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.errors import NotFound
from dq_platform.ids import new_id
from dq_platform.models.page import PageRequest
from dq_platform.models.workspace import ApiKey, Role
from tests.integration.store.world import DAY, NOT_IDS, NOW, SECOND, World


async def add_key(world: World, **changes: object) -> ApiKey:
    key = replace(ApiKey(new_id(), world.id, "ci", Role.OPERATOR, b"\x00hash\xff", NOW, NOW + DAY), **changes)
    async with world.uow() as tx:
        await tx.api_keys.add(key)
        await tx.commit()
    return key


async def test_a_key_is_found_whichever_workspace_it_belongs_to(world: World, other: World) -> None:
    key = await add_key(world)
    async with other.uow() as tx:
        assert await tx.api_keys.find(key.id) == key
        assert await tx.api_keys.find(key.id.replace("-", "")) == key


@pytest.mark.parametrize("id", NOT_IDS)
async def test_what_is_no_id_finds_no_key(world: World, id: str) -> None:
    async with world.uow() as tx:
        assert await tx.api_keys.find(id) is None


async def test_a_workspace_lists_its_own_keys_by_creation(world: World, other: World) -> None:
    second = await add_key(world, create_time=NOW + SECOND)
    first = await add_key(world)
    await add_key(other)
    async with world.uow() as tx:
        assert list((await tx.api_keys.list(world.id, PageRequest())).items) == [first, second]


async def test_revoking_twice_keeps_the_first_time(world: World) -> None:
    key = await add_key(world)
    async with world.uow() as tx:
        assert (await tx.api_keys.revoke(world.id, key.id, NOW)).revoke_time == NOW
        assert (await tx.api_keys.revoke(world.id, key.id, NOW + DAY)).revoke_time == NOW


async def test_a_key_of_another_workspace_cannot_be_revoked(world: World, other: World) -> None:
    key = await add_key(other)
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.api_keys.revoke(world.id, key.id, NOW)
        assert await tx.api_keys.find(key.id) == key


async def test_the_last_use_never_moves_back(world: World) -> None:
    key = await add_key(world)
    async with world.uow() as tx:
        await tx.api_keys.touch(key.id, NOW + DAY)
        await tx.api_keys.touch(key.id, NOW)
        assert await tx.api_keys.find(key.id) == replace(key, last_used_time=NOW + DAY)


async def test_a_key_to_no_workspace_is_refused(world: World) -> None:
    with pytest.raises(NotFound, match="workspace"):
        await add_key(world, workspace_id=new_id())
