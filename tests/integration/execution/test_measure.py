from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from math import log2

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.sources import SourceOptions, Sources
from dq_platform.execution.measure import measure
from dq_platform.execution.results import RunFacts, results
from dq_platform.models.check import GroupBy, PeriodWindow, Thresholds, TimeScale
from dq_platform.models.metadata import ColumnInfo, DataType
from dq_platform.models.outcome import Outcome
from tests.integration.execution.bench import Bench
from tests.integration.execution.shop import COLUMNS, NOW, snapshot_of

NULLS = {"id": 0, "customer": 3, "group": 1, "amount": 2, "note": 5, "created_on": 1, "created_at": 1}
ROW_COUNT = 8
COUNTRY = (GroupBy(column="group"),)


def many(bench):
    kinds = ("nulls_count", "nulls_percent", "not_nulls_count", "not_nulls_percent", "empty_column_found")
    return [bench.check(f"{kind}:{column}", kind, column) for kind in kinds for column in COLUMNS]


async def test_more_than_thirty_checks_cost_one_statement_and_are_right(bench):
    bench.shop.require_empty_texts()
    checks = many(bench)
    done = await bench.measure(*checks)
    assert (len(checks), done.statements, bench.statements) == (35, 1, 1)
    assert done.failures == {}
    values = {check_id: reading.value for check_id, (reading,) in done.readings.items()}
    for column, nulls in NULLS.items():
        assert values[f"nulls_count:{column}"] == nulls
        assert values[f"not_nulls_count:{column}"] == ROW_COUNT - nulls
        assert values[f"nulls_percent:{column}"] == 100 * nulls / ROW_COUNT
        assert values[f"not_nulls_percent:{column}"] == 100 - 100 * nulls / ROW_COUNT


async def test_a_column_that_vanished_fails_alone_among_many(bench):
    bench.shop.require_empty_texts()
    checks = [*many(bench), bench.check("gone", column="gone")]
    made = await bench.plan(checks)
    assert made.failures["gone"].reason == "COLUMN_NOT_FOUND"
    stale = await snapshot_of(bench.session, bench.shop)
    stale = replace(stale, columns=(*stale.columns, ColumnInfo("gone", 9, "text", DataType.TEXT)))
    done = await bench.measure(*checks, snapshot=stale)
    assert {check_id: error.reason for check_id, error in done.failures.items()} == {"gone": "SOURCE_BAD_SQL"}
    assert len(done.readings) == 35
    assert done.readings["nulls_count:note"][0].value == 5
    distinct = len({measure for statement in made.statements for measure in statement.measures}) + 1
    assert done.statements - 1 <= 2 * log2(distinct) + 1


async def test_an_empty_table_has_counts_of_zero_and_percents_of_nothing(bench):
    checks = [bench.check("count", table="empty"), bench.check("percent", "nulls_percent", table="empty")]
    done = await bench.measure(*checks)
    assert done.readings["count"][0].value == 0
    assert (done.readings["percent"][0].value, done.readings["percent"][0].reason) == (None, "NO_DATA")


async def test_an_empty_table_has_no_groups_and_says_so(bench):
    done = await bench.measure(bench.check("count", table="empty", group_by=COUNTRY))
    [reading] = done.readings["count"]
    assert (reading.value, reading.data_group, reading.reason) == (None, "", "NO_DATA")


async def test_daily_partitions_follow_the_zone_through_the_change_of_the_clocks(bench):
    assert await bench.values(bench.partitioned("k", column="note")) == {
        ("k", "", "2026-03-27T23:00"): 1,
        ("k", "", "2026-03-28T23:00"): 2,
        ("k", "", "2026-03-29T22:00"): 0,
    }


async def test_a_day_without_rows_has_no_rows_and_nothing_else(bench):
    rows = bench.partitioned("rows", check_type="row_count", column="")
    values = await bench.values(rows, bench.partitioned("nulls"))
    assert {period: value for (check_id, _, period), value in values.items() if check_id == "rows"} == {
        "2026-03-23T23:00": 0,
        "2026-03-24T23:00": 0,
        "2026-03-25T23:00": 0,
        "2026-03-26T23:00": 0,
        "2026-03-27T23:00": 1,
        "2026-03-28T23:00": 2,
        "2026-03-29T22:00": 1,
    }
    assert len([check_id for check_id, *_ in values if check_id == "nulls"]) == 3


async def test_a_date_belongs_to_no_zone(bench):
    assert await bench.values(bench.partitioned("k", by="created_on")) == {
        ("k", "", "2026-03-27T23:00"): 1,
        ("k", "", "2026-03-28T23:00"): 0,
        ("k", "", "2026-03-29T22:00"): 0,
    }


async def test_monthly_partitions_follow_the_zone(bench):
    assert await bench.values(bench.partitioned("k", scale=TimeScale.MONTHLY)) == {("k", "", "2026-01-31T23:00"): 1}


async def test_a_run_may_name_its_own_dates(bench):
    window = PeriodWindow(datetime(2026, 1, 31, 23, tzinfo=UTC), NOW + timedelta(hours=1))
    checks = [bench.partitioned("m", scale=TimeScale.MONTHLY), bench.partitioned("d")]
    values = await bench.values(*checks, window=window)
    assert values == {
        ("m", "", "2026-01-31T23:00"): 1,
        ("m", "", "2026-02-28T23:00"): 2,
        ("d", "", "2026-02-27T23:00"): 1,
        ("d", "", "2026-02-28T23:00"): 0,
        ("d", "", "2026-03-27T23:00"): 0,
        ("d", "", "2026-03-28T23:00"): 1,
        ("d", "", "2026-03-29T22:00"): 0,
        ("d", "", "2026-03-30T22:00"): 1,
    }


async def test_partitioned_checks_of_one_scale_share_a_statement(bench):
    checks = [bench.partitioned("a"), bench.partitioned("b", check_type="nulls_percent")]
    done = await bench.measure(*checks)
    assert done.statements == 1
    assert {reading.value for reading in done.readings["b"]} == {0.0, 50.0}


async def test_groups_differ_by_any_character_and_carry_their_tags(bench):
    tagged = bench.check("t", group_by=(GroupBy(tag="shop"), *COUNTRY))
    done = await bench.measure(tagged, bench.check("g", "nulls_percent", group_by=COUNTRY))
    assert done.statements == 1
    assert {reading.data_group: reading.value for reading in done.readings["t"]} == {
        '["shop","de"]': 0,
        '["shop","DE"]': 1,
        '["shop","fr"]': 1,
        '["shop",null]': 1,
    }
    assert {reading.data_group: reading.value for reading in done.readings["g"]} == {
        '["de"]': 0.0,
        '["DE"]': 100.0,
        '["fr"]': pytest.approx(100 / 3),
        "[null]": 100.0,
    }


async def test_groups_and_partitions_go_together(bench):
    values = await bench.values(bench.partitioned("k", group_by=(*COUNTRY, GroupBy(column="created_on"))))
    assert values == {
        ("k", '["de","2026-03-28"]', "2026-03-27T23:00"): 0,
        ("k", '["DE","2026-03-28"]', "2026-03-28T23:00"): 1,
        ("k", '["fr","2026-03-29"]', "2026-03-28T23:00"): 0,
        ("k", '["de","2026-03-30"]', "2026-03-29T22:00"): 0,
    }


async def test_too_many_groups_fail_the_check_that_asks_for_them(bench):
    grouped = bench.check("g", group_by=(GroupBy(column="id"),))
    done = await bench.measure(grouped, bench.check("a"), max_groups=7)
    assert done.failures["g"].reason == "TOO_MANY_GROUPS"
    assert done.rows == 9
    assert done.readings["a"][0].value == 3
    assert len((await bench.measure(grouped, max_groups=8)).readings["g"]) == 8


async def test_both_filters_hold_though_they_contain_or(bench):
    one = bench.check("a", filter="id = 2 OR id = 5")
    values = await bench.values(one, bench.check("b"), table_filter="id < 3 OR id > 6")
    assert {check_id: value for (check_id, _, _), value in values.items()} == {"a": 1, "b": 2}


async def test_a_wrong_filter_fails_all_its_checks_after_four_statements(bench):
    checks = [replace(check, filter="no_such_column = 1") for check in many(bench)]
    done = await bench.measure(*checks, bench.check("good"))
    assert done.statements == 5
    assert len(done.failures) == 35
    assert done.readings["good"][0].value == 3


async def test_readings_are_graded_per_group(bench):
    checks = [
        bench.check(
            "g",
            "nulls_percent",
            group_by=COUNTRY,
            thresholds=Thresholds(
                warning={"max_percent": 0.0}, error={"max_percent": 40.0}, fatal={"max_percent": 90.0}
            ),
        )
    ]
    made = await bench.plan(checks)
    graded = results(checks, made, await measure(bench.session, made), RunFacts("job", NOW))
    assert {result.data_group: result.outcome for result in graded} == {
        '["de"]': Outcome.PASSED,
        '["fr"]': Outcome.WARNING,
        '["DE"]': Outcome.FATAL,
        "[null]": Outcome.FATAL,
    }
    assert sum(result.cost.milliseconds for result in graded) > 0


async def test_a_slow_table_is_asked_once_not_once_for_each_check(postgres):
    options = SourceOptions(guards=Guards(statement_timeout=timedelta(milliseconds=200)))
    async with Sources(options) as sources, sources.session(postgres.connection) as session:
        bench = Bench(postgres, session)
        done = await bench.measure(*many(bench), table_filter="pg_sleep(5) IS NOT NULL")
    assert done.statements == 1
    assert len(done.failures) == 35
    assert {error.reason for error in done.failures.values()} == {"SOURCE_TIMEOUT"}
    assert done.stopped_by is not None
