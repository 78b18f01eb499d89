"""What the budget of a connection keeps runs from."""

from __future__ import annotations

import pytest

from dq_platform.app import connections, preview, stored_samples
from dq_platform.app.explain import explain
from dq_platform.connectors.postgresql import PostgreSQLConnector
from dq_platform.errors import Invalid
from dq_platform.models.check import CheckSelector
from dq_platform.models.cost import Budget
from dq_platform.models.job import JobState
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from tests.integration.work.world import World

EXCEEDED, UNKNOWN = "SCAN_BUDGET_EXCEEDED", "SCAN_SIZE_UNKNOWN"
MANY = """
CREATE TABLE many AS SELECT n AS id, NULL::int AS gone FROM generate_series(1, 1000) n;
ANALYZE many, customers;
"""


async def limit(world: World, **budget: int | bool) -> None:
    await connections.update_connection(world.deps, world.who, world.connection.id, {"budget": Budget(**budget)})


async def ran(world: World) -> dict[str, Result]:
    job = await world.batch()
    await world.work()
    return {one.check_id: one for one in await world.results(job_id=job.id)}


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The SELECTs that go to the source."""
    seen: list[str] = []
    execute = PostgreSQLConnector.execute

    def recording(self, sql, *, tag=""):
        seen.append(sql)
        return execute(self, sql, tag=tag)

    monkeypatch.setattr(PostgreSQLConnector, "execute", recording)
    return seen


@pytest.fixture
async def many(world: World) -> None:
    world.shop.run(MANY)


@pytest.mark.usefixtures("many")
async def test_a_check_beyond_the_budget_fails_unsent_and_all_others_go_on(world: World, sent: list[str]) -> None:
    large = await world.check("nulls_count", "many.gone")
    small = await world.check("row_count", "customers")
    await limit(world, max_scanned_row_count=999)
    planned = await explain(world.deps, world.who, CheckSelector())
    assert {name: error.reason for table in planned for name, error in table.plan.failures.items()} == {
        large.id: EXCEEDED
    }
    found = await ran(world)
    assert (found[large.id].outcome, found[large.id].error_reason) == (Outcome.EXECUTION_ERROR, EXCEEDED)
    assert "about 1,000 rows" in found[large.id].message
    assert found[large.id].cost.scanned_rows == 0
    assert found[small.id].value == 10
    assert len(sent) == 1
    assert "many" not in sent[0]
    await limit(world, max_scanned_row_count=1000)
    assert (await ran(world))[large.id].outcome is not Outcome.EXECUTION_ERROR


@pytest.mark.usefixtures("many")
async def test_bytes_are_limited_by_the_tables_size(world: World) -> None:
    check = await world.check("row_count", "many")
    await limit(world, max_scanned_bytes=1000)
    found = (await ran(world))[check.id]
    assert (found.error_reason, "bytes" in found.message) == (EXCEEDED, True)


async def test_a_size_that_nobody_knows_is_refused_unless_it_is_allowed(world: World, sent: list[str]) -> None:
    view = await world.check("row_count", "slow")
    table = await world.check("row_count", "payments")
    await limit(world, max_scanned_row_count=10**9)
    found = await ran(world)
    assert {one.error_reason for one in found.values()} == {UNKNOWN}
    assert found.keys() == {view.id, table.id}
    assert sent == []
    await limit(world, max_scanned_row_count=10**9, allow_unknown_size=True)
    world.shop.run("CREATE OR REPLACE VIEW slow AS SELECT 1 AS id, 'x'::text AS slept")
    allowed = await ran(world)
    assert {one.value for one in allowed.values()} == {1, 5}
    assert {one.cost.scanned_rows for one in allowed.values()} == {None}


@pytest.mark.usefixtures("many")
async def test_samples_have_what_the_checks_leave(world: World) -> None:
    check = await world.check("nulls_count", "many.gone", thresholds={Severity.ERROR: {"max_count": 0}})
    for passes, reason in ((1, EXCEEDED), (2, "")):
        await limit(world, max_scanned_row_count=passes * 1000)
        failed = (await ran(world))[check.id]
        assert failed.outcome is Outcome.ERROR
        assert (await stored_samples.get_samples(world.deps, world.who, failed.id)).error_reason == reason


@pytest.mark.usefixtures("many")
async def test_a_reference_has_the_budget_of_its_own_connection(world: World) -> None:
    other = await world.connect()
    reference = {"reference_connection_id": other.id, "reference_table": "many"}
    check = await world.check("row_count_match", "many", sensor_params=reference)
    tight = {"budget": Budget(max_scanned_row_count=1)}
    await connections.update_connection(world.deps, world.who, other.id, tight)
    found = (await ran(world))[check.id]
    assert found.error_reason == EXCEEDED
    assert found.message.startswith("The reference table public.many could not be measured")
    assert found.cost.scanned_rows == 1000


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize(("most", "reason"), [(1009, EXCEEDED), (1010, "")])
async def test_another_table_that_a_check_reads_counts_too(world: World, most: int, reason: str) -> None:
    keys = {"foreign_table": "customers", "foreign_column": "id"}
    check = await world.check("lookup_key_found_percent", "many.id", sensor_params=keys)
    await limit(world, max_scanned_row_count=most)
    [table] = await explain(world.deps, world.who, CheckSelector())
    assert {error.reason for error in table.plan.failures.values()} == ({reason} if reason else set())
    found = (await ran(world))[check.id]
    assert (found.error_reason, found.cost.scanned_rows) == (reason, 0 if reason else 1010)


@pytest.mark.usefixtures("many")
async def test_a_job_and_a_preview_say_why_too(world: World) -> None:
    check = await world.check("row_count", "many")
    await limit(world, max_scanned_row_count=1)
    job = await world.batch()
    await world.work()
    done = await world.job(job)
    assert done.state is JobState.FAILED
    assert done.error is not None
    assert done.error.reason == EXCEEDED
    shown = await preview.preview_check(world.deps, world.who, check.id)
    assert [one.error_reason for one in shown.results] == [EXCEEDED]
    assert shown.statements == ()


async def test_a_limit_that_cannot_be_one_is_refused_with_all_others(world: World) -> None:
    wrong = Budget(max_scanned_row_count=0, max_scanned_bytes=-1, max_concurrent_statement_count=1001)
    with pytest.raises(Invalid) as caught:
        await connections.update_connection(world.deps, world.who, world.connection.id, {"budget": wrong})
    assert {one.field: one.description.partition(";")[0] for one in caught.value.violations} == {
        "connection.budget.max_scanned_row_count": "is 0",
        "connection.budget.max_scanned_bytes": "is -1",
        "connection.budget.max_concurrent_statement_count": "is 1001",
    }
    stored = await connections.get_connection(world.deps, world.who, world.connection.id)
    assert stored.budget == Budget()
