from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dq_platform.errors import EtagMismatch, NotFound
from dq_platform.models.check import CheckSelector, Mode
from dq_platform.models.job import JobState
from dq_platform.models.page import PageRequest
from dq_platform.models.schedule import Overlap, RunOutcome
from tests.integration.store.world import DAY, HOUR, NOT_IDS, NOW, SECOND, ZERO_ID, World

# Due schedules are claimed across workspaces: each test has a time of its own, long before the others'.
PAST = NOW - 3650 * DAY
RUNS: tuple[dict[str, Any], ...] = (
    {
        "last_run_time": PAST,
        "last_run_outcome": RunOutcome.STARTED,
        "last_run_note": "it's “fine”",
        "last_job_id": ZERO_ID,
    },
    {"missed_run_count": 7, "first_missed_time": PAST, "last_run_outcome": RunOutcome.SKIPPED, "last_run_time": NOW},
    {"next_run_time": None},
)


async def test_a_schedule_comes_back_as_it_was_stored(world: World) -> None:
    selector = CheckSelector((ZERO_ID,), ZERO_ID, "shop", "shop.*", "row_count", "volume", Mode.PROFILING, {"a": "b"})
    full = await world.schedule(
        selector=selector,
        description="all",
        jitter=timedelta(minutes=5, milliseconds=1),
        overlap=Overlap.QUEUE,
        version=3,
        **RUNS[0],
    )
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
        assert await one.schedules.claim_due(PAST, PAST, 10) == [due]
        assert await two.schedules.claim_due(PAST, PAST, 10) == []
        await one.schedules.record([replace(due, next_run_time=NOW + DAY)])
        await one.commit()
    async with world.uow() as tx:
        assert await tx.schedules.claim_due(PAST, PAST, 10) == []


async def test_runs_are_recorded_many_at_once_and_change_nothing_else(world: World) -> None:
    made = [await world.schedule(next_run_time=NOW + DAY, create_time=NOW + n * SECOND) for n in range(len(RUNS))]
    after = [replace(schedule, **run) for schedule, run in zip(made, RUNS, strict=True)]
    untouched = await world.schedule(next_run_time=NOW + DAY, create_time=NOW + DAY)
    async with world.uow() as tx:
        await tx.schedules.record([])
        await tx.schedules.record([replace(schedule, display_name="no", version=9) for schedule in after])
        await tx.commit()
    async with world.uow() as tx:
        assert list((await tx.schedules.list(world.id, PageRequest())).items) == [*after, untouched]


WAITS = {"overlap": Overlap.QUEUE, "missed_run_count": 2, "first_missed_time": PAST, "next_run_time": NOW + DAY}


@pytest.mark.parametrize(
    ("state", "schedule", "claimed"),
    [
        (JobState.QUEUED, WAITS, False),
        (JobState.RUNNING, WAITS, False),
        (JobState.SUCCEEDED, WAITS, True),
        (JobState.CANCELLED, WAITS, True),
        (JobState.FAILED, WAITS | {"overlap": Overlap.SKIP}, False),
        (JobState.FAILED, WAITS | {"first_missed_time": None}, False),
        (JobState.RUNNING, WAITS | {"next_run_time": PAST}, True),
        (JobState.FAILED, WAITS | {"last_run_outcome": RunOutcome.HELD_BACK, "last_run_time": NOW}, False),
        (JobState.FAILED, WAITS | {"last_run_outcome": RunOutcome.HELD_BACK, "last_run_time": PAST}, True),
    ],
)
async def test_a_waiting_run_is_claimed_once_the_former_job_has_ended(
    world: World, state: JobState, schedule: dict[str, Any], claimed: bool
) -> None:
    waiting = await world.schedule(**schedule)
    await world.job(schedule_id=waiting.id, state=state)
    async with world.uow() as tx:
        assert (waiting in await tx.schedules.claim_due(PAST, PAST, 10)) is claimed
        busy = await tx.jobs.unfinished([waiting.id, ZERO_ID])
        assert busy == ({waiting.id} if state in (JobState.QUEUED, JobState.RUNNING) else set())
        await tx.schedules.delete(world.id, waiting.id)
        await tx.commit()


async def test_a_schedule_that_somebody_changes_is_not_claimed_meanwhile(world: World) -> None:
    due = await world.schedule(next_run_time=PAST - 5 * DAY)
    async with world.uow() as one, world.uow() as two:
        assert await one.schedules.get(world.id, due.id, lock=True) == due
        assert await two.schedules.claim_due(PAST - 5 * DAY, PAST - 5 * DAY, 10) == []
        await one.schedules.delete(world.id, due.id)
        await one.commit()


async def test_the_longest_due_are_claimed_first(world: World) -> None:
    early = PAST - DAY
    later = await world.schedule(next_run_time=early - HOUR)
    first = await world.schedule(next_run_time=early - 2 * HOUR)
    async with world.uow() as tx:
        assert await tx.schedules.claim_due(early, early, 1) == [first]
        assert await tx.schedules.claim_due(early, early, 5) == [first, later]
        await tx.schedules.delete(world.id, first.id)
        await tx.schedules.delete(world.id, later.id)
        await tx.commit()
