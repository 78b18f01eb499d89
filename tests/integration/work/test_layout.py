"""A large table is measured otherwise once a run has found out how many different values its columns have."""

from __future__ import annotations

from pathlib import Path

from dq_platform.app.checks import NewCheck, create_check
from dq_platform.app.explain import explain
from dq_platform.checks.validation import CheckDraft
from dq_platform.execution.statement import StatementKind
from dq_platform.models.check import CheckSelector, Target
from dq_platform.models.outcome import Outcome, Severity
from tests.integration.work import marts
from tests.integration.work.world import World

FILL = """
CREATE TABLE customers AS
SELECT n AS id, CASE WHEN n % 50 = 0 THEN 'nobody' ELSE 'u' || (n % 100) || '@example.com' END AS email
FROM range(250000) AS t(n)
"""


async def test_the_second_run_counts_values_and_finds_the_same(world: World, tmp_path: Path) -> None:
    mart = await marts.duck(world, tmp_path)
    mart.run(FILL)
    email = Target(mart.connection.id, mart.schema, "customers", "email")
    few = {Severity.ERROR: {"max_count": 1000}}
    found = await create_check(world.deps, world.who, NewCheck(CheckDraft(email, "invalid_email_format_found")))
    draft = CheckDraft(email, "distinct_count", thresholds=few)
    distinct = await create_check(world.deps, world.who, NewCheck(draft))
    kinds, values = [], []
    for _ in range(2):
        [table] = await explain(world.deps, world.who, CheckSelector(connection_id=mart.connection.id))
        kinds.append([statement.kind for statement in table.plan.statements])
        job = await world.batch()
        await world.work()
        results = {result.check_id: result for result in await world.results(job_id=job.id)}
        values.append((results[found.id].value, results[distinct.id].value))
        assert results[distinct.id].outcome is Outcome.PASSED
    assert kinds == [[StatementKind.SCAN], [StatementKind.VALUES]]
    assert values == [(5000, 99), (5000, 99)]
