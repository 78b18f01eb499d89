from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest
from grpc import StatusCode
from grpc.aio import AioRpcError

from dq.v1 import job_pb2
from services.check import servicer_jobs
from tests.services.platform import fields_of, refusal_of, refused
from tests.services.shop import Shop


async def test_a_job_can_be_read_and_listed_newest_first(shop: Shop) -> None:
    first, second = await shop.job(), await shop.job()
    assert (await shop.admin.GetJob(job_id=first.id)).job == first
    assert fields_of((await shop.admin.ListJobs()).jobs, "id") == [second.id, first.id]
    page = await shop.admin.ListJobs(page_size=1)
    rest = await shop.admin.ListJobs(page_size=1, page_token=page.next_page_token)
    assert fields_of([*page.jobs, *rest.jobs], "id") == [second.id, first.id]


async def test_jobs_can_be_chosen_by_state(shop: Shop) -> None:
    queued, cancelled = await shop.job(), await shop.job()
    await shop.admin.CancelJob(job_id=cancelled.id)
    listed = await shop.admin.ListJobs(states=[job_pb2.JOB_STATE_QUEUED])
    assert fields_of(listed.jobs, "id") == [queued.id]
    both = await shop.admin.ListJobs(states=[job_pb2.JOB_STATE_QUEUED, job_pb2.JOB_STATE_CANCELLED])
    assert len(both.jobs) == 2


async def test_a_state_that_does_not_exist_is_refused(shop: Shop) -> None:
    refusal = await refused(shop.admin.ListJobs(states=[0, 99]))
    assert refusal.code is StatusCode.INVALID_ARGUMENT
    assert refusal.violations["states[0]"] == "must not be unspecified"
    assert "JOB_STATE_QUEUED" in refusal.violations["states[1]"]


async def test_a_jobs_units_are_listed_and_what_did_not_fail_is_not_requeued(shop: Shop) -> None:
    job = await shop.job()
    [unit] = (await shop.admin.ListJobUnits(job_id=job.id, page_size=1000)).units
    assert (unit.state, unit.connection_id, len(unit.check_ids)) == (
        job_pb2.JOB_STATE_QUEUED,
        shop.connection.id,
        1,
    )
    assert not unit.HasField("end_time")
    await shop.end_job(job)
    [unit] = (await shop.admin.ListJobUnits(job_id=job.id)).units
    [attempt] = unit.attempts
    assert (attempt.number, attempt.end_time, attempt.HasField("error")) == (1, unit.end_time, False)
    assert not unit.HasField("due_time")
    refusal = await refused(shop.admin.RequeueJob(job_id=job.id))
    assert (refusal.code, refusal.reason) == (StatusCode.FAILED_PRECONDITION, "NOTHING_TO_REQUEUE")


async def test_cancelling_twice_is_no_error(shop: Shop) -> None:
    job = await shop.job()
    first = (await shop.admin.CancelJob(job_id=job.id)).job
    assert first.state == job_pb2.JOB_STATE_CANCELLED
    assert (await shop.admin.CancelJob(job_id=job.id)).job == first


async def test_a_watch_sends_each_change_and_ends_with_the_job(shop: Shop) -> None:
    job = await shop.job()
    states = []
    async for response in shop.admin.WatchJob(job_id=job.id):
        states.append(response.job.state)
        if len(states) == 1:
            await shop.end_job(job)
    assert states[0] == job_pb2.JOB_STATE_QUEUED
    assert states[-1] == job_pb2.JOB_STATE_SUCCEEDED


async def test_a_watch_of_an_ended_job_sends_it_once(shop: Shop) -> None:
    job = await shop.job()
    ended = (await shop.admin.CancelJob(job_id=job.id)).job
    assert [response.job async for response in shop.admin.WatchJob(job_id=job.id)] == [ended]


async def test_a_watch_that_goes_on_sends_only_what_is_new(shop: Shop) -> None:
    job = await shop.job()
    stream = shop.admin.WatchJob(job_id=job.id)
    first = await stream.read()
    stream.cancel()
    await shop.end_job(job)
    later = [response async for response in shop.admin.WatchJob(job_id=job.id, cursor=first.cursor)]
    assert fields_of((response.job for response in later), "state") == [job_pb2.JOB_STATE_SUCCEEDED]
    assert later[0].cursor != first.cursor
    assert [one async for one in shop.admin.WatchJob(job_id=job.id, cursor=later[0].cursor)] == []
    assert [one async for one in shop.admin.WatchJob(job_id=job.id, cursor="of another time")] == later


async def test_a_watch_of_a_job_that_does_not_exist_is_not_found(shop: Shop) -> None:
    with pytest.raises(AioRpcError) as error:
        async for _ in shop.admin.WatchJob(job_id="nothing"):
            pass
    assert refusal_of(error.value).reason == "JOB_NOT_FOUND"


async def test_a_client_that_goes_away_stops_the_watch(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await shop.job()
    looks = 0
    deps = shop.account.platform.deps

    def counted(self: object) -> object:
        nonlocal looks
        looks += 1
        return original(self)

    original = type(deps.uow).__call__
    monkeypatch.setattr(type(deps.uow), "__call__", counted)
    stream = shop.admin.WatchJob(job_id=job.id)
    await stream.read()
    stream.cancel()
    await asyncio.sleep(0.4)
    seen = looks
    await asyncio.sleep(0.6)
    assert looks == seen


async def test_a_watch_sends_its_request_id_with_the_first_message(shop: Shop) -> None:
    job = await shop.job()
    stream = shop.admin.with_metadata(("x-request-id", "watch-1")).WatchJob(job_id=job.id)
    await stream.read()
    assert dict(await stream.initial_metadata())["x-request-id"] == "watch-1"
    stream.cancel()


async def test_a_watch_ends_when_it_is_too_old(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    job = await shop.job()
    monkeypatch.setattr(servicer_jobs, "STREAM_TIMEOUT", timedelta(milliseconds=100))
    with pytest.raises(AioRpcError) as error:
        async for _ in shop.admin.WatchJob(job_id=job.id, timeout=None):
            pass
    assert refusal_of(error.value).reason == "DEADLINE"
