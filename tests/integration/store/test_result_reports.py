"""Summaries and trends against a recomputation in Python on random results."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest

from dq_platform.errors import Invalid
from dq_platform.ids import new_id
from dq_platform.models.check import Check
from dq_platform.models.cost import Cost
from dq_platform.models.job import OutcomeCounts
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import CostRow, Result, ResultFilter, SummaryBy, SummaryRow, TrendBucket, TrendPoint
from tests.integration.store.world import DAY, HOUR, NOW, World

KEYS: dict[SummaryBy, Callable[[Result], tuple[str, ...]]] = {
    SummaryBy.CONNECTION: lambda one: (one.target.connection_id,),
    SummaryBy.SCHEMA: lambda one: (one.target.connection_id, one.target.schema_name),
    SummaryBy.TABLE: lambda one: (one.target.connection_id, one.target.schema_name, one.target.table_name),
    SummaryBy.COLUMN: lambda one: (
        *(one.target.connection_id, one.target.schema_name),
        *(one.target.table_name, one.target.column_name),
    ),
    SummaryBy.CHECK_TYPE: lambda one: (one.check_type,),
    SummaryBy.CATEGORY: lambda one: (one.category,),
    SummaryBy.DIMENSION: lambda one: (one.dimension,),
    SummaryBy.CHECK: lambda one: (one.check_id,),
}
# Both sides of a change to summer time in Berlin (29 March 2026) and to winter time (25 October 2025).
SPAN = (datetime(2025, 10, 20, tzinfo=UTC), datetime(2026, 4, 5, tzinfo=UTC))


def random_results(world: World, checks: Sequence[Check], count: int, seed: int) -> list[Result]:
    rng = random.Random(seed)
    seconds = int((SPAN[1] - SPAN[0]).total_seconds())
    return [
        world.new_result(
            rng.choice(checks),
            rng.choice(list(Outcome)),
            executed_at=SPAN[0] + timedelta(seconds=rng.randrange(seconds)),
            value=rng.choice([None, rng.randrange(-50, 50), rng.uniform(-1e6, 1e6)]),
            check_type=rng.choice("abc"),
            category=rng.choice("xyz"),
            dimension=rng.choice(["Accuracy", "Validity"]),
        )
        for _ in range(count)
    ]


def counts(results: Sequence[Result]) -> OutcomeCounts:
    total = OutcomeCounts()
    for result in results:
        total = total.plus(result.outcome)
    return total


def summarised(results: Sequence[Result], by: SummaryBy) -> dict[tuple[str, ...], SummaryRow]:
    groups: defaultdict[tuple[str, ...], list[Result]] = defaultdict(list)
    for result in results:
        groups[KEYS[by](result)].append(result)
    return {
        key: SummaryRow(key, counts(members), max(one.executed_at for one in members))
        for key, members in groups.items()
    }


def added_up(results: Sequence[Result], by: SummaryBy) -> dict[tuple[str, ...], CostRow]:
    rows: dict[tuple[str, ...], CostRow] = {}
    for one in results:
        key, cost = KEYS[by](one), one.cost
        former = rows.get(key, CostRow(key, 0, 0, 0, 0, 0, one.executed_at))
        rows[key] = CostRow(
            key,
            former.results + 1,
            former.milliseconds + cost.milliseconds,
            former.statements + cost.statements,
            former.scanned_rows + (cost.scanned_rows or 0),
            former.unknown_results + (cost.scanned_rows is None),
            max(former.last_executed_at, one.executed_at),
        )
    return rows


def bucket_start(time: datetime, bucket: TrendBucket, zone: ZoneInfo) -> datetime:
    local = time.astimezone(zone)
    if bucket is TrendBucket.HOUR:
        return (time - timedelta(minutes=local.minute, seconds=local.second)).astimezone(UTC)
    day = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    if bucket is TrendBucket.WEEK:
        day -= timedelta(days=day.weekday())
    if bucket is TrendBucket.MONTH:
        day = day.replace(day=1)
    return day.astimezone(UTC)


def trend_of(results: Sequence[Result], bucket: TrendBucket, zone: ZoneInfo) -> list[TrendPoint]:
    groups: defaultdict[datetime, list[Result]] = defaultdict(list)
    for result in sorted(results, key=lambda one: (one.executed_at, one.id)):
        groups[bucket_start(result.executed_at, bucket, zone)].append(result)
    points = []
    for start in sorted(groups):
        values = [float(one.value) for one in groups[start] if one.value is not None]
        known = (min(values), fmean(values), max(values), values[-1]) if values else (None,) * 4
        points.append(TrendPoint(start, *known, counts(groups[start])))
    return points


@pytest.fixture
async def checks(world: World) -> list[Check]:
    names = [("shop", "orders", "amount"), ("shop", "orders", ""), ("shop", "customers", "name"), ("ops", "orders", "")]
    return [await world.check(schema=schema, table=table, column=column) for schema, table, column in names]


@pytest.mark.parametrize("by", list(SummaryBy))
async def test_a_summary_equals_the_recomputation(
    world: World, other: World, checks: list[Check], by: SummaryBy
) -> None:
    results = random_results(world, checks, 300, seed=7)
    await world.record(results)
    await other.record(random_results(other, [await other.check()], 5, seed=8))
    window = ResultFilter(start=SPAN[0] + 10 * DAY, end=SPAN[1] - 10 * DAY)
    for wanted, kept in (
        (ResultFilter(), results),
        (window, [one for one in results if window.start <= one.executed_at < window.end]),
        (ResultFilter(table_name="orders"), [one for one in results if one.target.table_name == "orders"]),
    ):
        async with world.uow() as tx:
            rows = await tx.results.summary(world.id, wanted, by)
        assert {row.key: row for row in rows} == summarised(kept, by)
        scores = [row.score for row in rows if row.score is not None]
        assert scores == sorted(scores)


@pytest.mark.parametrize("by", list(SummaryBy))
async def test_costs_equal_the_recomputation(world: World, other: World, checks: list[Check], by: SummaryBy) -> None:
    rng = random.Random(11)
    results = [
        # Eighths are exact in sums, whatever their order.
        replace(one, cost=Cost(rng.randrange(1000) / 8, rng.randrange(40) / 8, rng.choice([None, 0, 4096 / 8])))
        for one in random_results(world, checks, 300, seed=10)
    ]
    await world.record(results)
    await other.record(random_results(other, [await other.check()], 5, seed=8))
    failed = (Outcome.ERROR, Outcome.FATAL)
    for wanted, kept in (
        (ResultFilter(start=SPAN[0]), results),
        (ResultFilter(end=NOW), [one for one in results if one.executed_at < NOW]),
        (ResultFilter(table_name="orders"), [one for one in results if one.target.table_name == "orders"]),
        (ResultFilter(outcomes=failed), [one for one in results if one.outcome in failed]),
    ):
        async with world.uow() as tx:
            rows = await tx.results.costs(world.id, wanted, by)
        assert {row.key: row for row in rows} == added_up(kept, by)
        times = [row.milliseconds for row in rows]
        assert times == sorted(times, reverse=True)


async def test_keys_without_a_verdict_come_last(world: World, checks: list[Check]) -> None:
    outcomes = [Outcome.PASSED, Outcome.INCONCLUSIVE, Outcome.FATAL, Outcome.WARNING]
    await world.record([world.new_result(check, outcome) for check, outcome in zip(checks, outcomes, strict=True)])
    async with world.uow() as tx:
        rows = await tx.results.summary(world.id, ResultFilter(), SummaryBy.CHECK)
    assert [row.score for row in rows] == [0.0, 100.0, 100.0, None]
    assert rows[0].key == (checks[2].id,)


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu"])
@pytest.mark.parametrize("bucket", list(TrendBucket))
async def test_a_trend_equals_the_recomputation(
    world: World, checks: list[Check], bucket: TrendBucket, zone: str
) -> None:
    results = random_results(world, checks, 400, seed=9)
    await world.record(results)
    mine = [one for one in results if one.check_id == checks[0].id]
    async with world.uow() as tx:
        points = await tx.results.trend(world.id, ResultFilter(check_id=checks[0].id), bucket, zone)
    expected = trend_of(mine, bucket, ZoneInfo(zone))
    assert [point.start for point in points] == [point.start for point in expected]
    for point, wanted in zip(points, expected, strict=True):
        assert point.outcomes == wanted.outcomes
        for name in ("minimum", "average", "maximum", "last"):
            assert getattr(point, name) == pytest.approx(getattr(wanted, name)), (name, point)


async def test_a_day_begins_in_the_time_zone_asked_for(world: World) -> None:
    check = await world.check()
    evening = NOW.replace(hour=23, minute=30)
    await world.record([world.new_result(check, value=1, executed_at=evening)])
    async with world.uow() as tx:
        (point,) = await tx.results.trend(world.id, ResultFilter(check_id=check.id), TrendBucket.DAY, "Europe/Berlin")
    assert point.start == NOW.replace(hour=23)


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "CEST-2", "'; DROP TABLE x", "a\x00"])
async def test_a_time_zone_that_does_not_exist_is_invalid(world: World, zone: str) -> None:
    async with world.uow() as tx:
        with pytest.raises(Invalid, match="time_zone"):
            await tx.results.trend(world.id, ResultFilter(), TrendBucket.DAY, zone)


async def test_a_time_zone_that_only_the_database_does_not_know_is_invalid(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    await world.record([world.new_result(await world.check())])
    monkeypatch.setattr("dq_platform.adapters.sql.result_reports._time_zones", lambda: {"Moon/Tranquility"})
    async with world.uow() as tx:
        with pytest.raises(Invalid, match="Moon/Tranquility"):
            await tx.results.trend(world.id, ResultFilter(), TrendBucket.DAY, "Moon/Tranquility")


async def test_a_trend_of_nothing_is_empty(world: World) -> None:
    async with world.uow() as tx:
        assert await tx.results.trend(world.id, ResultFilter(check_id=new_id()), TrendBucket.HOUR, "UTC") == []
        assert await tx.results.summary(world.id, ResultFilter(end=NOW - HOUR), SummaryBy.TABLE) == []
