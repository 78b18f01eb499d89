from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest

from dq_platform.app import runs
from dq_platform.models.check import Check, Mode, PeriodWindow
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from tests.integration.work.world import World

DAYS = 70
LOADED = f"""
CREATE TABLE loads (loaded_on date NOT NULL);
INSERT INTO loads
SELECT day::date
FROM generate_series(current_date - {DAYS}, current_date - 1, interval '1 day') AS day,
  generate_series(
    1, CASE WHEN extract(isodow FROM day) > 5 THEN 100 ELSE 1000 + extract(doy FROM day)::int * 37 % 41 END
  );
DELETE FROM loads WHERE ctid IN (
  SELECT ctid FROM loads WHERE loaded_on = (
    SELECT max(loaded_on) FROM loads WHERE extract(isodow FROM loaded_on) = 3
  ) LIMIT 800
);
"""
"""A thousand rows a weekday and a hundred at weekends; of the last Wednesday most are missing."""


async def run(world: World, check: Check, first: int, last: int) -> dict[datetime, Result]:
    """Partitions from so many days ago until so many days ago, by their period."""
    midnight = datetime.combine(world.clock.now().date(), time(), UTC)
    window = PeriodWindow(midnight - timedelta(days=first), midnight - timedelta(days=last))
    job = await runs.run_check(world.deps, world.who, check.id, window=window)
    await world.work()
    return {result.time_period: result for result in await world.results(job_id=job.id)}


@pytest.mark.parametrize("stored", [0, DAYS - 7])
async def test_a_missing_load_is_an_anomaly_and_a_weekend_is_none(world: World, stored: int) -> None:
    """Whether earlier partitions were measured by the same run or are read from the store."""
    world.shop.run(LOADED)
    check = await world.check(
        "row_count_anomaly_seasonal", "loads", mode=Mode.PARTITIONED, partition_column="loaded_on"
    )
    earlier = await run(world, check, DAYS, DAYS - stored) if stored else {}
    found = earlier | await run(world, check, DAYS - stored, 0)
    assert len(found) == DAYS
    failed = [period.isoweekday() for period, result in found.items() if result.outcome is Outcome.WARNING]
    assert failed == [3]
    undecided = [result for result in found.values() if result.outcome is Outcome.INCONCLUSIVE]
    assert len(undecided) == 30
    assert "30 are needed." in undecided[0].message
    judged = [result for result in found.values() if result.outcome is Outcome.PASSED]
    assert all(result.bounds.warning and result.expected_value is not None for result in judged)


async def test_partitions_and_whole_tables_are_judged_by_rules_of_their_own(world: World) -> None:
    world.shop.run(LOADED)
    check = await world.check("row_count_anomaly", "loads", mode=Mode.PARTITIONED, partition_column="loaded_on")
    found = await run(world, check, DAYS, 0)
    newest = found[max(found)]
    assert newest.bounds.warning is not None
    assert newest.bounds.warning.lower is not None
    assert newest.bounds.warning.lower > 0
    assert newest.expected_value == pytest.approx(1015, abs=15)
