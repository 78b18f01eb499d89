from __future__ import annotations

import pytest

from dq_platform.app import checks, connections, preview
from dq_platform.app.checks import NewCheck
from dq_platform.errors import Invalid, SourceError
from dq_platform.models.check import CheckSelector
from dq_platform.models.outcome import Outcome
from tests.integration.work.world import ALL, World


async def test_a_preview_of_a_check_says_what_a_run_would_and_stores_nothing(world: World) -> None:
    check = await world.check("nulls_percent", "customers.email")
    seen = await preview.preview_check(world.deps, world.who, check.id)
    assert seen.check == check
    assert [(result.value, result.outcome) for result in seen.results] == [(20, Outcome.ERROR)]
    assert len(seen.statements) == 1
    assert "email" in seen.statements[0]
    assert await world.results() == []
    assert await world.incidents() == []


async def test_a_preview_of_an_unsaved_check_verifies_it_and_saves_nothing(world: World) -> None:
    seen = await preview.preview_draft(world.deps, world.who, NewCheck(world.draft("row_count", "orders")))
    assert [(result.value, result.outcome) for result in seen.results] == [(10, Outcome.PASSED)]
    assert seen.check.id == ""
    assert seen.check.thresholds.error is not None
    with pytest.raises(Invalid, match="column_name"):
        await preview.preview_draft(world.deps, world.who, NewCheck(world.draft("nulls_percent", "orders.nothing")))
    page = await checks.list_checks(world.deps, world.who, CheckSelector(), ALL)
    assert page.items == []


async def test_a_preview_of_a_source_that_is_away_is_an_error(world: World) -> None:
    check = await world.check("row_count", "orders")
    changes = {"settings": world.shop.settings | {"port": 1}}
    await connections.update_connection(world.deps, world.who, world.connection.id, changes)
    with pytest.raises(SourceError):
        await preview.preview_check(world.deps, world.who, check.id)


async def test_a_preview_of_a_check_whose_column_is_gone_says_so(world: World) -> None:
    check = await world.check("nulls_percent", "payments.paid")
    world.shop.run("ALTER TABLE payments DROP COLUMN paid")
    [result] = (await preview.preview_check(world.deps, world.who, check.id)).results
    assert (result.outcome, result.error_reason) == (Outcome.EXECUTION_ERROR, "COLUMN_NOT_FOUND")
