"""Doing one unit of a job, from the claim to its recorded end."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from enum import StrEnum

from dq_platform.app.assignments import runs_of
from dq_platform.app.deps import Deps
from dq_platform.app.lease import Interruption, holding
from dq_platform.app.measuring import Measured, Run, failed_checks, measure_checks
from dq_platform.app.record import record
from dq_platform.app.sampling import samples_of_failures
from dq_platform.app.sync import Catalogue, read_catalogue, store_catalogue
from dq_platform.connectors.shared_session import SharedSession
from dq_platform.errors import DomainError, NotFound, SourceError, StoreUnavailable
from dq_platform.execution.ledger import charged
from dq_platform.execution.withhold import speaks_of_one_row, withheld
from dq_platform.models.baseline import Baseline
from dq_platform.models.connection import Connection
from dq_platform.models.job import Job, JobError, JobKind, JobState, OutcomeCounts, Task, Unit, UnitEnd
from dq_platform.models.metadata import Place
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from dq_platform.models.sample import ErrorSamples
from dq_platform.ports import Tx

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 4
MAX_CLAIMS = 20
"""How often a unit may be claimed if workers that were stopped in order gave it back in between."""
HANDED_BACK = JobError("WORKER_STOPPED", "The worker was stopped; another one goes on.")
OVERDUE = JobError("JOB_DEADLINE_EXCEEDED", "The job's deadline passed before this was done.")
INTERNAL = JobError("INTERNAL", "Something unexpected went wrong in the worker, several times; its log has the cause.")


@dataclass(frozen=True, slots=True)
class ExecuteOptions:
    """How units are done. `backoff` gives the pause after the n-th attempt, counted from 1."""

    backoff: Callable[[int], timedelta]
    lease: timedelta = LEASE
    max_attempts: int = MAX_ATTEMPTS


class Ended(StrEnum):
    """What became of a unit."""

    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELLED = "cancelled"
    RETRYING = "retrying"
    LOST = "lost"


@dataclass(frozen=True, slots=True)
class End:
    """What a unit found out: results of checks with samples, or a whole catalogue, or why there is neither.

    `baselines` are first ones, of checks that had none.
    """

    results: Sequence[Result] = ()
    samples: Sequence[ErrorSamples] = ()
    baselines: Sequence[Baseline] = ()
    catalogue: Catalogue | None = None
    error: JobError | None = None


class Unmeasured(DomainError):
    """The unit ended before its checks could be measured."""

    def __init__(self, error: JobError) -> None:
        super().__init__(error.message)
        self.reason = error.reason


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a unit, how its checks ended, and after which pause it is to be tried again, if at all.

    `job` is as it was after the unit's end, None if the unit did not end; the last of units that end together has it.
    """

    ended: Ended
    outcomes: OutcomeCounts = field(default_factory=OutcomeCounts)
    pause: timedelta | None = None
    error: JobError | None = None
    job: Job | None = None


async def claim(deps: Deps, places: int, options: ExecuteOptions) -> Sequence[Task]:
    """The tasks whose turn it is, at most `places`, ours for the length of the lease."""
    async with deps.uow() as tx:
        return await tx.jobs.claim(places, deps.clock.now(), options.lease, deps.sources.limit)


async def run_unit(deps: Deps, unit: Unit, options: ExecuteOptions) -> Done:
    """What became of the claimed unit; results, incidents and its end are recorded together, or nothing is.

    Raises StoreUnavailable, after which the lease has to end before somebody else goes on, and what nobody expected:
    `crashed` is for that. When this task is cancelled, statements are stopped and the unit stays claimed: `hand_back`
    is for that.
    """
    found = await holding(deps, [unit], options.lease, _perform(deps, unit, options))
    return (await interrupted(deps, [unit], found))[0] if isinstance(found, Interruption) else found


async def interrupted(deps: Deps, units: Sequence[Unit], why: Interruption) -> Sequence[Done]:
    """What becomes of units of one job whose work was stopped."""
    if why is Interruption.CANCELLED:
        return [await cancel(deps, unit) for unit in units]
    if why is Interruption.OVERDUE:
        return await fail_all(deps, units, OVERDUE)
    return [Done(Ended.LOST)] * len(units)


async def crashed(deps: Deps, unit: Unit, options: ExecuteOptions) -> Done:
    """What becomes of a unit after an exception that nobody expected: another attempt, or the end as a failure."""
    if unit.attempt < options.max_attempts:
        return await _release(deps, unit, INTERNAL, options.backoff(unit.attempt))
    return await _fail(deps, unit, INTERNAL)


async def hand_back(deps: Deps, unit: Unit) -> Done:
    """Let another worker have the unit now."""
    return await _release(deps, unit, HANDED_BACK, timedelta())


async def _perform(deps: Deps, unit: Unit, options: ExecuteOptions) -> Done:
    if _is_spent(unit, options):
        return await _fail(deps, unit, INTERNAL)
    try:
        return await _attempt(deps, unit, options)
    except StoreUnavailable:
        raise
    except DomainError as error:
        return await failed(deps, unit, error, options)


async def failed(deps: Deps, unit: Unit, error: DomainError, options: ExecuteOptions) -> Done:
    """What becomes of a unit of which nothing could be measured: another attempt if that may help, or its end."""
    if isinstance(error, SourceError) and error.may_heal and unit.attempt < options.max_attempts:
        return await _release(deps, unit, _job_error(error), options.backoff(unit.attempt))
    return await _fail(deps, unit, _job_error(error))


async def _attempt(deps: Deps, unit: Unit, options: ExecuteOptions) -> Done:
    async with deps.uow() as tx:
        given = await tx.assignments.of([unit])
        run = (await runs_of(tx, given, [unit])).get(unit.id)
    if given.job.cancel_requested:
        return await cancel(deps, unit)
    if given.job.kind is JobKind.SYNC_METADATA:
        return await _end(deps, unit, End(catalogue=await _catalogue(deps, given.connection, unit)))
    return await _end(deps, unit, await run_checks(deps, unit, run, options) if run else End())


async def _catalogue(deps: Deps, connection: Connection | None, unit: Unit) -> Catalogue:
    if connection is None:
        raise NotFound("connection", unit.connection_id)
    return await read_catalogue(deps, connection)


async def run_checks(
    deps: Deps, unit: Unit, run: Run, options: ExecuteOptions, shared: SharedSession | None = None
) -> End:
    """What the unit's checks say. Raises SourceError if the source failed and another attempt may help."""
    measured = await measure_checks(deps, run, shared)
    stopped = measured.stopped_by
    if stopped is not None:
        deps.once.forget(unit.job_id)  # it may be another source when it is back
    if stopped is not None and stopped.may_heal and unit.attempt < options.max_attempts:
        raise stopped
    await _remember(deps, run, measured)
    taken = await samples_of_failures(deps, run, measured)
    return End(charged(measured.results, taken.costs), taken.samples, measured.baselines)


async def _remember(deps: Deps, run: Run, measured: Measured) -> None:
    """Keep what the run found out about the table itself."""
    changed = measured.snapshot is not None and measured.snapshot is not run.known.snapshot
    learned = measured.learned.rows is not None or bool(measured.learned.distinct)
    if not changed and not learned:
        return
    async with deps.uow() as tx:
        if changed and measured.snapshot is not None:
            await tx.tables.save_snapshots([measured.snapshot])
        if learned:
            await tx.tables.save_estimates(run.known.settings, measured.learned, deps.clock.now())
        await tx.commit()


async def _fail(deps: Deps, unit: Unit, error: JobError) -> Done:
    [done] = await fail_all(deps, [unit], error)
    return done


async def fail_all(deps: Deps, units: Sequence[Unit], error: JobError) -> Sequence[Done]:
    """End units of one job and one connection; every check that still exists gets an execution error."""
    async with deps.uow() as tx:
        runs = await runs_of(tx, await tx.assignments.of(units), units)
    now = deps.clock.now()
    ends: list[tuple[Unit, End]] = []
    for unit in units:
        run = runs.get(unit.id)
        # A unit whose errors cannot be recorded either must not come back for ever.
        results = failed_checks(run, Unmeasured(error), now) if run and unit.attempt <= MAX_CLAIMS else ()
        ends.append((unit, End(results=results, error=error)))
    return await record_ends(deps, ends)


async def record_ends(deps: Deps, ends: Sequence[tuple[Unit, End]]) -> Sequence[Done]:
    """Record everything in one transaction, or, if the claim of one was lost, each for itself."""
    if not ends:
        return []
    done = await end_all(deps, ends)
    if len(ends) == 1 or done[0].ended is not Ended.LOST:
        return done
    return [one for end in ends for one in await end_all(deps, [end])]


async def _end(deps: Deps, unit: Unit, end: End) -> Done:
    [done] = await end_all(deps, [(unit, end)])
    return done


async def end_all(deps: Deps, ends: Sequence[tuple[Unit, End]]) -> Sequence[Done]:
    """Record everything of units of one job in one transaction, unless a claim was lost: then nothing."""
    now = deps.clock.now()
    found = [result for _, end in ends for result in end.results]
    async with deps.uow() as tx:
        for unit, end in ends:
            if end.catalogue is not None:
                await store_catalogue(tx, deps, unit.connection_id, end.catalogue)
        samples = [one for _, end in ends for one in end.samples]
        personal = await _personal(tx, found, {one.result_id for one in samples})
        masked = [withheld(result, personal.get(_place(result), ())) for result in found]
        results = await record(tx, ends[0][0].workspace_id, masked, now)
        await _keep(tx, [one for _, end in ends for one in end.baselines], results)
        stored = {result.id: result for result in results}
        kept = [one for one in samples if one.result_id in stored]
        await tx.samples.save([one.masking(personal[_place(stored[one.result_id])]) for one in kept])
        unit_ends = [_unit_end(unit, end, stored) for unit, end in ends]
        job = await tx.jobs.finish(unit_ends, now)
        if job is None:
            return [Done(Ended.LOST)] * len(ends)
        for unit, end in ends:
            if end.catalogue is not None and end.catalogue.skipped:
                await tx.jobs.skipped(unit.job_id, end.catalogue.skipped)
        await tx.commit()
    *others, last = (Done(Ended(end.state), end.outcomes, error=end.error) for end in unit_ends)
    return [*others, replace(last, job=job)]


def _unit_end(unit: Unit, end: End, stored: Mapping[str, Result]) -> UnitEnd:
    results = [stored[result.id] for result in end.results if result.id in stored]
    error = end.error or _first_error(results)
    return UnitEnd(unit, JobState.FAILED if error else JobState.SUCCEEDED, _counted(results), error)


def _place(result: Result) -> Place:
    return result.target.schema_name, result.target.table_name


async def _personal(tx: Tx, results: Sequence[Result], sampled: Collection[str]) -> Mapping[Place, Sequence[str]]:
    """The columns that are marked as personal now, some perhaps since the run began, of the tables where it matters.

    It does where a result may be of a single row, or has samples; most are neither, and nobody has to be asked.
    """
    places = sorted({_place(result) for result in results if result.id in sampled or speaks_of_one_row(result)})
    if not places:
        return {}
    known = await tx.tables.all_known(results[0].target.connection_id, places)
    return {place: one.settings.pii_columns for place, one in zip(places, known, strict=True)}


async def _keep(tx: Tx, baselines: Iterable[Baseline], results: Iterable[Result]) -> None:
    """Store the baselines of checks that still exist, unless one was accepted meanwhile; all take them in one order."""
    alive = {result.check_id for result in results}
    for baseline in sorted(baselines, key=lambda one: one.check_id):
        if baseline.check_id in alive:
            await tx.baselines.add(baseline)


async def cancel(deps: Deps, unit: Unit) -> Done:
    """End a unit whose job is to be cancelled."""
    async with deps.uow() as tx:
        job = await tx.jobs.finish([UnitEnd(unit, JobState.CANCELLED)], deps.clock.now())
        if job is None:
            return Done(Ended.LOST)
        await tx.commit()
    return Done(Ended.CANCELLED, job=job)


async def _release(deps: Deps, unit: Unit, error: JobError, pause: timedelta) -> Done:
    async with deps.uow() as tx:
        now = deps.clock.now()
        if not await tx.jobs.release(unit, now + pause, error, now):
            return Done(Ended.LOST)
        await tx.commit()
    return Done(Ended.RETRYING, pause=pause, error=error)


def _is_spent(unit: Unit, options: ExecuteOptions) -> bool:
    """Whether earlier attempts ended without a trace, with their worker, too often."""
    handed_back = unit.error is not None and unit.error.reason == HANDED_BACK.reason
    return unit.attempt > (MAX_CLAIMS if handed_back else options.max_attempts)


def _counted(results: Iterable[Result]) -> OutcomeCounts:
    counts = OutcomeCounts()
    for result in results:
        counts = counts.plus(result.outcome)
    return counts


def _first_error(results: Sequence[Result]) -> JobError | None:
    """Why the first check could not be measured; None if all were."""
    failed = [result for result in results if result.outcome is Outcome.EXECUTION_ERROR]
    if not failed:
        return None
    checks = len({result.check_id for result in failed})
    counted = "One check" if checks == 1 else f"{checks} checks"
    return JobError(failed[0].error_reason, f"{counted} could not be measured: {failed[0].message}")


def _job_error(error: DomainError) -> JobError:
    return JobError(error.reason, error.message)
