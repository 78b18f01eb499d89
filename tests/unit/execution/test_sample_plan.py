from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlglot

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.execution.grade import Execution, fail
from dq_platform.execution.problems import TooManyGroups
from dq_platform.execution.sample_plan import (
    MAX_RESULTS,
    SampleRequest,
    has_samples,
    plan_samples,
    statement,
)
from dq_platform.models.check import GroupBy
from dq_platform.models.metadata import TableSettings
from dq_platform.models.outcome import Outcome
from tests.dialects import DIALECTS
from tests.unit.execution.builders import COLUMNS, NOW, check, context, partitioned, snapshot

SETTINGS = TableSettings("c", "s", "t", id_columns=("id",))
BY_COUNTRY = (GroupBy(column="country"), GroupBy(tag="all"))


def result(of, group="", outcome=Outcome.ERROR, period=NOW):
    made = fail(Execution.of(of, "job", NOW), TooManyGroups(1), period)
    return replace(made, data_group=group, outcome=outcome)


def planned(*pairs, settings=SETTINGS, **changes):
    checks = list({one.id: one for one, _ in pairs}.values())
    return plan_samples(SampleRequest(checks, [found for _, found in pairs], context(**changes), settings))


def test_one_result_is_read_up_to_the_first_row_too_many():
    one = check("k", "nulls_count")
    plan = planned((one, result(one)))
    assert plan.failures == ()
    assert [part.numbered for part in plan.parts] == [False]
    assert plan.parts[0].select == (
        'SELECT SUBSTRING(CAST("id" AS TEXT), 1, 501) AS s0, SUBSTRING(CAST("email" AS TEXT), 1, 501) AS s1'
        ' FROM "s"."t" WHERE ("email" IS NULL) LIMIT 51'
    )


def test_several_results_are_numbered_and_each_has_its_share():
    one = check("k", "nulls_count", filter="amount > 1", group_by=BY_COUNTRY)
    plan = planned((one, result(one, '["DE","all"]')), (one, result(one, '[null,"all"]')))
    country = '((CAST("country" AS TEXT) COLLATE "C") = (CAST(\'DE\' AS TEXT) COLLATE "C"))'
    sql = plan.parts[0].select
    assert f'CASE WHEN {country} THEN 0 WHEN "country" IS NULL THEN 1 END AS k0' in sql
    assert f'WHERE (amount > 1) AND (({country}) OR ("country" IS NULL)) AND ("email" IS NULL)' in sql
    assert "ROW_NUMBER() OVER (PARTITION BY k0 ORDER BY k0) AS dq_place" in sql
    assert sql.endswith("WHERE dq_place <= 51")


def test_a_partition_is_read_by_its_own_bounds():
    one = partitioned("k", "nulls_count")
    plan = planned((one, result(one, period=NOW.replace(day=5, hour=0) - timedelta(hours=1))))
    assert "(\"day\" >= DATE '2026-03-05' AND \"day\" < DATE '2026-03-06')" in plan.parts[0].select


def test_of_many_results_the_worst_and_the_newest_are_sampled():
    one = check("k", "nulls_count", group_by=(GroupBy(column="country"),))
    mild = [result(one, f'["{n}"]', Outcome.WARNING, NOW - timedelta(days=n)) for n in range(40)]
    bad = [result(one, f'["bad{n}"]', Outcome.FATAL) for n in range(5)]
    [part] = planned(*((one, found) for found in [*mild, *bad])).parts
    assert list(part.results) == [*bad, *mild[: MAX_RESULTS - 5]]


@pytest.mark.parametrize("engine", DIALECTS)
def test_parts_of_all_kinds_are_one_statement_of_every_engines_grammar(engine):
    dialect = DIALECTS[engine]
    checks = [
        check("a", "nulls_count"),
        check("b", "duplicate_count", group_by=(GroupBy(column="country"), GroupBy(column="at"), GroupBy(column="id"))),
        check("c", "duplicate_record_count", ""),
        partitioned("d", "nulls_count", "amount", partition_column="at"),
        check("e", "sql_condition_failed_on_table", "", sensor_params={"sql_condition": "id > 1"}),
    ]
    results = [result(one) for one in checks if one.id not in "bd"]
    results += [result(checks[1], f'["{name}","2026-01-01T00:00:00+00:00","7"]') for name in ("it's", "b\\\\")]
    results += [result(checks[3], period=NOW - timedelta(days=days)) for days in (1, 2)]
    made = plan_samples(SampleRequest(checks, results, context(dialect=dialect), SETTINGS))
    assert made.failures == ()
    sql = statement(made.parts, dialect)
    [tree] = sqlglot.parse(sql, read=dialect.sqlglot)
    assert isinstance(tree, sqlglot.exp.Union)
    selects = [tree.expression]
    while isinstance(tree.this, sqlglot.exp.Union):
        tree = tree.this
        selects.append(tree.expression)
    selects.append(tree.this)
    assert {len(select.selects) for select in selects} == {1 + len(COLUMNS)}
    assert len(selects) == 5
    if engine == "oracle":
        assert " AS dq_part" not in sql


def test_a_group_whose_rows_cannot_be_told_apart_says_so():
    kinds = {**COLUMNS, "share": "float"}
    known = snapshot({name: type(COLUMNS["id"])(kind) for name, kind in kinds.items()})
    one = check("k", "nulls_count", group_by=(GroupBy(column="share"),))
    plan = planned((one, result(one, '["0.1"]')), snapshot=known)
    assert [(found.data_group, error.reason) for found, error in plan.failures] == [
        ('["0.1"]', "SENSOR_UNSUPPORTED_ON_ENGINE")
    ]


def test_a_check_whose_column_is_gone_fails_alone():
    one, gone = check("k", "nulls_count"), check("gone", "nulls_count", "gone")
    plan = planned((one, result(one)), (gone, result(gone)))
    assert [part.results[0].check_id for part in plan.parts] == ["k"]
    assert [(found.check_id, error.reason) for found, error in plan.failures] == [("gone", "COLUMN_NOT_FOUND")]
    assert not planned((one, result(one)), snapshot=None).parts


def test_check_types_that_compare_or_count_tables_have_no_samples():
    assert has_samples(check("k", "nulls_count"))
    assert not has_samples(check("k", "row_count", ""))
    assert not has_samples(check("k", "of_a_plugin_that_is_gone"))
    comparing = [one for one in CHECK_REGISTRY.items() if one.compares is not None]
    assert comparing
    assert not any(one.has_error_samples for one in comparing)
