from __future__ import annotations

from datetime import date

from dq_platform.checks.sensors.measure import QueryMeasure, ScanMeasure
from dq_platform.connectors.dialect import Limits
from dq_platform.connectors.postgresql_dialect import PostgreSQLDialect
from dq_platform.execution.frame import Frame
from dq_platform.execution.statement import Cells, Demand, ScanWant, queries, scan, scans
from tests.unit.execution.builders import DIALECT, FRAME, NOW

DAYS = (date(2026, 3, 28), date(2026, 3, 29))

COUNT = ScanMeasure("COUNT(*)")


def demand(id):
    return Demand(id, NOW)


def wants(*measures):
    return [ScanWant(demand(f"k{number}"), measure) for number, measure in enumerate(measures)]


def query_wants(*measures):
    return [(demand(f"k{number}"), measure) for number, measure in enumerate(measures)]


def small(columns=1000, size=1_000_000):
    class Small(PostgreSQLDialect):
        limits = Limits(columns, size)

    return Small()


def test_equal_expressions_are_rendered_once_and_shared():
    part = ScanMeasure("COUNT(a)", of="COUNT(*)")
    other = ScanMeasure("COUNT(b)", of="COUNT(*)", expected="(SELECT 1)")
    made = scan(FRAME, wants(COUNT, part, other, part), DIALECT)
    assert made.sql == (
        'SELECT COUNT(*) AS dq0,\n  COUNT(a) AS dq1,\n  COUNT(b) AS dq2,\n  (SELECT 1) AS dq3\nFROM "s"."t"'
    )
    assert made.cells == (Cells(0), Cells(1, of=0), Cells(2, of=0, expected=3), Cells(1, of=0))


def test_cells_come_after_the_keys():
    frame = Frame("t", where="(x)", period="p", groups=("g", "h"), begins=DAYS, max_groups=10)
    made = scan(frame, wants(COUNT), DIALECT)
    assert made.sql == (
        "SELECT p AS dq_key0,\n  g AS dq_key1,\n  h AS dq_key2,\n  COUNT(*) AS dq0\n"
        "FROM t\nWHERE (x)\nGROUP BY p, g, h LIMIT 21"
    )
    assert made.cells == (Cells(3),)


def test_a_statement_holds_no_more_columns_than_the_engine_allows():
    measures = [ScanMeasure(f"COUNT(c{number})", of="COUNT(*)") for number in range(10)]
    made = scans(FRAME, wants(*measures), small(columns=4))
    assert [len(one.demands) for one in made] == [3, 3, 3, 1]


def test_the_keys_count_as_columns():
    frame = Frame("t", groups=("g", "h"))
    made = scans(frame, wants(*[ScanMeasure(f"COUNT(c{number})") for number in range(4)]), small(columns=4))
    assert [len(one.demands) for one in made] == [2, 2]


def test_a_statement_is_no_longer_than_the_engine_allows():
    measures = [ScanMeasure(f"COUNT({'ü' * 100}{number})") for number in range(20)]
    made = scans(FRAME, wants(*measures), small(size=1000))
    assert sum(len(one.demands) for one in made) == 20
    assert all(len(one.sql.encode()) <= 1000 for one in made)
    assert len(made) == 5


def test_a_measure_beyond_every_limit_still_gets_a_statement_of_its_own():
    made = scans(FRAME, wants(COUNT, ScanMeasure("COUNT(a)", of="COUNT(b)", expected="1"), COUNT), small(columns=2))
    assert [one.check_ids for one in made] == [("k0",), ("k1",), ("k2",)]


def test_halves_part_the_measures_and_keep_all_checks():
    first, second, third = (ScanMeasure(f"COUNT({name})") for name in "abc")
    made = scan(FRAME, wants(first, second, first, third), DIALECT)
    left, right = made.halves(DIALECT)
    assert (left.check_ids, right.check_ids) == (("k0", "k2"), ("k1", "k3"))
    assert made.divisible
    assert not left.divisible
    assert "COUNT(b)" not in left.sql


def test_equal_queries_are_sent_once():
    one, two = QueryMeasure("SELECT 1 AS value"), QueryMeasure("SELECT 1, 2", has_expected=True)
    made = queries(FRAME, query_wants(one, two, one), DIALECT)
    assert [query.check_ids for query in made] == [("k0", "k2"), ("k1",)]
    assert [query.cells[0] for query in made] == [Cells(0), Cells(0, expected=1)]
    assert not made[0].divisible


def test_a_grouped_query_is_bounded_too():
    [made] = queries(Frame("t", groups=("g",), max_groups=5), query_wants(QueryMeasure("SELECT g, 1")), DIALECT)
    assert made.sql == "SELECT g, 1 LIMIT 6"


def test_of_a_users_query_no_more_rows_are_asked_for_than_show_that_there_are_too_many():
    [made] = queries(
        FRAME, query_wants(QueryMeasure("SELECT * FROM (SELECT s FROM t) returned", imports=True)), DIALECT
    )
    assert made.sql == "SELECT * FROM (SELECT s FROM t) returned LIMIT 2"
