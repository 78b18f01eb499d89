from __future__ import annotations

from datetime import timedelta

import pytest

from dq_platform.app import results
from dq_platform.app.results import TrendRequest
from dq_platform.errors import Invalid
from dq_platform.models.check import GroupBy
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import ResultFilter, SummaryBy, TrendBucket
from tests.integration.work.world import ALL, World


async def test_latest_is_the_newest_result_of_each_check(world: World) -> None:
    check = await world.check("nulls_percent", "customers.email")
    for statement in ("SELECT 1", "UPDATE customers SET email = 'x'"):
        world.shop.run(statement)
        await world.run(check)
        await world.work()
    [latest] = (await results.list_latest(world.deps, world.who, ResultFilter(), ALL)).items
    assert latest.outcome is Outcome.PASSED
    assert [result.outcome for result in await world.results()] == [Outcome.PASSED, Outcome.ERROR]
    assert [result.outcome for result in await world.results(outcomes=(Outcome.ERROR,))] == [Outcome.ERROR]


async def test_a_summary_looks_at_the_last_thirty_days_unless_told(world: World) -> None:
    check = await world.check("nulls_percent", "customers.email")
    await world.run(check)
    await world.work()
    [row] = await results.summary(world.deps, world.who, ResultFilter(), SummaryBy.CHECK)
    assert (row.outcomes.error, row.score) == (1, 0.0)
    world.clock.advance(timedelta(days=31))
    assert await results.summary(world.deps, world.who, ResultFilter(), SummaryBy.CHECK) == []


async def test_a_trend_is_of_one_check_and_group(world: World) -> None:
    check = await world.check("nulls_percent", "customers.email", group_by=(GroupBy(column="country"),))
    await world.run(check)
    await world.work()
    request = TrendRequest(check.id, '["DE"]', TrendBucket.DAY)
    [point] = await results.trend(world.deps, world.who, request)
    assert (point.last, point.outcomes.error) == (20, 1)
    assert await results.trend(world.deps, world.who, TrendRequest(check.id, '["FR"]')) == []
    assert await results.trend(world.deps, world.who, TrendRequest(check.id)) == []


async def test_everything_wrong_with_a_trend_is_told_at_once(world: World) -> None:
    now = world.clock.now()
    with pytest.raises(Invalid) as caught:
        await results.trend(world.deps, world.who, TrendRequest("", start=now, end=now, time_zone="Mars"))
    assert {violation.field for violation in caught.value.violations} == {"check_id", "end_time", "time_zone"}
    long = TrendRequest("x", bucket=TrendBucket.HOUR, start=now - timedelta(days=3650), end=now)
    with pytest.raises(Invalid, match="bucket"):
        await results.trend(world.deps, world.who, long)


async def test_a_filter_whose_end_lies_before_its_start_is_refused(world: World) -> None:
    now = world.clock.now()
    with pytest.raises(Invalid, match=r"filter\.end_time"):
        await world.results(start=now, end=now - timedelta(days=1))


async def test_a_label_in_a_filter_is_a_key_and_a_value(world: World) -> None:
    with pytest.raises(Invalid, match=r"filter\.labels\[1\].*key=value"):
        await world.results(labels=("a=b", "team"))


@pytest.mark.parametrize("check_id", ["nonsense", "a\x00b"])
async def test_a_filter_by_what_is_not_there_finds_nothing(world: World, check_id: str) -> None:
    assert await world.results(check_id=check_id) == []
