"""When checks run by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.etag import require_etag
from dq_platform.app.review import Review
from dq_platform.app.selectors import review_selector
from dq_platform.ids import new_id
from dq_platform.models.check import CheckSelector
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.schedule import Schedule
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx
from dq_platform.scheduling import cron

MAX_NEXT_RUNS = 100
CHANGEABLE = frozenset({"display_name", "description", "cron", "time_zone", "selector"})


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """A schedule as a client sent it."""

    display_name: str
    cron: str
    description: str = ""
    time_zone: str = "UTC"
    selector: CheckSelector = field(default_factory=CheckSelector)


async def create_schedule(deps: Deps, who: Principal, draft: ScheduleDraft) -> Schedule:
    """The new schedule, not paused. Raises Invalid, among others for a cron expression that never fires."""
    now = deps.clock.now()
    schedule = Schedule(
        id=new_id(),
        workspace_id=who.workspace_id,
        display_name=draft.display_name,
        description=draft.description,
        cron=draft.cron,
        time_zone=draft.time_zone,
        selector=draft.selector,
        create_time=now,
        update_time=now,
    )
    _review(schedule)
    schedule = _planned(schedule, now)
    async with deps.uow() as tx:
        await tx.schedules.add(schedule)
        await tx.commit()
    return schedule


async def get_schedule(deps: Deps, who: Principal, id: str) -> Schedule:
    async with deps.uow() as tx:
        return await tx.schedules.get(who.workspace_id, id)


async def list_schedules(deps: Deps, who: Principal, page: PageRequest) -> Page[Schedule]:
    """The workspace's schedules by creation."""
    async with deps.uow() as tx:
        return await tx.schedules.list(who.workspace_id, page)


async def update_schedule(
    deps: Deps, who: Principal, id: str, changes: Mapping[str, object], etag: str = ""
) -> Schedule:
    """The changed schedule; a new time takes effect from now. Raises EtagMismatch."""
    async with deps.uow() as tx:
        before = await tx.schedules.get(who.workspace_id, id)
        require_etag("schedule", id, before.version, etag)
        after = changed(before, changes, CHANGEABLE, "schedule")
        _review(after)
        if not after.paused and (after.cron, after.time_zone) != (before.cron, before.time_zone):
            after = _planned(after, deps.clock.now())
        after = await _store(tx, after, deps.clock.now())
        await tx.commit()
    return after


async def delete_schedule(deps: Deps, who: Principal, id: str, etag: str = "") -> None:
    async with deps.uow() as tx:
        schedule = await tx.schedules.get(who.workspace_id, id)
        require_etag("schedule", id, schedule.version, etag)
        await tx.schedules.delete(who.workspace_id, id)
        await tx.commit()


async def pause_schedule(deps: Deps, who: Principal, id: str) -> Schedule:
    """The schedule, which runs no more until it is resumed; pausing twice is no error."""
    async with deps.uow() as tx:
        schedule = await tx.schedules.get(who.workspace_id, id)
        if not schedule.paused:
            schedule = await _store(tx, replace(schedule, paused=True, next_run_time=None), deps.clock.now())
            await tx.commit()
    return schedule


async def resume_schedule(deps: Deps, who: Principal, id: str) -> Schedule:
    """The schedule, which runs again from its next moment on; what it missed while paused stays missed."""
    async with deps.uow() as tx:
        schedule = await tx.schedules.get(who.workspace_id, id)
        if schedule.paused:
            now = deps.clock.now()
            schedule = await _store(tx, _planned(replace(schedule, paused=False), now), now)
            await tx.commit()
    return schedule


async def next_runs(deps: Deps, who: Principal, id: str, count: int = 5) -> list[datetime]:
    """The next moments at which it runs, or would run if it were not paused."""
    if not 1 <= count <= MAX_NEXT_RUNS:
        review = Review()
        review.wrong("count", f"must lie between 1 and {MAX_NEXT_RUNS}, not {count}.")
        review.done()
    schedule = await get_schedule(deps, who, id)
    return cron.next_runs(schedule.cron, schedule.time_zone, deps.clock.now(), count)


def _planned(schedule: Schedule, now: datetime) -> Schedule:
    return replace(schedule, next_run_time=cron.next_run(schedule.cron, schedule.time_zone, now))


async def _store(tx: Tx, schedule: Schedule, now: datetime) -> Schedule:
    await tx.schedules.update(replace(schedule, update_time=now), schedule.version)
    return replace(schedule, update_time=now, version=schedule.version + 1)


def _review(schedule: Schedule) -> None:
    review = Review("schedule")
    review.names(schedule.display_name, schedule.description)
    review.add(cron.validate(schedule.cron, schedule.time_zone))
    review_selector(review, schedule.selector)
    review.done()
