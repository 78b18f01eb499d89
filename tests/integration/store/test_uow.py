from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.ids import new_id
from dq_platform.models.workspace import Workspace
from tests.integration.store.world import NOW


async def test_what_was_committed_stays_when_the_rest_of_the_block_fails(uow: SqlUow) -> None:
    kept, lost = (Workspace(new_id(), new_id(), "", NOW) for _ in range(2))

    async def add_both_but_commit_one() -> None:
        async with uow() as tx:
            await tx.workspaces.add(kept)
            await tx.commit()
            await tx.workspaces.add(lost)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await add_both_but_commit_one()
    async with uow() as tx:
        assert await tx.workspaces.by_name(kept.name) == kept
        assert await tx.workspaces.by_name(lost.name) is None


async def test_connections_that_died_in_the_pool_are_replaced(uow: SqlUow, engine: AsyncEngine) -> None:
    async with uow() as one, uow() as two:
        assert await one.workspaces.by_name("x") is await two.workspaces.by_name("x") is None
    async with engine.connect() as connection:
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
        await connection.execute(text(f"{others} AND pid <> pg_backend_pid()"))
        async with uow() as tx:
            assert await tx.workspaces.by_name("x") is None
