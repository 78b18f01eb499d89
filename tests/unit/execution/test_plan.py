from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution.plan import plan
from dq_platform.execution.problems import ColumnMissing, TableMissing
from dq_platform.execution.statement import StatementKind
from dq_platform.models.check import GroupBy, Mode, Target, TimeScale
from dq_platform.models.metadata import DataType
from tests.unit.execution.builders import COLUMNS, check, context, partitioned, snapshot


def sql(checks, **changes):
    return [statement.sql for statement in plan(checks, context(**changes)).statements]


def test_checks_of_one_table_share_one_statement_and_equal_expressions():
    made = plan(
        [
            check("a"),
            check("b", column="country"),
            check("c", "not_nulls_percent"),
            check("d", "nulls_count"),
            check("e", "row_count", column=""),
        ],
        context(),
    )
    [statement] = made.statements
    assert statement.check_ids == ("a", "b", "c", "d", "e")
    assert statement.kind is StatementKind.SCAN
    assert statement.sql.count("COUNT(*)") == 1
    assert statement.sql.count("IS NULL THEN") == 2
    assert statement.sql.endswith('FROM "s"."t"')
    assert made.failures == {}


def test_profiling_and_monitoring_fuse_whatever_their_time_scale():
    checks = [
        check("a", mode=Mode.PROFILING, time_scale=TimeScale.MONTHLY),
        check("b"),
        check("c", time_scale=TimeScale.MONTHLY),
    ]
    made = plan(checks, context())
    assert [statement.check_ids for statement in made.statements] == [("a", "b", "c")]
    assert made.periods["a"] == datetime(2026, 2, 28, 23, tzinfo=UTC)
    assert made.periods["b"] == datetime(2026, 3, 9, 23, tzinfo=UTC)


def test_filters_are_anded_in_parentheses():
    [one] = sql([check("a", filter="amount > 1 OR id = 2")], table_filter="country = 'de' OR country IS NULL")
    assert one.endswith("WHERE (country = 'de' OR country IS NULL) AND (amount > 1 OR id = 2)")


def test_different_filters_need_different_statements():
    assert len(sql([check("a"), check("b", filter="id > 1"), check("c", filter="id > 1")])) == 2


def test_a_partitioned_check_reads_its_window_and_groups_by_period():
    [one] = sql([partitioned("a"), partitioned("b", "row_count", column="")])
    assert """("day" >= DATE '2026-03-03' AND "day" < DATE '2026-03-10')""" in one
    assert "GROUP BY" in one
    assert "LIMIT" not in one


def test_daily_and_monthly_partitions_are_different_statements():
    monthly = partitioned("b", time_scale=TimeScale.MONTHLY)
    daily, by_month = sql([partitioned("a"), monthly])
    assert """DATE '2026-02-01' AND "day" < DATE '2026-03-01'""" in by_month
    assert daily != by_month


def test_grouping_columns_are_keys_and_tags_are_not_sent():
    [one] = sql(
        [
            check("a", group_by=(GroupBy(tag="retail"), GroupBy(column="country"))),
            check("b", group_by=(GroupBy(column="country"),)),
        ]
    )
    assert "retail" not in one
    assert one.count("GROUP BY") == 1
    assert one.endswith("LIMIT 1001")


def test_the_row_limit_of_groups_grows_with_the_periods():
    grouped = partitioned("a", group_by=(GroupBy(column="country"),))
    [one] = sql([grouped], max_groups=10)
    assert one.endswith("LIMIT 71")


def test_tags_alone_fuse_with_ungrouped_checks():
    assert len(sql([check("a"), check("b", group_by=(GroupBy(tag="retail"),))])) == 1


def test_a_missing_column_fails_its_checks_alone_and_names_the_columns_there_are():
    made = plan([check("a"), check("b", column="emial"), check("c", group_by=(GroupBy(column="region"),))], context())
    assert [statement.check_ids for statement in made.statements] == [("a",)]
    error = made.failures["b"]
    assert isinstance(error, ColumnMissing)
    assert error.reason == "COLUMN_NOT_FOUND"
    assert all(name in error.message for name in ("'emial'", *COLUMNS))
    assert "'region'" in made.failures["c"].message
    assert "emial" not in made.statements[0].sql


def test_a_missing_partition_column_fails_its_check():
    made = plan([partitioned("a", partition_column="created")], context())
    assert "'created'" in made.failures["a"].message


def test_a_missing_table_fails_all_checks_and_sends_nothing():
    made = plan([check("a"), check("b", "row_count", column="")], context(snapshot=None))
    assert made.statements == ()
    assert {type(error) for error in made.failures.values()} == {TableMissing}


def test_a_partition_column_without_dates_fails_before_anything_is_sent():
    made = plan([partitioned("a", partition_column="country")], context())
    assert made.statements == ()
    assert made.failures["a"].reason == "COLUMN_TYPE_UNSUITABLE"
    assert "'country'" in made.failures["a"].message


def test_a_check_type_that_is_gone_fails_its_check_alone():
    made = plan([check("a"), check("b", "no_such_check")], context())
    assert set(made.failures) == {"b"}
    assert len(made.statements) == 1


def test_hostile_names_stay_names():
    name = 'a"; DROP TABLE x; --'
    target = Target("c", "s", "t", name)
    columns = {name: COLUMNS["email"]}
    [one] = sql([check("a", target=target)], snapshot=snapshot(columns))
    assert '"a""; DROP TABLE x; --" IS NULL' in one


def test_checks_of_a_wide_table_are_split_below_the_limit_and_all_served():
    columns = {f"c{number}": COLUMNS["email"] for number in range(2000)}
    checks = [check(name, column=name) for name in columns]
    made = plan(checks, context(snapshot=snapshot(columns)))
    assert [len(statement.check_ids) for statement in made.statements] == [1599, 401]
    assert sorted(check_id for statement in made.statements for check_id in statement.check_ids) == sorted(columns)


@pytest.mark.parametrize("mode", [Mode.PROFILING, Mode.MONITORING])
def test_no_check_without_columns_needs_any(mode):
    made = plan([check("a", "row_count", column="", mode=mode)], context(snapshot=snapshot({})))
    assert made.failures == {}


class CountingDialect(PostgreSQLDialect):
    """Counts what it writes."""

    def __init__(self):
        self.written = 0

    def ident(self, name):
        self.written += 1
        return super().ident(name)

    def text(self, value):
        self.written += 1
        return super().text(value)


def test_a_check_of_a_wide_table_costs_what_it_costs_on_a_narrow_one():
    dialect = CountingDialect()
    wide = snapshot({f"c{number}": DataType.TEXT for number in range(500)})
    plan([check("first", column="c0")], context(dialect=dialect, snapshot=wide))
    once = dialect.written
    plan([check(str(number), column=f"c{number}") for number in range(50)], context(dialect=dialect, snapshot=wide))
    assert dialect.written - once < 500


def test_whether_a_table_can_be_read_is_asked_first_and_once():
    checks = [check("slow"), *(check(name, "table_availability", "") for name in ("a", "b"))]
    first, second = plan(checks, context()).statements
    assert first.check_ids == ("a", "b")
    assert second.check_ids == ("slow",)


def test_a_table_that_is_not_there_is_unavailable_and_all_else_fails():
    made = plan([check("slow"), check("a", "table_availability", "")], context(snapshot=None))
    assert made.statements == ()
    assert [(answer.check_id, answer.value) for answer in made.answers] == [("a", 1)]
    assert made.answers[0].message == "Table s.t does not exist."
    assert made.failures["slow"].reason == "TABLE_NOT_FOUND"


def test_a_catalogue_that_cannot_be_read_fails_every_check_even_of_the_catalogue():
    problem = SourceError(SourceProblem.UNREACHABLE, "Away.")
    checks = [check("n", "column_count", ""), check("slow"), check("a", "table_availability", "")]
    made = plan(checks, context(snapshot=None, problem=problem))
    assert made.failures == {"n": problem, "slow": problem}
    assert [(answer.check_id, answer.value, answer.message) for answer in made.answers] == [("a", 1, "Away.")]


@pytest.mark.parametrize("problem", [SourceProblem.CANCELLED, SourceProblem.DRIVER_MISSING])
def test_what_somebody_stopped_or_we_lack_says_nothing_of_the_table(problem):
    made = plan(
        [check("a", "table_availability", "")], context(snapshot=None, problem=SourceError(problem, "Stopped."))
    )
    assert set(made.failures) == {"a"}
