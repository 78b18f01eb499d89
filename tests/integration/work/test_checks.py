from __future__ import annotations

from dataclasses import replace

import pytest

from dq_platform.app import checks, connections, metadata
from dq_platform.app.checks import NewCheck
from dq_platform.app.etag import etag_of
from dq_platform.checks.validation import CheckDraft
from dq_platform.errors import EtagMismatch, Invalid, NotFound, SourceError
from dq_platform.ids import new_id
from dq_platform.models.check import CheckSelector, Mode, Target, TimeScale
from dq_platform.models.metadata import TableSettings
from dq_platform.models.outcome import Severity
from tests.integration.work.world import ALL, World


async def violations(world: World, new: NewCheck) -> dict[str, str]:
    with pytest.raises(Invalid) as caught:
        await checks.create_check(world.deps, world.who, new)
    return {violation.field: violation.description for violation in caught.value.violations}


async def test_a_check_is_stored_complete_with_its_defaults(world: World) -> None:
    check = await world.check("nulls_percent", "customers.email", about={"labels": {"team": "crm"}})
    assert (check.mode, check.time_scale, check.enabled) == (Mode.MONITORING, TimeScale.DAILY, True)
    assert check.thresholds.error is not None
    assert check.thresholds.warning is None
    assert await checks.get_check(world.deps, world.who, check.id) == check
    await checks.delete_check(world.deps, world.who, check.id)
    with pytest.raises(NotFound):
        await checks.get_check(world.deps, world.who, check.id)


async def test_everything_wrong_with_a_check_is_told_at_once(world: World) -> None:
    draft = world.draft("nulls_percent", "customers.emial", thresholds={Severity.ERROR: {"max_percnt": 1}})
    found = await violations(world, NewCheck(draft, "n" * 201, labels={"k\x00": "v"}))
    assert {"check.display_name", "check.target.column_name", "check.thresholds.error.max_percnt"} <= set(found)
    assert any(field.startswith("check.labels") for field in found)
    assert "email" in found["check.target.column_name"]
    assert "max_percent" in found["check.thresholds.error.max_percnt"]


async def test_an_unknown_check_type_is_refused_with_the_nearest_names(world: World) -> None:
    found = await violations(world, NewCheck(world.draft("nulls_percnt")))
    assert "nulls_percent" in found["check.check_type"]


async def test_a_filter_of_two_statements_is_refused(world: World) -> None:
    found = await violations(world, NewCheck(world.draft(filter="id > 1; DROP TABLE customers")))
    assert set(found) == {"check.filter"}


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("zzz", "There is no table public.zzz."),
        ("custmers", "There is no table public.custmers; did you mean 'customers'?"),
        ("Order", "There is no table public.Order; did you mean 'orders'?"),
    ],
)
async def test_a_table_that_is_not_there_is_refused_with_the_nearest_names(world: World, table: str, said: str) -> None:
    assert await violations(world, NewCheck(world.draft("row_count", table))) == {"check.target.table_name": said}


async def test_a_schema_that_is_not_there_is_refused_with_the_nearest_names(world: World) -> None:
    draft = world.draft("row_count", "customers")
    wrong = replace(draft, target=replace(draft.target, schema_name="pubic"))
    found = await violations(world, NewCheck(wrong))
    assert found == {"check.target.table_name": "There is no schema 'pubic'; did you mean 'public'?"}


async def test_a_filter_that_is_a_bare_column_is_refused_unless_it_is_true_or_false(world: World) -> None:
    world.shop.run("ALTER TABLE orders ADD COLUMN paid boolean DEFAULT true")
    for text in ("amount", "NOT (amount)", "paid AND amount"):
        found = await violations(world, NewCheck(world.draft("row_count", "orders", filter=text)))
        assert "'amount' is not true or false" in found["check.filter"]
    assert await world.check("row_count", "orders", filter="paid AND NOT amount > 1000")
    settings = TableSettings(world.connection.id, "public", "orders", "amount")
    with pytest.raises(Invalid, match="'amount' is not true or false"):
        await metadata.update_table_settings(world.deps, world.who, settings)


async def test_a_column_that_is_new_is_found_though_we_know_the_table_without_it(world: World) -> None:
    await world.check("row_count", "orders")
    world.shop.run("ALTER TABLE orders ADD COLUMN note text")
    check = await world.check("nulls_percent", "orders.note")
    assert check.target.column_name == "note"


async def test_a_known_table_takes_checks_while_its_source_is_away(world: World) -> None:
    await world.check("row_count", "orders")
    await _break(world)
    assert (await world.check("nulls_percent", "orders.amount")).id
    found = await violations(world, NewCheck(world.draft("nulls_percent", "orders.nothing")))
    assert set(found) == {"check.target.column_name"}
    with pytest.raises(SourceError):
        await world.check("row_count", "payments")


async def test_a_connection_that_is_not_there_is_not_found(world: World) -> None:
    draft = CheckDraft(Target(new_id(), "public", "orders"), "row_count")
    with pytest.raises(NotFound):
        await checks.create_check(world.deps, world.who, NewCheck(draft))


async def test_checks_are_listed_by_selector_disabled_ones_too(world: World) -> None:
    await world.check("row_count", "orders", about={"enabled": False, "labels": {"team": "crm"}})
    await world.check("nulls_percent", "customers.email")

    async def found(**wanted: object) -> list[str]:
        page = await checks.list_checks(world.deps, world.who, CheckSelector(**wanted), ALL)
        return [check.target.table_name for check in page.items]

    assert await found() == ["orders", "customers"]
    assert await found(table_pattern="public.ord*") == ["orders"]
    assert await found(category="nulls") == ["customers"]
    assert await found(labels={"team": "crm"}) == ["orders"]
    with pytest.raises(Invalid, match="check_type: there is no 'row_cuont'"):
        await found(check_type="row_cuont")
    with pytest.raises(Invalid, match="category"):
        await found(category="nothing like it")


async def test_an_update_is_verified_as_a_new_check_is(world: World) -> None:
    check = await world.check()
    changes = {"thresholds": {Severity.WARNING: {"max_percent": 30.0}}, "display_name": "E-mails"}
    after = await checks.update_check(world.deps, world.who, check.id, changes, etag_of(check.version))
    assert after.thresholds.warning == {"max_percent": 30.0}
    assert (after.thresholds.error, after.display_name, after.version) == (None, "E-mails", 2)
    assert await checks.get_check(world.deps, world.who, check.id) == after
    with pytest.raises(EtagMismatch):
        await checks.update_check(world.deps, world.who, check.id, {"filter": "id > 1"}, etag_of(check.version))
    with pytest.raises(EtagMismatch):
        await checks.delete_check(world.deps, world.who, check.id, etag_of(check.version))
    with pytest.raises(Invalid, match=r"check\.filter"):
        await checks.update_check(world.deps, world.who, check.id, {"filter": "1; 2"})
    assert await checks.get_check(world.deps, world.who, check.id) == after


async def test_what_a_check_is_cannot_be_changed(world: World) -> None:
    check = await world.check()
    with pytest.raises(Invalid) as caught:
        await checks.update_check(world.deps, world.who, check.id, {"check_type": "row_count", "mode": Mode.PROFILING})
    assert {violation.field for violation in caught.value.violations} == {"check.check_type", "check.mode"}


async def test_a_check_can_be_disabled_while_its_source_is_away(world: World) -> None:
    check = await world.check()
    await _break(world)
    after = await checks.update_check(world.deps, world.who, check.id, {"enabled": False})
    assert not after.enabled


async def _break(world: World) -> None:
    """Make the source unreachable."""
    changes = {"settings": world.shop.settings | {"port": 1}}
    await connections.update_connection(world.deps, world.who, world.connection.id, changes)
