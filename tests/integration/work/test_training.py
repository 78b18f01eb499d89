"""Incidents that are excluded from training: what rules then make of a shifted level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta

import pytest

from dq_platform.app import incidents, runs
from dq_platform.errors import NotFound, WrongState
from dq_platform.ids import new_id
from dq_platform.models.check import Check, Mode, PeriodWindow
from dq_platform.models.incident import Incident, IncidentEventKind, IncidentStatus
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from tests.integration.work.world import ALL, World

DAYS = 60
SHIFTED = 12
"""For how many days before today the level is another."""
LOADED = f"""
CREATE TABLE loads (loaded_on date NOT NULL);
INSERT INTO loads SELECT day::date
FROM generate_series(current_date - {DAYS}, current_date - 1, interval '1 day') AS day, generate_series(
  1, CASE WHEN day >= current_date - {SHIFTED} THEN 300 ELSE 100 END + extract(doy FROM day)::int * 37 % 11
);
"""
RULES: Mapping[str, Mapping[str, object]] = {
    "row_count_anomaly_seasonal": {"anomaly_percent": 0.1, "min_points": 14},
    "row_count_anomaly": {"anomaly_percent": 0.1},
}
"""The seasonal rule, and in partitioned mode one by percentiles."""
PASSED, WARNING, UNDECIDED = Outcome.PASSED, Outcome.WARNING, Outcome.INCONCLUSIVE


async def partitioned(world: World, check_type: str) -> Check:
    thresholds = {Severity.WARNING: RULES.get(check_type, {})}
    return await world.check(
        check_type, "loads", mode=Mode.PARTITIONED, partition_column="loaded_on", thresholds=thresholds
    )


async def run(world: World, check: Check, first: int, last: int) -> Sequence[Result]:
    """The partitions from so many days ago until before so many days ago, oldest first."""
    midnight = datetime.combine(world.clock.now().date(), time(), world.clock.now().tzinfo)
    window = PeriodWindow(midnight - timedelta(days=first), midnight - timedelta(days=last))
    job = await runs.run_check(world.deps, world.who, check.id, window=window)
    await world.work()
    return sorted(await world.results(job_id=job.id), key=lambda result: result.time_period)


async def day_by_day(world: World, check: Check, first: int, last: int) -> list[Outcome]:
    return [(await run(world, check, day, day - 1))[0].outcome for day in range(first, last, -1)]


async def excluded(world: World) -> Incident:
    [incident] = [one for one in await world.incidents() if one.status is not IncidentStatus.RESOLVED]
    return await incidents.exclude_from_training(world.deps, world.who, incident.id, "a botched load")


@pytest.mark.parametrize("check_type", RULES)
async def test_a_level_that_shifted_in_an_excluded_incident_never_becomes_normal(world: World, check_type: str) -> None:
    world.shop.run(LOADED)
    check = await partitioned(world, check_type)
    await run(world, check, DAYS, SHIFTED)
    assert await day_by_day(world, check, SHIFTED, SHIFTED - 1) == [WARNING]
    await excluded(world)
    assert await day_by_day(world, check, SHIFTED - 1, 0) == [WARNING] * (SHIFTED - 1)
    [incident] = await world.incidents()
    assert (incident.failure_count, incident.excluded_from_training) == (SHIFTED, True)


async def test_without_that_a_level_that_shifted_is_learnt(world: World) -> None:
    world.shop.run(LOADED)
    check = await partitioned(world, "row_count_anomaly_seasonal")
    await run(world, check, DAYS, SHIFTED)
    found = await day_by_day(world, check, SHIFTED, 0)
    assert found[0] is WARNING
    assert found[-3:] == [PASSED] * 3


async def test_partitions_that_a_run_reads_again_train_nothing_while_they_fail(world: World) -> None:
    """The default window of a partitioned check has a week, so that each partition is measured seven times."""
    world.shop.run(LOADED)
    check = await partitioned(world, "row_count_anomaly_seasonal")
    await run(world, check, DAYS, SHIFTED)
    await run(world, check, SHIFTED, SHIFTED - 1)
    await excluded(world)
    for last in range(SHIFTED - 2, -1, -1):
        found = await run(world, check, min(SHIFTED, last + 7), last)
        assert {result.outcome for result in found} == {WARNING}, last


async def test_a_partition_that_was_mended_is_learnt_from_again(world: World) -> None:
    world.shop.run(LOADED)
    check = await partitioned(world, "row_count_change_1_day")
    assert [one.outcome for one in await run(world, check, 14, 11)] == [UNDECIDED, PASSED, WARNING]
    await excluded(world)
    [gap] = await run(world, check, 11, 10)
    assert (gap.outcome, gap.message[:22]) == (UNDECIDED, "There is no value of 2")
    world.shop.run(
        f"DELETE FROM loads WHERE loaded_on = current_date - {SHIFTED} AND ctid NOT IN "
        f"(SELECT ctid FROM loads WHERE loaded_on = current_date - {SHIFTED} LIMIT 103)"
    )
    mended = await run(world, check, 12, 10)
    assert [one.outcome for one in mended] == [PASSED, WARNING]
    assert mended[1].expected_value == 103


async def test_failures_in_a_row_are_counted_whatever_is_excluded(world: World) -> None:
    check = await world.check("table_availability", "payments", thresholds={Severity.WARNING: {"max_failures": 0}})
    world.shop.run("DROP TABLE payments")
    for day in range(3):
        await world.run(check)
        await world.work()
        if day == 0:
            await excluded(world)
        world.clock.advance(timedelta(days=1))
    assert [result.value for result in await world.results(check_id=check.id)] == [3, 2, 1]


async def test_who_excluded_and_included_an_incident_is_told_by_its_events(world: World) -> None:
    await world.run(await world.check())
    await world.work()
    marked = await excluded(world)
    with pytest.raises(WrongState, match="excluded from training already"):
        await incidents.exclude_from_training(world.deps, world.who, marked.id)
    resolved = await incidents.resolve(world.deps, world.who, marked.id)
    assert resolved.excluded_from_training
    included = await incidents.include_in_training(world.deps, world.who, marked.id, "it was right")
    assert not included.excluded_from_training
    with pytest.raises(WrongState, match="is not excluded from training"):
        await incidents.include_in_training(world.deps, world.who, marked.id)
    page = await incidents.list_events(world.deps, world.who, marked.id, ALL)
    assert [(event.kind, event.actor, event.note) for event in page.items if event.actor != "system"] == [
        (IncidentEventKind.EXCLUDED_FROM_TRAINING, "admin", "a botched load"),
        (IncidentEventKind.RESOLVED, "admin", ""),
        (IncidentEventKind.INCLUDED_IN_TRAINING, "admin", "it was right"),
    ]
    with pytest.raises(NotFound):
        await incidents.exclude_from_training(world.deps, world.who, new_id())
