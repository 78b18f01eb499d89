from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from dq_platform.adapters.sql.job_statements import LOST
from dq_platform.errors import NotFound
from dq_platform.models.job import Attempt, Job, JobError, JobState, OutcomeCounts, Stop, UnitEnd, UnitReport
from dq_platform.models.page import PageRequest
from tests.integration.claims import claim_units
from tests.integration.store.job_steps import GONE, LEASE, cancel, claim, claimed, finish, read
from tests.integration.store.world import HOUR, MINUTE, NOW, SECOND, World


async def test_a_unit_is_claimed_once(world: World) -> None:
    job, (unit,) = await world.job()
    found = await claimed(world, unit)
    taken = {"state": JobState.RUNNING, "attempt": 1, "lease_until": NOW + LEASE, "task_id": unit.id}
    assert found == replace(unit, run_after=job.create_time, **taken)
    assert await claim(world, unit) is None
    started = await read(world, job)
    assert (started.state, started.start_time) == (JobState.RUNNING, NOW)


async def test_a_unit_whose_lease_expired_is_claimed_again(world: World) -> None:
    job, (unit,) = await world.job()
    first = await claimed(world, unit)
    assert await claim(world, unit, NOW + LEASE) is None
    second = await claimed(world, unit, NOW + LEASE + SECOND)
    assert second.attempt == 2
    assert not await finish(world, first)
    assert (await read(world, job)).units_done == 0
    assert await finish(world, second)
    assert (await read(world, job)).state is JobState.SUCCEEDED


async def test_who_lost_the_claim_can_neither_renew_nor_release(world: World) -> None:
    _, (unit,) = await world.job()
    first = await claimed(world, unit)
    await claimed(world, unit, NOW + HOUR)
    async with world.uow() as tx:
        assert not await tx.jobs.renew(first, NOW + 2 * HOUR)
        assert not await tx.jobs.release(first, NOW, GONE, NOW)


async def test_a_renewed_lease_holds(world: World) -> None:
    _, (unit,) = await world.job()
    mine = await claimed(world, unit)
    async with world.uow() as tx:
        assert await tx.jobs.renew(mine, NOW + HOUR)
        await tx.commit()
    assert await claim(world, unit, NOW + HOUR) is None
    assert await finish(world, mine)


async def test_a_renewal_tells_that_cancel_was_requested_and_still_extends(world: World) -> None:
    job, (unit,) = await world.job()
    mine = await claimed(world, unit)
    await cancel(world, job)
    async with world.uow() as tx:
        assert await tx.jobs.stop(job.id, NOW) is Stop.CANCELLED
        assert not await tx.jobs.renew(mine, NOW + HOUR)
        await tx.commit()
    assert await claim(world, unit, NOW + MINUTE) is None


async def test_a_released_unit_waits_until_its_time(world: World) -> None:
    _, (unit,) = await world.job()
    mine = await claimed(world, unit)
    async with world.uow() as tx:
        assert await tx.jobs.release(mine, NOW + MINUTE, GONE, NOW)
        await tx.commit()
    assert await claim(world, unit, NOW + SECOND) is None
    again = await claimed(world, unit, NOW + MINUTE)
    assert (again.attempt, again.error) == (2, GONE)


async def test_a_job_ends_with_its_last_unit_and_counts_them_all(world: World) -> None:
    job, units = await world.job(3)
    for unit in units[:2]:
        assert await finish(world, await claimed(world, unit), outcomes=OutcomeCounts(passed=2, fatal=1))
    halfway = await read(world, job)
    assert (halfway.units_done, halfway.state, halfway.end_time) == (2, JobState.RUNNING, None)
    await finish(world, await claimed(world, units[2]), outcomes=OutcomeCounts(inconclusive=1))
    done = await read(world, job)
    assert (done.units_done, done.state, done.end_time) == (3, JobState.SUCCEEDED, NOW + MINUTE)
    assert done.outcomes == OutcomeCounts(passed=4, fatal=2, inconclusive=1)


async def test_a_job_with_a_failed_unit_fails_and_says_why(world: World) -> None:
    job, units = await world.job(3)
    later = JobError("LATER", "Another.")
    await finish(world, await claimed(world, units[0]), JobState.FAILED, OutcomeCounts(execution_error=1), GONE)
    await finish(world, await claimed(world, units[1]), JobState.FAILED, OutcomeCounts(execution_error=1), later)
    await finish(world, await claimed(world, units[2]))
    done = await read(world, job)
    assert (done.state, done.error) == (JobState.FAILED, GONE)


async def test_a_unit_ends_once(world: World) -> None:
    job, (unit,) = await world.job()
    mine = await claimed(world, unit)
    assert await finish(world, mine)
    assert not await finish(world, mine)
    assert (await read(world, job)).outcomes == OutcomeCounts(passed=1)


async def test_units_that_end_at_once_are_all_counted(world: World) -> None:
    job, units = await world.job(12)
    mine = [await claimed(world, unit) for unit in units]
    assert all(await asyncio.gather(*(finish(world, unit) for unit in mine)))
    done = await read(world, job)
    assert (done.units_done, done.outcomes.passed, done.state) == (12, 12, JobState.SUCCEEDED)


async def test_cancelling_a_queued_job_ends_it_at_once(world: World) -> None:
    job, units = await world.job(2)
    done = await cancel(world, job, NOW + SECOND)
    assert (done.state, done.units_done, done.end_time) == (JobState.CANCELLED, 2, NOW + SECOND)
    assert await claim(world, units[0]) is None


async def test_cancelling_a_running_job_waits_for_what_runs(world: World) -> None:
    job, units = await world.job(3)
    mine = await claimed(world, units[0])
    asked = await cancel(world, job)
    assert (asked.state, asked.units_done, asked.cancel_requested) == (JobState.RUNNING, 2, True)
    assert await finish(world, mine, JobState.CANCELLED, OutcomeCounts())
    assert (await read(world, job)).state is JobState.CANCELLED


async def test_a_job_whose_work_ended_before_the_cancel_reached_it_succeeded(world: World) -> None:
    job, (unit,) = await world.job()
    mine = await claimed(world, unit)
    await cancel(world, job)
    await finish(world, mine)
    assert (await read(world, job)).state is JobState.SUCCEEDED


async def test_cancelling_a_finished_job_changes_nothing(world: World) -> None:
    job, (unit,) = await world.job()
    await finish(world, await claimed(world, unit))
    done = await read(world, job)
    assert await cancel(world, job) == done


async def test_units_are_claimed_and_end_together(world: World) -> None:
    job, units = await world.job(4)
    await claimed(world, units[1])
    mine = await claim_units(world.uow, [unit.id for unit in reversed(units)], NOW, LEASE)
    assert [unit.id for unit in mine] == [units[place].id for place in (3, 2, 0)]
    failed = UnitEnd(mine[1], JobState.FAILED, OutcomeCounts(execution_error=2), GONE)
    ends = [UnitEnd(mine[0], JobState.SUCCEEDED, OutcomeCounts(passed=3)), failed, UnitEnd(mine[2], JobState.SUCCEEDED)]
    async with world.uow() as tx:
        assert await tx.jobs.finish(ends, NOW + MINUTE)
        await tx.commit()
    halfway = await read(world, job)
    assert (halfway.units_done, halfway.state, halfway.error) == (3, JobState.RUNNING, GONE)
    assert halfway.outcomes == OutcomeCounts(passed=3, execution_error=2)


async def test_units_do_not_end_together_if_the_claim_of_one_was_lost(world: World) -> None:
    job, units = await world.job(2)
    mine = [await claimed(world, unit) for unit in units]
    await claimed(world, units[1], NOW + HOUR)
    async with world.uow() as tx:
        assert not await tx.jobs.finish([UnitEnd(unit, JobState.SUCCEEDED) for unit in mine], NOW + MINUTE)
    assert (await read(world, job)).units_done == 0


async def reports(world: World, job: Job, *states: JobState) -> list[UnitReport]:
    async with world.uow() as tx:
        return list((await tx.jobs.units(world.id, job.id, PageRequest(10), states)).items)


async def test_each_attempt_is_kept_with_its_reason(world: World) -> None:
    job, (unit,) = await world.job()
    assert (await reports(world, job))[0].attempts == ()
    first = await claimed(world, unit)
    assert (await reports(world, job))[0].attempts == (Attempt(1, NOW),)
    async with world.uow() as tx:
        await tx.jobs.release(first, NOW, GONE, NOW + SECOND)
        await tx.commit()
    given_back = Attempt(1, NOW, NOW + SECOND, GONE)
    [waiting] = await reports(world, job)
    assert (waiting.state, waiting.attempts, waiting.run_after) == (JobState.QUEUED, (given_back,), NOW)
    await claimed(world, unit, NOW + 2 * SECOND)
    third = await claimed(world, unit, NOW + HOUR)
    lost = Attempt(2, NOW + 2 * SECOND, NOW + 2 * SECOND + LEASE, LOST)
    assert (await reports(world, job))[0].attempts == (given_back, lost, Attempt(3, NOW + HOUR))
    assert await finish(world, third, JobState.FAILED, OutcomeCounts(), GONE)
    [ended] = await reports(world, job)
    assert ended.attempts == (given_back, lost, Attempt(3, NOW + HOUR, NOW + MINUTE, GONE))
    assert (ended.error, ended.end_time, ended.run_after) == (GONE, NOW + MINUTE, None)


async def test_an_attempt_that_was_enough_has_no_reason(world: World) -> None:
    job, (unit,) = await world.job()
    mine = await claimed(world, unit)
    async with world.uow() as tx:
        await tx.jobs.release(mine, NOW, GONE, NOW)
        await tx.commit()
    assert await finish(world, await claimed(world, unit, NOW + SECOND))
    [ended] = await reports(world, job)
    assert ended.attempts == (Attempt(1, NOW, NOW, GONE), Attempt(2, NOW + SECOND, NOW + MINUTE))
    assert ended.error is None


async def test_a_unit_that_is_cancelled_while_it_waits_again_keeps_its_attempts(world: World) -> None:
    job, (unit,) = await world.job()
    mine = await claimed(world, unit)
    async with world.uow() as tx:
        await tx.jobs.release(mine, NOW + HOUR, GONE, NOW)
        await tx.commit()
    await cancel(world, job)
    [ended] = await reports(world, job)
    assert (ended.state, ended.attempts) == (JobState.CANCELLED, (Attempt(1, NOW, NOW, GONE),))


async def test_units_are_listed_in_order_by_state_and_for_their_owner(world: World, other: World) -> None:
    job, units = await world.job(units=3)
    await finish(world, await claimed(world, units[1]), JobState.FAILED, OutcomeCounts(), GONE)
    assert [one.id for one in await reports(world, job)] == [unit.id for unit in units]
    [failed] = await reports(world, job, JobState.FAILED)
    assert (failed.id, failed.check_ids) == (units[1].id, units[1].check_ids)
    async with world.uow() as tx:
        first = await tx.jobs.units(world.id, job.id, PageRequest(2))
        rest = await tx.jobs.units(world.id, job.id, PageRequest(2, first.next_after))
        assert [one.id for one in (*first.items, *rest.items)] == [unit.id for unit in units]
        assert [one.id for one in await tx.jobs.failed_units(world.id, job.id)] == [units[1].id]
        with pytest.raises(NotFound):
            await tx.jobs.units(other.id, job.id, PageRequest(2))
