from __future__ import annotations

from typing import Any

from dq_platform.checks.params import CHECKED_ROWS
from dq_platform.checks.sensors.context import SensorContext, TargetInfo, Wanted
from dq_platform.checks.sensors.rows import RowWords
from tests.dialects import DIALECTS

DIALECT = DIALECTS["postgresql"]


def words(**context: Any) -> RowWords:
    return RowWords(SensorContext(DIALECT, TargetInfo("s", "t", {}), **context))


def test_the_source_has_every_condition_that_there_is() -> None:
    assert words().source() == '"s"."t"'
    assert words().source("a OR b") == '"s"."t" WHERE (a OR b)'
    assert words(where="(c)").source() == '"s"."t" WHERE (c)'
    assert words(where="(c)").source("a OR b") == '"s"."t" WHERE (c) AND (a OR b)'


def test_candidates_have_keys_what_is_shown_and_expressions() -> None:
    found = words(where="w", keys=("k", "l"), wanted=Wanted(("x",)))
    assert found.candidates("e", "f", where="o") == (
        '(SELECT k AS k0, l AS k1, x AS s0, e AS c0, f AS c1 FROM "s"."t" WHERE w AND (o))'
    )
    assert found.sample == "k0, k1, s0"
    assert words().candidates("e") == '(SELECT e AS c0 FROM "s"."t")'


def test_rows_to_measure_have_nothing_to_show() -> None:
    assert words(keys=("k",), wanted=Wanted(("x",))).rows("e") == '(SELECT k AS k0, e AS c0 FROM "s"."t")'


def test_what_a_users_query_returns_is_looked_up_by_all_ids() -> None:
    ids = (DIALECT.ident("id"), DIALECT.ident('o"f'))
    query = f"SELECT * FROM {DIALECT.ident(CHECKED_ROWS)} AS t"
    assert words(where="w", wanted=Wanted(("x",), ids)).returned(query) == (
        'SELECT s0 FROM (SELECT x AS s0, "id" AS c0, "o""f" AS c1 FROM "s"."t" WHERE w) checked'
        ' WHERE EXISTS (SELECT 1 AS one FROM (SELECT * FROM (SELECT * FROM "s"."t" WHERE w) AS t) returned'
        ' WHERE returned."id" = checked.c0 AND returned."o""f" = checked.c1)'
    )
