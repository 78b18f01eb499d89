from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from prometheus_client import generate_latest
from sqlalchemy import text
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from dq_platform.app import execute
from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.sources import Sources
from dq_platform.models.connection import Connection
from dq_platform.models.job import JobState, Task
from dq_platform.models.outcome import Outcome
from telemetry.parts import Telemetry
from tests.integration.work.world import NO_PAUSE, World
from tests.telemetry.scrape import samples, value
from workers.tasks import Tasks
from workers.watch import UnitWatch


class BrokenSources(Sources):
    """Fails in a way that no connector may."""

    @asynccontextmanager
    async def session(self, connection: Connection) -> AsyncIterator[SourceSession]:
        message = "a defect"
        raise ZeroDivisionError(message)
        yield


async def do(world: World, tasks: Tasks, unit_ids: Sequence[str], origin: Mapping[str, str] = {}) -> None:
    """As a worker that claimed these units together."""
    await tasks.do(Task(await world.claim_all(unit_ids), origin))


async def claimed(world: World, places: int) -> Sequence[Task]:
    """The next tasks; the test has the store for itself."""
    async with world.deps.uow() as tx:
        await tx.jobs._session.execute(
            text("DELETE FROM jobs WHERE workspace_id <> :id"), {"id": world.who.workspace_id}
        )  # type: ignore[attr-defined]
        await tx.commit()
    return await execute.claim(world.deps, places, NO_PAUSE)


async def test_a_defect_is_logged_once_per_attempt_and_ends_the_unit_after_four(world: World) -> None:
    job = await world.run(await world.check("row_count", "orders"))
    [unit_id] = world.queue.take()
    tasks = Tasks(replace(world.deps, sources=BrokenSources()), NO_PAUSE, UnitWatch(Telemetry()))
    with capture_logs() as logs:
        for _ in range(4):
            await do(world, tasks, [unit_id])
    assert await world.claim_all([unit_id]) == []
    assert [line["attempt"] for line in logs if line["event"] == "unit.crashed"] == [1, 2, 3, 4]
    assert [line["ended"] for line in logs if line["event"] == "unit.finished"] == ["retrying"] * 3 + ["failed"]
    [result] = await world.results(job_id=job.id)
    assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, "INTERNAL")
    assert "defect" not in result.message
    assert (await world.job(job)).state is JobState.FAILED


class SilentSources(Sources):
    """Never gives a session; `all_wait` opens when so many wait for one."""

    def __init__(self, askers: int) -> None:
        super().__init__()
        self.all_wait = asyncio.Barrier(askers + 1)

    @asynccontextmanager
    async def session(self, connection: Connection) -> AsyncIterator[SourceSession]:
        await self.all_wait.wait()
        await asyncio.Event().wait()
        yield


async def test_checks_that_cannot_be_measured_are_named_in_the_log_with_the_request_of_their_job(world: World) -> None:
    check = await world.check("nulls_percent", "customers.email")
    world.shop.run("ALTER TABLE customers DROP COLUMN email")
    telemetry = Telemetry()
    job = await world.run(check)
    [unit_id] = world.queue.take()
    with capture_logs(processors=[merge_contextvars]) as logs:
        await do(world, Tasks(world.deps, NO_PAUSE, UnitWatch(telemetry)), [unit_id], {"request_id": "r-1"})
    [line] = [line for line in logs if line["event"] == "checks.unmeasured"]
    [result] = await world.results(job_id=job.id)
    ids = {"request_id": "r-1", "job_id": job.id, "unit_id": unit_id, "check_ids": [check.id]}
    assert {"reason": result.error_reason, **ids}.items() <= line.items()
    found = samples(generate_latest(telemetry.metrics.registry).decode())
    assert value(found, "dq_results_written_total", outcome="execution_error") == 1
    assert value(found, "dq_job_duration_seconds_count", kind="execute_check", state="failed") == 1


async def test_attempts_that_are_repeated_are_counted_by_the_reason(world: World) -> None:
    check = await world.check("row_count", "orders")
    telemetry = Telemetry()
    await world.run(check)
    tasks = Tasks(replace(world.deps, sources=BrokenSources()), NO_PAUSE, UnitWatch(telemetry))
    await do(world, tasks, world.queue.take())
    found = samples(generate_latest(telemetry.metrics.registry).decode())
    assert value(found, "dq_unit_retries_total", reason="INTERNAL") == 1
    assert value(found, "dq_unit_duration_seconds_count", kind="checks", ended="retrying") == 1
    assert value(found, "dq_units_in_flight") == 0


async def test_units_that_crash_together_are_tried_again_alone(world: World) -> None:
    world.shop.run("ANALYZE orders; ANALYZE payments;")
    for table in ("orders", "payments"):
        await world.check("row_count", table)
    job = await world.batch()
    [task] = world.queue.tasks
    tasks = Tasks(world.deps, NO_PAUSE, UnitWatch(Telemetry()))
    with capture_logs() as logs:
        await do(world, replace(tasks, deps=replace(world.deps, sources=BrokenSources())), task)
        for again in await claimed(world, 2):
            await tasks.do(again)
    assert [(line["ended"], line["together"]) for line in logs if line["event"] == "unit.finished"] == [
        ("retrying", 2),
        ("retrying", 2),
        ("succeeded", 1),
        ("succeeded", 1),
    ]
    assert [len(line["unit_ids"]) for line in logs if line["event"] == "unit.crashed"] == [2]
    assert (await world.job(job)).state is JobState.SUCCEEDED


async def test_units_of_a_task_are_all_held_and_all_handed_back(world: World) -> None:
    world.shop.run("ANALYZE orders; ANALYZE payments;")
    for table in ("orders", "payments"):
        await world.check("row_count", table)
    job = await world.batch()
    [task] = world.queue.tasks
    tasks = Tasks(world.deps, NO_PAUSE, UnitWatch(Telemetry()))
    silent = SilentSources(1)
    waiting = asyncio.create_task(do(world, replace(tasks, deps=replace(world.deps, sources=silent)), task))
    async with asyncio.timeout(10):
        await silent.all_wait.wait()
    waiting.cancel()
    with suppress(asyncio.CancelledError):
        await waiting
    for unit_id in task:
        await do(world, tasks, [unit_id])
    assert (await world.job(job)).state is JobState.SUCCEEDED
