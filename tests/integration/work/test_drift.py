"""Columns change on real engines: checks for changes say so in every run until somebody accepts it."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from dq_platform.app import baselines, checks
from dq_platform.app.baselines import Acceptance
from dq_platform.app.checks import NewCheck
from dq_platform.checks.validation import CheckDraft
from dq_platform.models.check import Check, Target
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from tests.integration.work.marts import Mart
from tests.integration.work.pinned import run
from tests.integration.work.world import World

TABLE = "CREATE TABLE things (id int NOT NULL, name varchar(20), amount decimal(10, 2))"
RETYPE = {
    "postgresql": "ALTER TABLE things ALTER COLUMN name TYPE varchar(40)",
    "mysql": "ALTER TABLE things MODIFY COLUMN name varchar(40)",
    "duckdb": "ALTER TABLE things ALTER COLUMN amount TYPE decimal(12, 4)",
}
TYPES: Mapping[str, tuple[str, str, str]] = {
    "postgresql": ("name", "character varying(20)", "character varying(40)"),
    "mysql": ("name", "varchar(20)", "varchar(40)"),
    "duckdb": ("amount", "DECIMAL(10,2)", "DECIMAL(12,4)"),
}
LOOSEN = {
    "postgresql": "ALTER TABLE things ALTER COLUMN id DROP NOT NULL",
    "mysql": "ALTER TABLE things MODIFY COLUMN id int NULL",
    "duckdb": "ALTER TABLE things ALTER COLUMN id DROP NOT NULL",
}
ADD, DROP = "ALTER TABLE things ADD COLUMN note varchar(10)", "ALTER TABLE things DROP COLUMN note"
MOVE = ["ALTER TABLE things DROP COLUMN name", "ALTER TABLE things ADD COLUMN name varchar(20)"]
COUNT, NAMES, ORDER = "column_count_changed", "column_list_changed", "column_list_or_order_changed"
KINDS, ONE = "column_types_changed", "column_type_changed"


@pytest.fixture(autouse=True)
def things(mart: Mart) -> None:
    mart.run(TABLE)


async def made(world: World, mart: Mart, check_type: str, column: str = "") -> Check:
    draft = CheckDraft(Target(mart.connection.id, mart.schema, "things", column), check_type)
    return await checks.create_check(world.deps, world.who, NewCheck(draft))


async def accept(world: World, check: Check) -> list[tuple[str, str]]:
    accepted = await baselines.accept_baseline(world.deps, world.who, check.id, Acceptance("as planned"))
    return [(change.kind, change.column_name) for change in accepted.changes]


def judged(result: Result) -> tuple[Outcome, object]:
    return result.outcome, result.value


@pytest.mark.parametrize("check_type", [NAMES, ORDER, KINDS])
async def test_a_new_column_fails_every_run_until_it_is_accepted(world: World, mart: Mart, check_type: str) -> None:
    check = await made(world, mart, check_type)
    assert judged(await run(world, check)) == (Outcome.PASSED, 0)
    mart.run(ADD)
    for _ in range(3):
        result = await run(world, check)
        assert (judged(result), result.expected_value) == ((Outcome.ERROR, 1), 0)
        assert "added note (" in result.message
    assert await accept(world, check) == [("added", "note")]
    result = await run(world, check)
    assert (judged(result), result.message) == ((Outcome.PASSED, 0), "")


async def test_a_count_is_compared_with_the_accepted_one(world: World, mart: Mart) -> None:
    check = await made(world, mart, COUNT)
    mart.run(ADD)
    for _ in range(2):
        result = await run(world, check)
        assert (judged(result), result.expected_value, result.expected_text) == ((Outcome.ERROR, 4), 3, "= 3")
        assert "added note" in result.message
    assert await accept(world, check) == [("added", "note")]
    result = await run(world, check)
    assert (judged(result), result.expected_value) == ((Outcome.PASSED, 4), 4)
    for statement in (DROP, "ALTER TABLE things RENAME COLUMN name TO label", "ALTER TABLE things ADD COLUMN n int"):
        mart.run(statement)
    result = await run(world, check)
    assert (judged(result), result.message) == ((Outcome.PASSED, 4), "")


@pytest.mark.parametrize("check_type", [COUNT, NAMES, ORDER, KINDS])
async def test_a_source_that_goes_back_passes_again_without_anybody(world: World, mart: Mart, check_type: str) -> None:
    mart.run(ADD)
    check = await made(world, mart, check_type)
    mart.run(DROP)
    result = await run(world, check)
    assert result.outcome is Outcome.ERROR
    assert "removed note" in result.message
    mart.run(ADD)
    assert (await run(world, check)).outcome is Outcome.PASSED


async def test_another_order_fails_where_order_matters_and_nowhere_else(world: World, mart: Mart) -> None:
    made_before = [await made(world, mart, check_type) for check_type in (ORDER, NAMES, KINDS, COUNT)]
    for statement in MOVE:
        mart.run(statement)
    ordered, *others = [await run(world, check) for check in made_before]
    assert judged(ordered) == (Outcome.ERROR, 1)
    assert ordered.message.endswith(" reordered name: 2 → 3.")
    assert {result.outcome for result in others} == {Outcome.PASSED}
    assert await accept(world, made_before[0]) == [("reordered", "name")]
    assert (await run(world, made_before[0])).outcome is Outcome.PASSED


async def test_another_length_or_precision_fails_where_types_matter(world: World, mart: Mart) -> None:
    kind = mart.connection.type
    name, before, after = TYPES[kind]
    checks_of_types = [await made(world, mart, KINDS), await made(world, mart, ONE, name)]
    others = [await made(world, mart, ORDER), await made(world, mart, ONE, "id")]
    mart.run(RETYPE[kind])
    for check in checks_of_types:
        for _ in range(2):
            result = await run(world, check)
            assert judged(result) == (Outcome.ERROR, 1)
            assert result.message.endswith(f" retyped {name}: {before} → {after}.")
    assert {(await run(world, check)).outcome for check in others} == {Outcome.PASSED}
    for check in checks_of_types:
        assert await accept(world, check) == [("retyped", name)]
        assert (await run(world, check)).outcome is Outcome.PASSED


async def test_a_column_that_may_be_null_now_fails_where_types_matter(world: World, mart: Mart) -> None:
    of_table, of_column = await made(world, mart, KINDS), await made(world, mart, ONE, "id")
    mart.run(LOOSEN[mart.connection.type])
    for check in (of_table, of_column):
        result = await run(world, check)
        assert judged(result) == (Outcome.ERROR, 1)
        assert result.message.endswith(" nullability of id: NOT NULL → NULL.")


async def test_a_table_or_column_that_is_gone_is_an_execution_error_as_for_other_checks(
    world: World, mart: Mart
) -> None:
    one = await made(world, mart, ONE, "name")
    whole = [await made(world, mart, check_type) for check_type in (COUNT, NAMES, ORDER, KINDS)]
    mart.run("ALTER TABLE things DROP COLUMN name")
    assert (await run(world, one)).error_reason == "COLUMN_NOT_FOUND"
    mart.run("DROP TABLE things")
    for check in (one, *whole):
        result = await run(world, check)
        assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, "TABLE_NOT_FOUND")
    mart.run(TABLE)
    assert {(await run(world, check)).outcome for check in (one, *whole)} == {Outcome.PASSED}
