from __future__ import annotations

from datetime import timedelta

import pytest

from dq_platform.app import connections, preview
from dq_platform.models.check import Check
from dq_platform.models.job import JobState
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from tests.integration.work.world import World

ALL_THREE = {severity: {} for severity in Severity}
ANY_FAILURE = {Severity.FATAL: {"max_failures": 0}}


async def run(world: World, check: Check, attempts: int = 1) -> Result:
    """The newest result of the check after another run."""
    job = await world.run(check)
    for _ in range(attempts):
        ids = world.queue.ids
        await world.work()
        world.queue.again(*ids)
    world.queue.take()
    return (await world.results(job_id=job.id))[0]


async def break_connection(world: World) -> None:
    changes = {"settings": world.shop.settings | {"port": 1}}
    await connections.update_connection(world.deps, world.who, world.connection.id, changes)


@pytest.mark.parametrize("table", ["orders", "nothing_yet"])
async def test_a_table_that_can_be_read_is_available_even_without_rows(world: World, table: str) -> None:
    world.shop.run("CREATE TABLE nothing_yet (id int)")
    result = await run(world, await world.check("table_availability", table, thresholds=ALL_THREE))
    assert (result.outcome, result.value, result.expected_value) == (Outcome.PASSED, 0, 0)


@pytest.mark.parametrize(
    "accident",
    [
        "DROP TABLE payments",
        "ALTER TABLE payments RENAME TO moved; CREATE VIEW payments AS SELECT * FROM moved WHERE 1 / (id - id) = 1",
        "REVOKE ALL ON payments FROM app_reader",
    ],
)
async def test_a_table_that_cannot_be_read_has_failed(world: World, accident: str) -> None:
    if "app_reader" in accident:
        world.shop.run("DO $$ BEGIN CREATE ROLE app_reader LOGIN PASSWORD 'reader'; EXCEPTION WHEN duplicate_object THEN NULL; END $$")  # fmt: skip  # noqa: E501
        world.shop.run("GRANT SELECT ON payments TO app_reader")
        changes = {"settings": world.shop.settings | {"user": "app_reader", "password": "reader"}}
        await connections.update_connection(world.deps, world.who, world.connection.id, changes)
    check = await world.check("table_availability", "payments", thresholds=ANY_FAILURE)
    world.shop.run(accident)
    job = await world.run(check)
    await world.work()
    [result] = await world.results(job_id=job.id)
    assert (result.outcome, result.value, result.expected_value) == (Outcome.FATAL, 1, 0)
    assert result.message
    assert (await world.job(job)).state is JobState.SUCCEEDED


async def test_a_source_that_stays_away_is_a_failure_and_no_execution_error(world: World) -> None:
    check = await world.check("table_availability", "orders", thresholds=ANY_FAILURE)
    counted = await world.check("row_count", "orders")
    await break_connection(world)
    await world.batch()
    [unit_id] = world.queue.take()
    for attempt in range(4):
        assert await world.results() == [], attempt
        world.queue.again(unit_id)
        await world.work()
    found = {result.check_id: result for result in await world.results()}
    assert (found[check.id].outcome, found[check.id].value) == (Outcome.FATAL, 1)
    assert "cannot be reached" in found[check.id].message
    assert found[counted.id].error_reason == "SOURCE_UNREACHABLE"


async def test_an_availability_that_is_alone_in_its_job_leaves_the_job_without_an_error(world: World) -> None:
    check = await world.check("table_availability", "orders", thresholds=ANY_FAILURE)
    await break_connection(world)
    job = await world.run(check)
    [unit_id] = world.queue.take()
    for _ in range(4):
        world.queue.again(unit_id)
        await world.work()
    assert (await world.job(job)).state is JobState.SUCCEEDED


async def test_failures_are_counted_by_day_and_the_newest_run_of_a_day_counts(world: World) -> None:
    check = await world.check("table_availability", "payments", thresholds=ALL_THREE)
    seen = []
    steps = ["", "DROP TABLE payments", "", "+1", "+1", "CREATE TABLE payments (id int)", "DROP TABLE payments", "+1"]
    for step in steps:
        if step == "+1":
            world.clock.advance(timedelta(days=1))
        elif step:
            world.shop.run(step)
        result = await run(world, check)
        seen.append((result.value, result.outcome))
    assert seen == [
        (0, Outcome.PASSED),
        (1, Outcome.WARNING),
        (1, Outcome.WARNING),
        (2, Outcome.ERROR),
        (3, Outcome.ERROR),
        (0, Outcome.PASSED),
        (3, Outcome.ERROR),
        (4, Outcome.ERROR),
    ]


async def test_a_preview_says_that_the_source_is_away(world: World) -> None:
    check = await world.check("table_availability", "orders", thresholds=ANY_FAILURE)
    await break_connection(world)
    [result] = (await preview.preview_check(world.deps, world.who, check.id)).results
    assert (result.outcome, result.value) == (Outcome.FATAL, 1)


async def test_a_slow_neighbour_does_not_make_a_table_unavailable(world: World) -> None:
    world.shop.run("CREATE VIEW sleepy AS SELECT 1 AS id, pg_sleep(0.01)::text AS slept")
    check = await world.check("table_availability", "sleepy", thresholds=ANY_FAILURE)
    await world.check("nulls_percent", "sleepy.slept")
    await world.batch()
    await world.work()
    [result] = [one for one in await world.results() if one.check_id == check.id]
    assert result.outcome is Outcome.PASSED
