from __future__ import annotations

import pytest

from dq_platform.app.explain import explain
from dq_platform.errors import Invalid
from dq_platform.execution.statement import StatementKind
from dq_platform.models.check import CheckSelector
from tests.integration.work.world import World


async def test_a_plan_has_the_statements_of_each_table_and_sends_none(world: World) -> None:
    rows = await world.check("row_count", "orders")
    nulls = await world.check("nulls_percent", "orders.amount")
    other = await world.check("row_count", "customers")
    one, two = await explain(world.deps, world.who, CheckSelector())
    assert [statement.check_ids for statement in one.plan.statements] == [(rows.id, nulls.id)]
    assert one.plan.statements[0].kind is StatementKind.SCAN
    assert one.check.target.table_name == "orders"
    assert [statement.check_ids for statement in two.plan.statements] == [(other.id,)]
    assert world.queue.ids == []


async def test_what_the_catalogue_answers_needs_no_statement(world: World) -> None:
    exists = await world.check("column_exists", "orders.amount")
    [table] = await explain(world.deps, world.who, CheckSelector())
    assert table.plan.statements == ()
    assert [answer.check_id for answer in table.plan.answers] == [exists.id]


async def test_nothing_to_plan_is_refused(world: World) -> None:
    with pytest.raises(Invalid) as caught:
        await explain(world.deps, world.who, CheckSelector(schema_name="nothing"))
    assert caught.value.violations[0].reason == "NO_CHECKS_SELECTED"
