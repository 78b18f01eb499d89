"""A job is stored with its units, and only then is the queue told of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

import structlog

from dq_platform import log as logging
from dq_platform.app.deps import Deps
from dq_platform.app.limits import MAX_TIMEOUT
from dq_platform.app.review import Review
from dq_platform.app.units import checks_in, plan_tasks, task_count
from dq_platform.errors import Invalid, NotFound, QueueFull, WrongState
from dq_platform.ids import new_id
from dq_platform.models.check import Check
from dq_platform.models.job import Job, JobKind, JobState, Priority, Unit
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Order:
    """What a caller says of a job, whatever it does.

    `request_id` names the request, so that it can be repeated; `timeout` is how long the job may take from now on, up
    to 24 hours, None for the default.
    """

    request_id: str = ""
    timeout: timedelta | None = None


ANY_ORDER = Order()


@dataclass(frozen=True, slots=True)
class Work:
    """The units of a job, the checks that they are made of, and what to store with the job if it is a new one.

    `sized_by` is the request's field that decides how many units there are.
    """

    units: Sequence[Unit]
    checks: Sequence[Check] = ()
    beside: Callable[[], Awaitable[None]] | None = None
    sized_by: str = "selector"


def review_order(review: Review, order: Order) -> None:
    """Add what is wrong with the order."""
    review.request_id(order.request_id)
    if order.timeout is not None and not timedelta() < order.timeout <= MAX_TIMEOUT:
        most = f"{MAX_TIMEOUT.total_seconds():.0f} s"
        review.wrong("timeout", f"is {order.timeout.total_seconds():g} s; it takes more than 0 s and at most {most}.")


def new_job(deps: Deps, who: Principal, kind: JobKind, priority: Priority, order: Order) -> Job:
    """A job that somebody asks for, queued; what its units are is found when it is placed."""
    now = deps.clock.now()
    return Job(
        id=new_id(),
        workspace_id=who.workspace_id,
        kind=kind,
        state=JobState.QUEUED,
        priority=priority,
        create_time=now,
        unit_count=0,
        request_id=order.request_id,
        created_by=who.key_name,
        deadline_time=now + (order.timeout or deps.limits.timeout),
    )


async def place_job(deps: Deps, job: Job, request_hash: str, find: Callable[[Tx], Awaitable[Work]]) -> Job:
    """The job with the work that `find` finds, queued; a repeated request id gets the first request's job.

    What `find` refuses now may have been there when the same was asked for first, and the queue may have had room.
    Raises RequestIdReused, QueueFull, and Invalid if the job is too large for any queue.
    """
    with deps.queue.placing(job.id) as origin:
        async with deps.uow() as tx:
            try:
                work = await find(tx)
                queued = await tx.jobs.queued_units([job.workspace_id])
                deps.limits.require_room(queued[job.workspace_id], len(work.units), work.sized_by)
            except (NotFound, Invalid, WrongState, QueueFull) as refusal:
                return await _asked_before(tx, job, request_hash, refusal)
            units = await plan_tasks(tx, work.units, work.checks)
            job = replace(job, unit_count=len(units), check_count=checks_in(units), origin=origin)
            earlier = await tx.jobs.add(job, units, request_hash)
            if earlier is None and work.beside is not None:
                await work.beside()
            await tx.commit()
        return earlier or await _tell(deps, job, task_count(units))


async def _tell(deps: Deps, job: Job, tasks: int) -> Job:
    """Tell the workers of a stored job; if they do not hear of it, they will see it a little later."""
    with logging.context(job_id=job.id):
        log.info("job.queued", kind=job.kind.value, units=job.unit_count, checks=job.check_count)
        await deps.queue.wake(tasks, job.priority)
    return job


async def _asked_before(tx: Tx, job: Job, request_hash: str, refusal: Exception) -> Job:
    earlier = await tx.jobs.requested(job.workspace_id, job.request_id, request_hash)
    if earlier is None:
        raise refusal
    return earlier
