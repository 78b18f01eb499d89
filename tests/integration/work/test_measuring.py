from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest

from dq_platform.checks.catalog.declare import TABLE, Dimension, category, check
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.rules.registry import RULE_REGISTRY, rule
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.outcome import Outcome
from dq_platform.models.values import Number
from tests.integration.work.world import World


@rule("test_same_as_before", history_points=1)
def same_as_before(actual: Number, context: RuleContext) -> Verdict:
    """Fails when the period before had another value."""
    if not context.history:
        return Verdict(passed=None, reason="There is no earlier period.")
    [before] = context.history
    return Verdict(passed=before.value == actual, expected_value=before.value)


@pytest.fixture
def same_row_count() -> Iterator[str]:
    """A check type whose rule looks at the period before."""
    name = "test_same_row_count"
    declared = check(
        name,
        level=TABLE,
        sensor="row_count",
        rule=same_as_before.name,
        dimension=Dimension.CONSISTENCY,
        description="The number of rows stays.",
        defaults={"error": {}},
    )
    RULE_REGISTRY.register(same_as_before)
    CHECK_REGISTRY.register(category("volume", declared)[0])
    yield name
    CHECK_REGISTRY._registered.pop(name)
    RULE_REGISTRY._registered.pop(same_as_before.name)


async def test_a_rule_sees_as_many_earlier_periods_as_it_asks_for(world: World, same_row_count: str) -> None:
    check = await world.check(same_row_count, "orders")
    outcomes = []
    for statement in ("SELECT 1", "SELECT 1", "DELETE FROM orders WHERE id = 1", "SELECT 1"):
        world.shop.run(statement)
        job = await world.run(check)
        await world.work()
        [result] = await world.results(job_id=job.id)
        outcomes.append((result.outcome, result.expected_value))
        world.clock.advance(timedelta(days=1))
    assert outcomes == [
        (Outcome.INCONCLUSIVE, None),
        (Outcome.PASSED, 10),
        (Outcome.ERROR, 10),
        (Outcome.PASSED, 9),
    ]
