from __future__ import annotations

from datetime import UTC, datetime

import pytest

from dq_platform.connectors.base import Guards
from dq_platform.connectors.bigquery import BigQueryConnector, _table, labels
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.models.metadata import TableInfo, TableKind

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


def test_a_tag_becomes_labels_of_few_characters() -> None:
    assert labels("workspace=0199A-b job=J_1") == {"dq_workspace": "0199a-b", "dq_job": "j_1"}
    assert labels(f"job={'x' * 80}") == {"dq_job": "x" * 63}
    assert labels("no words */ here") == {}


@pytest.mark.parametrize(
    ("kind", "wanted", "rows"),
    [
        (1, TableKind.TABLE, 3),
        (2, TableKind.VIEW, None),
        (3, TableKind.TABLE, None),
        (4, TableKind.MATERIALIZED_VIEW, None),
        (5, TableKind.TABLE, 3),
    ],
)
def test_only_tables_that_bigquery_keeps_have_rows_and_bytes(kind: int, wanted: TableKind, rows: int | None) -> None:
    found = _table("s", ("t", kind, 3, 3, int(MOMENT.timestamp() * 1000)))
    assert found == TableInfo("s", "t", wanted, rows, "", rows, MOMENT)


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 # ' DROP TABLE t",
        "SELECT '''it's; DELETE FROM t''' AS v",
        'SELECT """say "; DROP""" AS v',
        r"SELECT r'\'; DROP TABLE t' AS v",
        "SELECT `a;b` FROM t",
        "SELECT 1 |> WHERE TRUE",
    ],
)
def test_a_query_goes_as_far_as_the_client(sql: str) -> None:
    assert problem(sql) is SourceProblem.UNREACHABLE


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT 1 #\n; DROP TABLE t",
        "SELECT 1 --\r; DELETE FROM t WHERE true\n",
        "SELECT 1 #\r; DELETE FROM t WHERE true\n",
        "SELECT 1 /*+ ' */; DELETE FROM t WHERE true --'",
        "SELECT ''''''; DROP TABLE t; SELECT ''",
        "BEGIN SELECT 1; END",
        "DECLARE x INT64",
        "EXPORT DATA OPTIONS (uri = 'gs://b/*') AS SELECT 1",
        "EXECUTE IMMEDIATE 'DROP TABLE t'",
        "CALL a_procedure()",
        "SELECT 1 |> INSERT INTO t",
    ],
)
def test_nothing_but_a_query_is_sent(sql: str) -> None:
    assert problem(sql) is SourceProblem.PERMISSION


def problem(sql: str) -> SourceProblem:
    """What a connector without a client says of the statement."""
    with pytest.raises(SourceError) as caught:
        BigQueryConnector({}, Guards()).execute(sql)
    return caught.value.problem
