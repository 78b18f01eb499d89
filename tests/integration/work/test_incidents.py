from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from dq_platform.app import incidents, maintenance_windows, results
from dq_platform.app.maintenance_windows import WindowDraft
from dq_platform.errors import EtagMismatch, Invalid, NotFound
from dq_platform.ids import new_id
from dq_platform.models.incident import FailureDay, IncidentCounts, IncidentFilter
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.page import PageRequest
from dq_platform.models.result import ResultFilter
from tests.integration.work.incidents import handled, recorded, result
from tests.integration.work.world import ALL, World


async def test_members_tell_since_when_they_fail_and_how_often_they_passed_since(world: World) -> None:
    await handled(world, passing_run_count=2)
    one, two = await world.check("nulls_percent", "customers.email"), await world.check("not_nulls_percent")
    began = world.clock.now()
    bad, good = Outcome.ERROR, Outcome.PASSED
    await recorded(world, result(world, one, bad, '["a"]'), result(world, two, bad))
    world.clock.advance(timedelta(hours=1))
    [incident] = await recorded(world, result(world, one, bad, '["a"]'), result(world, two, good))
    found = await incidents.list_members(world.deps, world.who, incident.id, ALL)
    told = {(one.check_id, one.data_group): one for one in found.items}
    assert told.keys() == {(one.id, '["a"]'), (two.id, "")}
    first, second = told[one.id, '["a"]'], told[two.id, ""]
    assert (first.column_name, first.check_type, first.passing_runs) == ("email", "nulls_percent", 0)
    assert first.failing_since is not None
    assert abs(first.failing_since - began) < timedelta(minutes=1)
    assert (second.failing_since is None, second.passing_runs) == (False, 1)
    await recorded(world, result(world, two, good))
    failing = await incidents.list_members(world.deps, world.who, incident.id, PageRequest(1), failing=True)
    assert ([one.check_id for one in failing.items], failing.next_after) == ([one.id], ())
    with pytest.raises(NotFound):
        await incidents.list_members(world.deps, world.who, new_id(), ALL)


async def test_failures_are_counted_by_days_that_begin_in_the_asked_time_zone(world: World) -> None:
    check, other = await world.check(), await world.check("not_nulls_percent")
    await handled(world, flap_window=timedelta(days=1))
    midnight = datetime(2031, 3, 30, tzinfo=UTC)
    found = []
    # The clocks of Berlin go forward at one o'clock UTC that night.
    for hours, outcome in (
        (-2, Outcome.WARNING),
        (-0.5, Outcome.ERROR),
        (1.5, Outcome.FATAL),
        (2, Outcome.PASSED),
        (21.5, Outcome.ERROR),
        (22.5, Outcome.ERROR),
    ):
        world.clock.advance(midnight + timedelta(hours=hours) - world.clock.now())
        found = await recorded(world, result(world, check, outcome))
    [incident] = found
    await recorded(world, result(world, other, Outcome.ERROR, category="text"))
    berlin = await incidents.failures_by_day(world.deps, world.who, incident.id, "Europe/Berlin")
    assert berlin == [
        FailureDay(datetime(2031, 3, 28, 23, tzinfo=UTC), 1, 0, 0),
        FailureDay(datetime(2031, 3, 29, 23, tzinfo=UTC), 0, 2, 1),
        FailureDay(datetime(2031, 3, 30, 22, tzinfo=UTC), 0, 1, 0),
    ]
    utc = await incidents.failures_by_day(world.deps, world.who, incident.id, "UTC")
    assert [(day.start.day, day.warning + day.error + day.fatal) for day in utc] == [(29, 2), (30, 3)]
    with pytest.raises(Invalid, match="'Europe/Berlin'"):
        await incidents.failures_by_day(world.deps, world.who, incident.id, "Mars")


async def test_incidents_are_found_by_text_assignee_and_flapping_and_counted(world: World) -> None:
    check = await world.check()
    place = f"{check.target.schema_name}.{check.target.table_name}".upper()
    for category in ("nulls", "te%t", "volume"):
        await recorded(world, result(world, check, Outcome.ERROR, category=category))
    nulls, text, volume = sorted(await world.incidents(), key=lambda one: one.id)
    await incidents.assign(world.deps, world.who, nulls.id, "ann")
    await incidents.acknowledge(world.deps, world.who, text.id)
    await incidents.mute(world.deps, world.who, text.id, world.clock.now() + timedelta(hours=1))
    for outcome in (Outcome.PASSED, Outcome.ERROR):
        await recorded(world, result(world, check, outcome, category="volume"))
    for wanted, ids in (
        (IncidentFilter(assignee="ann"), {nulls.id}),
        (IncidentFilter(text="ANN"), {nulls.id}),
        (IncidentFilter(text="e%t"), {text.id}),
        (IncidentFilter(text=place), {nulls.id, text.id, volume.id}),
        (IncidentFilter(flapping=True), {volume.id}),
        (IncidentFilter(flapping=False), {nulls.id, text.id}),
    ):
        found = await incidents.list_incidents(world.deps, world.who, wanted, ALL)
        assert {one.id for one in found.items} == ids, wanted
    with pytest.raises(Invalid, match="text: has 201 characters"):
        await incidents.list_incidents(world.deps, world.who, IncidentFilter(text="x" * 201), ALL)
    counted = await incidents.count_incidents(world.deps, world.who, IncidentFilter())
    assert counted == IncidentCounts(open=2, acknowledged=1, resolved=0, muted=1, flapping=1, unassigned=2)
    await incidents.resolve(world.deps, world.who, text.id)
    counted = await incidents.count_incidents(world.deps, world.who, IncidentFilter(assignee="ann"))
    assert counted == IncidentCounts(open=1, acknowledged=0, resolved=0, muted=0, flapping=0, unassigned=0)
    counted = await incidents.count_incidents(world.deps, world.who, IncidentFilter())
    assert (counted.resolved, counted.muted) == (1, 0)


async def test_failures_in_a_maintenance_window_are_stored_and_say_nothing_to_incidents(world: World) -> None:
    check, other = await world.check(), await world.check("not_nulls_percent")
    now, hour = world.clock.now(), timedelta(hours=1)
    draft = WindowDraft(now - hour, now + hour, "we move", world.connection.id, f"{check.target.schema_name}.*")
    window = await maintenance_windows.create_window(world.deps, world.who, draft)
    assert (window.created_by, window.version) == (world.who.key_name, 1)
    assert await recorded(world, result(world, check, Outcome.ERROR)) == []
    shown = await results.list_results(world.deps, world.who, ResultFilter(check_id=check.id), ALL)
    assert [one.outcome for one in shown.items] == [Outcome.ERROR]
    shorter = await maintenance_windows.update_window(
        world.deps, world.who, window.id, {"end_time": now - hour / 2}, '"1"'
    )
    assert (shorter.version, await maintenance_windows.get_window(world.deps, world.who, window.id)) == (2, shorter)
    assert (await maintenance_windows.list_windows(world.deps, world.who, ALL)).items == [shorter]
    found = await recorded(world, result(world, check, Outcome.ERROR), result(world, other, Outcome.ERROR))
    assert [one.failure_count for one in found] == [2]
    with pytest.raises(EtagMismatch):
        await maintenance_windows.delete_window(world.deps, world.who, window.id, '"1"')
    longer = {"end_time": now + hour, "table_pattern": "", "reason": "still moving"}
    await maintenance_windows.update_window(world.deps, world.who, window.id, longer)
    [open_one] = await recorded(world, result(world, check, Outcome.FATAL), result(world, other, Outcome.PASSED))
    assert (open_one.failure_count, open_one.failing_check_count) == (2, 1)
    await maintenance_windows.delete_window(world.deps, world.who, window.id)
    [open_one] = await recorded(world, result(world, check, Outcome.FATAL))
    assert (open_one.failure_count, open_one.highest_severity) == (3, Severity.FATAL)


async def test_everything_that_is_wrong_with_a_window_is_told_at_once(world: World) -> None:
    now = world.clock.now()
    draft = WindowDraft(now, now - timedelta(hours=1), " ", table_pattern="t" * 1001)
    with pytest.raises(Invalid) as caught:
        await maintenance_windows.create_window(world.deps, world.who, draft)
    told = [violation.field.removeprefix("maintenance_window.") for violation in caught.value.violations]
    assert told == ["table_pattern", "reason", "end_time", "end_time"]
