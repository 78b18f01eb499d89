"""What the results of a run cost together is what the run asked of its source."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from time import perf_counter

import pytest

from dq_platform.app import checks, results
from dq_platform.app.checks import NewCheck
from dq_platform.checks.validation import CheckDraft
from dq_platform.models.check import Check, GroupBy, Target
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result, ResultFilter, SummaryBy
from tests.engines.mariadb import MariaDBServer
from tests.integration.work import marts
from tests.integration.work.marts import Mart
from tests.integration.work.world import World

ROWS = 12
VALUES = ", ".join(f"({n}, {'NULL' if n < 4 else n}, '{'DE' if n % 2 else 'FR'}')" for n in range(ROWS))
NONE = {Severity.ERROR: {"max_count": 0}}
SAME = {Severity.ERROR: {"max_diff_percent": 0.0}}


@pytest.fixture
async def mart(world: World, mariadb: MariaDBServer) -> Mart:
    made = await marts.mysql(world, mariadb)
    for table in ("orders", "copy"):
        made.run(f"CREATE TABLE {table} (id int PRIMARY KEY, amount int, country varchar(10))")
        made.run(f"INSERT INTO {table} VALUES {VALUES}")
        made.run(f"ANALYZE TABLE {table}")
    return made


async def make(world: World, mart: Mart, check_type: str, column: str = "", **fields: object) -> Check:
    target = Target(mart.connection.id, mart.schema, "orders", column)
    return await checks.create_check(world.deps, world.who, NewCheck(CheckDraft(target, check_type, **fields)))


def selects(server: MariaDBServer) -> int:
    """How many SELECTs the server has executed."""
    with closing(server.connect("mysql")) as link, link.cursor() as cursor:
        cursor.execute("SHOW GLOBAL STATUS LIKE 'Com_select'")
        return int(cursor.fetchone()[1])


async def ran(world: World) -> Sequence[Result]:
    job = await world.batch()
    await world.work()
    return await world.results(job_id=job.id)


async def test_the_costs_of_a_run_add_up_to_what_its_source_did(
    world: World, mart: Mart, mariadb: MariaDBServer
) -> None:
    """Checks that share statements, that have many groups, samples or a reference, and one that cannot be measured."""
    failing = await make(world, mart, "nulls_count", "amount", thresholds=NONE)
    grouped = await make(world, mart, "row_count", group_by=(GroupBy(column="country"),))
    compared = await make(world, mart, "row_count_match", sensor_params={"reference_table": "copy"}, thresholds=SAME)
    broken = await make(world, mart, "sum_in_range", "amount", thresholds={Severity.ERROR: {"from": 0}})
    await make(world, mart, "nulls_percent", "country")
    await make(world, mart, "duplicate_count", "id")
    await ran(world)  # sessions are open from here on
    mart.run("ALTER TABLE orders MODIFY amount varchar(20)")
    before, started = selects(mariadb), perf_counter()
    found = await ran(world)
    took, sent = (perf_counter() - started) * 1000, selects(mariadb) - before
    assert [one.outcome for one in found if one.check_id == failing.id] == [Outcome.ERROR]
    assert [one.outcome for one in found if one.check_id == broken.id] == [Outcome.EXECUTION_ERROR]
    assert sum(one.cost.statements for one in found) == pytest.approx(sent)
    assert 0 < sum(one.cost.milliseconds for one in found) <= took
    # Two passes over the table, one more for samples, and one over the reference; the catalogue has no rows.
    assert sum(one.cost.scanned_rows or 0 for one in found) == pytest.approx(4 * ROWS)
    first, second = (one for one in found if one.check_id == grouped.id)
    assert first.cost == second.cost
    [other] = (one for one in found if one.check_id == compared.id)
    [plain] = (one for one in found if one.check_type == "duplicate_count")
    assert other.cost.statements > plain.cost.statements


async def test_costs_are_added_up_within_a_workspace_and_a_window(world: World, other: World) -> None:
    await world.check("nulls_count", "customers.email")
    await world.check("nulls_percent", "orders.amount")
    await other.check("row_count", "orders")
    mine = [*await ran(world), *await ran(world)]
    await ran(other)
    rows = await results.costs(world.deps, world.who, ResultFilter(), SummaryBy.TABLE)
    assert {row.key[-1] for row in rows} == {"customers", "orders"}
    assert sum(row.milliseconds for row in rows) == pytest.approx(sum(one.cost.milliseconds for one in mine))
    assert sum(row.statements for row in rows) == pytest.approx(sum(one.cost.statements for one in mine))
    later = ResultFilter(start=max(one.executed_at for one in mine), end=world.clock.now())
    [row] = await results.costs(world.deps, world.who, later, SummaryBy.CHECK)
    assert row.results == 1
