"""Accepting what checks for changes find: who may, what of, and what is kept of that."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from dq_platform.app import baselines, checks, incidents, preview
from dq_platform.app.baselines import Acceptance, Accepted
from dq_platform.app.checks import NewCheck
from dq_platform.errors import EtagMismatch, Invalid, NotFound, SourceError, WrongState
from dq_platform.execution.problems import ColumnMissing, TableMissing
from dq_platform.models.baseline import Baseline, ColumnChange, ColumnChangeKind
from dq_platform.models.check import Check
from dq_platform.models.incident import IncidentEventKind, IncidentStatus
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.page import PageRequest
from tests.integration.work.pinned import ADD_NOTE, NAMES, break_connection, history, old_check, run
from tests.integration.work.world import ALL, World

NOTE = ColumnChange(ColumnChangeKind.ADDED, "note", after="text")


async def accept(world: World, check: Check, **fields: object) -> Accepted:
    return await baselines.accept_baseline(world.deps, world.who, check.id, Acceptance(**fields))  # type: ignore[arg-type]


async def test_what_is_accepted_is_kept_with_who_why_and_when(world: World) -> None:
    check = await world.check(NAMES, "orders")
    world.shop.run(ADD_NOTE)
    world.clock.advance(timedelta(days=1))
    accepted = await accept(world, check, note="release 12")
    assert accepted.changes == (NOTE,)
    new, first = await history(world, check)
    assert accepted.baseline == new
    assert (new.number, new.actor, new.note, new.changes) == (2, "admin", "release 12", (NOTE,))
    assert [len(one.columns) for one in (new, first)] == [5, 4]
    assert new.create_time - first.create_time >= timedelta(days=1)


async def test_nothing_new_to_accept_stores_nothing_and_tells_what_counts(world: World) -> None:
    check = await world.check(NAMES, "orders")
    world.shop.run(ADD_NOTE)
    first = await accept(world, check, note="release 12")
    again = await accept(world, check, note="and again")
    assert (again.baseline, again.changes) == (first.baseline, ())
    assert len(await history(world, check)) == 2


async def test_changes_that_the_check_does_not_look_at_are_not_its_to_accept(world: World) -> None:
    check = await world.check(NAMES, "orders")
    world.shop.run("ALTER TABLE orders ALTER COLUMN id TYPE bigint")
    assert (await accept(world, check)).changes == ()
    assert len(await history(world, check)) == 1


async def test_only_the_changes_that_somebody_has_seen_are_accepted(world: World) -> None:
    check = await world.check(NAMES, "orders")
    world.shop.run(ADD_NOTE)
    seen = await accept(world, check, note="just looking", validate_only=True)
    assert seen.changes == (NOTE,)
    world.shop.run("ALTER TABLE orders DROP COLUMN placed_on")
    with pytest.raises(WrongState, match="removed placed_on") as caught:
        await accept(world, check, expected=seen.changes)
    assert caught.value.reason == "UNEXPECTED_CHANGES"
    assert len(await history(world, check)) == 1
    now = await accept(world, check, validate_only=True)
    accepted = await accept(world, check, expected=tuple(reversed(now.changes)))
    assert set(accepted.changes) == {NOTE, ColumnChange(ColumnChangeKind.REMOVED, "placed_on", before="date")}
    with pytest.raises(WrongState, match="are the accepted ones"):
        await accept(world, check, expected=now.changes)


async def test_of_two_who_accept_at_once_one_is_told_of_the_other(world: World) -> None:
    check = await world.check(NAMES, "orders")
    world.shop.run(ADD_NOTE)
    notes = [f"number {number}" for number in range(6)]
    ends = await asyncio.gather(*(accept(world, check, note=note) for note in notes), return_exceptions=True)
    accepted = [end for end in ends if isinstance(end, Accepted) and end.changes]
    others = [end for end in ends if not isinstance(end, Accepted) or not end.changes]
    assert len(accepted) == 1
    assert all(isinstance(end, EtagMismatch) or end == Accepted(accepted[0].baseline, ()) for end in others)
    newest, first = await history(world, check)
    assert (newest, first.number) == (accepted[0].baseline, 1)


async def test_an_acceptance_that_was_overtaken_is_refused(world: World) -> None:
    check = await world.check(NAMES, "orders")
    [first] = await history(world, check)
    async with world.deps.uow() as tx:
        assert await tx.baselines.add(replace(first, number=2, note="first come"))
        overtaken = asyncio.create_task(_added_later(world, replace(first, number=2, note="too late")))
        await asyncio.sleep(0.1)
        assert not overtaken.done()
        await tx.commit()
    assert not await overtaken
    newest, _ = await history(world, check)
    assert newest.note == "first come"


async def _added_later(world: World, baseline: Baseline) -> bool:
    async with world.deps.uow() as tx:
        return await tx.baselines.add(baseline)


async def test_a_check_without_a_baseline_gets_its_first_one_by_hand(world: World) -> None:
    check = await old_check(world)
    accepted = await accept(world, check, note="start here")
    assert (accepted.baseline.number, accepted.baseline.actor, accepted.changes) == (1, "admin", ())
    assert (await run(world, check)).outcome is Outcome.PASSED


async def test_a_check_type_that_compares_with_nothing_has_nothing_to_accept(world: World) -> None:
    check = await world.check("row_count", "orders")
    with pytest.raises(WrongState, match="row_count") as caught:
        await accept(world, check)
    assert caught.value.reason == "CHECK_WITHOUT_BASELINE"
    assert await history(world, check) == []


async def test_what_is_not_there_cannot_be_accepted(world: World) -> None:
    whole, one = await world.check(NAMES, "orders"), await world.check("column_type_changed", "orders.amount")
    world.shop.run("ALTER TABLE orders DROP COLUMN amount")
    with pytest.raises(ColumnMissing):
        await accept(world, one)
    world.shop.run("DROP TABLE orders")
    with pytest.raises(TableMissing):
        await accept(world, whole)
    assert [len(await history(world, check)) for check in (whole, one)] == [1, 1]


async def test_nothing_is_accepted_of_a_source_that_is_away_or_with_a_note_too_long(world: World) -> None:
    check = await world.check(NAMES, "orders")
    world.shop.run(ADD_NOTE)
    with pytest.raises(Invalid, match="note"):
        await accept(world, check, note="x" * 2001)
    await break_connection(world)
    with pytest.raises(SourceError):
        await accept(world, check)
    assert len(await history(world, check)) == 1


async def test_an_incident_tells_of_the_acceptance_and_ends_with_the_next_run(world: World) -> None:
    check, other = await world.check(NAMES, "orders"), await world.check("nulls_percent", "customers.email")
    world.shop.run(ADD_NOTE)
    assert (await run(world, check)).outcome is Outcome.ERROR
    await run(world, other)
    await accept(world, check, note="release 12")
    by_table = {one.key.table_name: one for one in await world.incidents()}
    assert by_table["orders"].status is IncidentStatus.OPEN
    await run(world, check)
    page = await incidents.list_events(world.deps, world.who, by_table["orders"].id, ALL)
    assert [(event.kind, event.actor, event.note) for event in page.items] == [
        (IncidentEventKind.OPENED, "system", ""),
        (IncidentEventKind.BASELINE_ACCEPTED, "admin", "release 12"),
        (IncidentEventKind.RESOLVED_AUTOMATICALLY, "system", page.items[-1].note),
    ]
    untouched = await incidents.list_events(world.deps, world.who, by_table["customers"].id, ALL)
    assert [event.kind for event in untouched.items] == [IncidentEventKind.OPENED]


async def test_an_update_of_the_check_keeps_its_baseline(world: World) -> None:
    check = await world.check(NAMES, "orders")
    world.shop.run(ADD_NOTE)
    for changes in (
        {"description": "new"},
        {"thresholds": {Severity.FATAL: {}}},
        {"enabled": False},
        {"labels": {"team": "crm"}},
    ):
        await checks.update_check(world.deps, world.who, check.id, changes)
    assert len(await history(world, check)) == 1
    result = await run(world, check)
    assert (result.outcome, result.value) == (Outcome.FATAL, 1)


async def test_a_preview_says_what_a_run_would_and_stores_no_baseline(world: World) -> None:
    check, old = await world.check(NAMES, "orders"), await old_check(world)
    world.shop.run(ADD_NOTE)
    [seen] = (await preview.preview_check(world.deps, world.who, check.id)).results
    assert (seen.outcome, seen.value) == (Outcome.ERROR, 1)
    assert "added note" in seen.message
    for _ in range(2):
        [seen] = (await preview.preview_check(world.deps, world.who, old.id)).results
        assert (seen.outcome, seen.error_reason) == (Outcome.INCONCLUSIVE, "NO_BASELINE")
    assert [len(await history(world, one)) for one in (check, old)] == [1, 0]


async def test_a_preview_of_an_unsaved_check_compares_with_what_would_be_its_baseline(world: World) -> None:
    for check_type, value in ((NAMES, 0), ("column_count_changed", 4)):
        new = NewCheck(world.draft(check_type, "orders"))
        [seen] = (await preview.preview_draft(world.deps, world.who, new)).results
        assert (seen.outcome, seen.value) == (Outcome.PASSED, value)


async def test_baselines_come_in_pages_and_go_with_their_check(world: World) -> None:
    check = await world.check(NAMES, "orders")
    for number in range(4):
        world.shop.run(f"ALTER TABLE orders ADD COLUMN extra_{number} int")
        await accept(world, check)
    seen: list[int] = []
    after: tuple[str, ...] = ()
    for size in (2, 2, 2):
        found = await baselines.list_baselines(world.deps, world.who, check.id, PageRequest(size, after))
        seen += [one.number for one in found.items]
        after = found.next_after
    assert (seen, after) == ([5, 4, 3, 2, 1], ())
    await checks.delete_check(world.deps, world.who, check.id)
    with pytest.raises(NotFound):
        await history(world, check)
    async with world.deps.uow() as tx:
        assert await tx.baselines.current([check.id]) == {}


async def test_a_page_of_baselines_is_never_very_long(world: World) -> None:
    check = await world.check(NAMES, "orders")
    [first] = await history(world, check)
    async with world.deps.uow() as tx:
        for number in range(2, 103):
            await tx.baselines.add(replace(first, number=number))
        await tx.commit()
    found = await baselines.list_baselines(world.deps, world.who, check.id, PageRequest(1000))
    assert ([one.number for one in found.items], found.next_after) == ([*range(102, 2, -1)], ("3",))
