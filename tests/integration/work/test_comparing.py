"""Orders on one engine compared with orders on another: the same ten rows, and then some changes."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from dq_platform.app import checks, connections
from dq_platform.app.checks import NewCheck
from dq_platform.app.execute import run_unit
from dq_platform.app.explain import explain
from dq_platform.app.metadata import update_table_settings
from dq_platform.errors import Invalid
from dq_platform.models.check import Check, CheckSelector, GroupBy, Mode
from dq_platform.models.metadata import TableSettings
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from tests.integration.work.marts import Mart
from tests.integration.work.world import NO_PAUSE, World

ROWS = ", ".join(
    f"({n}, {'NULL' if n == 3 else n * 10}, '{'DE' if n < 7 else 'FR'}', DATE '2020-01-0{1 + n % 3}')"
    for n in range(1, 11)
)
COLUMNS = "(id int, total decimal(12, 2), country varchar(10), booked_on date)"
MATCH = {Severity.ERROR: {"max_diff_percent": 0.0}}
SALES = [f"CREATE TABLE sales {COLUMNS}", f"INSERT INTO sales VALUES {ROWS}"]


class Reference(Mart):
    """The table `sales` of another engine."""

    def params(self, **more: str) -> dict[str, str]:
        named = {"reference_connection_id": self.connection.id, "reference_schema": self.schema}
        return named | {"reference_table": "sales"} | more


@pytest.fixture
def reference(mart: Mart) -> Reference:
    for statement in SALES:
        mart.run(statement)
    return Reference(mart.connection, mart.schema, mart.run)


@pytest.fixture(autouse=True)
def orders(world: World) -> None:
    """What is checked: the same rows as in `sales`, under other names."""
    world.shop.run("DROP TABLE orders")
    world.shop.run("CREATE TABLE orders (id int, amount numeric(12, 2), country text, placed_on date)")
    world.shop.run(f"INSERT INTO orders VALUES {ROWS}")


async def results(world: World, *made: Check) -> list[Result]:
    for check in made:
        await world.run(check)
    await world.work()
    return sorted(await world.results(), key=lambda one: (one.check_type, one.data_group, one.time_period))


async def compare(
    world: World, reference: Reference, check_type: str = "row_count_match", column: str = "", **fields: Any
) -> Check:
    params = fields.pop("params", {})
    given = reference.params(**({"reference_column": "total"} if column == "amount" else {}), **params)
    target = f"orders.{column}" if column else "orders"
    return await world.check(check_type, target, sensor_params=given, thresholds=MATCH, **fields)


async def test_equal_tables_of_any_two_engines_match_in_every_number(world: World, reference: Reference) -> None:
    made = [await compare(world, reference), await compare(world, reference, "column_count_match")]
    made += [
        await compare(world, reference, f"{number}_match", "amount")
        for number in ("sum", "min", "max", "mean", "not_null_count", "null_count")
    ]
    found = await results(world, *made)
    assert {one.check_type: (one.outcome, float(one.value or 0), float(one.expected_value or 0)) for one in found} == {
        "row_count_match": (Outcome.PASSED, 10, 10),
        "column_count_match": (Outcome.PASSED, 4, 4),
        "sum_match": (Outcome.PASSED, 520, 520),
        "min_match": (Outcome.PASSED, 10, 10),
        "max_match": (Outcome.PASSED, 100, 100),
        "mean_match": (Outcome.PASSED, pytest.approx(520 / 9), pytest.approx(520 / 9)),
        "not_null_count_match": (Outcome.PASSED, 9, 9),
        "null_count_match": (Outcome.PASSED, 1, 1),
    }


async def test_a_plan_shows_the_statements_of_both_sides(world: World, reference: Reference) -> None:
    check = await compare(world, reference)
    own, other = await explain(world.deps, world.who, CheckSelector())
    assert own.check.target == check.target
    assert (other.check.target.connection_id, other.check.target.table_name) == (reference.connection.id, "sales")
    assert [statement.check_ids for statement in other.plan.statements] == [(check.id,)]


async def test_numbers_that_differ_fail_with_both_of_them(world: World, reference: Reference) -> None:
    reference.run("UPDATE sales SET total = 60 WHERE id = 5")
    [result] = await results(world, await compare(world, reference, "sum_match", "amount"))
    assert (result.outcome, result.value, result.expected_value) == (Outcome.ERROR, 520, Decimal(530))
    assert result.bounds.error is not None
    assert (result.bounds.error.lower, result.bounds.error.upper) == (530, 530)


async def test_groups_are_compared_and_one_that_a_side_lacks_counts_as_0(world: World, reference: Reference) -> None:
    world.shop.run("UPDATE orders SET country = 'IT' WHERE id = 10")
    reference.run("UPDATE sales SET country = 'ES' WHERE id = 1")
    found = await results(world, await compare(world, reference, group_by=(GroupBy(column="country"),)))
    assert {one.data_group: (one.value, one.expected_value, one.outcome) for one in found} == {
        '["DE"]': (6, 5, Outcome.ERROR),
        '["FR"]': (3, 4, Outcome.ERROR),
        '["IT"]': (1, 0, Outcome.ERROR),
        '["ES"]': (0, 1, Outcome.ERROR),
    }


async def test_a_sum_that_only_one_side_has_fails_and_one_that_neither_has_is_inconclusive(
    world: World, reference: Reference
) -> None:
    world.shop.run("UPDATE orders SET country = 'IT' WHERE id = 10")
    reference.run("UPDATE sales SET country = 'ES' WHERE id = 1")
    for run, table, column in ((world.shop.run, "orders", "amount"), (reference.run, "sales", "total")):
        run(f"INSERT INTO {table} (id, {column}, country) VALUES (11, NULL, 'AT')")
    found = await results(
        world, await compare(world, reference, "sum_match", "amount", group_by=(GroupBy(column="country"),))
    )
    assert {one.data_group: (one.value, one.expected_value, one.outcome) for one in found} == {
        '["AT"]': (None, None, Outcome.INCONCLUSIVE),
        '["DE"]': (180, 170, Outcome.ERROR),
        '["FR"]': (240, 340, Outcome.ERROR),
        '["IT"]': (100, None, Outcome.ERROR),
        '["ES"]': (None, 10, Outcome.ERROR),
    }
    assert {one.message for one in found if one.value is None or one.expected_value is None} == {
        "There was nothing to measure.",
        "The reference has no value.",
        "Only the reference has a value.",
    }


async def test_partitions_are_compared_one_by_one(world: World, reference: Reference) -> None:
    world.shop.run("UPDATE orders SET placed_on = current_date - 1 WHERE id < 4")
    world.shop.run("UPDATE orders SET placed_on = current_date - 2 WHERE id = 4")
    yesterday = {"postgresql": "current_date - 1", "mysql": "utc_date() - INTERVAL 1 DAY"}.get(
        engine_of(reference), "current_date - 1"
    )
    reference.run(f"UPDATE sales SET booked_on = {yesterday} WHERE id < 3")
    check = await compare(
        world,
        reference,
        mode=Mode.PARTITIONED,
        partition_column="placed_on",
        params={"reference_partition_column": "booked_on"},
    )
    found = await results(world, check)
    assert [(one.value, one.expected_value) for one in found] == [(1, 0), (3, 2)]
    assert (found[1].time_period - found[0].time_period).days == 1


async def test_each_side_has_its_own_filters(world: World, reference: Reference) -> None:
    check = await compare(world, reference, filter="id > 4", params={"reference_filter": "id > 6"})
    assert [(one.value, one.expected_value) for one in await results(world, check)] == [(6, 4)]
    settings = TableSettings(reference.connection.id, reference.schema, "sales", "id <> 7")
    await update_table_settings(world.deps, world.who, settings)
    assert {(one.value, one.expected_value) for one in await results(world, check)} == {(6, 4), (6, 3)}


async def test_a_reference_that_cannot_be_reached_fails_its_checks_alone(world: World, reference: Reference) -> None:
    alone = await world.check("row_count", "orders")
    check = await compare(world, reference)
    async with world.deps.uow() as tx:
        await tx.connections.delete(world.who.workspace_id, reference.connection.id)
        await tx.commit()
    job = await world.batch()
    await world.work()
    found = {one.check_id: one for one in await world.results(job_id=job.id)}
    assert found[alone.id].outcome is Outcome.PASSED
    assert (found[check.id].outcome, found[check.id].error_reason) == (
        Outcome.EXECUTION_ERROR,
        "CONNECTION_NOT_FOUND",
    )


def engine_of(reference: Reference) -> str:
    return reference.connection.type


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_source_of_the_reference_that_is_away_is_the_reason(world: World, reference: Reference) -> None:
    check, alone = await compare(world, reference), await world.check("row_count", "orders")
    changes = {"settings": world.shop.settings | {"port": 1}}
    await connections.update_connection(world.deps, world.who, reference.connection.id, changes)
    job = await world.batch()
    await world.work()
    found = {one.check_id: one for one in await world.results(job_id=job.id)}
    assert found[alone.id].outcome is Outcome.PASSED
    assert found[check.id].error_reason == "SOURCE_UNREACHABLE"
    assert found[check.id].message.startswith("The reference table public.sales could not be measured: ")


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_reference_table_that_is_dropped_is_the_reason(world: World, reference: Reference) -> None:
    check = await compare(world, reference)
    reference.run("DROP TABLE sales")
    [result] = await results(world, check)
    assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, "TABLE_NOT_FOUND")


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_tables_that_are_each_others_reference_do_not_wait_for_each_other(
    world: World, reference: Reference
) -> None:
    """More of them at once than a source takes sessions."""
    for table, reference_table in [("payments", "customers"), ("customers", "payments")] * 5:
        params = {"reference_table": reference_table}
        await world.run(await world.check("row_count_match", table, sensor_params=params, thresholds=MATCH))
    units = [await world.claim(unit_id) for unit_id in world.queue.take()]
    async with asyncio.timeout(60):
        await asyncio.gather(*(run_unit(world.deps, unit, NO_PAUSE) for unit in units))
    assert {(one.value, one.expected_value) for one in await world.results()} == {(5, 10), (10, 5)}


@pytest.mark.parametrize("kind", ["duckdb"], indirect=True)
@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"reference_connection_id": "theirs"}, "reference_connection_id", "CONNECTION_NOT_FOUND"),
        ({"reference_connection_id": "no id"}, "reference_connection_id", "CONNECTION_NOT_FOUND"),
        ({"reference_table": "gone"}, "reference_table", "TABLE_NOT_FOUND"),
        ({"reference_schema": "gone"}, "reference_table", "TABLE_NOT_FOUND"),
        ({"reference_table": "a\x00b"}, "reference_table", "INVALID_PARAMETER"),
        ({"reference_column": "gone"}, "reference_column", "COLUMN_NOT_FOUND"),
        ({"reference_filter": "1; 2"}, "reference_filter", "INVALID_SQL"),
    ],
)
async def test_a_wrong_reference_is_refused_when_the_check_is_made(
    world: World, other: World, reference: Reference, changes: dict[str, str], field: str, reason: str
) -> None:
    params = reference.params(reference_column="total") | changes
    if params["reference_connection_id"] == "theirs":
        params["reference_connection_id"] = other.connection.id
    new = NewCheck(world.draft("sum_match", "orders.amount", sensor_params=params))
    with pytest.raises(Invalid) as caught:
        await checks.create_check(world.deps, world.who, new)
    assert [(violation.field, violation.reason) for violation in caught.value.violations] == [
        (f"check.sensor_params.{field}", reason)
    ]


@pytest.mark.parametrize("kind", ["postgresql"], indirect=True)
async def test_a_column_that_the_reference_got_since_we_looked_is_found(world: World, reference: Reference) -> None:
    await compare(world, reference)
    reference.run("ALTER TABLE sales ADD COLUMN amount decimal(12, 2)")
    params = reference.params()
    assert (await world.check("sum_match", "orders.amount", sensor_params=params, thresholds=MATCH)).id
