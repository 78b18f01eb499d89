"""A source that hangs up in the middle of its work."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dq_platform.app import execute
from dq_platform.app.execute import Ended
from dq_platform.connectors import lease
from dq_platform.models.job import JobState
from dq_platform.models.outcome import Outcome
from tests.integration.work.noted import counted, note_statements
from tests.integration.work.processes import until
from tests.integration.work.world import NO_PAUSE, World

SLOW = "CREATE OR REPLACE VIEW lost AS SELECT 1 AS id, pg_sleep({seconds})::text AS slept"
HANG_UP = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%"lost"%' AND pid <> pg_backend_pid()
"""
CATALOGUE, DATA = "pg_attribute", 'FROM "public"."lost"'
KINDS = ("nulls_count", "nulls_percent", "empty_text_found")


async def test_a_lost_connection_stops_the_checks_of_a_table_once_and_all_are_tried_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease, "AT_ONCE", timedelta(0))  # the statement runs for as long as it takes to see it
    note_statements(world.shop)
    world.shop.run(SLOW.format(seconds=60))
    made = [await world.check(kind, "lost.slept") for kind in KINDS]
    made.append(await world.check("duplicate_record_count", "lost", sensor_params={"columns": ("id", "slept")}))
    made.append(await world.check("row_count", "orders"))
    job = await world.batch()
    units = [await world.claim(unit_id) for unit_id in world.queue.take()]
    [doomed] = [unit for unit in units if made[0].id in unit.check_ids]
    [other] = [unit for unit in units if unit is not doomed]

    with counted(world.shop, DATA, CATALOGUE) as asked:
        assert (await execute.run_unit(world.deps, other, NO_PAUSE)).ended is Ended.SUCCEEDED
        working = asyncio.create_task(execute.run_unit(world.deps, doomed, NO_PAUSE))
        await until(lambda: world.shop.running("slept"))
        world.shop.run(HANG_UP)
        lost = await working
    assert (lost.ended, lost.error and lost.error.reason) == (Ended.RETRYING, "SOURCE_UNREACHABLE")
    assert [result.target.table_name for result in await world.results(job_id=job.id)] == ["orders"]
    assert asked == {DATA: 1, CATALOGUE: 1}

    world.shop.run(SLOW.format(seconds=0))
    with counted(world.shop, CATALOGUE) as asked:
        again = await execute.run_unit(world.deps, await world.claim(doomed.id), NO_PAUSE)
    assert (again.ended, again.outcomes.total) == (Ended.SUCCEEDED, len(KINDS) + 1)
    assert asked == {CATALOGUE: 1}
    found = await world.results(job_id=job.id)
    assert {result.check_id for result in found} == {check.id for check in made}
    assert len(found) == len(made)
    assert Outcome.EXECUTION_ERROR not in {result.outcome for result in found}
    assert (await world.job(job)).state is JobState.SUCCEEDED
