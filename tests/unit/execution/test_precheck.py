from __future__ import annotations

import pytest

from dq_platform.checks.catalog.declare import CheckType, Dimension
from dq_platform.checks.level import Level
from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.checks.sensors.registry import SensorType
from dq_platform.connectors.dialect import Capability
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.errors import Unsupported
from dq_platform.execution.precheck import Bound, bind, require_possible
from dq_platform.execution.problems import ColumnMissing, ColumnTypeUnsuitable, TableMissing
from dq_platform.models.check import GroupBy
from dq_platform.models.metadata import DataType
from tests.unit.execution.builders import COLUMNS, DIALECT, check, partitioned, snapshot


def bound(made=None, **sensor):
    check_type = CheckType("x", Level.COLUMN, "c", Dimension.VALIDITY, "s", "max_count", fixed={"strict": True})
    return Bound(made or check("a"), check_type, SensorType("s", Level.COLUMN, "", "", **sensor))


class Poor(PostgreSQLDialect):
    capabilities = frozenset()


def test_what_the_engine_lacks_is_named():
    with pytest.raises(Unsupported, match="regex"):
        require_possible(bound(needs=frozenset({Capability.REGEX})), snapshot(), Poor())


def test_a_table_that_is_gone_is_an_error():
    with pytest.raises(TableMissing, match=r"s\.t does not exist"):
        require_possible(bound(), None, DIALECT)


def test_a_column_of_an_unsuitable_type_is_an_error():
    with pytest.raises(ColumnTypeUnsuitable, match="'email' is of type text"):
        require_possible(bound(accepts=frozenset({DataType.INTEGER})), snapshot(), DIALECT)


@pytest.mark.parametrize(("kind", "given"), [(ParamKind.COLUMN, "gone"), (ParamKind.COLUMN_LIST, ("id", "gone"))])
def test_columns_named_by_parameters_are_looked_for_too(kind, given):
    made = check("a", sensor_params={"other": given})
    with pytest.raises(ColumnMissing, match="'gone'"):
        require_possible(bound(made, params=(ParamSpec("other", kind),)), snapshot(), DIALECT)


def test_columns_of_other_tables_are_not_looked_for():
    made = check("a", sensor_params={"other": "elsewhere"})
    assert (
        require_possible(bound(made, params=(ParamSpec("other", ParamKind.OTHER_COLUMN),)), snapshot(), DIALECT) is None
    )


def test_a_parameter_may_need_a_type():
    made = check("a", sensor_params={"other": "email"})
    spec = ParamSpec("other", ParamKind.COLUMN, accepts=frozenset({DataType.DATE}))
    with pytest.raises(ColumnTypeUnsuitable, match="'email'"):
        require_possible(bound(made, params=(spec,)), snapshot(), DIALECT)


def test_metadata_sensors_measure_what_is_not_there():
    assert require_possible(bound(metadata=True), None, DIALECT) is None


def test_a_table_with_many_columns_is_named_in_part():
    columns = {f"c{number}": COLUMNS["email"] for number in range(200)}
    with pytest.raises(ColumnMissing) as caught:
        require_possible(bound(), snapshot(columns), DIALECT)
    assert "c49, …" in caught.value.message
    assert "c50," not in caught.value.message


def test_a_number_for_the_whole_table_is_neither_grouped_nor_partitioned():
    made = partitioned("a", group_by=(GroupBy(tag="x"), GroupBy(column="country")))
    whole = bound(made, groupable=False)
    assert (whole.partitioned, whole.group_by, whole.group_columns) == (False, (GroupBy(tag="x"),), ())
    rows = bound(made)
    assert (rows.partitioned, rows.group_by, rows.group_columns) == (True, made.group_by, ("country",))


def test_parameters_of_the_check_type_come_with_the_checks_own():
    assert bound(check("a", sensor_params={"n": 1})).params == {"n": 1, "strict": True}


def test_binding_finds_the_sensor_of_the_check_type():
    assert bind(check("a", "nulls_count")).sensor.name == "null_count"
