"""What would be sent for the whole catalogue at once, on every engine: statements of its grammar within its limits."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlglot
from sqlglot import exp

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.connectors.dialect import Dialect
from dq_platform.connectors.shared_session import Select, fused
from dq_platform.execution.plan import Plan, plan
from dq_platform.models.check import Check, GroupBy, Mode
from dq_platform.models.metadata import DataType
from tests.dialects import DIALECTS
from tests.golden.sql.test_golden_sql import value_of
from tests.unit.execution.builders import check, context, snapshot

COLUMNS = {
    'we"ird': DataType.TEXT,
    "back`tick": DataType.INTEGER,
    "it's": DataType.BOOLEAN,
    "select": DataType.TIMESTAMP_TZ,
    "größe": DataType.DATE,
}
SHAPES = {
    "whole": {},
    "by group and day": {
        "mode": Mode.PARTITIONED,
        "partition_column": "select",
        "group_by": (GroupBy(column='we"ird'), GroupBy(tag="a tag"), GroupBy(column="back`tick")),
    },
}


def possible(dialect: Dialect) -> Iterator[CheckType]:
    for check_type in CHECK_REGISTRY.items():
        sensor = SENSOR_REGISTRY.get(check_type.sensor)
        if sensor.needs <= dialect.capabilities and not sensor.metadata:
            yield check_type


def hostile(dialect: Dialect) -> str:
    literal = dialect.literal("it's; DROP TABLE t")
    return f"x = {literal} OR y IS NULL"


def made(check_type: CheckType, shape: str, dialect: Dialect) -> Check:
    sensor = SENSOR_REGISTRY.get(check_type.sensor)
    fits = (name for name, kind in COLUMNS.items() if kind in check_type.accepts)
    return check(
        check_type.name,
        check_type.name,
        next(fits) if check_type.level == "column" else "",
        sensor_params={spec.name: value_of(spec) for spec in sensor.params if spec.name not in check_type.fixed},
        filter=hostile(dialect),
        **SHAPES[shape],
    )


def planned(dialect: Dialect, shape: str) -> Plan:
    checks = [made(check_type, shape, dialect) for check_type in possible(dialect)]
    return plan(checks, context(dialect=dialect, snapshot=snapshot(COLUMNS), table_filter=hostile(dialect)))


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("engine", DIALECTS)
def test_every_statement_is_one_select_of_the_engines_grammar(engine: str, shape: str) -> None:
    dialect = DIALECTS[engine]
    found = planned(dialect, shape)
    assert found.failures == {}
    assert {name for one in found.statements for name in one.check_ids} == {one.name for one in possible(dialect)}
    for one in found.statements:
        [tree] = sqlglot.parse(one.sql, read=dialect.sqlglot)
        assert isinstance(tree, exp.Select)
        assert not list(tree.find_all(exp.Command, exp.Drop))
        assert len(one.sql.encode()) <= dialect.limits.statement_bytes
        assert len(tree.expressions) <= dialect.limits.select_columns


NUMBERS = {f"c{number}": DataType.INTEGER for number in range(400)}
KINDS = ("nulls_count", "min_in_range", "max_in_range", "sum_in_range", "mean_in_range")
TEXTS = {f"c{number}": DataType.TEXT for number in range(50)}


def wide(dialect: Dialect, shape: str) -> tuple[list[Check], Plan]:
    """Two thousand checks of 400 columns, or fifty of which twenty fill a statement."""
    if shape == "columns":
        columns, checks = NUMBERS, [check(f"{kind} {name}", kind, name) for kind in KINDS for name in NUMBERS]
    else:
        long = "x" * (dialect.limits.statement_bytes // 20)
        columns = TEXTS
        checks = [
            check(name, "text_found_in_set_percent", name, sensor_params={"expected_values": (f"{long}{name}",)})
            for name in TEXTS
        ]
    return checks, plan(checks, context(dialect=dialect, snapshot=snapshot(columns)))


@pytest.mark.parametrize("shape", ["columns", "text"])
@pytest.mark.parametrize("engine", DIALECTS)
def test_a_plan_that_no_statement_could_hold_is_split_and_serves_every_check_once(engine: str, shape: str) -> None:
    dialect = DIALECTS[engine]
    limits = dialect.limits
    checks, made = wide(dialect, shape)
    assert made.failures == {}
    served = [check_id for statement in made.statements for check_id in statement.check_ids]
    assert sorted(served) == sorted(one.id for one in checks)
    assert all(len(one.sql.encode()) <= limits.statement_bytes for one in made.statements)
    assert all(one.sql.count(" AS dq") <= limits.select_columns for one in made.statements)
    needed = len(checks) / limits.select_columns if shape == "columns" else 2.5
    assert len(made.statements) >= needed


@pytest.mark.parametrize("engine", DIALECTS)
def test_scans_of_several_tables_make_one_statement_in_the_engine_s_grammar(engine: str) -> None:
    dialect = DIALECTS[engine]
    statements = planned(dialect, "whole").statements
    selects = [Select(one.sql, "", one.numbers) for one in statements if one.numbers]
    assert selects
    [parsed] = sqlglot.parse(fused([selects[0], selects[0]]), read=dialect.sqlglot)
    assert isinstance(parsed, exp.Select)
    assert [column.alias for column in parsed.selects] == [f"dq{place}" for place in range(2 * selects[0].numbers)]
