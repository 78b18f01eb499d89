from __future__ import annotations

from decimal import Decimal

import pytest

from dq_platform.connectors.base import Rows
from dq_platform.execution.imported import imported
from dq_platform.execution.problems import ImportFailed
from dq_platform.execution.reading import NO_SEVERITY, Reading
from dq_platform.execution.statement import Cells, Demand, Statement, StatementKind
from tests.unit.execution.builders import FRAME, NOW

DEMANDS = (Demand("a", NOW), Demand("b", NOW))
STATEMENT = Statement(StatementKind.QUERY, "SELECT 1", FRAME, DEMANDS, (Cells(0),) * 2, imports=True)


def read(columns, *rows):
    return imported(STATEMENT, Rows(tuple(columns), rows))


@pytest.mark.parametrize("severity", [2, 2.0, Decimal("2.00")])
def test_every_demand_has_the_severity_and_the_numbers_by_their_columns_names(severity):
    found = read(["EXPECTED_VALUE", "other", "Severity", "actual_value"], (9, "x", severity, Decimal("1.5")))
    assert found == [Reading(one.check_id, "", NOW, Decimal("1.5"), 9, severity=2) for one in DEMANDS]
    assert isinstance(found[0].severity, int)


@pytest.mark.parametrize("rows", [[], [(None, 5)]])
def test_no_row_and_no_severity_are_told(rows):
    value = rows[0][1] if rows else None
    assert read(["severity", "actual_value"], *rows)[0] == Reading("a", "", NOW, value, reason=NO_SEVERITY)


@pytest.mark.parametrize("severity", [4, -1, 0.5, "2", True, Decimal("NaN"), float("inf")])
def test_what_is_no_severity_is_refused(severity):
    with pytest.raises(ImportFailed, match=r"a severity that is not 0, 1, 2 or 3"):
        read(["severity"], (severity,))


def test_a_number_that_is_none_is_refused():
    with pytest.raises(ImportFailed, match="an expected_value that is not a finite number"):
        read(["severity", "expected_value"], (1, float("nan")))


@pytest.mark.parametrize("row", [("ann@example.com", 1), (1, "ann@example.com")])
def test_what_the_query_returned_instead_is_not_told(row):
    with pytest.raises(ImportFailed) as caught:
        read(["severity", "actual_value"], row)
    assert "ann" not in f"{caught.value} {caught.value.facts}"


def test_a_missing_column_and_a_second_row_are_named():
    with pytest.raises(ImportFailed, match="no column 'severity', only a, b"):
        read(["a", "b"], (1, 2))
    with pytest.raises(ImportFailed, match="several rows"):
        read(["severity"], (1,), (1,))
