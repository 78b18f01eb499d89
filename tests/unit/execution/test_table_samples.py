"""Checks on samples: what shares a statement, what is looked up and learnt, and how they end."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import ClassVar

import pytest

from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.level import Level
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY, parse_sensor
from dq_platform.connectors.base import Rows
from dq_platform.connectors.dialect import Limits
from dq_platform.connectors.duckdb_dialect import DuckDBDialect
from dq_platform.connectors.mysql_dialect import MySQLDialect
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution.grade import Execution, fail, grade
from dq_platform.execution.measure import measure
from dq_platform.execution.plan import plan
from dq_platform.execution.reading import EMPTY_SAMPLE, NO_DATA, Reading
from dq_platform.execution.results import RunFacts, results
from dq_platform.execution.scan import readings
from dq_platform.execution.statement import StatementKind
from dq_platform.models.check import Thresholds
from dq_platform.models.metadata import Estimates, TableKind
from dq_platform.models.outcome import Outcome
from dq_platform.models.table_sample import SampleMethod, TableSample
from tests.unit.execution.builders import NOW, ScriptedSession, check, context, partitioned, snapshot

TENTH = TableSample(SampleMethod.ROW, 10)
HALF = TableSample(SampleMethod.ROW, 50)
BLOCKS = TableSample(SampleMethod.BLOCK, 10)
NULLS = check("nulls", table_sample=TENTH)
MEAN = check("mean", "mean_in_range", "amount", table_sample=TENTH)
EMAIL = check("email", "invalid_email_format_percent", "email", table_sample=TENTH)
STRICT = Thresholds(error={"max_percent": 0.0})


def shared(*checks, **given):
    """Which checks have a statement together."""
    made = plan(checks, context(**given))
    assert made.failures == {}
    return [one.check_ids for one in made.statements]


def test_equal_samples_share_a_statement_and_nothing_else_does():
    others = [
        check("whole"),
        check("half", table_sample=HALF),
        check("blocks", table_sample=BLOCKS),
        check("filtered", table_sample=TENTH, filter='"id" > 1'),
    ]
    assert shared(NULLS, *others, MEAN) == [("nulls", "mean"), ("whole",), ("half",), ("blocks",), ("filtered",)]


def test_all_statements_of_a_run_have_one_seed_and_the_next_run_another():
    filtered = check("filtered", table_sample=TENTH, filter='"id" > 1')

    def seeds(at):
        made = plan([NULLS, filtered], context(now=at))
        return {one.sql.split("REPEATABLE (")[1].split(")")[0] for one in made.statements}

    assert seeds(NOW) == {str(int(NOW.timestamp()))}
    assert seeds(NOW + timedelta(seconds=1)) != seeds(NOW)


def test_the_rows_are_counted_once_and_read_by_every_check():
    [statement] = plan([MEAN, NULLS], context()).statements
    assert statement.sql.count("COUNT(*)") == 1
    found = readings(statement, Rows((), [(7.5, 2, 20)]), "UTC")
    assert [(one.check_id, one.value, one.rows) for one in found] == [("mean", 7.5, 20), ("nulls", 10.0, 20)]


def test_partitions_have_rows_of_their_own():
    [statement] = plan([partitioned("a", table_sample=TENTH)], context()).statements
    found = readings(statement, Rows((), [("2026-03-08", 1, 4), ("2026-03-09", 0, 2)]), "Europe/Berlin")
    assert [(one.value, one.rows) for one in found] == [(25.0, 4), (0.0, 2)]


@pytest.mark.parametrize(
    ("rows", "values", "kind"),
    [
        (10_000_000, 500, StatementKind.VALUES),
        (1_500_000, 500, StatementKind.SCAN),  # of which the sample has too few to count anything first
        (10_000_000, 150_000, StatementKind.SCAN),  # many more than the sample has in several rows
        (None, 500, StatementKind.SCAN),
    ],
)
def test_the_layout_is_that_of_the_rows_that_the_sample_has(rows, values, kind):
    learned = Estimates(rows, {"email": values})
    [of_whole] = plan([replace(EMAIL, table_sample=None)], context(learned=learned)).statements
    [of_sample] = plan([EMAIL], context(learned=learned)).statements
    assert of_sample.kind is kind
    assert of_whole.kind is (StatementKind.VALUES if rows and values <= 100_000 else StatementKind.SCAN)


def test_a_sample_asks_for_no_sizes():
    learning = context(dialect=DuckDBDialect(), learned=Estimates(None, {}))
    [of_whole] = plan([replace(EMAIL, table_sample=None)], learning).statements
    [of_sample] = plan([EMAIL], learning).statements
    assert (set(of_whole.lessons), dict(of_sample.lessons)) == ({"email", ""}, {})
    counted = context(dialect=DuckDBDialect(), learned=Estimates(10_000_000, {"email": 5}))
    [of_values] = plan([EMAIL], counted).statements
    assert (of_values.kind, dict(of_values.lessons)) == (StatementKind.VALUES, {})


class Narrow(PostgreSQLDialect):
    limits: ClassVar[Limits] = Limits(select_columns=3)


def test_the_count_of_rows_takes_its_place_among_the_columns():
    columns = ["id", "email", "country"]
    checks = [check(name, column=name, table_sample=TENTH) for name in columns]
    assert shared(*checks, dialect=Narrow()) == [("id", "email"), ("country",)]
    means = [check(name, "mean_in_range", name, table_sample=TENTH) for name in ("id", "amount")]
    assert shared(*means, check("s", "sample_stddev_in_range", "id", table_sample=TENTH), dialect=Narrow()) == [
        ("id", "amount"),
        ("s",),
    ]


async def test_the_halves_of_a_failing_statement_read_the_same_sample():
    session = ScriptedSession(bad=["AVG"])
    found = await measure(session, plan([MEAN, NULLS], context()))
    assert set(found.failures) == {"mean"}
    assert [one.rows for one in found.readings["nulls"]] == [0]
    assert all("TABLESAMPLE BERNOULLI (10)" in sql for sql, _ in session.sent)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"dialect": MySQLDialect()}, "The engine has no samples"),
        ({"snapshot": replace(snapshot(), table=replace(snapshot().table, kind=TableKind.VIEW))}, "not of a view"),
    ],
)
def test_a_table_that_can_be_sampled_no_more_is_an_error_of_the_check_alone(changed, words):
    made = plan([NULLS, check("whole")], context(**changed))
    assert words in made.failures["nulls"].message
    assert [one.check_ids for one in made.statements] == [("whole",)]


def test_a_check_type_that_takes_samples_no_more_is_an_error():
    made = plan([check("a", "nulls_count", table_sample=TENTH)], context())
    assert "counts something" in made.failures["a"].message
    made = plan([check("a", "table_availability", "", table_sample=TENTH)], context())
    assert "not in its rows" in made.failures["a"].message


def test_a_query_that_does_not_tell_how_many_rows_it_read_measures_no_sample(monkeypatch):
    template = """{# description = "x"
       measures = "share" #}
    {{ query("SELECT 1 AS value FROM " ~ rows(col) ~ " checked") }}"""
    monkeypatch.setitem(SENSOR_REGISTRY._registered, "silent", parse_sensor("silent", Level.COLUMN, template))
    silent = replace(CHECK_REGISTRY.get("nulls_percent"), name="silent", sensor="silent")
    monkeypatch.setitem(CHECK_REGISTRY._registered, "silent", silent)
    made = plan([check("a", "silent", table_sample=TENTH), check("b", "silent")], context())
    assert {name: error.reason for name, error in made.failures.items()} == {"a": "SENSOR_FAILED"}


# How it ends


def graded(value, rows, sample=TENTH, **reading):
    made = check("a", thresholds=STRICT, table_sample=sample)
    return grade(Execution.of(made, "job", NOW), Reading("a", "", NOW, value, rows=rows, **reading))


@pytest.mark.parametrize(
    ("value", "rows", "outcome", "message"),
    [
        (0.0, 1, Outcome.PASSED, "Measured on 1 row, a row sample of 10 %."),
        (0.0, 1234567, Outcome.PASSED, "Measured on 1,234,567 rows, a row sample of 10 %."),
        (None, 3, Outcome.INCONCLUSIVE, "There was nothing to measure. Measured on 3 rows, a row sample of 10 %."),
    ],
)
def test_every_result_says_what_it_was_measured_on(value, rows, outcome, message):
    result = graded(value, rows, reason="" if value is not None else NO_DATA)
    assert (result.outcome, result.message) == (outcome, message)
    assert (result.table_sample, result.sample_rows) == (TENTH, rows)


def test_a_failure_says_it_behind_its_reason():
    assert graded(5.0, 20).message.endswith("Measured on 20 rows, a row sample of 10 %.")
    assert graded(5.0, 20).outcome is Outcome.ERROR


@pytest.mark.parametrize(("value", "rows"), [(0.0, 0), (0, 0), (None, 0), (None, None), (0.0, None)])
def test_a_sample_without_rows_never_passes(value, rows):
    result = graded(value, rows)
    assert (result.outcome, result.error_reason) == (Outcome.INCONCLUSIVE, EMPTY_SAMPLE)
    assert (result.value, result.sample_rows) == (None, 0)
    assert "greater percent" in result.message


def test_all_rows_are_nothing_to_tell_of():
    result = graded(0.0, None, sample=None)
    assert (result.outcome, result.message, result.table_sample, result.sample_rows) == (Outcome.PASSED, "", None, None)


def test_what_could_not_be_measured_has_the_sample_and_no_rows():
    error = SourceError(SourceProblem.TIMEOUT, "too slow")
    result = fail(Execution.of(NULLS, "job", NOW), error, NOW)
    assert (result.table_sample, result.sample_rows, result.message) == (TENTH, None, "too slow")


async def test_partitions_of_which_a_sample_has_no_row_are_inconclusive_if_there_are_none():
    class Empty(ScriptedSession):
        async def execute(self, sql, *, tag="", numbers=0):
            return Rows((), [])

    checks = [partitioned("a", table_sample=TENTH), partitioned("whole")]
    made = plan(checks, context())
    found = results(checks, made, await measure(Empty(), made), RunFacts("j", NOW))
    assert [(one.check_id, one.outcome, one.error_reason) for one in found] == [
        ("a", Outcome.INCONCLUSIVE, EMPTY_SAMPLE),
        ("whole", Outcome.INCONCLUSIVE, NO_DATA),
    ]
