"""Summaries and trends against a recomputation in Python on random results."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from statistics import fmean
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.adapters.sql.maintenance import SqlMaintenance
from dq_platform.adapters.sql.result_reports import summary_statement
from dq_platform.adapters.sql.uow import SqlUow
from dq_platform.errors import Invalid
from dq_platform.ids import new_id
from dq_platform.models.check import Check
from dq_platform.models.cost import Cost
from dq_platform.models.job import OutcomeCounts
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import CostRow, Result, ResultFilter, SummaryBy, SummaryRow, TrendBucket, TrendPoint
from tests.integration.store.conftest import TIMESCALE
from tests.integration.store.world import DAY, HOUR, NOW, World, new_world

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
    """Of whole seconds, some of them the first of a day or month; costs in eighths are exact whatever their order."""
    rng = random.Random(seed)
    seconds = int((SPAN[1] - SPAN[0]).total_seconds())
    moments = [SPAN[0] + timedelta(seconds=rng.randrange(seconds)) for _ in range(count)]
    moments[:60] = [moment.replace(hour=0, minute=0, second=0) for moment in moments[:60]]
    moments[:6] = [moment.replace(day=1) for moment in moments[:6]]
    rng.shuffle(moments)
    return [one_result(world, rng, rng.choice(checks), moment) for moment in moments]


def one_result(world: World, rng: random.Random, check: Check, moment: datetime) -> Result:
    return world.new_result(
        check,
        rng.choice(list(Outcome)),
        executed_at=moment,
        time_period=moment.replace(hour=0, minute=0, second=0) - rng.randrange(3) * DAY,
        value=rng.choice([None, rng.randrange(-50, 50), rng.uniform(-1e6, 1e6)]),
        data_group=rng.choice(["", '["DE"]']),
        category=rng.choice("xyz"),
        dimension=rng.choice(["Accuracy", "Validity"]),
        cost=Cost(rng.randrange(1000) / 8, rng.randrange(40) / 8, rng.choice([None, 0, 4096 / 8])),
    )


def random_windows(seed: int, count: int = 12) -> list[ResultFilter]:
    """Windows that begin and end within days, with days, with months, or not at all."""
    rng = random.Random(seed)

    def edge() -> datetime | None:
        moment = SPAN[0] + rng.random() * (SPAN[1] - SPAN[0])
        day = moment.replace(hour=0, minute=0, second=0, microsecond=0)
        return rng.choice([None, moment, moment, day, day.replace(day=1)])

    edges = [(edge(), edge()) for _ in range(count)]
    ordered = [(end, start) if start and end and start > end else (start, end) for start, end in edges]
    return [ResultFilter(start=start, end=end) for start, end in ordered]


def kept(results: Sequence[Result], wanted: ResultFilter) -> list[Result]:
    """Those that match the window, target, check, outcomes and group of the filter."""
    return [
        one
        for one in results
        if (wanted.start is None or wanted.start <= one.executed_at)
        and (wanted.end is None or one.executed_at < wanted.end)
        and wanted.table_name in ("", one.target.table_name)
        and wanted.column_name in ("", one.target.column_name)
        and wanted.check_id in ("", one.check_id)
        and wanted.category in ("", one.category)
        and (not wanted.outcomes or one.outcome in wanted.outcomes)
        and (wanted.min_severity is None or (one.outcome.severity or 0) >= wanted.min_severity)
        and wanted.data_group in (None, one.data_group)
        and (not wanted.labels or one.target.column_name == "name")
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
    for result in sorted(results, key=lambda one: (one.executed_at, one.time_period, one.id)):
        groups[bucket_start(result.executed_at, bucket, zone)].append(result)
    points = []
    for start in sorted(groups):
        values = [float(one.value) for one in groups[start] if one.value is not None]
        known = (min(values), fmean(values), max(values), values[-1]) if values else (None,) * 4
        points.append(TrendPoint(start, *known, counts(groups[start])))
    return points


async def some_checks(world: World) -> list[Check]:
    names = [("shop", "orders", "amount"), ("shop", "orders", ""), ("shop", "customers", "name"), ("ops", "orders", "")]
    return [
        await world.check(schema=schema, table=table, column=column, check_type=check_type, labels={"column": column})
        for (schema, table, column), check_type in zip(names, "abca", strict=True)
    ]


@pytest.fixture
async def checks(world: World) -> list[Check]:
    return await some_checks(world)


@dataclass(frozen=True, slots=True)
class Past:
    world: World
    checks: Sequence[Check]
    results: Sequence[Result]


@pytest.fixture(scope="module")
async def past(uow: SqlUow) -> Past:
    """Half a year of results, stored in batches whose days overlap, beside those of another workspace."""
    world, other = await new_world(uow), await new_world(uow)
    checks = await some_checks(world)
    results = random_results(world, checks, 700, seed=7)
    for start in range(0, len(results), 70):
        await world.record(results[start : start + 70])
    await other.record(random_results(other, [await other.check()], 5, seed=8))
    return Past(world, checks, results)


def filters(past: Past) -> list[ResultFilter]:
    window = ResultFilter(start=SPAN[0] + 10 * DAY, end=SPAN[1] - 10.5 * DAY)
    return [
        *random_windows(seed=12),
        *(
            replace(window, **{name: value})
            for name, value in {
                "table_name": "orders",
                "column_name": "amount",
                "check_id": past.checks[1].id,
                "category": "x",
                "min_severity": Severity.ERROR,
                "labels": ("column=name",),
                "outcomes": (Outcome.ERROR, Outcome.FATAL),
                "data_group": '["DE"]',
            }.items()
        ),
    ]


@pytest.mark.parametrize("by", list(SummaryBy))
async def test_a_summary_equals_the_recomputation(past: Past, by: SummaryBy) -> None:
    for wanted in filters(past):
        async with past.world.uow() as tx:
            rows = await tx.results.summary(past.world.id, wanted, by)
        assert {row.key: row for row in rows} == summarised(kept(past.results, wanted), by), wanted
        scores = [row.score for row in rows if row.score is not None]
        assert scores == sorted(scores)


@pytest.mark.parametrize("by", list(SummaryBy))
async def test_costs_equal_the_recomputation(past: Past, by: SummaryBy) -> None:
    for wanted in filters(past):
        async with past.world.uow() as tx:
            rows = await tx.results.costs(past.world.id, wanted, by)
        assert {row.key: row for row in rows} == added_up(kept(past.results, wanted), by), wanted
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
async def test_a_trend_equals_the_recomputation(past: Past, bucket: TrendBucket, zone: str) -> None:
    for window in random_windows(seed=13, count=6):
        wanted = replace(window, check_id=past.checks[0].id, data_group="")
        async with past.world.uow() as tx:
            points = await tx.results.trend(past.world.id, wanted, bucket, zone)
        expected = trend_of(kept(past.results, wanted), bucket, ZoneInfo(zone))
        assert [point.start for point in points] == [point.start for point in expected]
        for point, one in zip(points, expected, strict=True):
            assert point.outcomes == one.outcomes
            for name in ("minimum", "average", "maximum", "last"):
                assert getattr(point, name) == pytest.approx(getattr(one, name)), (name, wanted, point)


async def test_the_newest_value_of_a_day_is_kept_whichever_comes_first(world: World) -> None:
    check = await world.check()
    periods = [world.new_result(check, value=days, time_period=NOW - days * DAY) for days in range(5)]
    later = world.new_result(check, value=7, executed_at=NOW + HOUR)
    unmeasured = world.new_result(check, executed_at=NOW + 2 * HOUR)
    for stored, last in (([periods[3], periods[2]], 2), ([periods[4]], 2), ([periods[1]], 1), ([later], 7)):
        await world.record(stored)
        async with world.uow() as tx:
            (point,) = await tx.results.trend(world.id, ResultFilter(check_id=check.id), TrendBucket.DAY, "UTC")
        assert point.last == last
    await world.record([unmeasured, periods[0]])
    async with world.uow() as tx:
        (point,) = await tx.results.trend(world.id, ResultFilter(check_id=check.id), TrendBucket.DAY, "UTC")
    assert (point.last, point.minimum, point.maximum) == (7, 0, 7)


async def test_values_beyond_what_a_float_holds_are_stored_and_added_up(world: World) -> None:
    check = await world.check()
    for value in (10**400, 1e308, 1e308):
        await world.record([world.new_result(check, value=value)])
    async with world.uow() as tx:
        (row,) = await tx.results.summary(world.id, ResultFilter(), SummaryBy.CHECK)
    assert row.outcomes.passed == 3


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


@pytest.mark.skipif(bool(TIMESCALE), reason="chunks have other names")
async def test_a_long_window_reads_sums_and_the_results_of_its_first_day(engine: AsyncEngine, past: Past) -> None:
    await SqlMaintenance(engine.sync_engine).ensure_partitions(SPAN[0])
    window = ResultFilter(start=SPAN[0] + 3 * DAY + HOUR)
    for by, relations in {
        SummaryBy.TABLE: {"table_results_daily", "table_results_monthly", "check_results_2025_10"},
        SummaryBy.CHECK: {"check_results_daily", "check_results_2025_10"},
    }.items():
        statement = summary_statement(past.world.id, window, by)
        sql = statement.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})
        async with engine.connect() as connection:
            plan = "\n".join((await connection.exec_driver_sql(f"EXPLAIN {sql}")).scalars())
        assert set(re.findall(r" on ((?:check|table)_results\w*) ", plan)) == relations
