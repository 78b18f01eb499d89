from __future__ import annotations

import pytest

from dq_platform.connectors.base import Guards, Rows
from dq_platform.errors import SourceError, SourceProblem
from dq_platform.execution import sampling
from dq_platform.execution.grade import Execution, fail
from dq_platform.execution.problems import NothingToShow, TooManyGroups
from dq_platform.execution.sample_plan import MAX_CHARACTERS, MAX_ROWS, Part, SamplePlan
from dq_platform.execution.sampling import ANSWER_CHARACTERS, ANSWER_ROWS, KEPT_CHARACTERS, MAX_PARTS
from dq_platform.models.metadata import DataType
from dq_platform.models.sample import SampleColumn, SampleValue
from tests.unit.execution.builders import DIALECT, NOW, check


async def take(session, plan, **tag):
    return (await sampling.take(session, plan, **tag)).samples


class AnsweringSession:
    """Answers every statement with the rows given, and refuses those that hold the `bad` text."""

    def __init__(self, rows=(), bad="", problem=SourceProblem.BAD_SQL):
        self.dialect = DIALECT
        self.rows, self.bad, self.problem = rows, bad, problem
        self.sent = []
        self.milliseconds = self.statements = 0.0

    async def execute(self, sql, *, tag="", numbers=0):
        self.sent.append((sql, tag))
        self.milliseconds += 0.25
        self.statements += 1
        if self.bad and self.bad in sql:
            raise SourceError(self.problem, "refused")
        return Rows((), self.rows)


def result(id):
    return fail(Execution.of(check(id), "job", NOW), TooManyGroups(1), NOW)


def part(id, *, results=1, types=(DataType.TEXT,), columns=None):
    columns = columns or tuple(SampleColumn(f"c{number}") for number in range(len(types)))
    return Part(f"SELECT {id}_", tuple(result(f"{id}{n}") for n in range(results)), columns, types)


def plan_of(*parts):
    return SamplePlan(parts, ())


async def test_rows_find_their_result_by_its_number():
    session = AnsweringSession([(2, "c", None), (0, "a", None), (1, "b", "x"), (2, "d", None)])
    made = plan_of(part("a"), part("b", results=2, types=(DataType.TEXT,) * 2))
    found = {one.check_id: one for one in await take(session, made, tag="job=1")}
    assert [tag for _, tag in session.sent] == ["job=1"]
    assert found["a0"].rows == ((SampleValue("a"),),)
    assert found["b0"].rows == ((SampleValue("b"), SampleValue("x")),)
    assert found["b1"].rows == ((SampleValue("c"), SampleValue(None)), (SampleValue("d"), SampleValue(None)))
    assert found["b1"].taken_at == NOW


async def test_a_result_without_rows_has_samples_without_rows():
    [found] = await take(AnsweringSession(), plan_of(part("a")))
    assert (found.rows, found.more, found.error_reason) == ((), False, "")


async def test_rows_beyond_the_limit_are_left_out_and_told_of():
    [found] = await take(AnsweringSession([(0, str(n)) for n in range(MAX_ROWS + 1)]), plan_of(part("a")))
    assert (len(found.rows), found.more) == (MAX_ROWS, True)
    [found] = await take(AnsweringSession([(0, str(n)) for n in range(MAX_ROWS)]), plan_of(part("a")))
    assert (len(found.rows), found.more) == (MAX_ROWS, False)


async def test_long_values_are_cut_off_and_bytes_are_told_from_texts():
    long, exact = "ü" * (MAX_CHARACTERS + 1), "ü" * MAX_CHARACTERS
    session = AnsweringSession([(0, long, exact, "00FF")])
    [found] = await take(session, plan_of(part("a", types=(DataType.TEXT, DataType.TEXT, DataType.BINARY))))
    assert found.rows == ((SampleValue(exact, truncated=True), SampleValue(exact), SampleValue(r"\x00ff")),)


async def test_masked_columns_have_no_values_and_move_no_others():
    columns = (SampleColumn("id", identifies=True, masked=True), SampleColumn("name"))
    [found] = await take(AnsweringSession([(0, "ann")]), plan_of(part("a", columns=columns)))
    assert found.rows == ((SampleValue(None), SampleValue("ann")),)


@pytest.mark.parametrize("count", [1, 2, 3, 8, 21])
async def test_one_culprit_fails_alone(count):
    for culprit in range(count):
        session = AnsweringSession(bad=f"p{culprit}_")
        found = await take(session, plan_of(*(part(f"p{number}") for number in range(count))))
        assert {one.check_id for one in found if one.error_reason} == {f"p{culprit}0"}
        assert len(found) == count
        assert len(session.sent) <= 2 * (count - 1).bit_length() + 1


async def test_a_failure_of_the_whole_source_is_met_once():
    session = AnsweringSession(bad="p", problem=SourceProblem.TIMEOUT)
    found = await take(session, plan_of(*(part(f"p{number}") for number in range(MAX_PARTS + 1))))
    assert {one.error_reason for one in found} == {"SOURCE_TIMEOUT"}
    assert (len(found), len(session.sent)) == (MAX_PARTS + 1, 1)


async def test_more_checks_than_a_statement_takes_are_several_statements():
    session = AnsweringSession()
    found = await take(session, plan_of(*(part(f"p{number}") for number in range(MAX_PARTS + 1))))
    assert (len(found), len(session.sent)) == (MAX_PARTS + 1, 2)


async def test_long_parts_are_statements_of_their_own():
    long = part("x" * (DIALECT.limits.statement_bytes // 2))
    session = AnsweringSession()
    await take(session, plan_of(long, long, part("b")))
    assert [sql.count("FROM (SELECT") for sql, _ in session.sent] == [1, 2]


async def test_answers_that_could_be_huge_are_statements_of_their_own():
    widest = (DataType.TEXT,) * 30
    parts = [part(f"p{number}", results=20, types=widest) for number in range(MAX_PARTS)]
    session = AnsweringSession()
    found = await take(session, plan_of(*parts))
    assert len(found) == MAX_PARTS * 20
    assert {sql.count("AS dq_result") for sql, _ in session.sent} == {2}
    assert 2 * parts[0].most_characters <= ANSWER_CHARACTERS < 3 * parts[0].most_characters


async def test_more_rows_than_a_source_answers_are_several_statements():
    parts = [part(f"p{number}", results=20) for number in range(MAX_PARTS)]
    session = AnsweringSession()
    await take(session, plan_of(*parts))
    assert [sql.count("AS dq_result") for sql, _ in session.sent] == [49, 1]
    assert 49 * 20 * (MAX_ROWS + 1) <= ANSWER_ROWS < Guards().max_rows


async def test_one_run_keeps_so_much_and_says_why_the_rest_is_left_out():
    widest = (DataType.TEXT,) * 30
    wide = tuple("x" * MAX_CHARACTERS for _ in widest)
    parts = [part(f"p{number}", results=20, types=widest) for number in range(8)]
    session = AnsweringSession([(number, *wide) for number in range(40) for _ in range(MAX_ROWS)])
    found = await take(session, plan_of(*parts))
    kept = [one for one in found if not one.error_reason]
    assert len(found) == 160
    assert len(kept) == KEPT_CHARACTERS // (30 * MAX_ROWS * MAX_CHARACTERS)
    refused = [one for one in found if one.error_reason]
    assert {(one.error_reason, one.rows, one.columns) for one in refused} == {("TOO_MANY_SAMPLES", (), ())}
    assert "32,000,000 characters" in refused[0].message
    assert len(session.sent) == 2


async def test_what_could_not_be_planned_says_why_and_nothing_is_sent():
    session = AnsweringSession()
    [found] = await take(session, SamplePlan((), ((result("a"), NothingToShow("t")),)))
    assert (found.error_reason, session.sent) == ("NOTHING_TO_SHOW", [])
