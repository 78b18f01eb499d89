"""Severities that users' queries bring along, on every engine."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from dq_platform.checks.severity_query import parse_severity_query
from dq_platform.execution.grade import Execution, grade
from dq_platform.execution.reading import NO_SEVERITY
from dq_platform.models.check import Thresholds
from dq_platform.models.outcome import Outcome
from tests.integration.execution.shop import COLUMNS, NOW

ALL = Thresholds(warning={}, error={}, fatal={})


def importing(bench, query, column="", id="i", **changes):
    level = "column" if column else "table"
    check = bench.check(id, f"import_custom_result_on_{level}", column, **({"thresholds": ALL} | changes))
    sql = parse_severity_query(query, bench.session.dialect.sqlglot, COLUMNS, check.target)
    return replace(check, sensor_params={"sql_query": sql})


async def graded(bench, query, column="", **changes):
    check = importing(bench, query, column, **changes)
    done = await bench.measure(check)
    assert done.failures == {}
    [reading] = done.readings[check.id]
    return grade(Execution.of(check, "j", NOW), reading)


async def failure(bench, query):
    done = await bench.measure(importing(bench, query), bench.check("beside", "row_count", ""))
    assert done.readings["beside"][0].value == 8
    return done.failures["i"]


def rows(bench, columns):
    return f"SELECT {columns} FROM {bench.session.dialect.ident(bench.shop.table)}"


@pytest.mark.parametrize("severity", range(4))
async def test_the_severity_is_the_outcome(bench, severity):
    found = await graded(bench, rows(bench, f"{severity} AS severity, COUNT(*) AS actual_value, 9 AS expected_value"))
    assert found.outcome == Outcome(severity)
    assert (found.value, found.expected_value, found.expected_text) == (8, 9, "severity 0")
    names = ("", " (warning)", " (error)", " (fatal)")
    assert found.message == (f"The query returned severity {severity}{names[severity]}." if severity else "")


async def test_a_severity_is_computed_from_the_rows_that_the_filter_leaves(bench):
    query = rows(bench, "CASE WHEN MAX(id) > 5 THEN 3 ELSE 0 END AS severity, MAX(amount) AS ACTUAL_VALUE")
    worst = await graded(bench, query)
    assert (worst.outcome, worst.value) == (Outcome.FATAL, Decimal("12345678901234.5678"))
    good = await graded(bench, query, filter="id < 3")
    assert (good.outcome, good.value) == (Outcome.PASSED, 20)


async def test_a_check_of_a_column_looks_at_it(bench):
    query = rows(bench, "CASE WHEN COUNT(amount) < COUNT(*) THEN 1 ELSE 0 END AS severity")
    found = await graded(bench, query, "amount")
    assert (found.outcome, found.value) == (Outcome.WARNING, None)


async def test_a_severity_without_a_threshold_passes_and_says_so(bench):
    query = rows(bench, "2 AS severity, COUNT(*) AS actual_value")
    found = await graded(bench, query, thresholds=Thresholds(warning={}, fatal={}))
    assert (found.outcome, found.value) == (Outcome.PASSED, 8)
    assert found.message == "The query returned severity 2 (error), for which the check has no threshold."


@pytest.mark.parametrize("query", ["NULLIF(1, 1) AS severity, COUNT(*) AS actual_value", "1 AS severity"])
async def test_no_severity_and_no_row_are_inconclusive(bench, query):
    aggregates = "COUNT" in query
    found = await graded(bench, rows(bench, query) + ("" if aggregates else " WHERE id > 100"))
    assert (found.outcome, found.error_reason) == (Outcome.INCONCLUSIVE, NO_SEVERITY)
    assert found.message == "The query returned no severity."
    assert found.value == (8 if aggregates else None)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ("4 AS severity", "a severity that is not 0, 1, 2 or 3"),
        ("-1 AS severity", "a severity that is not"),
        ("1.5 AS severity", "a severity that is not"),
        ("'bad' AS severity", "a severity that is not"),
        ("1 AS severity, 'many' AS actual_value", "an actual_value that is not a finite number"),
        ("1 AS severity, 'many' AS expected_value", "an expected_value that is not"),
    ],
)
async def test_what_is_no_severity_or_no_number_fails_the_check_alone_and_is_named(bench, columns, words):
    error = await failure(bench, rows(bench, columns) + " WHERE id = 1")
    assert error.reason == "IMPORT_FAILED"
    assert words in error.message


async def test_several_rows_fail_the_check(bench):
    assert "returned several rows" in (await failure(bench, rows(bench, "1 AS severity"))).message


async def test_a_star_without_a_severity_fails_the_check_and_shows_what_there_is(bench):
    error = await failure(bench, rows(bench, "*") + " WHERE id = 1")
    assert error.message == f"The query returned no column 'severity', only {', '.join(COLUMNS)}."
