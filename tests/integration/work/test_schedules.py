from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from dq_platform.app import checks, runs, schedules
from dq_platform.app.etag import etag_of
from dq_platform.app.schedules import ScheduleDraft
from dq_platform.errors import EtagMismatch, Invalid, NotFound
from dq_platform.models.check import CheckSelector
from dq_platform.models.schedule import Overlap
from tests.integration.work.world import ALL, World

ZERO_ID = "00000000-0000-7000-8000-000000000000"
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


@pytest.mark.parametrize(
    ("selector", "field", "said"),
    [
        ({"check_ids": (ZERO_ID,)}, "check_ids", "does not exist"),
        ({"connection_id": ZERO_ID}, "connection_id", "there is no '00000000"),
        ({"connection_id": "shpo"}, "connection_id", "which is 'shop'?"),
        ({"schema_name": "pubic"}, "schema_name", "did you mean 'public'?"),
        ({"table_pattern": "public.ordres"}, "table_pattern", "did you mean 'public.orders'?"),
        ({"table_pattern": "z?"}, "table_pattern", "`schema.table`"),
        ({"labels": {"taem": "a"}}, "labels.taem", "no check has a label 'taem'; did you mean 'team'?"),
        ({"labels": {"team": "sale"}}, "labels.team", "with the value 'sale'; did you mean 'sales'?"),
        ({"category": "volme"}, "category", "did you mean 'volume'?"),
        ({"check_type": "row_cuont"}, "check_type", "did you mean"),
    ],
)
async def test_what_a_selector_names_must_exist(world: World, selector: dict[str, Any], field: str, said: str) -> None:
    made = await schedules.create_schedule(world.deps, world.who, ScheduleDraft("any", "0 * * * *"))
    await world.check("row_count", "orders", about={"labels": {"team": "sales"}, "enabled": False})
    wrong = CheckSelector(**selector)
    for asked in (
        schedules.create_schedule(world.deps, world.who, ScheduleDraft("x", "0 * * * *", selector=wrong)),
        schedules.update_schedule(world.deps, world.who, made.id, {"selector": wrong}),
    ):
        with pytest.raises(Invalid) as caught:
            await asked
        [violation] = caught.value.violations
        assert violation.field == f"schedule.selector.{field}"
        assert said in violation.description
    assert await schedules.get_schedule(world.deps, world.who, made.id) == made
    if "check_ids" not in selector:
        with pytest.raises(Invalid) as caught:
            await runs.run_batch(world.deps, world.who, wrong)
        assert f"selector.{field}" in [violation.field for violation in caught.value.violations]


async def test_another_workspaces_things_do_not_exist_for_a_selector(world: World, other: World) -> None:
    theirs = await other.check("row_count", "orders", about={"labels": {"team": "a"}})
    await world.check("row_count", "orders")
    wanted = CheckSelector((theirs.id,), other.connection.id, labels={"team": "a"})
    with pytest.raises(Invalid) as caught:
        await schedules.create_schedule(world.deps, world.who, ScheduleDraft("x", "0 * * * *", selector=wanted))
    fields = [violation.field.removeprefix("schedule.selector.") for violation in caught.value.violations]
    assert fields == ["check_ids", "connection_id"]


async def test_a_selector_that_names_what_exists_is_taken_and_kept_when_that_is_gone(world: World) -> None:
    check = await world.check("row_count", "orders", about={"labels": {"team": "a", "tier": "1"}})
    wanted = CheckSelector(
        (check.id,), world.connection.id, "public", "*.ord?rs", "row_count", "volume", None, {"team": "a"}
    )
    draft = ScheduleDraft("x", "0 * * * *", selector=wanted)
    made = await schedules.create_schedule(world.deps, world.who, draft)
    await checks.delete_check(world.deps, world.who, check.id)
    renamed = await schedules.update_schedule(world.deps, world.who, made.id, {"display_name": "y"})
    assert renamed.selector == wanted


async def test_jitter_and_overlap_are_kept_changed_and_reviewed(world: World) -> None:
    draft = replace(DRAFT, jitter=timedelta(minutes=10), overlap=Overlap.QUEUE)
    made = await schedules.create_schedule(world.deps, world.who, draft)
    assert (made.jitter, made.overlap) == (timedelta(minutes=10), Overlap.QUEUE)
    changes = {"jitter": timedelta(), "overlap": Overlap.SKIP}
    exact = await schedules.update_schedule(world.deps, world.who, made.id, changes)
    assert (exact.jitter, exact.overlap) == (timedelta(), Overlap.SKIP)
    assert exact.next_run_time is not None
    assert exact.next_run_time.second == 0
    with pytest.raises(Invalid, match=r"schedule\.jitter: must be shorter .* 900 seconds"):
        await schedules.update_schedule(
            world.deps, world.who, made.id, {"cron": "*/15 * * * *", "jitter": timedelta(minutes=15)}
        )


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
