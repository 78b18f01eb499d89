from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.errors import EtagMismatch, NotFound
from dq_platform.models.check import CheckSelector, Mode
from dq_platform.models.page import PageRequest
from tests.integration.store.world import DAY, HOUR, NOT_IDS, NOW, SECOND, ZERO_ID, World

# Due schedules are claimed across workspaces: each test has a time of its own, long before the others'.
PAST = NOW - 3650 * DAY


async def test_a_schedule_comes_back_as_it_was_stored(world: World) -> None:
    selector = CheckSelector((ZERO_ID,), ZERO_ID, "shop", "shop.*", "row_count", "volume", Mode.PROFILING, {"a": "b"})
    full = await world.schedule(selector=selector, description="all", last_run_time=NOW - DAY, version=3)
    bare = await world.schedule(paused=True, next_run_time=None)
    async with world.uow() as tx:
        assert await tx.schedules.get(world.id, full.id) == full
        assert await tx.schedules.get(world.id, bare.id) == bare


async def test_a_list_holds_the_workspaces_own(world: World, other: World) -> None:
    second = await world.schedule(create_time=NOW + SECOND)
    first = await world.schedule()
    await other.schedule()
    async with world.uow() as tx:
        assert list((await tx.schedules.list(world.id, PageRequest())).items) == [first, second]


async def test_an_update_needs_the_version_that_is_stored(world: World) -> None:
    schedule = await world.schedule()
    changed = replace(schedule, cron="0 4 * * *", paused=True, next_run_time=None, version=2)
    async with world.uow() as tx:
        await tx.schedules.update(changed, expected_version=1)
        assert await tx.schedules.get(world.id, schedule.id) == changed
        with pytest.raises(EtagMismatch):
            await tx.schedules.update(changed, expected_version=1)


@pytest.mark.parametrize("id", [ZERO_ID, *NOT_IDS])
async def test_what_does_not_exist_is_not_found(world: World, id: str) -> None:
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.schedules.get(world.id, id)
        with pytest.raises(NotFound):
            await tx.schedules.delete(world.id, id)


async def test_another_workspaces_schedule_does_not_exist(world: World, other: World) -> None:
    theirs = await other.schedule()
    async with world.uow() as tx:
        with pytest.raises(NotFound):
            await tx.schedules.get(world.id, theirs.id)
        with pytest.raises(NotFound):
            await tx.schedules.delete(world.id, theirs.id)


async def test_two_crons_claim_a_due_schedule_once(world: World) -> None:
    due = await world.schedule(next_run_time=PAST)
    async with world.uow() as one, world.uow() as two:
        assert await one.schedules.claim_due(PAST, 10) == [due]
        assert await two.schedules.claim_due(PAST, 10) == []
        await one.schedules.fired(due.id, PAST, NOW + DAY)
        await one.commit()
    async with world.uow() as tx:
        assert await tx.schedules.claim_due(PAST, 10) == []
        assert await tx.schedules.get(world.id, due.id) == replace(due, last_run_time=PAST, next_run_time=NOW + DAY)


async def test_the_longest_due_are_claimed_first(world: World) -> None:
    early = PAST - DAY
    later = await world.schedule(next_run_time=early - HOUR)
    first = await world.schedule(next_run_time=early - 2 * HOUR)
    async with world.uow() as tx:
        assert await tx.schedules.claim_due(early, 1) == [first]
        assert await tx.schedules.claim_due(early, 5) == [first, later]
        await tx.schedules.delete(world.id, first.id)
        await tx.schedules.delete(world.id, later.id)
        await tx.commit()
