from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.checks.other_tables import OtherTable
from dq_platform.connectors.base import Rows
from dq_platform.errors import SourceProblem
from dq_platform.execution.budget import Allowance, Reads
from dq_platform.execution.grade import Execution, fail
from dq_platform.execution.measure import measure
from dq_platform.execution.plan import plan
from dq_platform.execution.problems import TooManyGroups
from dq_platform.execution.sample_plan import Part, SamplePlan
from dq_platform.execution.sampling import take
from dq_platform.models.cost import Budget, Cost
from dq_platform.models.metadata import DataType, Estimates, TableSize
from dq_platform.models.sample import SampleColumn
from tests.unit.execution.builders import NOW, ScriptedSession, check, context, partitioned, snapshot

ROWS, BYTES = 1_000_000, 64_000_000
EXCEEDED, UNKNOWN = "SCAN_BUDGET_EXCEEDED", "SCAN_SIZE_UNKNOWN"
FOREIGN = {"foreign_table": "countries", "foreign_column": "code"}
REFERENCED = {"referenced_table": "copy", "referenced_column": "amount"}
QUERY = {"sql_query": 'SELECT * FROM "dq_checked_rows" AS "t"'}


def known(rows=ROWS, in_bytes=BYTES, **budget):
    table = snapshot()
    sized = replace(table, table=replace(table.table, estimated_rows=rows, size_bytes=in_bytes))
    return context(snapshot=sized, budget=Budget(**budget))


def rows(most, **more):
    return {"max_scanned_row_count": most, **more}


def filtered(id, number):
    """A check that shares no statement with others."""
    return check(id, filter=f"amount > {number}")


CASES = {
    "no budget": ({}, (ROWS, BYTES), 5, ""),
    "as many rows as allowed": (rows(2 * ROWS), (ROWS, BYTES), 2, ""),
    "one pass too many": (rows(2 * ROWS - 1), (ROWS, BYTES), 2, EXCEEDED),
    "too many bytes": ({"max_scanned_bytes": BYTES - 1}, (ROWS, BYTES), 1, EXCEEDED),
    "as many bytes as allowed": ({"max_scanned_bytes": BYTES}, (None, BYTES), 1, ""),
    "no rows known": (rows(10 * ROWS), (None, BYTES), 1, UNKNOWN),
    "no bytes known": ({"max_scanned_bytes": 10 * BYTES}, (ROWS, None), 1, UNKNOWN),
    "another table besides": (rows(3 * ROWS), (ROWS, BYTES), Reads(1, (TableSize(2 * ROWS),)), ""),
    "another table that is too large": (rows(3 * ROWS), (ROWS, BYTES), Reads(1, (TableSize(2 * ROWS + 1),)), EXCEEDED),
    "another table of unknown size": (rows(10 * ROWS), (ROWS, BYTES), Reads(1, (TableSize(),)), UNKNOWN),
    "unknown, and allowed": (rows(1, allow_unknown_size=True), (None, None), 1, ""),
    "another table of unknown size, and allowed": (
        rows(1, allow_unknown_size=True),
        (ROWS, None),
        Reads(1, (TableSize(),)),
        "",
    ),
    "unknown allowed, known is not": (rows(1, allow_unknown_size=True), (ROWS, None), 1, EXCEEDED),
    "one side known and exceeded": (
        rows(1, max_scanned_bytes=1, allow_unknown_size=True),
        (None, BYTES),
        1,
        EXCEEDED,
    ),
    "nothing read": (rows(1), (None, None), 0, ""),
    "an empty table": (rows(1), (0, 0), 9, ""),
}


@pytest.mark.parametrize("name", CASES)
def test_an_allowance_tells_what_it_has_no_room_for(name):
    budget, size, reads, reason = CASES[name]
    asked = reads if isinstance(reads, Reads) else Reads(reads)
    refusal = Allowance(Budget(**budget), TableSize(*size)).refusal(asked)
    assert (refusal.reason if refusal else "") == reason


def test_a_refusal_names_the_estimate_the_limit_and_what_is_used():
    allowance = Allowance(Budget(max_scanned_row_count=2_500_000), TableSize(ROWS, BYTES)).less(Reads(2))
    refusal = allowance.refusal(Reads())
    assert refusal is not None
    assert refusal.message == (
        "The statement would read about 1,000,000 rows; budget.max_scanned_row_count of the connection allows "
        "2,500,000 of one table in a run, of which the run's other statements use 2,000,000."
    )
    assert refusal.facts == {
        "field": "max_scanned_row_count",
        "estimate": "1000000",
        "limit": "2500000",
        "used": "2000000",
    }


def test_statements_are_planned_until_the_budget_is_used_up_and_the_rest_is_refused():
    checks = [filtered(f"k{number}", number) for number in range(4)]
    made = plan(checks, known(**rows(2 * ROWS)))
    assert [statement.check_ids for statement in made.statements] == [("k0",), ("k1",)]
    assert {name: error.reason for name, error in made.failures.items()} == dict.fromkeys(["k2", "k3"], EXCEEDED)


def test_checks_that_share_a_pass_share_its_place_in_the_budget():
    checks = [check(f"k{number}", "nulls_count", "email" if number % 2 else "country") for number in range(30)]
    assert plan(checks, known(**rows(ROWS))).failures == {}


def test_whether_a_table_can_be_read_is_asked_however_tight_the_budget():
    made = plan([check("a", "table_availability", ""), check("b")], known(**rows(1)))
    assert [statement.check_ids for statement in made.statements] == [("a",)]
    assert {name: error.reason for name, error in made.failures.items()} == {"b": EXCEEDED}


def test_what_is_known_without_a_statement_costs_no_budget():
    assert plan([check("a", "column_exists")], known(**rows(1))).failures == {}


def test_partitions_count_with_the_whole_table():
    made = plan([partitioned("a")], known(**rows(ROWS - 1)))
    assert made.failures["a"].reason == EXCEEDED


ELSEWHERE = [
    check("elsewhere", "lookup_key_not_found", "country", sensor_params=FOREIGN),
    check("total", "total_sum_match_percent", "amount", sensor_params=REFERENCED),
]


@pytest.mark.parametrize("reading", ELSEWHERE, ids=lambda one: one.id)
@pytest.mark.parametrize(("other", "reason"), [(None, UNKNOWN), (ROWS - 10, ""), (ROWS + 10, EXCEEDED)])
def test_a_check_that_reads_another_table_too_takes_no_other_along(reading, other, reason):
    """The budget has room for three passes over the checked table: one for each check, and one besides."""
    name = str(reading.sensor_params.get("foreign_table", "copy"))
    found = replace(known(**rows(3 * ROWS)), others={OtherTable("c", "s", name): TableSize(other)} if other else {})
    made = plan([check("mine", "sum_in_range", "amount"), reading], found)
    assert {name: error.reason for name, error in made.failures.items()} == ({reading.id: reason} if reason else {})
    assert "mine" in {name for statement in made.statements for name in statement.check_ids}


def test_a_query_counts_as_often_as_it_reads_the_table():
    twice = {"sql_query": 'SELECT * FROM "dq_checked_rows" AS a UNION ALL SELECT * FROM "dq_checked_rows" AS b'}
    for params, passes in ((QUERY, 1), (twice, 2)):
        reading = check("a", "sql_invalid_record_count_on_table", "", sensor_params=params)
        [statement] = plan([reading], known()).statements
        assert statement.reads == Reads(passes)


def test_a_tight_budget_makes_one_pass_of_what_would_be_faster_in_several():
    checks = [check("a", "distinct_count", "id"), check("b", "distinct_count", "amount"), check("c", "nulls_count")]
    estimates = Estimates(ROWS, {"id": ROWS, "amount": ROWS})
    fast = plan(checks, replace(known(), learned=estimates))
    assert len(fast.statements) > 1
    tight = plan(checks, replace(known(**rows(ROWS)), learned=estimates))
    assert [statement.check_ids for statement in tight.statements] == [("a", "b", "c")]
    assert tight.failures == {}


async def test_what_is_refused_is_not_sent_and_costs_nothing():
    made = plan([filtered("a", 1), filtered("b", 2)], known(**rows(ROWS)))
    session = ScriptedSession()
    done = await measure(session, made)
    assert len(session.sent) == 1
    assert done.failures["b"].reason == EXCEEDED
    assert {name: (cost.statements, cost.scanned_rows) for name, cost in done.costs.items()} == {"a": (1, ROWS)}
    assert done.allowance.refusal(Reads()).reason == EXCEEDED


async def test_rows_that_were_read_are_shared_and_unknown_where_the_size_is():
    checks = [check("a"), check("b", "nulls_count", "country")]
    for size, share in ((ROWS, ROWS / 2), (None, None)):
        done = await measure(ScriptedSession(), plan(checks, known(size)))
        assert {cost.scanned_rows for cost in done.costs.values()} == {share}


@pytest.mark.parametrize(("passes", "culprits", "sent"), [(20, {"k5"}, 6), (1, None, 1), (2, None, 2), (3, None, 3)])
async def test_the_search_for_a_culprit_keeps_to_the_budget(passes, culprits, sent):
    """Where there is no room to find it, all checks of the statement fail, and say why."""
    columns = dict.fromkeys([f"c{number}_" for number in range(8)], DataType.INTEGER)
    table = snapshot(columns)
    sized = replace(table, table=replace(table.table, estimated_rows=ROWS))
    checks = [check(f"k{number}", "sum_in_range", f"c{number}_") for number in range(8)]
    made = plan(checks, context(snapshot=sized, budget=Budget(max_scanned_row_count=passes * ROWS)))
    session = ScriptedSession(bad=["c5_"])
    done = await measure(session, made)
    assert len(session.sent) == done.statements == sent
    assert sum(cost.statements for cost in done.costs.values()) == pytest.approx(sent)
    if culprits is None:
        assert "k5" in done.failures
        assert {error.reason for error in done.failures.values()} == {EXCEEDED}
        assert done.readings.keys() | done.failures.keys() == {one.id for one in checks}
    else:
        assert {name: error.reason for name, error in done.failures.items()} == {"k5": "SOURCE_BAD_SQL"}


async def test_what_a_failed_statement_said_is_told_where_the_search_is_refused():
    made = plan([check("a"), check("b", "nulls_count", "country")], known(**rows(ROWS)))
    done = await measure(ScriptedSession(bad=["country"]), made)
    said = f"A statement that serves several checks failed: refused: {SourceProblem.BAD_SQL}"
    assert done.failures["a"].message.startswith(said)
    assert done.failures["a"].reason == EXCEEDED


class Nothing(ScriptedSession):
    async def execute(self, sql, *, tag="", numbers=0):
        await super().execute(sql, tag=tag)
        return Rows((), [])


def part(id):
    failed = fail(Execution.of(check(id), "job", NOW), TooManyGroups(1), NOW)
    return Part(f"SELECT {id}_", (failed,), (SampleColumn("c"),), (DataType.TEXT,))


@pytest.mark.parametrize(("passes", "kept"), [(0, 0), (1, 1), (3, 3), (4, 4)])
async def test_samples_take_what_the_checks_left(passes, kept):
    allowance = Allowance(Budget(max_scanned_row_count=4 * ROWS), TableSize(ROWS)).less(Reads(4 - passes))
    taken = await take(Nothing(), SamplePlan(tuple(part(f"p{number}") for number in range(4)), (), allowance))
    assert [one.error_reason for one in taken.samples] == [""] * kept + [EXCEEDED] * (4 - kept)
    assert sum((cost.scanned_rows for cost in taken.costs.values()), 0) == kept * ROWS


async def test_each_check_bears_its_share_of_the_statement_that_takes_samples():
    taken = await take(Nothing(), SamplePlan((part("a"), part("b")), ()))
    assert {name: replace(cost, milliseconds=0) for name, cost in taken.costs.items()} == dict.fromkeys(
        ["a", "b"], Cost(0, 0.5, None)
    )
