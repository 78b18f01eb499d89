from __future__ import annotations

import asyncio
from math import log2
from time import perf_counter
from types import MappingProxyType

import pytest

from dq_platform.checks.sensors.measure import QueryMeasure, ScanMeasure
from dq_platform.connectors.base import Rows
from dq_platform.errors import NotFound, SourceProblem
from dq_platform.execution.frame import Frame
from dq_platform.execution.measure import measure
from dq_platform.execution.plan import Plan, plan
from dq_platform.execution.problems import TooManyGroups
from dq_platform.execution.reading import NO_DATA, Reading
from dq_platform.execution.statement import Demand, ScanWant, queries, scan
from dq_platform.models.check import GroupBy
from tests.unit.execution.builders import DIALECT, FRAME, NOW, ScriptedSession, check, context


def fused(count, frame=FRAME):
    return scan(frame, [ScanWant(Demand(f"k{n}", NOW), ScanMeasure(f"SUM(c{n}_)")) for n in range(count)], DIALECT)


def query(name):
    return queries(FRAME, [(Demand(name, NOW), QueryMeasure(f"SELECT {name} AS dq0"))], DIALECT)[0]


def plan_of(*statements, answers=(), failures=MappingProxyType({})):
    periods = dict.fromkeys([check_id for statement in statements for check_id in statement.check_ids], NOW)
    periods |= dict.fromkeys([*failures, *(answer.check_id for answer in answers)], NOW)
    return Plan(statements, tuple(answers), failures, periods, "UTC")


def all_but(count, *culprits):
    return {f"k{n}" for n in range(count)} - {f"k{n}" for n in culprits}


async def test_a_fused_statement_is_sent_once_with_its_tag():
    session = ScriptedSession()
    done = await measure(session, plan_of(fused(30)), tag="job=1")
    assert [tag for _, tag in session.sent] == ["job=1"]
    assert (done.statements, done.rows, done.failures, done.stopped_by) == (1, 1, {}, None)
    assert done.readings["k7"] == (Reading("k7", "", NOW, 0),)


async def test_time_is_shared_by_the_checks_that_a_statement_serves():
    done = await measure(ScriptedSession(), plan_of(fused(4)))
    assert len(set(done.costs.values())) == 1
    assert {check_id: cost.statements for check_id, cost in done.costs.items()} == dict.fromkeys(all_but(4), 0.25)


class Slow(ScriptedSession):
    """Takes ten milliseconds for each statement, whether it fails or not."""

    async def execute(self, sql, *, tag="", numbers=0):
        started, before = perf_counter(), self.milliseconds
        await asyncio.sleep(0.01)
        try:
            return await super().execute(sql, tag=tag)
        finally:
            self.milliseconds = before + (perf_counter() - started) * 1000


async def test_costs_add_up_to_all_statements_and_their_time_though_some_fail():
    session = Slow(bad=["c3_"])
    started = perf_counter()
    done = await measure(session, plan_of(fused(8), query("quick")))
    took = (perf_counter() - started) * 1000
    assert sum(cost.statements for cost in done.costs.values()) == pytest.approx(len(session.sent))
    assert 10 * len(session.sent) <= sum(cost.milliseconds for cost in done.costs.values()) <= took
    assert done.costs["k3"].statements > done.costs["k7"].statements


@pytest.mark.parametrize("count", range(2, 40))
async def test_one_culprit_is_found_within_twice_the_logarithm_wherever_it_stands(count):
    for culprit in range(count):
        session = ScriptedSession(bad=[f"c{culprit}_"])
        done = await measure(session, plan_of(fused(count)))
        assert set(done.failures) == {f"k{culprit}"}
        assert set(done.readings) == all_but(count, culprit)
        assert done.statements - 1 <= 2 * log2(count) + 1
        alone = [sql for sql, _ in session.sent if sql.count("SUM") == 1 and f"c{culprit}_" in sql]
        assert len(alone) == 1


async def test_five_hundred_checks_lose_only_the_wrong_one():
    done = await measure(ScriptedSession(bad=["c311_"]), plan_of(fused(500)))
    assert set(done.failures) == {"k311"}
    assert done.statements <= 1 + 2 * log2(500) + 1


async def test_several_culprits_fail_alone():
    done = await measure(ScriptedSession(bad=["c3_", "c4_", "c29_"]), plan_of(fused(32)))
    assert set(done.failures) == {"k3", "k4", "k29"}
    assert set(done.readings) == all_but(32, 3, 4, 29)


async def test_checks_that_share_the_wrong_expression_fail_together():
    wants = [ScanWant(Demand(f"k{n}", NOW), ScanMeasure("SUM(bad_)" if n % 2 else "COUNT(*)")) for n in range(10)]
    done = await measure(ScriptedSession(bad=["bad_"]), plan_of(scan(FRAME, wants, DIALECT)))
    assert set(done.failures) == {"k1", "k3", "k5", "k7", "k9"}
    assert done.statements == 3


async def test_a_wrong_filter_costs_four_statements_not_one_for_each_check():
    frame = Frame("t", where="(nonsense)")
    done = await measure(ScriptedSession(bad=["nonsense"]), plan_of(fused(100, frame)))
    assert len(done.failures) == 100
    assert done.statements == 4


async def test_another_frame_is_measured_though_one_fails():
    good = scan(Frame("u"), [ScanWant(Demand("good", NOW), ScanMeasure("COUNT(*)"))], DIALECT)
    done = await measure(ScriptedSession(bad=['"t"']), plan_of(fused(8), good))
    assert set(done.readings) == {"good"}


@pytest.mark.parametrize(
    "problem",
    [SourceProblem.TIMEOUT, SourceProblem.UNREACHABLE, SourceProblem.CANCELLED, SourceProblem.CREDENTIALS],
)
async def test_a_failing_source_is_asked_once_and_all_checks_get_its_error(problem):
    session = ScriptedSession(bad=["SELECT"], problem=problem)
    done = await measure(session, plan_of(fused(100), query("slow"), query("quick")))
    assert len(session.sent) == 1
    assert {error.reason for error in done.failures.values()} == {f"SOURCE_{problem}"}
    assert set(done.failures) == {*all_but(100), "slow", "quick"}
    assert done.stopped_by is done.failures["quick"]


async def test_what_was_measured_before_the_source_failed_is_kept():
    done = await measure(
        ScriptedSession(bad=["slow"], problem=SourceProblem.TIMEOUT), plan_of(fused(3), query("slow"), query("quick"))
    )
    assert set(done.readings) == all_but(3)
    assert set(done.failures) == {"slow", "quick"}


class FailingOver(ScriptedSession):
    """Refuses the whole, then loses the connection."""

    async def execute(self, sql, *, tag="", numbers=0):
        if len(self.sent) == 3:
            self.bad, self.problem = ("SELECT",), SourceProblem.UNREACHABLE
        return await super().execute(sql, tag=tag)


async def test_a_source_that_fails_while_a_culprit_is_sought_stops_the_search():
    session = FailingOver(bad=["c30_"])
    done = await measure(session, plan_of(fused(32)))
    assert len(session.sent) == 4
    assert set(done.readings) == {f"k{n}" for n in range(24)}
    assert {error.reason for error in done.failures.values()} == {"SOURCE_UNREACHABLE"}


async def test_a_query_that_fails_fails_alone():
    done = await measure(ScriptedSession(bad=["slow"]), plan_of(query("slow"), query("quick")))
    assert set(done.failures) == {"slow"}
    assert set(done.readings) == {"quick"}
    assert done.statements == 2


class Groups(ScriptedSession):
    async def execute(self, sql, *, tag="", numbers=0):
        return Rows((), [(f"g{number}", 1) for number in range(4)])


async def test_too_many_groups_fail_the_checks_that_ask_for_them():
    frame = Frame("t", groups=("g",), max_groups=3)
    wants = [ScanWant(Demand("k", NOW, (GroupBy(column="g"),)), ScanMeasure("COUNT(*)"))]
    done = await measure(Groups(), plan_of(scan(frame, wants, DIALECT)))
    assert isinstance(done.failures["k"], TooManyGroups)
    assert done.readings == {}


class Nothing(ScriptedSession):
    async def execute(self, sql, *, tag="", numbers=0):
        return Rows((), [])


async def test_a_check_without_any_row_gets_one_reading_that_says_so():
    frame = Frame("t", period="p")
    done = await measure(Nothing(), plan_of(fused(1, frame)))
    assert done.readings["k0"] == (Reading("k0", "", NOW, None, reason=NO_DATA),)


async def test_answers_and_failures_of_the_plan_are_part_of_the_measurement():
    answer, gone = Reading("m", "", NOW, 12), NotFound("column", "x")
    session = ScriptedSession()
    done = await measure(session, plan_of(answers=[answer], failures={"f": gone}))
    assert session.sent == []
    assert done.readings == {"m": (answer,)}
    assert done.failures == {"f": gone}


async def test_a_statement_that_fails_says_that_the_table_is_unavailable():
    made = plan([check("slow"), check("a", "table_availability", "")], context())
    done = await measure(ScriptedSession(bad=["LIMIT 1"], problem=SourceProblem.PERMISSION), made)
    [reading] = done.readings["a"]
    assert (reading.value, reading.message) == (1, "refused: PERMISSION")
    assert set(done.readings) == {"a", "slow"}
    assert done.failures == {}


async def test_a_result_of_too_many_rows_fails_alone():
    made = plan([check("a"), check("b", "nulls_count", "country")], context())
    done = await measure(ScriptedSession(bad=["country"], problem=SourceProblem.TOO_MANY_ROWS), made)
    assert {name: error.reason for name, error in done.failures.items()} == {"b": "SOURCE_TOO_MANY_ROWS"}
    assert set(done.readings) == {"a"}
    assert done.stopped_by is None
