"""When a check for changes takes its first baseline, and what of."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from dq_platform.app import checks
from dq_platform.app.execute import Ended, run_unit
from dq_platform.errors import Invalid, SourceError
from dq_platform.models.check import CheckSelector
from dq_platform.models.job import JobState
from dq_platform.models.outcome import Outcome
from tests.integration.work.pinned import ADD_NOTE, NAMES, break_connection, history, old_check, run
from tests.integration.work.world import ALL, NO_PAUSE, World


async def test_a_check_takes_its_baseline_when_it_is_created(world: World) -> None:
    check = await world.check(NAMES, "orders")
    [first] = await history(world, check)
    assert (first.check_id, first.number, first.actor, first.changes) == (check.id, 1, "admin", ())
    assert [column.name for column in first.columns] == ["id", "customer_id", "amount", "placed_on"]
    assert first.note
    assert first.create_time == check.create_time


async def test_what_was_known_of_the_table_before_is_not_taken_for_what_is_there(world: World) -> None:
    await world.check("row_count", "orders")
    world.shop.run(ADD_NOTE)
    check = await world.check(NAMES, "orders")
    assert (await history(world, check))[0].columns[-1].name == "note"
    assert (await run(world, check)).outcome is Outcome.PASSED


async def test_a_source_that_is_away_takes_no_check_that_needs_a_baseline(world: World) -> None:
    await world.check("row_count", "orders")
    await break_connection(world)
    with pytest.raises(SourceError):
        await world.check(NAMES, "orders")
    page = await checks.list_checks(world.deps, world.who, CheckSelector(check_type=NAMES), ALL)
    assert page.items == []


async def test_a_column_that_is_not_there_has_no_changes_to_look_for(world: World) -> None:
    with pytest.raises(Invalid, match="column_name"):
        await world.check("column_type_changed", "orders.amuont")
    check = await world.check("column_type_changed", "orders.amount")
    [first] = await history(world, check)
    assert [(column.name, column.engine_type) for column in first.columns] == [("amount", "numeric(12,2)")]


@pytest.mark.parametrize("check_type", [NAMES, "column_count_changed"])
async def test_the_first_run_of_a_check_without_a_baseline_takes_one_and_says_so(world: World, check_type: str) -> None:
    check = await old_check(world, check_type)
    world.shop.run("ALTER TABLE orders DROP COLUMN placed_on")
    result = await run(world, check)
    assert (result.outcome, result.value, result.error_reason) == (Outcome.INCONCLUSIVE, None, "NO_BASELINE")
    assert "its first run takes the columns that it finds" in result.message
    [first] = await history(world, check)
    assert (first.number, first.actor, len(first.columns)) == (1, "system", 3)
    assert (await run(world, check)).outcome is Outcome.PASSED
    world.shop.run(ADD_NOTE)
    assert [(await run(world, check)).outcome for _ in range(2)] == [Outcome.ERROR] * 2


async def test_a_run_that_finds_no_table_takes_no_baseline(world: World) -> None:
    check, of_column = await old_check(world), await old_check(world, "column_type_changed", "orders.amount")
    world.shop.run("ALTER TABLE orders DROP COLUMN amount")
    assert (await run(world, of_column)).error_reason == "COLUMN_NOT_FOUND"
    world.shop.run("DROP TABLE orders")
    assert (await run(world, check)).error_reason == "TABLE_NOT_FOUND"
    assert [await history(world, one) for one in (check, of_column)] == [[], []]
    world.shop.run("CREATE TABLE orders (id int, amount int)")
    for one in (check, of_column):
        assert [(await run(world, one)).outcome for _ in range(2)] == [Outcome.INCONCLUSIVE, Outcome.PASSED]


async def test_a_unit_that_lost_its_claim_keeps_no_baseline(world: World) -> None:
    check = await old_check(world)
    await world.run(check)
    [unit_id] = world.queue.take()
    slow = await world.claim(unit_id)
    world.clock.advance(timedelta(minutes=5))
    await world.claim(unit_id)
    assert (await run_unit(world.deps, slow, NO_PAUSE)).ended is Ended.LOST
    assert await history(world, check) == []


async def test_two_first_runs_at_once_take_one_baseline(world: World) -> None:
    check = await old_check(world)
    jobs = [await world.run(check) for _ in range(2)]
    units = [await world.claim(unit_id) for unit_id in world.queue.take()]
    await asyncio.gather(*(run_unit(world.deps, unit, NO_PAUSE) for unit in units))
    assert {(await world.job(job)).state for job in jobs} == {JobState.SUCCEEDED}
    assert len(await history(world, check)) == 1


async def test_a_check_that_is_deleted_while_it_runs_ends_its_unit_all_the_same(world: World) -> None:
    check, kept = await old_check(world), await old_check(world)
    job = await world.batch()
    [unit_id] = world.queue.take()
    unit = await world.claim(unit_id)
    running = asyncio.create_task(run_unit(world.deps, unit, NO_PAUSE))
    await checks.delete_check(world.deps, world.who, check.id)
    assert (await running).ended is Ended.SUCCEEDED
    assert (await world.job(job)).state is JobState.SUCCEEDED
    assert len(await history(world, kept)) == 1
