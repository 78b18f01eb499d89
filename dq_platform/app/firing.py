"""What comes of schedules that are due: jobs, or why there is none. Many at once take as few statements as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeAlias

import structlog

from dq_platform.app.limits import JobLimits
from dq_platform.app.units import checks_in, in_tasks, table_of, task_count, units_of
from dq_platform.errors import Invalid
from dq_platform.ids import new_id
from dq_platform.models.check import CheckPlace
from dq_platform.models.job import Job, JobKind, JobState, Priority, Unit
from dq_platform.models.schedule import Overlap, RunOutcome, Schedule
from dq_platform.ports import Tx
from dq_platform.scheduling.planner import Planner

log = structlog.get_logger(__name__)

SHOWN_IDS = 3
NOTHING_SELECTED = "The selector matches no check that is enabled."

Selected: TypeAlias = Mapping[tuple[str, str], Sequence[CheckPlace]]
"""Checks by workspace id and text of the selector."""


@dataclass(frozen=True, slots=True)
class Fired:
    """How many jobs came of some schedules, and how many tasks they are."""

    jobs: int
    tasks: int


@dataclass(frozen=True, slots=True)
class _Turn:
    """A schedule, moved on to its next time, and its moments that no job stands for yet: the first, and how many."""

    schedule: Schedule
    first: datetime
    count: int


@dataclass(frozen=True, slots=True)
class _Start:
    """A job with its units, the schedule that starts it, moved on, and what a person should know of it."""

    job: Job
    units: Sequence[Unit]
    checks: Sequence[CheckPlace]
    schedule: Schedule
    note: str


async def fire(tx: Tx, claimed: Sequence[Schedule], planner: Planner, now: datetime, limits: JobLimits) -> Fired:
    """Start what is due and note what came of it. The schedules are locked, and the caller commits and tells."""
    turns = [turn for turn in [await _turn(tx, one, planner, now) for one in claimed] if turn is not None]
    busy = await tx.jobs.unfinished([turn.schedule.id for turn in turns])
    ready = [turn for turn in turns if turn.schedule.id not in busy]
    late = [_put_off(turn, now) for turn in turns if turn.schedule.id in busy]
    starts, empty = await _select(tx, ready, now, now + limits.timeout)
    starts, held = await _with_room(tx, starts, limits, now)
    starts = await _in_tasks(tx, starts)
    stored = await tx.jobs.add_scheduled([(start.job, start.units) for start in starts])
    begun = [_begun(start, now) if start.job.id in stored else start.schedule for start in starts]
    await tx.schedules.record([*late, *empty, *held, *begun])
    log.info("schedules.fired", jobs=len(stored), put_off=len(late), nothing_selected=len(empty), held=len(held))
    return Fired(len(stored), sum(task_count(start.units) for start in starts if start.job.id in stored))


async def _in_tasks(tx: Tx, starts: Sequence[_Start]) -> list[_Start]:
    """Their units in tasks, by what is known of all their tables; where there is one unit, nobody has to be asked."""
    several = [start for start in starts if len(start.units) > 1]
    tables = {check.id: table_of(check) for start in starts for check in start.checks}
    asked = {tables[check.id] for start in several for check in start.checks}
    rows = await tx.tables.rows_of(sorted(asked)) if asked else {}
    return [replace(start, units=in_tasks(start.units, tables, rows)) for start in starts]


def noted(schedule: Schedule, outcome: RunOutcome, note: str, now: datetime, job_id: str = "") -> Schedule:
    """The schedule with what came of a moment; without a job's id, its last job stays as it was."""
    last_job_id = job_id or schedule.last_job_id
    return replace(schedule, last_run_time=now, last_run_outcome=outcome, last_run_note=note, last_job_id=last_job_id)


async def _turn(tx: Tx, schedule: Schedule, planner: Planner, now: datetime) -> _Turn | None:
    """None if nothing is due after all, and for a schedule whose time can no longer be read: that one is paused.

    It would be due for ever.
    """
    try:
        due = planner.due(schedule, now)
    except Invalid as error:
        await _pause(tx, schedule, error, now)
        return None
    first = schedule.first_missed_time or (due.due_time if due else None)
    if first is None:
        return None
    count = schedule.missed_run_count + (due.count if due else 0)
    return _Turn(replace(schedule, next_run_time=due.next_run_time if due else schedule.next_run_time), first, count)


async def _pause(tx: Tx, schedule: Schedule, error: Invalid, now: datetime) -> None:
    log.error("schedule.paused", schedule_id=schedule.id, reason=error.message)
    after = noted(_moved_on(schedule), RunOutcome.PAUSED, error.message, now)
    await tx.schedules.update(replace(after, paused=True, next_run_time=None), schedule.version)


def _put_off(turn: _Turn, now: datetime) -> Schedule:
    """The schedule whose former job still waits or runs: its next job stands for these moments too."""
    queues = turn.schedule.overlap is Overlap.QUEUE
    then = "when that has ended" if queues else "at the next moment after that"
    outcome = RunOutcome.WAITING if queues else RunOutcome.SKIPPED
    after = noted(turn.schedule, outcome, f"Its former job has not ended; the next one starts {then}.", now)
    return replace(after, missed_run_count=turn.count, first_missed_time=turn.first)


async def _select(
    tx: Tx, turns: Sequence[_Turn], now: datetime, deadline: datetime
) -> tuple[list[_Start], list[Schedule]]:
    """The jobs to store, and the schedules that select nothing."""
    selected = await _selected(tx, turns)
    gone = await _gone(tx, turns)
    starts: list[_Start] = []
    empty: list[Schedule] = []
    for turn in turns:
        checks = selected[_key(turn.schedule)]
        if checks:
            start = _start(turn, checks, _note(turn, gone), now)
            starts.append(replace(start, job=replace(start.job, deadline_time=deadline)))
        else:
            note = " ".join([NOTHING_SELECTED, *_lost_names(turn.schedule, gone)])
            empty.append(noted(_moved_on(turn.schedule), RunOutcome.NOTHING_SELECTED, note, now))
    return starts, empty


async def _selected(tx: Tx, turns: Sequence[_Turn]) -> Selected:
    """Equal selectors are looked up once."""
    wanted = {_key(turn.schedule): (turn.schedule.workspace_id, turn.schedule.selector) for turn in turns}
    return dict(zip(wanted, await tx.checks.select_each(list(wanted.values())), strict=True))


def _key(schedule: Schedule) -> tuple[str, str]:
    return schedule.workspace_id, repr(schedule.selector)


async def _gone(tx: Tx, turns: Sequence[_Turn]) -> frozenset[str]:
    """Ids of checks and connections that selectors name and that are no more."""
    selectors = [turn.schedule.selector for turn in turns]
    checks = {check_id for selector in selectors for check_id in selector.check_ids}
    connections = {selector.connection_id for selector in selectors if selector.connection_id}
    there = {*(await tx.checks.existing(checks) if checks else ())}
    there |= {*(await tx.connections.existing(connections) if connections else ())}
    return frozenset(checks | connections) - there


def _lost_names(schedule: Schedule, gone: frozenset[str]) -> Iterator[str]:
    """Sentences about what the selector names in vain."""
    selector = schedule.selector
    if selector.connection_id in gone:
        yield f"Connection {selector.connection_id} of the selector does not exist any more."
    lost = [check_id for check_id in selector.check_ids if check_id in gone]
    if lost:
        shown = ", ".join(lost[:SHOWN_IDS]) + (", …" if lost[SHOWN_IDS:] else "")
        yield f"{len(lost)} of the {len(selector.check_ids)} checks of the selector do not exist any more: {shown}."


def _note(turn: _Turn, gone: frozenset[str]) -> str:
    """What a person should know of a job that started, empty if it is like any other."""
    missed = [f"It stands for {turn.count} moments, the first at {turn.first.isoformat()}."] if turn.count > 1 else []
    return " ".join([*missed, *_lost_names(turn.schedule, gone)])


def _start(turn: _Turn, checks: Sequence[CheckPlace], note: str, now: datetime) -> _Start:
    schedule = _moved_on(turn.schedule)
    job = Job(
        id=new_id(),
        workspace_id=schedule.workspace_id,
        kind=JobKind.EXECUTE_CHECK_BATCH,
        state=JobState.QUEUED,
        priority=Priority.NORMAL,
        create_time=now,
        unit_count=0,
        schedule_id=schedule.id,
        due_time=turn.first,
        missed_run_count=turn.count - 1,
    )
    units = units_of(job.id, job.workspace_id, checks)
    return _Start(replace(job, unit_count=len(units), check_count=checks_in(units)), units, checks, schedule, note)


async def _with_room(
    tx: Tx, starts: Sequence[_Start], limits: JobLimits, now: datetime
) -> tuple[list[_Start], list[Schedule]]:
    """The jobs that the queues of their workspaces have room for, in their order, and the schedules of the others."""
    if not starts:
        return [], []
    queued = dict(await tx.jobs.queued_units({start.job.workspace_id for start in starts}))
    fitting: list[_Start] = []
    held: list[Schedule] = []
    for start in starts:
        workspace, units = start.job.workspace_id, len(start.units)
        if limits.has_room(queued[workspace], units):
            queued[workspace] += units
            fitting.append(start)
        else:
            held.append(_held_back(start, queued[workspace], limits.max_queued_units, now))
    return fitting, held


def _held_back(start: _Start, queued: int, limit: int, now: datetime) -> Schedule:
    """The schedule whose job the queue has no room for: its next one stands for these moments too."""
    units = len(start.units)
    if units > limit:
        note = f"Its selector makes a job of {units:,} units, and {limit:,} may wait at once: divide it."
    else:
        note = f"The queue is full: {queued:,} units have not ended, its job has {units:,}, and {limit:,} are allowed."
    after = noted(start.schedule, RunOutcome.HELD_BACK, note, now)
    return replace(after, missed_run_count=start.job.missed_run_count + 1, first_missed_time=start.job.due_time)


def _begun(start: _Start, now: datetime) -> Schedule:
    return noted(start.schedule, RunOutcome.STARTED, start.note, now, start.job.id)


def _moved_on(schedule: Schedule) -> Schedule:
    """The schedule once its moments have been dealt with."""
    return replace(schedule, missed_run_count=0, first_missed_time=None)
