from __future__ import annotations

from typing import ClassVar

import pytest

from dq_platform.connectors.dialect import Dialect, Fragment, Layout, Limits
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.execution.frame import PlanContext
from dq_platform.execution.plan import plan
from dq_platform.execution.statement import Statement, StatementKind
from dq_platform.models.metadata import DataType, Estimates
from tests.unit.execution.builders import COLUMNS, check, context, partitioned, snapshot

MANY = 10_000_000


class Learning(PostgreSQLDialect):
    layout: ClassVar[Layout] = Layout(counted_values=1000, joint_values=100)

    def roughly_distinct(self, expression: str) -> Fragment:
        return Fragment(f"ROUGHLY({expression})")


def laid_out(*checks: object, dialect: Dialect | None = None, **sizes: int | None) -> list[Statement]:
    rows = sizes.pop("rows", MANY)
    learned = Estimates(rows, {name: size for name, size in sizes.items() if size is not None})
    made = plan(checks, context(learned=learned, dialect=dialect or PostgreSQLDialect()))
    assert not made.failures
    return list(made.statements)


def kinds(statements: list[Statement]) -> list[tuple[StatementKind, tuple[str, ...]]]:
    return [(one.kind, one.check_ids) for one in statements]


DISTINCT = check("distinct", "distinct_count", "email")
EMAIL = check("format", "invalid_email_format_found", "email")
NULLS = check("nulls", "nulls_percent", "email")
COUNTRY = check("country", "text_valid_country_code_percent", "country")
MEAN = check("mean", "mean_in_range", "amount")


def test_a_column_of_few_values_is_measured_over_its_values() -> None:
    [of_rows, of_values] = laid_out(DISTINCT, EMAIL, NULLS, MEAN, email=500)
    assert of_rows.check_ids == ("mean",)
    assert kinds([of_values]) == [(StatementKind.VALUES, ("distinct", "format", "nulls"))]
    grouped = (
        'FROM (SELECT "email", COUNT(*) AS dq_n FROM "s"."t" GROUP BY "email", (CAST("email" AS TEXT) COLLATE "C"))'
    )
    assert grouped in of_values.sql


def test_what_costs_little_alone_is_no_reason_to_count_values() -> None:
    assert kinds(laid_out(NULLS, email=5)) == [(StatementKind.SCAN, ("nulls",))]


@pytest.mark.parametrize("values", [None, 100_001, MANY])
def test_distinct_values_of_a_column_of_many_are_told_apart_alone(values: int | None) -> None:
    found = laid_out(DISTINCT, EMAIL, NULLS, email=values)
    assert kinds(found) == [(StatementKind.SCAN, ("format", "nulls")), (StatementKind.SCAN, ("distinct",))]


def test_a_value_must_stand_for_several_rows() -> None:
    assert StatementKind.VALUES not in {one.kind for one in laid_out(DISTINCT, email=50_000, rows=400_000)}


@pytest.mark.parametrize("rows", [100, 199_999])
def test_a_small_table_is_read_once(rows: int) -> None:
    assert kinds(laid_out(DISTINCT, EMAIL, MEAN, email=5, rows=rows)) == [
        (StatementKind.SCAN, ("distinct", "format", "mean"))
    ]


def test_periods_and_groups_are_read_once() -> None:
    found = laid_out(partitioned("a", "distinct_count", "email"), partitioned("b", "mean_in_range", "amount"), email=5)
    assert kinds(found) == [(StatementKind.SCAN, ("a", "b"))]


def test_columns_whose_combinations_are_few_are_counted_together() -> None:
    [found] = laid_out(DISTINCT, COUNTRY, email=100, country=10)
    assert found.check_ids == ("distinct", "country")
    assert len(laid_out(DISTINCT, COUNTRY, email=101, country=10)) == 2


def test_the_filter_stays_inside() -> None:
    [found] = laid_out(check("k", "distinct_count", "email", filter="id > 5"), email=5)
    assert 'FROM "s"."t" WHERE (id > 5) GROUP BY' in found.sql


def test_a_column_named_as_our_own_is_left_alone() -> None:
    made = plan([check("k", "distinct_count", "DQ_N")], _with_column("DQ_N"))
    assert [one.kind for one in made.statements] == [StatementKind.SCAN]


def test_halves_are_of_the_same_kind_over_the_same_values() -> None:
    [found] = laid_out(DISTINCT, EMAIL, email=5)
    first, second = found.halves(PostgreSQLDialect())
    assert {first.kind, second.kind} == {StatementKind.VALUES}
    assert (first.check_ids, second.check_ids) == (("distinct",), ("format",))
    assert first.frame == second.frame == found.frame


def test_unknown_sizes_that_matter_are_asked_for_beside() -> None:
    [found] = laid_out(EMAIL, NULLS, MEAN, dialect=Learning(), rows=None)
    assert 'ROUGHLY("email") AS' in found.sql
    assert set(found.lessons) == {"email", ""}


def test_known_sizes_are_not_asked_for_again() -> None:
    [found] = laid_out(EMAIL, dialect=Learning(), email=MANY)
    assert not found.lessons


def test_sizes_of_a_part_of_the_rows_teach_nothing() -> None:
    [found] = laid_out(check("k", "invalid_email_format_found", "email", filter="id > 5"), dialect=Learning())
    assert not found.lessons


def test_values_tell_their_number_each_time() -> None:
    [found] = laid_out(DISTINCT, dialect=Learning(), email=7)
    assert set(found.lessons) == {"email"}


def _with_column(name: str) -> PlanContext:
    kinds = {**COLUMNS, name: COLUMNS["email"]}
    return context(snapshot=snapshot(kinds), learned=Estimates(MANY, {name: 5}))


def test_sizes_that_are_asked_for_beside_take_no_statement_above_the_engines_limit() -> None:
    class Narrow(Learning):
        limits: ClassVar[Limits] = Limits(select_columns=10)

    names = [f"c{number}" for number in range(12)]
    checks = [check(f"{kind} {name}", kind, name) for name in names for kind in ("nulls_count", "empty_text_found")]
    checks += [check(f"format {name}", "invalid_email_format_found", name) for name in names]
    made = plan(checks, context(dialect=Narrow(), snapshot=snapshot(dict.fromkeys(names, DataType.TEXT))))
    assert not made.failures
    asked = [statement.sql.count(" AS dq") for statement in made.statements]
    assert max(asked) <= 10
    assert sum(len(statement.check_ids) for statement in made.statements) == len(checks)
