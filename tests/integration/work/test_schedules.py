from __future__ import annotations

import pytest

from dq_platform.app import schedules
from dq_platform.app.etag import etag_of
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.errors import EtagMismatch, Invalid, NotFound
from dq_platform.models.check import CheckSelector
from tests.integration.work.world import ALL, World

DRAFT = ScheduleDraft("every morning", "30 6 * * 1-5", "before work", "Europe/Berlin", CheckSelector(category="nulls"))


async def test_a_schedule_is_made_with_its_next_moment(world: World) -> None:
    made = await schedules.create_schedule(world.deps, world.who, DRAFT)
    upcoming = await schedules.next_runs(world.deps, world.who, made.id)
    assert made.next_run_time == upcoming[0]
    assert len(upcoming) == 5
    assert await schedules.get_schedule(world.deps, world.who, made.id) == made
    assert (await schedules.list_schedules(world.deps, world.who, ALL)).items == [made]
    await schedules.delete_schedule(world.deps, world.who, made.id)
    with pytest.raises(NotFound):
        await schedules.get_schedule(world.deps, world.who, made.id)


async def test_everything_wrong_with_a_schedule_is_told_at_once(world: World) -> None:
    draft = ScheduleDraft("", "0 0 30 2 *", "d" * 4001, "Europe/Berln", CheckSelector(check_type="row_cuont"))
    with pytest.raises(Invalid) as caught:
        await schedules.create_schedule(world.deps, world.who, draft)
    reasons = {violation.field: violation.reason for violation in caught.value.violations}
    assert reasons == {
        "schedule.display_name": "REQUIRED",
        "schedule.description": "TOO_LONG",
        "schedule.cron": "CRON_NEVER_FIRES",
        "schedule.time_zone": "UNKNOWN_TIME_ZONE",
        "schedule.selector.check_type": "UNKNOWN_CHECK_TYPE",
    }


async def test_an_update_of_the_time_moves_the_next_run(world: World) -> None:
    made = await schedules.create_schedule(world.deps, world.who, DRAFT)
    same = await schedules.update_schedule(world.deps, world.who, made.id, {"description": "x"}, etag_of(1))
    assert (same.next_run_time, same.version) == (made.next_run_time, 2)
    moved = await schedules.update_schedule(world.deps, world.who, made.id, {"cron": "0 * * * *"})
    assert moved.next_run_time != made.next_run_time
    assert await schedules.get_schedule(world.deps, world.who, made.id) == moved
    with pytest.raises(EtagMismatch):
        await schedules.update_schedule(world.deps, world.who, made.id, {"cron": "5 * * * *"}, etag_of(1))
    with pytest.raises(EtagMismatch):
        await schedules.delete_schedule(world.deps, world.who, made.id, etag_of(1))
    with pytest.raises(Invalid, match=r"schedule\.cron"):
        await schedules.update_schedule(world.deps, world.who, made.id, {"cron": "often"})
    with pytest.raises(Invalid, match=r"schedule\.paused: cannot be changed"):
        await schedules.update_schedule(world.deps, world.who, made.id, {"paused": True})


async def test_pausing_and_resuming_twice_is_no_error(world: World) -> None:
    made = await schedules.create_schedule(world.deps, world.who, DRAFT)
    paused = await schedules.pause_schedule(world.deps, world.who, made.id)
    assert (paused.paused, paused.next_run_time) == (True, None)
    assert await schedules.pause_schedule(world.deps, world.who, made.id) == paused
    assert len(await schedules.next_runs(world.deps, world.who, made.id, 3)) == 3
    moved = await schedules.update_schedule(world.deps, world.who, made.id, {"cron": "0 * * * *"})
    assert moved.next_run_time is None
    resumed = await schedules.resume_schedule(world.deps, world.who, made.id)
    assert (resumed.paused, resumed.next_run_time is None) == (False, False)
    assert await schedules.resume_schedule(world.deps, world.who, made.id) == resumed


@pytest.mark.parametrize("count", [0, -1, 101])
async def test_the_number_of_next_runs_is_limited(world: World, count: int) -> None:
    made = await schedules.create_schedule(world.deps, world.who, DRAFT)
    with pytest.raises(Invalid, match="count"):
        await schedules.next_runs(world.deps, world.who, made.id, count)
