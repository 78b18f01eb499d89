from __future__ import annotations

from dq_platform.models.job import Priority
from dq_platform.models.queue import Backlog
from tests.integration.store.job_steps import GONE, LEASE, claimed, finish
from tests.integration.store.world import MINUTE, NOW, SECOND, World


async def lines(world: World, *, after: int = 0) -> dict[Priority, Backlog]:
    async with world.uow() as tx:
        return {one.priority: one for one in await tx.jobs.backlog(NOW + after * SECOND, world.id)}


async def test_an_empty_queue_is_zeros_of_every_priority(world: World) -> None:
    found = await lines(world)
    assert list(found) == [Priority.HIGH, Priority.NORMAL, Priority.LOW]
    assert {(one.waiting, one.delayed, one.running, one.abandoned, one.oldest_due_time) for one in found.values()} == {
        (0, 0, 0, 0, None)
    }


async def test_units_are_counted_where_they_are_until_they_end(world: World) -> None:
    job, (unit,) = await world.job()
    waiting = (await lines(world, after=90))[job.priority]
    assert (waiting.waiting, waiting.oldest_due_time) == (1, job.create_time)
    assert waiting.oldest_age == NOW + 90 * SECOND - job.create_time
    mine = await claimed(world, unit)
    running = (await lines(world))[job.priority]
    assert (running.waiting, running.running, running.oldest_age) == (0, 1, 0 * SECOND)
    lost = (await lines(world, after=int(LEASE.total_seconds()) + 1))[job.priority]
    assert (lost.running, lost.abandoned) == (0, 1)
    async with world.uow() as tx:
        assert await tx.jobs.release(mine, NOW + MINUTE, GONE, NOW)
        await tx.commit()
    delayed = (await lines(world))[job.priority]
    assert (delayed.waiting, delayed.delayed, delayed.running) == (0, 1, 0)
    again = await claimed(world, unit, NOW + MINUTE)
    assert await finish(world, again)
    ended = (await lines(world, after=60))[job.priority]
    assert (ended.waiting, ended.delayed, ended.running, ended.abandoned) == (0, 0, 0, 0)


async def test_the_whole_queue_names_its_workspaces(world: World) -> None:
    await world.job()
    async with world.uow() as tx:
        name = (await tx.workspaces.get(world.id)).name
        found = await tx.jobs.backlog(NOW)
    assert [one.waiting for one in found if one.workspace == name] == [1]
