"""Columns with personal data: what is judged of them, and what is neither stored nor shown."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from dq_platform.app import checks, execute, metadata, preview, stored_samples
from dq_platform.errors import Invalid, NotFound
from dq_platform.execution.withhold import WITHHELD
from dq_platform.models.check import GroupBy
from dq_platform.models.metadata import TableSettings
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Result
from tests.integration.work.world import World

BY_COUNTRY = (GroupBy(column="country"),)


async def mark(world: World, *columns: str, table: str = "customers", **said: Any) -> TableSettings:
    made = TableSettings(world.connection.id, "public", table, pii_columns=columns, **said)
    return await metadata.update_table_settings(world.deps, world.who, made)


async def results(world: World) -> dict[str, Result]:
    """Of a batch of everything, by check type."""
    job = await world.batch()
    await world.work()
    return {result.check_type: result for result in await world.results(job_id=job.id)}


async def test_the_value_of_a_single_row_is_judged_and_never_stored(world: World, engine: AsyncEngine) -> None:
    await mark(world, "email")
    await mark(world, "placed_on", "amount", table="orders")
    past = {Severity.ERROR: {"to": "2001-01-01"}}
    await world.check("max_text_in_range", "customers.email", thresholds={Severity.ERROR: {"to": "b"}})
    await world.check("max_date_in_range", "orders.placed_on", thresholds=past)
    one = await world.check("max_in_range", "orders.amount", thresholds={Severity.ERROR: {"to": 98765}})
    found = await results(world)
    assert {kind: result.outcome for kind, result in found.items()} == {
        "max_text_in_range": Outcome.ERROR,
        "max_date_in_range": Outcome.ERROR,
        "max_in_range": Outcome.PASSED,
    }
    for result in found.values():
        assert (result.value, result.value_text, result.message) == (None, None, WITHHELD)
    [seen] = (await preview.preview_check(world.deps, world.who, one.id)).results
    assert (seen.value, seen.message) == (None, WITHHELD)
    async with engine.connect() as link:
        for table in ("check_results", "check_latest"):
            stored = f"SELECT count(*) FROM {table} t WHERE workspace_id = :id AND t::text LIKE '%@example.com%'"
            assert (await link.execute(text(stored), {"id": world.who.workspace_id})).scalar_one() == 0


async def test_a_reference_that_is_personal_is_not_stored_either(world: World) -> None:
    world.shop.run("CREATE TABLE old_orders AS SELECT id, amount FROM orders WHERE id < 5")
    await mark(world, "amount", table="old_orders")
    await world.check("max_match", "orders.amount", sensor_params={"reference_table": "old_orders"})
    found = (await results(world))["max_match"]
    assert (found.outcome, found.value, found.expected_value, found.expected_text) == (Outcome.ERROR, None, None, "")


async def test_a_check_never_groups_by_a_personal_column(world: World) -> None:
    by_id = await world.check("row_count", "customers", group_by=(GroupBy(column="id"),))
    await mark(world, "country")
    for refused in (
        world.check("row_count", "customers", group_by=(GroupBy(tag="a"), *BY_COUNTRY), about={"display_name": "a\0"}),
        checks.update_check(world.deps, world.who, by_id.id, {"group_by": (GroupBy(tag="a"), *BY_COUNTRY)}),
    ):
        with pytest.raises(Invalid) as caught:
            await refused
        told = {one.field: one.reason for one in caught.value.violations}
        assert told["check.group_by[1].column"] == "PERSONAL_COLUMN"
    assert (await checks.get_check(world.deps, world.who, by_id.id)).group_by == (GroupBy(column="id"),)


async def test_everything_that_is_wrong_beside_the_grouping_is_told_too(world: World) -> None:
    await mark(world, "country")
    with pytest.raises(Invalid) as caught:
        await world.check("row_count", "customers", group_by=BY_COUNTRY, filter="nothing = 1")
    assert [one.field for one in caught.value.violations] == ["check.group_by[0].column", "check.filter"]


async def test_a_column_that_checks_group_by_is_not_marked(world: World) -> None:
    on = await world.check("row_count", "customers", group_by=BY_COUNTRY)
    off = await world.check("nulls_count", "customers.email", group_by=BY_COUNTRY, about={"enabled": False})
    await world.check("nulls_percent", "customers.email")
    with pytest.raises(Invalid) as caught:
        await mark(world, "email", "country")
    [violation] = caught.value.violations
    assert (violation.field, violation.reason) == ("table_settings.pii_columns[1]", "GROUPED_BY")
    assert f"{on.id}, {off.id}." in violation.description
    stored = await metadata.get_table_settings(world.deps, world.who, world.connection.id, "public", "customers")
    assert stored.pii_columns == ()
    for check in (on, off):
        await checks.update_check(world.deps, world.who, check.id, {"group_by": ()})
    assert (await mark(world, "email", "country")).pii_columns == ("email", "country")


async def test_marking_a_column_deletes_the_tables_samples(world: World) -> None:
    world.shop.run("UPDATE orders SET amount = -1")
    strict = {Severity.ERROR: {"max_count": 0}}
    await world.check("nulls_count", "customers.email")
    await world.check("negative_values", "orders.amount", thresholds=strict)
    found = await results(world)
    kept = found["nulls_count"].id
    await mark(world, filter="id < 100")
    assert (await stored_samples.get_samples(world.deps, world.who, kept)).rows
    await mark(world, "country")
    with pytest.raises(NotFound):
        await stored_samples.get_samples(world.deps, world.who, kept)
    assert (await stored_samples.get_samples(world.deps, world.who, found["negative_values"].id)).rows


async def test_samples_of_a_run_that_began_before_the_column_was_marked_are_masked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    strict = {Severity.ERROR: {"max_count": 0}}
    world.shop.run("UPDATE customers SET email = 'tell-tale' WHERE id = 4")
    check = await world.check("invalid_email_format_found", "customers.email", thresholds=strict)
    taking = execute.samples_of_failures

    async def late(*arguments: Any) -> Any:
        samples = await taking(*arguments)
        await mark(world, "email")
        return samples

    monkeypatch.setattr(execute, "samples_of_failures", late)
    await world.run(check)
    await world.work()
    [result] = await world.results(check_id=check.id)
    samples = await stored_samples.get_samples(world.deps, world.who, result.id)
    assert [(one.name, one.masked) for one in samples.columns] == [("id", False), ("email", True)]
    assert [[value.text for value in row] for row in samples.rows] == [["4", None]]


async def test_a_value_that_was_measured_before_the_column_was_marked_is_not_stored(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = await world.check("max_text_in_range", "customers.email", thresholds={Severity.ERROR: {"to": "b"}})
    measuring = execute.measure_checks

    async def late(*arguments: Any) -> Any:
        measured = await measuring(*arguments)
        await mark(world, "email")
        return measured

    monkeypatch.setattr(execute, "measure_checks", late)
    await world.run(check)
    await world.work()
    [result] = await world.results(check_id=check.id)
    assert (result.outcome, result.value_text, result.message) == (Outcome.ERROR, None, WITHHELD)


async def test_a_check_that_wants_no_samples_any_more_loses_those_it_has(world: World) -> None:
    check = await world.check("nulls_count", "customers.email")
    result = (await results(world))["nulls_count"]
    await checks.update_check(world.deps, world.who, check.id, {"display_name": "still"})
    assert (await stored_samples.get_samples(world.deps, world.who, result.id)).rows
    for wanted in (False, True):
        await checks.update_check(world.deps, world.who, check.id, {"error_samples": wanted})
        with pytest.raises(NotFound):
            await stored_samples.get_samples(world.deps, world.who, result.id)


async def test_samples_of_a_run_that_began_before_they_were_switched_off_are_not_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = await world.check("nulls_count", "customers.email")
    taking = execute.samples_of_failures

    async def late(*arguments: Any) -> Any:
        samples = await taking(*arguments)
        await checks.update_check(world.deps, world.who, check.id, {"error_samples": False})
        return samples

    monkeypatch.setattr(execute, "samples_of_failures", late)
    await world.run(check)
    await world.work()
    [result] = await world.results(check_id=check.id)
    with pytest.raises(NotFound):
        await stored_samples.get_samples(world.deps, world.who, result.id)
