from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from google.protobuf.field_mask_pb2 import FieldMask
from grpc import StatusCode

from dq.v1 import check_pb2, schedule_pb2
from tests.services.platform import fields_of, refused
from tests.services.shop import Shop


async def test_a_schedule_knows_when_it_runs_next(shop: Shop) -> None:
    schedule = await shop.schedule(selector=check_pb2.CheckSelector(category="nulls"))
    assert schedule.next_run_time.ToDatetime(tzinfo=UTC) > datetime.now(UTC)
    assert not schedule.HasField("last_run_time")
    assert schedule.selector.category == "nulls"
    assert (await shop.admin.GetSchedule(schedule_id=schedule.id)).schedule == schedule


@pytest.mark.parametrize("cron", ["0 0 30 2 *", "nonsense", "99 * * * *"])
async def test_a_cron_expression_that_never_fires_is_refused(shop: Shop, cron: str) -> None:
    wanted = {"display_name": "never", "cron": cron, "selector": {}}
    refusal = await refused(shop.admin.CreateSchedule(schedule=wanted))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert "schedule.cron" in refusal.violations


async def test_everything_that_is_wrong_with_a_schedule_is_told_at_once(shop: Shop) -> None:
    wanted = {"display_name": "x" * 300, "cron": "* *", "time_zone": "Mars/Base", "selector": {"check_type": "nope"}}
    refusal = await refused(shop.admin.CreateSchedule(schedule=wanted))
    told = {"schedule.display_name", "schedule.cron", "schedule.time_zone", "schedule.selector.check_type"}
    assert told <= refusal.violations.keys()


async def test_schedules_are_listed_in_pages(shop: Shop) -> None:
    ids = [(await shop.schedule(display_name=f"s{number}")).id for number in range(3)]
    first = await shop.admin.ListSchedules(page_size=2)
    rest = await shop.admin.ListSchedules(page_size=2, page_token=first.next_page_token)
    assert fields_of([*first.schedules, *rest.schedules], "id") == ids


async def test_a_new_cron_expression_moves_the_next_run(shop: Shop) -> None:
    schedule = await shop.schedule()
    wanted = schedule_pb2.Schedule(id=schedule.id, cron="30 4 * * *")
    updated = (await shop.admin.UpdateSchedule(schedule=wanted)).schedule
    assert updated.next_run_time != schedule.next_run_time
    assert updated.display_name == schedule.display_name


async def test_a_required_field_cannot_be_emptied(shop: Shop) -> None:
    schedule = await shop.schedule()
    wanted = schedule_pb2.Schedule(id=schedule.id)
    refusal = await refused(shop.admin.UpdateSchedule(schedule=wanted, update_mask=FieldMask(paths=["cron"])))
    assert refusal.violations == {"schedule.cron": "is required"}


async def test_what_only_the_server_sets_is_ignored_in_an_update(shop: Shop) -> None:
    schedule = await shop.schedule()
    wanted = schedule_pb2.Schedule(id=schedule.id, paused=True, display_name="new")
    updated = (await shop.admin.UpdateSchedule(schedule=wanted)).schedule
    assert updated.display_name == "new"
    assert not updated.paused


async def test_an_outdated_etag_aborts_an_update_and_a_deletion(shop: Shop) -> None:
    schedule = await shop.schedule()
    wanted = schedule_pb2.Schedule(id=schedule.id, display_name="new", etag='"99"')
    assert (await refused(shop.admin.UpdateSchedule(schedule=wanted))).reason == "ETAG_MISMATCH"
    refusal = await refused(shop.admin.DeleteSchedule(schedule_id=schedule.id, etag='"99"'))
    assert refusal.reason == "ETAG_MISMATCH"


async def test_a_schedule_can_be_paused_and_resumed(shop: Shop) -> None:
    schedule = await shop.schedule()
    paused = (await shop.admin.PauseSchedule(schedule_id=schedule.id)).schedule
    assert paused.paused
    assert not paused.HasField("next_run_time")
    assert (await shop.admin.PauseSchedule(schedule_id=schedule.id)).schedule == paused
    resumed = (await shop.admin.ResumeSchedule(schedule_id=schedule.id)).schedule
    assert not resumed.paused
    assert resumed.HasField("next_run_time")


async def test_jitter_and_overlap_are_told_changed_and_left_alone(shop: Shop) -> None:
    plain = await shop.schedule()
    assert (plain.jitter.seconds, plain.overlap) == (0, schedule_pb2.OVERLAP_SKIP)
    queues = await shop.schedule(jitter={"seconds": 90, "nanos": 500_000_000}, overlap=schedule_pb2.OVERLAP_QUEUE)
    assert queues.jitter.ToTimedelta() == timedelta(seconds=90.5)
    renamed = schedule_pb2.Schedule(id=queues.id, display_name="new")
    updated = (await shop.admin.UpdateSchedule(schedule=renamed)).schedule
    assert (updated.jitter, updated.overlap) == (queues.jitter, schedule_pb2.OVERLAP_QUEUE)
    assert updated.next_run_time == queues.next_run_time
    bare = schedule_pb2.Schedule(id=queues.id)
    mask = FieldMask(paths=["jitter", "overlap"])
    updated = (await shop.admin.UpdateSchedule(schedule=bare, update_mask=mask)).schedule
    assert (updated.jitter.ToTimedelta(), updated.overlap) == (timedelta(), schedule_pb2.OVERLAP_SKIP)


async def test_a_schedule_runs_now_and_tells_its_job(shop: Shop) -> None:
    schedule = await shop.schedule()
    refusal = await refused(shop.admin.RunSchedule(schedule_id=schedule.id))
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "SCHEDULE_SELECTS_NOTHING")
    await shop.stored_check()
    job = (await shop.admin.RunSchedule(schedule_id=schedule.id, request_id="now")).job
    assert (job.schedule_id, job.check_count, job.missed_run_count) == (schedule.id, 1, 0)
    assert not job.HasField("due_time")
    assert (await shop.admin.RunSchedule(schedule_id=schedule.id, request_id="now")).job == job
    now = (await shop.admin.GetSchedule(schedule_id=schedule.id)).schedule
    assert (now.last_job_id, now.last_run_outcome) == (job.id, schedule_pb2.RUN_OUTCOME_STARTED)
    assert now.next_run_time == schedule.next_run_time


async def test_the_next_runs_are_five_unless_asked_otherwise(shop: Shop) -> None:
    schedule = await shop.schedule()
    assert len((await shop.admin.ListNextRuns(schedule_id=schedule.id)).run_times) == 5
    moments = (await shop.admin.ListNextRuns(schedule_id=schedule.id, count=3)).run_times
    assert [moment.seconds for moment in moments] == sorted(moment.seconds for moment in moments)
    assert len(moments) == 3
    for count in (-1, 101):
        refusal = await refused(shop.admin.ListNextRuns(schedule_id=schedule.id, count=count))
        assert "count" in refusal.violations


async def test_a_deleted_schedule_is_not_found(shop: Shop) -> None:
    schedule = await shop.schedule()
    await shop.admin.DeleteSchedule(schedule_id=schedule.id)
    refusal = await refused(shop.admin.GetSchedule(schedule_id=schedule.id))
    assert (refusal.code, refusal.reason) == (StatusCode.NOT_FOUND, "SCHEDULE_NOT_FOUND")
