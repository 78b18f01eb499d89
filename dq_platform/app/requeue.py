"""Doing again what a job could not do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from dq_platform.app.deps import Deps
from dq_platform.app.placing import ANY_ORDER, Order, Work, new_job, place_job, review_order
from dq_platform.app.review import Review
from dq_platform.app.units import request_hash, units_of
from dq_platform.errors import WrongState
from dq_platform.ids import new_id
from dq_platform.models.job import Job, JobKind, Priority, Unit, UnitReport
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx


async def requeue_job(deps: Deps, who: Principal, id: str, order: Order = ANY_ORDER) -> Job:
    """A new job for the checks of the units that failed, of the same periods; the failed job stays as it is.

    Checks that were deleted meanwhile are left out, disabled ones are not. It has a deadline of its own. A repeated
    request id gets the first request's job. Raises WrongState if the job has not ended, or if nothing of it is left
    to do.
    """
    review = Review()
    review_order(review, order)
    review.done()
    async with deps.uow() as tx:
        former = await tx.jobs.get(who.workspace_id, id)
    job = _again(deps, who, former, order)

    async def find(tx: Tx) -> Work:
        if not former.state.is_final:
            message = f"The job is {former.state.value}; its failed units can be requeued when it has ended."
            raise WrongState("JOB_NOT_ENDED", message, id=former.id, state=former.state.value)
        return await _failed_work(tx, job, await tx.jobs.failed_units(who.workspace_id, former.id))

    hashed = request_hash(f"requeue {job.kind.value}", former.id, timeout=order.timeout)
    return await place_job(deps, job, hashed, find)


def _again(deps: Deps, who: Principal, former: Job, order: Order) -> Job:
    job = new_job(deps, who, former.kind, Priority.HIGH, order)
    return replace(job, connection_id=former.connection_id, requeue_of_job_id=former.id, window=former.window)


async def _failed_work(tx: Tx, job: Job, failed: Sequence[UnitReport]) -> Work:
    if not failed:
        raise _nothing(job, "None of the job's units failed.")
    if job.kind is JobKind.SYNC_METADATA:
        await tx.connections.get(job.workspace_id, job.connection_id)
        return Work([Unit(new_id(), job.id, job.workspace_id, job.connection_id, ())])
    ids = [check_id for unit in failed for check_id in unit.check_ids]
    checks = await tx.checks.get_many(job.workspace_id, ids)
    if not checks:
        raise _nothing(job, "All checks of the job's failed units were deleted.")
    return Work(units_of(job.id, job.workspace_id, checks), checks, sized_by="job_id")


def _nothing(job: Job, message: str) -> WrongState:
    return WrongState("NOTHING_TO_REQUEUE", message, id=job.requeue_of_job_id)
