"""PostgreSQL, MariaDB and DuckDB measure the same of the same random rows, to the last digit.

Only floats may differ, and only where a sensor computes with floats, which engines do in different orders: INEXACT says
by which share of the column's greatest number. Whole numbers, decimals, dates, texts and percentages are equal.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.level import Level
from dq_platform.checks.params import CHECKED_ROWS, ParamKind, ParamSpec
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, TYPE_GROUPS, SensorType
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.source_session import SourceSession
from dq_platform.connectors.sources import Sources
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.measure import measure
from dq_platform.execution.plan import plan
from dq_platform.execution.reading import Reading
from dq_platform.models.check import Check, GroupBy, Mode, PeriodWindow, Target, TimeScale
from dq_platform.models.metadata import DataType
from dq_platform.models.values import Number
from tests.integration.execution.conftest import OPTIONS
from tests.integration.execution.random_tables import COLUMNS, ROWS, SEEDS, greatest, table_of
from tests.integration.execution.shop import Shop, snapshot_of

NOW = datetime(2024, 4, 10, 12, tzinfo=UTC)
WINDOW = PeriodWindow(datetime(2024, 3, 28, 23, tzinfo=UTC), datetime(2024, 4, 3, 22, tzinfo=UTC))
ENGINES = ("postgres", "mariadb", "duck")
SHAPES = ("whole", "grouped", "by instant", "by wall clock", "one row", "no rows")
FILTERS = {"one row": "id = 7", "no rows": "id < 0"}
CASES = [(seed, shape) for seed in SEEDS for shape in SHAPES if seed == SEEDS[0] or shape not in FILTERS]
PARTITION_COLUMNS = {"by instant": "tz", "by wall clock": "at"}
TYPES = {
    "text": DataType.TEXT,
    "integer": DataType.INTEGER,
    "bigint": DataType.INTEGER,
    "decimal": DataType.DECIMAL,
    "double": DataType.FLOAT,
    "boolean": DataType.BOOLEAN,
    "date": DataType.DATE,
    "timestamp": DataType.TIMESTAMP,
    "instant": DataType.TIMESTAMP_TZ,
}
GREATEST = {name: greatest(name) for name, (kind, *_) in COLUMNS.items() if TYPES[kind] in TYPE_GROUPS["number"]}
CLOCKED = ("data_freshness", "data_staleness")
SLOW_DAYS = 0.01
"""Between asking the first engine and the last."""
INEXACT = {
    "mean": 1e-12,
    "percentile": 1e-12,
    "sum": 1e-12 * ROWS,
    "text_mean_length": 1e-12,
    "total_average_match_percent": 1e-12,
    "total_sum_match_percent": 1e-12 * ROWS,
    "sample_variance": 1e-9,
    "population_variance": 1e-9,
    "sample_stddev": 1e-9,
    "population_stddev": 1e-9,
    "data_ingestion_delay": 1e-12,
    "partition_reload_lag": 1e-12,
}
PARAMS: Mapping[str, Any] = {
    "regex": "^[a-z0-9]",  # a user's pattern is in the source's grammar, where `$` may forgive a line end, or may not
    "percentile_value": 0.3,
    "min_value": -1,
    "max_value": 2,
    "min_length": 2,
    "max_length": 3,
    "event_timestamp_column": "at",
    "ingestion_timestamp_column": "tz",
    "sql_condition": "(small > 0 OR small IS NULL)",
    "sql_expression": "SUM(small) + COUNT(*)",
    "columns": ("small", "select"),
}
BY_KIND: Mapping[ParamKind, Any] = {
    ParamKind.TEXT_LIST: ("a", "A", "ä", "a ", "", "😀", "\\", "it's", "missing"),
    ParamKind.NUMBER_LIST: (-1, 0, 2.5, 2**53 + 1, 0.1),
}


def params_of(sensor: SensorType, column: str, seed: int, dialect: Dialect) -> dict[str, Any]:
    """All parameters of the sensor, chosen so that they part the rows."""
    other = f'"{table_of(SEEDS[SEEDS.index(seed) - 1])}"'

    def value(spec: ParamSpec) -> Any:
        if spec.kind is ParamKind.TABLE:
            return other
        if spec.kind is ParamKind.SQL_QUERY:
            return f"SELECT id FROM {dialect.ident(CHECKED_ROWS)} AS checked WHERE small > 0"
        if spec.kind is ParamKind.OTHER_COLUMN:
            return column
        return PARAMS.get(spec.name, BY_KIND.get(spec.kind, spec.default))

    return {spec.name: value(spec) for spec in sensor.params}


def checks(shop: Shop, seed: int, shape: str, dialect: Dialect) -> Iterator[Check]:
    """Every sensor once on every column that one of its check types accepts."""
    seen: set[tuple[str, str]] = set()
    for check_type in CHECK_REGISTRY.items():
        sensor = SENSOR_REGISTRY.get(check_type.sensor)
        if sensor.metadata or check_type.fixed or check_type.compares or (shape != "whole" and not sensor.groupable):
            continue
        if any(spec.kind is ParamKind.SEVERITY_QUERY for spec in sensor.params):  # the number is the query's own
            continue
        named = [name for name, (kind, *_) in COLUMNS.items() if TYPES[kind] in check_type.accepts]
        for column in named if sensor.level is Level.COLUMN else [""]:
            if (sensor.name, column) not in seen:
                seen.add((sensor.name, column))
                yield Check(
                    id=f"{sensor.name} {column}".strip(),
                    workspace_id="w",
                    target=Target(shop.connection.id, shop.schema, table_of(seed), column),
                    check_type=check_type.name,
                    mode=Mode.PARTITIONED if shape in PARTITION_COLUMNS else Mode.MONITORING,
                    time_scale=TimeScale.DAILY,
                    create_time=NOW,
                    update_time=NOW,
                    sensor_params=params_of(sensor, column, seed, dialect),
                    partition_column=PARTITION_COLUMNS.get(shape, ""),
                    filter=FILTERS.get(shape, ""),
                    group_by=(GroupBy(column="grp"),) if shape == "grouped" else (),
                )


Found = dict[tuple[str, str, datetime], Reading]


async def read(shop: Shop, session: SourceSession, seed: int, shape: str) -> Found:
    """What every sensor measures, by check, group and period."""
    snapshot = await snapshot_of(session, shop, table_of(seed))
    context = PlanContext(session.dialect, snapshot, "Europe/Berlin", NOW, window=WINDOW)
    done = await measure(session, plan(checks(shop, seed, shape, session.dialect), context))
    assert done.failures == {}
    return {(one.check_id, one.data_group, one.time_period): one for made in done.readings.values() for one in made}


@pytest.fixture(scope="module")
async def found(request: pytest.FixtureRequest) -> dict[tuple[str, int, str], Found]:
    """By engine, seed and shape."""
    answers = {}
    async with Sources(OPTIONS) as sources:
        for engine in ENGINES:
            shop: Shop = request.getfixturevalue(engine)
            async with sources.session(shop.connection) as session:
                for seed, shape in CASES:
                    answers[engine, seed, shape] = await read(shop, session, seed, shape)
    return answers


def same(one: Reading, other: Reading) -> bool:
    if (one.text, one.reason) != (other.text, other.reason):
        return False
    return _same(one.check_id, one.value, other.value) and _same(one.check_id, one.expected, other.expected)


def _same(check_id: str, one: Number | None, other: Number | None) -> bool:
    if one is None or other is None:
        return one is other
    sensor, _, column = check_id.partition(" ")
    if sensor in CLOCKED:
        return abs(one - other) < SLOW_DAYS
    if isinstance(one, float) or isinstance(other, float):
        share = INEXACT.get(sensor, 0)
        return float(other) == pytest.approx(float(one), rel=share, abs=share * GREATEST.get(column, 0))
    return one == other


@pytest.mark.parametrize("engine", ENGINES[1:])
@pytest.mark.parametrize(("seed", "shape"), CASES)
def test_engines_measure_the_same(found: dict[tuple[str, int, str], Found], seed: int, shape: str, engine: str) -> None:
    first, other = found["postgres", seed, shape], found[engine, seed, shape]
    assert other.keys() == first.keys()
    assert {key[0] for key in first if not same(first[key], other[key])} == set()


@pytest.mark.parametrize("engine", ENGINES)
def test_one_row_is_counted_as_one_and_shared_as_all_or_nothing(
    found: dict[tuple[str, int, str], Found], engine: str
) -> None:
    for one in found[engine, SEEDS[0], "one row"].values():
        sensor = one.check_id.partition(" ")[0]
        if sensor.startswith(("total_", "expected_")):
            continue
        if sensor.endswith("_percent"):
            assert one.value in (None, 0.0, 100.0), one
        elif sensor.endswith("_count") and "word" not in sensor:
            assert one.value in (0, 1), one
        elif sensor.startswith("sample_"):
            assert one.value is None, one
        elif sensor.startswith("population_"):
            assert one.value in (None, 0.0), one


def test_the_rows_tell_something(found: dict[tuple[str, int, str], Found]) -> None:
    """Without values, groups and days to compare the comparison would be worth nothing."""
    for shape, readings in ((shape, made) for (_, _, shape), made in found.items() if shape not in FILTERS):
        checks = {check_id for check_id, _, _ in readings}
        telling = {one.check_id for one in readings.values() if one.value not in (None, 0) or one.text}
        assert len(telling) > 0.7 * len(checks), checks - telling
        assert len({group for _, group, _ in readings}) in ((8, 9) if shape == "grouped" else (1,))
        assert len({period for _, _, period in readings}) == (6 if shape in PARTITION_COLUMNS else 1)
