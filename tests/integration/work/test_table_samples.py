"""Checks on samples through the worker: what is kept of them, and what rules look back at."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from dq_platform.app import checks
from dq_platform.app.explain import explain
from dq_platform.app.preview import preview_check
from dq_platform.app.stored_samples import get_samples
from dq_platform.errors import Invalid
from dq_platform.execution.reading import EMPTY_SAMPLE
from dq_platform.models.check import Check
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.integration.work.world import EVERYTHING, World

HALF = TableSample(SampleMethod.ROW, 50)
HARDLY = TableSample(SampleMethod.ROW, 0.000001)
MANY = """
CREATE TABLE readings AS
SELECT n AS id, NULL::int AS missing, 7 AS lucky, CASE WHEN n > 40 THEN 'x' END AS word FROM generate_series(1, 20000) n
"""
CREATE_VIEW = "CREATE VIEW seen AS SELECT * FROM readings"


async def ran(world: World, *made: Check) -> list[Result]:
    job = await world.batch()
    await world.work()
    found = {result.check_id: result for result in await world.results(job_id=job.id)}
    return [found[check.id] for check in made]


async def on_sample(world: World, check_type: str, column: str, **fields: Any) -> Check:
    return await world.check(check_type, f"readings.{column}", **({"table_sample": HALF} | fields))


async def test_results_of_samples_are_marked_and_those_of_all_rows_are_not(world: World) -> None:
    world.shop.run(MANY)
    nulls = await on_sample(world, "nulls_percent", "missing")
    mean = await on_sample(world, "mean_in_range", "lucky", thresholds={Severity.ERROR: {"from": 7, "to": 7}})
    whole = await world.check("nulls_percent", "readings.missing")
    [table] = await explain(world.deps, world.who, EVERYTHING)
    assert [one.check_ids for one in table.plan.statements] == [(nulls.id, mean.id), (whole.id,)]
    of_nulls, of_mean, of_whole = await ran(world, nulls, mean, whole)
    assert (of_nulls.value, of_mean.value, of_whole.value) == (100, 7, 100)
    assert of_nulls.sample_rows is not None
    assert 0 < of_nulls.sample_rows < 20000
    assert of_nulls.sample_rows == of_mean.sample_rows
    assert (of_nulls.table_sample, of_whole.table_sample, of_whole.sample_rows) == (HALF, None, None)
    assert of_nulls.message.endswith(f"Measured on {of_nulls.sample_rows:,} rows, a row sample of 50 %.")
    assert "sample" not in of_whole.message


async def test_a_share_of_a_sample_is_near_that_of_the_table(world: World) -> None:
    """Of some 10,000 rows the share lies within twenty standard errors: nobody will live to see another."""
    world.shop.run(MANY + "; UPDATE readings SET word = NULL WHERE id % 2 = 0")
    [result] = await ran(world, await on_sample(world, "nulls_percent", "word"))
    assert 40 < float(result.value or 0) < 60


async def test_the_rows_behind_a_failure_are_those_of_its_sample(world: World) -> None:
    world.shop.run(MANY + "; ALTER TABLE readings ADD PRIMARY KEY (id)")
    check = await on_sample(world, "nulls_percent", "word")
    [result] = await ran(world, check)
    assert result.sample_rows is not None
    bad = round(float(result.value or 0) / 100 * result.sample_rows)
    assert bad > 0
    samples = await get_samples(world.deps, world.who, result.id)
    assert len({row[0].text for row in samples.rows}) == len(samples.rows) == bad


async def test_a_sample_that_has_no_row_is_inconclusive(world: World) -> None:
    check = await world.check("nulls_percent", "customers.email", table_sample=HARDLY)
    [result] = await ran(world, check)
    assert (result.outcome, result.error_reason, result.value) == (Outcome.INCONCLUSIVE, EMPTY_SAMPLE, None)
    assert result.message.startswith("No row of the sample takes part")
    assert await world.incidents() == []


async def test_a_sample_changes_nothing_that_is_known_of_the_table(world: World) -> None:
    world.shop.run(MANY)
    check = await on_sample(world, "texts_not_matching_regex_percent", "word", sensor_params={"regex": "^x$"})
    await ran(world, check)
    async with world.deps.uow() as tx:
        known = await tx.tables.known(world.connection.id, "public", "readings")
    assert (known.learned.rows, known.learned.distinct) == (None, {})


async def test_history_begins_anew_when_the_choice_changes_and_goes_on_when_it_changes_back(world: World) -> None:
    world.shop.run(MANY)
    limits = {Severity.ERROR: {"max_percent": 10}}
    check = await world.check("mean_change_1_day", "readings.lucky", thresholds=limits)
    outcomes = []
    for choice in (None, None, HALF, HALF, None):
        await checks.update_check(world.deps, world.who, check.id, {"table_sample": choice})
        shown = await preview_check(world.deps, world.who, check.id)
        [result] = await ran(world, check)
        assert [one.outcome for one in shown.results] == [result.outcome]
        outcomes.append(result.outcome)
        world.clock.advance(timedelta(days=1))
    undecided, passed = Outcome.INCONCLUSIVE, Outcome.PASSED
    assert outcomes[:4] == [undecided, passed, undecided, passed]
    assert outcomes[4] is undecided  # three days lie between


async def test_a_view_is_refused_until_it_is_a_table_and_a_table_that_becomes_one_is_not_measured(world: World) -> None:
    world.shop.run(MANY.replace("readings", "held") + "; CREATE VIEW readings AS SELECT * FROM held")
    with pytest.raises(Invalid) as caught:
        await on_sample(world, "nulls_percent", "word")
    [violation] = caught.value.violations
    assert (violation.field, violation.reason) == ("check.table_sample.method", "SAMPLE_UNSUPPORTED")
    world.shop.run("DROP VIEW readings; ALTER TABLE held RENAME TO readings")
    check = await on_sample(world, "nulls_percent", "word")
    world.shop.run("ALTER TABLE readings RENAME TO held; CREATE VIEW readings AS SELECT * FROM held")
    for reason in ("SOURCE_BAD_SQL", "SENSOR_UNSUPPORTED_ON_ENGINE"):
        [result] = await ran(world, check)
        assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, reason)
        assert "materialized view" in result.message
        world.clock.advance(timedelta(days=2))  # what is known of the table is read anew
