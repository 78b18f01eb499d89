"""When checks run by themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from dq_platform.app.changes import changed
from dq_platform.app.deps import Deps
from dq_platform.app.etag import require_etag
from dq_platform.app.firing import NOTHING_SELECTED, noted
from dq_platform.app.placing import ANY_ORDER, Order, Work, new_job, place_job, review_order
from dq_platform.app.review import Review
from dq_platform.app.selectors import review_names, review_selector
from dq_platform.app.units import request_hash, units_of
from dq_platform.errors import WrongState
from dq_platform.ids import new_id
from dq_platform.models.check import CheckSelector
from dq_platform.models.job import Job, JobKind, Priority
from dq_platform.models.page import Page, PageRequest
from dq_platform.models.schedule import Overlap, RunOutcome, Schedule
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx
from dq_platform.scheduling import cron
from dq_platform.scheduling.jitter import jitter_violations
from dq_platform.scheduling.planner import Planner

MAX_NEXT_RUNS = 100
CHANGEABLE = frozenset({"display_name", "description", "cron", "time_zone", "selector", "jitter", "overlap"})
TIMING = ("cron", "time_zone", "jitter")


@dataclass(frozen=True, slots=True)
class ScheduleDraft:
    """A schedule as a client sent it."""

    display_name: str
    cron: str
    description: str = ""
    time_zone: str = "UTC"
    selector: CheckSelector = field(default_factory=CheckSelector)
    jitter: timedelta = timedelta()
    overlap: Overlap = Overlap.SKIP


async def create_schedule(deps: Deps, who: Principal, draft: ScheduleDraft) -> Schedule:
    """The new schedule, not paused.

    Raises Invalid, among others for a cron expression that never fires and for a selector of what does not exist.
    """
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
        jitter=draft.jitter,
        overlap=draft.overlap,
    )
    async with deps.uow() as tx:
        await _review(tx, schedule, names=True)
        schedule = _planned(schedule, now)
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
        before = await tx.schedules.get(who.workspace_id, id, lock=True)
        require_etag("schedule", id, before.version, etag)
        after = changed(before, changes, CHANGEABLE, "schedule")
        await _review(tx, after, names=after.selector != before.selector)
        if not after.paused and any(getattr(after, name) != getattr(before, name) for name in TIMING):
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
    """The schedule, which runs no more until it is resumed, nor does a run that waits; pausing twice is no error."""
    async with deps.uow() as tx:
        schedule = await tx.schedules.get(who.workspace_id, id, lock=True)
        if not schedule.paused:
            paused = replace(schedule, paused=True, next_run_time=None, missed_run_count=0, first_missed_time=None)
            schedule = await _store(tx, paused, deps.clock.now())
            await tx.commit()
    return schedule


async def resume_schedule(deps: Deps, who: Principal, id: str) -> Schedule:
    """The schedule, which runs again from its next moment on; what it missed while paused stays missed."""
    async with deps.uow() as tx:
        schedule = await tx.schedules.get(who.workspace_id, id, lock=True)
        if schedule.paused:
            now = deps.clock.now()
            schedule = await _store(tx, _planned(replace(schedule, paused=False), now), now)
            await tx.commit()
    return schedule


async def next_runs(deps: Deps, who: Principal, id: str, count: int = 5) -> list[datetime]:
    """The next moments at which it runs, jitter included, or would run if it were not paused."""
    if not 1 <= count <= MAX_NEXT_RUNS:
        review = Review()
        review.wrong("count", f"must lie between 1 and {MAX_NEXT_RUNS}, not {count}.")
        review.done()
    schedule = await get_schedule(deps, who, id)
    return Planner().next_runs(schedule, deps.clock.now(), count)


async def run_schedule(deps: Deps, who: Principal, id: str, order: Order = ANY_ORDER) -> Job:
    """The job that runs what the schedule selects, now, paused or not; its moments stay as they are.

    It starts even while a former job of the schedule runs, and counts as the former job of the next moment. A repeated
    request id gets the first request's job. Raises WrongState if nothing is selected.
    """
    review = Review()
    review_order(review, order)
    review.done()
    job = replace(new_job(deps, who, JobKind.EXECUTE_CHECK_BATCH, Priority.HIGH, order), schedule_id=id)

    async def find(tx: Tx) -> Work:
        schedule = await tx.schedules.get(who.workspace_id, id, lock=True)
        checks = await tx.checks.select(who.workspace_id, schedule.selector)
        if not checks:
            raise WrongState("SCHEDULE_SELECTS_NOTHING", NOTHING_SELECTED, schedule_id=id)
        started = noted(schedule, RunOutcome.STARTED, "", job.create_time, job.id)
        units = units_of(job.id, who.workspace_id, checks)
        return Work(units, checks, lambda: tx.schedules.record([started]), "schedule_id")

    return await place_job(deps, job, request_hash(job.kind, f"schedule {id}", timeout=order.timeout), find)


def _planned(schedule: Schedule, now: datetime) -> Schedule:
    return replace(schedule, next_run_time=Planner().next_run(schedule, now))


async def _store(tx: Tx, schedule: Schedule, now: datetime) -> Schedule:
    await tx.schedules.update(replace(schedule, update_time=now), schedule.version)
    return replace(schedule, update_time=now, version=schedule.version + 1)


async def _review(tx: Tx, schedule: Schedule, *, names: bool) -> None:
    """Raises Invalid with all that is wrong. `names`: whether to look at what the selector names, too."""
    review = Review("schedule")
    review.names(schedule.display_name, schedule.description)
    unreadable = cron.validate(schedule.cron, schedule.time_zone)
    review.add(unreadable or jitter_violations(schedule.jitter, schedule.cron, schedule.time_zone, "schedule.jitter"))
    review_selector(review, schedule.selector)
    if names and not review.violations:
        await review_names(review, tx, schedule.workspace_id, schedule.selector)
    review.done()
