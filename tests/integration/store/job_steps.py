"""What workers and users do to jobs, each in a transaction of its own."""

from __future__ import annotations

from datetime import datetime

from dq_platform.models.job import Job, JobError, JobState, OutcomeCounts, Unit, UnitEnd
from tests.integration.claims import claim_units
from tests.integration.store.world import MINUTE, NOW, SECOND, World

LEASE = 30 * SECOND
ONE_PASSED = OutcomeCounts(passed=1)
GONE = JobError("SOURCE_UNREACHABLE", "db.example.org does not answer.")


async def claim(world: World, unit: Unit, now: datetime = NOW) -> Unit | None:
    return next(iter(await claim_units(world.uow, [unit.id], now, LEASE)), None)


async def claimed(world: World, unit: Unit, now: datetime = NOW) -> Unit:
    found = await claim(world, unit, now)
    assert found is not None
    return found


async def finish(
    world: World,
    unit: Unit,
    state: JobState = JobState.SUCCEEDED,
    outcomes: OutcomeCounts = ONE_PASSED,
    error: JobError | None = None,
) -> bool:
    async with world.uow() as tx:
        done = await tx.jobs.finish([UnitEnd(unit, state, outcomes, error)], NOW + MINUTE)
        if done is not None:
            await tx.commit()
    return done is not None


async def cancel(world: World, job: Job, at: datetime = NOW) -> Job:
    async with world.uow() as tx:
        found = await tx.jobs.request_cancel(world.id, job.id, at)
        await tx.commit()
    return found


async def read(world: World, job: Job) -> Job:
    async with world.uow() as tx:
        return await tx.jobs.get(world.id, job.id)
