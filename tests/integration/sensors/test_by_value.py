"""Measured over distinct values and their counts, a number is the same as over rows, whatever is counted together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from dq_platform.checks.sensors.measure import Effort, ScanMeasure
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.connectors.dialect import Dialect, Layout
from dq_platform.execution.frame import Frame
from dq_platform.execution.layout import COUNTABLE, lay_out
from dq_platform.execution.scan import readings
from dq_platform.execution.statement import Demand, ScanWant, Statement, StatementKind, scans
from dq_platform.models.metadata import ColumnInfo, Estimates
from tests.integration.sensors.bench import Bench
from tests.integration.sensors.cases import CASES, Case
from tests.integration.sensors.data import TABLE
from tests.integration.sensors.test_sensor_values import same

NOW = datetime(2026, 1, 1, tzinfo=UTC)
MANY = 10**9
OVER_VALUES = [case for case in CASES if SENSOR_REGISTRY.get(case.sensor).column_alone]


def countable(bench: Bench, case: Case) -> ColumnInfo | None:
    column = bench.column(case.column, case.table)
    return column if column is not None and column.data_type in COUNTABLE else None


def want(bench: Bench, number: int, case: Case) -> ScanWant | None:
    if SENSOR_REGISTRY.get(case.sensor).needs - bench.dialect.capabilities or str(case) in bench.lacks:
        return None
    measure = bench.measure(case.sensor, case.column, case.params, table=case.table, where=case.where)
    if not isinstance(measure, ScanMeasure) or measure.by_value is None or countable(bench, case) is None:
        return None
    return ScanWant(Demand(str(number), NOW), measure, countable(bench, case))


def eager(dialect: Dialect, joint: int) -> Dialect:
    """The dialect, on an engine for which counting values always pays."""
    copy = type(dialect)()
    copy.layout = Layout(0, MANY, 1, joint, lone_distincts=True)  # type: ignore[misc]
    return copy


def answers(bench: Bench, statements: Sequence[Statement]) -> dict[str, Any]:
    found = [one for made in statements for one in readings(made, bench.connector.execute(made.sql), "UTC")]
    return {reading.check_id: reading.value for reading in found}


def test_values_with_their_counts_give_the_number_that_the_rows_give(near: Bench) -> None:
    wrong, seen = {}, 0
    for number, case in enumerate(OVER_VALUES):
        wanted = want(near, number, case)
        if wanted is not None:
            frame = Frame(near.dialect.table(near.schema, near.rename(case.table)), where=case.where)
            of_values = answers(near, _over_values(frame, [wanted], near.dialect, joint=1))[str(number)]
            of_rows = answers(near, scans(frame, [wanted], near.dialect))[str(number)]
            seen += 1
            wrong |= {} if same(of_values, of_rows) else {str(case): (of_values, of_rows)}
    assert wrong == {}
    assert seen > 50


def test_all_of_a_table_counted_together_and_read_row_by_row_agree(near: Bench) -> None:
    cases = [case for case in OVER_VALUES if not case.where and case.table == TABLE]
    wants = [one for number, case in enumerate(cases) if (one := want(near, number, case)) is not None]
    frame = Frame(near.dialect.table(near.schema, near.rename(TABLE)))
    over_rows = answers(near, scans(frame, wants, near.dialect))
    together = answers(near, _over_values(frame, wants, near.dialect, joint=MANY))
    apart = answers(near, _over_values(frame, wants, near.dialect, joint=1))
    assert len(wants) > 50
    assert all(same(together[key], value) and same(apart[key], value) for key, value in over_rows.items())


def test_an_empty_table_has_no_values(near: Bench) -> None:
    cases = [case for case in OVER_VALUES if case.table == TABLE]
    wants = [one for number, case in enumerate(cases) if (one := want(near, number, case)) is not None]
    nowhere = Frame(near.dialect.table(near.schema, near.rename(TABLE)), where="1 = 0")
    assert answers(near, _over_values(nowhere, wants, near.dialect, joint=1)) == answers(
        near, scans(nowhere, wants, near.dialect)
    )


def _over_values(frame: Frame, wants: Sequence[ScanWant], dialect: Dialect, joint: int) -> list[Statement]:
    estimates = Estimates(MANY, {one.column.name: 1 for one in wants if one.column})
    made = lay_out(frame, [_costly(one) for one in wants], estimates, eager(dialect, joint))
    assert {one.kind for one in made} == {StatementKind.VALUES}
    return made


def _costly(want: ScanWant) -> ScanWant:
    """The want, as if it took an effort."""
    return want._replace(measure=replace(want.measure, effort=Effort.PATTERN))
