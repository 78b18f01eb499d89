from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.pool import Pool
from dq_platform.connectors.watch import Unwatched
from tests.unit.connectors.fakes import FakeConnector


@pytest.fixture
async def pool(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Pool]:
    monkeypatch.setattr(FakeConnector, "made", [])
    pool = Pool(lambda: FakeConnector({}, Guards()), 1, Unwatched())
    yield pool
    await pool.end()


async def use(pool: Pool) -> None:
    async with pool.lease() as lease:
        await lease.run(lambda connector: connector.execute("SELECT 1"))


async def test_whoever_comes_late_waits_for_a_turn(pool: Pool) -> None:
    async with pool.lease():
        late = asyncio.create_task(use(pool))
        await asyncio.sleep(0)
        assert FakeConnector.made == []
        assert not pool.unused
    await late
    assert len(FakeConnector.made) == 1


async def test_a_session_in_the_pool_keeps_it_in_use_until_it_is_closed(pool: Pool) -> None:
    assert pool.unused
    await use(pool)
    assert not pool.unused
    pool.close_idle(timedelta(hours=1))
    assert not pool.unused
    pool.close_idle(timedelta(0))
    assert pool.unused


async def test_a_retired_pool_closes_what_is_given_back(pool: Pool) -> None:
    async with pool.lease() as lease:
        await lease.run(lambda connector: connector.execute("SELECT 1"))
        pool.retire()
        assert FakeConnector.made[0].state == "open"
    await pool.end()
    assert FakeConnector.made[0].state == "closed"


async def test_a_waiter_that_gives_up_takes_no_turn(pool: Pool) -> None:
    async with pool.lease():
        late = asyncio.create_task(use(pool))
        await asyncio.sleep(0)
        late.cancel()
        with pytest.raises(asyncio.CancelledError):
            await late
    await use(pool)
    assert len(FakeConnector.made) == 1
