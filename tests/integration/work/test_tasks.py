from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest
from arq import Retry
from structlog.testing import capture_logs

from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.sources import Sources
from dq_platform.models.connection import Connection
from dq_platform.models.job import JobState
from dq_platform.models.outcome import Outcome
from tests.integration.work.world import NO_PAUSE, World
from workers.tasks import TASKS_KEY, Tasks, run_units


class BrokenSources(Sources):
    """Fails in a way that no connector may."""

    @asynccontextmanager
    async def session(self, connection: Connection) -> AsyncIterator[SourceSession]:
        message = "a defect"
        raise ZeroDivisionError(message)
        yield


async def test_a_defect_is_logged_once_per_attempt_and_ends_the_unit_after_four(world: World) -> None:
    job = await world.run(await world.check("row_count", "orders"))
    [unit_id] = world.queue.take()
    context = {TASKS_KEY: Tasks(replace(world.deps, sources=BrokenSources()), NO_PAUSE)}
    with capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(Retry):
                await run_units(context, unit_id)
        await run_units(context, unit_id)
        await run_units(context, unit_id)  # told once more: there is nothing left to do
    assert [line["attempt"] for line in logs if line["event"] == "unit.crashed"] == [1, 2, 3, 4]
    assert [line["ended"] for line in logs if line["event"] == "unit.finished"] == ["retrying"] * 3 + ["failed"]
    [result] = await world.results(job_id=job.id)
    assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, "INTERNAL")
    assert "defect" not in result.message
    assert (await world.job(job)).state is JobState.FAILED


async def test_a_unit_that_does_not_exist_is_no_error(world: World) -> None:
    with capture_logs() as logs:
        await run_units({TASKS_KEY: Tasks(world.deps, NO_PAUSE)}, "nonsense")
    assert [line for line in logs if line["log_level"] in ("error", "critical")] == []
    assert await world.results() == []


async def test_units_that_crash_together_are_tried_again_alone(world: World) -> None:
    world.shop.run("ANALYZE orders; ANALYZE payments;")
    for table in ("orders", "payments"):
        await world.check("row_count", table)
    job = await world.batch()
    [task] = world.queue.tasks
    with capture_logs() as logs:
        with pytest.raises(Retry):
            await run_units({TASKS_KEY: Tasks(replace(world.deps, sources=BrokenSources()), NO_PAUSE)}, *task)
        await run_units({TASKS_KEY: Tasks(world.deps, NO_PAUSE)}, *task)
    assert [(line["ended"], line["together"]) for line in logs if line["event"] == "unit.finished"] == [
        ("retrying", 2),
        ("retrying", 2),
        ("succeeded", 1),
        ("succeeded", 1),
    ]
    assert [len(line["unit_ids"]) for line in logs if line["event"] == "unit.crashed"] == [2]
    assert (await world.job(job)).state is JobState.SUCCEEDED
