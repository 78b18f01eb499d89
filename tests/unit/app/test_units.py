from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dq_platform.app.units import (
    MAX_CHECKS,
    SMALL,
    TOGETHER,
    checks_in,
    in_tasks,
    request_hash,
    table_of,
    task_count,
    units_of,
)
from dq_platform.ids import new_id
from dq_platform.models.check import Check, CheckSelector, Mode, PeriodWindow, Target, TimeScale

NOW = datetime(2026, 3, 10, tzinfo=UTC)


def check(connection: str = "c", schema: str = "s", table: str = "t") -> Check:
    target = Target(connection, schema, table)
    return Check(new_id(), "w", target, "row_count", Mode.MONITORING, TimeScale.DAILY, NOW, NOW)


def test_checks_of_one_table_are_one_unit() -> None:
    one, two, three = check(), check(table="other"), check()
    first, second = units_of("j", "w", [one, two, three])
    assert first.check_ids == (one.id, three.id)
    assert second.check_ids == (two.id,)
    assert (first.job_id, first.workspace_id, first.connection_id) == ("j", "w", "c")


def test_equal_names_in_other_places_are_other_tables() -> None:
    assert len(units_of("j", "w", [check(), check(schema="x"), check(connection="y")])) == 3


def test_very_many_checks_of_one_table_are_several_units() -> None:
    checks = [check() for _ in range(2 * MAX_CHECKS + 1)]
    units = units_of("j", "w", checks)
    assert [len(unit.check_ids) for unit in units] == [MAX_CHECKS, MAX_CHECKS, 1]
    assert [check_id for unit in units for check_id in unit.check_ids] == [check.id for check in checks]
    assert checks_in(units) == len(checks)
    assert len({unit.id for unit in units}) == 3


def test_equal_requests_have_equal_hashes_and_others_do_not() -> None:
    window = PeriodWindow(NOW, NOW + timedelta(days=1))
    selector = CheckSelector(check_ids=("a", "b"), labels={"x": "1", "y": "2"})
    same = CheckSelector(check_ids=("a", "b"), labels={"y": "2", "x": "1"})
    assert request_hash("batch", selector) == request_hash("batch", same)
    different = {
        request_hash("batch", selector),
        request_hash("batch", selector, window),
        request_hash("batch", CheckSelector(check_ids=("a",))),
        request_hash("batch", CheckSelector(mode=Mode.MONITORING)),
        request_hash("check", "a"),
        request_hash("check", "b"),
    }
    assert len(different) == 6


def test_units_of_small_tables_of_one_source_are_one_task() -> None:
    checks = [check(table=f"t{n}") for n in range(4)] + [check(connection="other")]
    units = units_of("j", "w", checks)
    tables = {one.id: table_of(one) for one in checks}
    rows = {tables[checks[n].id]: size for n, size in enumerate([SMALL, SMALL + 1, 0])} | {("other", "s", "t"): 1}
    small, large, _empty, unknown, elsewhere = (unit.id for unit in units)
    planned = in_tasks(units, tables, rows)
    assert [unit.task_id for unit in planned] == [small, large, small, unknown, elsewhere]
    assert [unit.id for unit in planned] == [unit.id for unit in units]
    assert task_count(planned) == 4


def test_a_task_has_no_more_than_so_many_units() -> None:
    checks = [check(table=f"t{n}") for n in range(2 * TOGETHER + 1)]
    units = units_of("j", "w", checks)
    tables = {one.id: table_of(one) for one in checks}
    planned = in_tasks(units, tables, dict.fromkeys(tables.values(), 1))
    firsts = [units[start].id for start in (0, TOGETHER, 2 * TOGETHER)]
    assert [unit.task_id for unit in planned] == [firsts[0]] * TOGETHER + [firsts[1]] * TOGETHER + [firsts[2]]
