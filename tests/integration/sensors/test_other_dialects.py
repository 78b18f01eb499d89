"""What the dialects of engines that cannot be had here say means the same: written anew by sqlglot, run by DuckDB."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import date, datetime

import pytest

from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.models.metadata import DataType
from tests.dialects import DIALECTS
from tests.integration.sensors.bench import Bench
from tests.integration.sensors.cases import CASES, Case
from tests.integration.sensors.data import RECORDS, REFERENCE
from tests.integration.sensors.sample_cases import SAMPLES, Sample
from tests.integration.sensors.test_offending import rows_of
from tests.integration.sensors.test_sensor_values import same
from tests.integration.sensors.transpiled import Transpiled


@pytest.fixture(scope="session", params=["bigquery", "snowflake", "databricks", "oracle"])
def other(request: pytest.FixtureRequest) -> Iterator[Bench]:
    with closing(Transpiled(request.param)) as connector:
        yield Bench(connector)


def check(bench: Bench, case: Case) -> None:
    value, expected = bench.read(
        case.sensor, case.column, case.params, table=case.table, where=case.where, changed=case.changed
    )
    assert same(value, case.value), value
    assert same(expected, case.expected), expected


@pytest.mark.parametrize("case", CASES, ids=str)
def test_another_dialects_sql_gives_the_number_worked_out_by_hand(other: Bench, case: Case) -> None:
    lacking = SENSOR_REGISTRY.get(case.sensor).needs - other.dialect.capabilities
    has_dots = other.dialect is DIALECTS["bigquery"] and REFERENCE in str(case.params)
    if lacking or has_dots:
        pytest.skip("the engine has no such function, or no such name of a table")
    check(other, case)


@pytest.mark.parametrize(
    ("sensor", "wanted"), [("duplicate_record_count", {1: 1, 2: 1}), ("duplicate_record_percent", {1: 100 / 3, 2: 50})]
)
def test_another_dialects_query_answers_once_for_each_key(other: Bench, sensor: str, wanted: dict[int, float]) -> None:
    keys = (other.dialect.literal("a constant"), other.dialect.ident("part"))
    rows = other.rows(other.measure(sensor, "", {"columns": ["a", "b"]}, table=RECORDS, keys=keys))
    assert {row[1]: row[2] for row in rows} == pytest.approx(wanted)


@pytest.mark.parametrize(
    ("shown", "day", "month"),
    [
        ("2024-03-30 22:59:59.999999", date(2024, 3, 30), date(2024, 3, 1)),
        ("2024-03-30 23:00:00.000001", date(2024, 3, 31), date(2024, 3, 1)),
        ("2024-03-31 21:59:59.999999", date(2024, 3, 31), date(2024, 3, 1)),
        ("2024-03-31 22:00:00.000001", date(2024, 4, 1), date(2024, 4, 1)),
        ("2024-02-29 23:30:00.5", date(2024, 3, 1), date(2024, 3, 1)),
    ],
)
def test_another_dialects_days_and_months_begin_at_midnight_of_the_zone(
    other: Bench, shown: str, day: date, month: date
) -> None:
    moment = other.dialect.wall_clock(datetime.fromisoformat(shown))
    begins = [
        other.dialect.period_start(moment, DataType.TIMESTAMP, monthly=monthly, time_zone="Europe/Berlin")
        for monthly in (False, True)
    ]
    [found] = other.connector.execute(f"SELECT {', '.join(begins)}").rows
    assert [one.date() if isinstance(one, datetime) else one for one in found] == [day, month]


def test_another_dialects_seconds_have_fractions_and_a_sign(other: Bench) -> None:
    early, late = (
        other.dialect.instant(other.dialect.wall_clock(datetime.fromisoformat(text)), DataType.TIMESTAMP)
        for text in ("2024-02-28 23:59:59.750000", "2024-03-02 01:02:03.500000")
    )
    spans = [other.dialect.seconds_between(early, late), other.dialect.seconds_between(late, early)]
    [found] = other.connector.execute(f"SELECT {', '.join(spans)}").rows
    exact = other.dialect is not DIALECTS["oracle"]  # whose seconds of an interval have fractions; DuckDB's have none
    assert [float(one) for one in found] == pytest.approx([176523.75, -176523.75], abs=1e-6 if exact else 1)


@pytest.mark.parametrize("sample", SAMPLES, ids=str)
def test_another_dialects_offending_rows_are_those_worked_out_by_hand(other: Bench, sample: Sample) -> None:
    lacking = SENSOR_REGISTRY.get(sample.sensor).needs - other.dialect.capabilities
    has_dots = other.dialect is DIALECTS["bigquery"] and REFERENCE in str(sample.params)
    if lacking or has_dots:
        pytest.skip("the engine has no such function, or no such name of a table")
    assert rows_of(other, sample) == sorted(sample.rows, key=str)
