from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from dq_platform.adapters.sql import history as looking_back
from dq_platform.adapters.sql.history import Wanted
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.models.check import Check, PeriodWindow
from dq_platform.models.incident import Incident
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import HistoryPoint, Result
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.integration.store.world import DAY, HOUR, NOW, World

TODAY = NOW.replace(hour=0)
EVER = PeriodWindow(TODAY - 400 * DAY, TODAY + DAY)
NORTH, SOUTH = '["north"]', '["south"]'


def ago(days: int) -> datetime:
    return TODAY - days * DAY


def on(world: World, check: Check, days: int, value: int, outcome: Outcome = Outcome.PASSED, **changes: Any) -> Result:
    """The result of so many days ago."""
    fields = {"time_period": ago(days), "executed_at": ago(days) + HOUR, "value": value} | changes
    return world.new_result(check, outcome, **fields)


async def excluded(world: World, first: int, last: int, *members: tuple[str, str], flag: bool = True) -> Incident:
    """An incident of the runs from so many days ago until so many days ago."""
    seen = {"first_seen_time": ago(first) + HOUR, "last_seen_time": ago(last) + HOUR}
    stored = await world.raise_incident(world.new_incident(**seen), *members)
    await mark(world, stored, flag=flag)
    return stored


async def mark(world: World, incident: Incident, *, flag: bool) -> None:
    async with world.uow() as tx:
        await tx.incidents.update(replace(incident, excluded_from_training=flag))
        await tx.commit()


async def history(world: World, check: Check, points: int = 10, **wanted: bool) -> dict[str, list[int]]:
    """Values by group."""
    async with world.uow() as tx:
        found = await tx.results.history([check.id], TODAY, points, **wanted)
    return {group: [int(point.value) for point in values] for (_, group), values in found.items()}


async def test_periods_that_failed_in_an_excluded_incident_are_left_out_and_others_take_their_place(
    world: World,
) -> None:
    check = await world.check()
    failed = {3: Outcome.ERROR, 2: Outcome.WARNING}
    await world.record([on(world, check, days, days, failed.get(days, Outcome.PASSED)) for days in range(7, 0, -1)])
    incident = await excluded(world, 3, 2, (check.id, ""), flag=False)
    assert await history(world, check, 4) == {"": [4, 3, 2, 1]}
    await mark(world, incident, flag=True)
    assert await history(world, check, 4) == {"": [6, 5, 4, 1]}
    assert await history(world, check, 4, everything=True) == {"": [4, 3, 2, 1]}
    async with world.uow() as tx:
        assert await tx.results.untrained([check.id, "nonsense"]) == {(check.id, ""): {ago(3), ago(2)}}


async def test_a_period_of_which_a_later_run_passes_counts_again(world: World) -> None:
    check = await world.check()
    await world.record([on(world, check, 2, 9, Outcome.ERROR), on(world, check, 1, 9, Outcome.ERROR)])
    await excluded(world, 2, 1, (check.id, ""))
    assert await history(world, check) == {}
    later = {"executed_at": NOW}
    await world.record([on(world, check, 2, 5, **later), on(world, check, 1, 8, Outcome.INCONCLUSIVE, **later)])
    assert await history(world, check) == {"": [5]}


async def test_a_failure_before_or_after_the_incident_or_of_another_group_is_learnt_from(world: World) -> None:
    check, stranger = await world.check(), await world.check()
    of_groups = [
        on(world, check, days, days, Outcome.ERROR, data_group=group) for group in (NORTH, SOUTH) for days in (4, 3, 2)
    ]
    await world.record([*of_groups, on(world, stranger, 3, 3, Outcome.ERROR)])
    await excluded(world, 3, 3, (check.id, NORTH))
    assert await history(world, check) == {NORTH: [4, 2], SOUTH: [4, 3, 2]}
    assert await history(world, stranger) == {"": [3]}


async def test_a_series_has_the_newest_periods_of_a_window_and_says_which_are_not_learnt_from(world: World) -> None:
    check = await world.check()
    failed = {3: Outcome.ERROR}
    await world.record(
        [
            *(on(world, check, days, days, failed.get(days, Outcome.PASSED)) for days in range(5, 0, -1)),
            on(world, check, 4, 40, executed_at=NOW, expected_value=41),
            on(world, check, 2, 7, data_group=NORTH),
        ]
    )
    await excluded(world, 3, 3, (check.id, ""))
    async with world.uow() as tx:
        found = await tx.results.series(check.id, "", EVER, 4)
        assert found.points == (
            HistoryPoint(ago(4), 40, 41),
            *(HistoryPoint(ago(days), days) for days in (3, 2, 1)),
        )
        assert found.untrained == {ago(3)}
        part = await tx.results.series(check.id, "", PeriodWindow(ago(3), ago(1)), 10)
        assert [point.value for point in part.points] == [3, 2]
        assert [point.value for point in (await tx.results.series(check.id, NORTH, EVER, 10)).points] == [7]
        assert (await tx.results.series("nonsense", "", EVER, 10)).points == ()


ROWS, MORE, HALF = (TableSample(SampleMethod.ROW, percent) for percent in (5, 10, 50))
BLOCKS = TableSample(SampleMethod.BLOCK, 5)


@pytest.mark.parametrize(
    ("choice", "values"), [(None, [3, 1]), (ROWS, [30, 20]), (MORE, [300]), (BLOCKS, [1000]), (HALF, [])]
)
async def test_history_and_series_have_what_was_measured_as_the_check_is_now(
    world: World, choice: TableSample | None, values: list[int]
) -> None:
    """Whichever run of a period was the newest: one of another choice is no value of this one."""
    check = await world.check(table_sample=BLOCKS)
    await world.record(
        [
            on(world, check, 4, 1000, table_sample=BLOCKS, sample_rows=7),
            on(world, check, 3, 3),
            on(world, check, 3, 30, table_sample=ROWS, sample_rows=7, executed_at=NOW),
            on(world, check, 2, 20, table_sample=ROWS, sample_rows=7),
            on(world, check, 2, 300, table_sample=MORE, sample_rows=7, executed_at=NOW),
            on(world, check, 1, 1),
        ]
    )
    async with world.uow() as tx:
        await tx.checks.update(replace(check, table_sample=choice), check.version)
        await tx.commit()
    assert (await history(world, check)).get("", []) == values
    async with world.uow() as tx:
        found = await tx.results.series(check.id, "", EVER, 10)
    assert [point.value for point in found.points] == values


async def explained(uow: SqlUow, check: Check) -> str:
    """How the database reads 60 periods if it avoids reading whole tables, as it does with large ones."""
    statement = looking_back._history([check.id], Wanted(TODAY, 60))
    sql = str(statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
    async with uow() as tx:
        session = tx.results._session  # type: ignore[attr-defined]
        await session.execute(text("SET LOCAL enable_seqscan = off"))
        rows = await session.execute(text("EXPLAIN " + sql.replace(":", "\\:")))
        return "\n".join(rows.scalars())


async def test_looking_back_reads_by_index_and_hashes_what_failed(world: World, uow: SqlUow) -> None:
    plan = await explained(uow, await world.check())
    assert "hashed SubPlan" in plan
    assert "ix_incident_checks_check" in plan
    assert "Seq Scan on check_results" not in plan
