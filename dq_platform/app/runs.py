"""Requests to run checks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from dq_platform.app.deps import Deps
from dq_platform.app.placing import ANY_ORDER, Order, Work, new_job, place_job, review_order
from dq_platform.app.review import Review
from dq_platform.app.selectors import review_selector, selected
from dq_platform.app.units import request_hash, units_of
from dq_platform.models.check import CheckSelector, PeriodWindow
from dq_platform.models.job import Job, JobKind, Priority
from dq_platform.models.workspace import Principal
from dq_platform.ports import Tx

MAX_WINDOW = timedelta(days=3660)
FIRST_WINDOW_START = datetime(1000, 1, 1, tzinfo=UTC)
LAST_WINDOW_END = datetime(9000, 1, 1, tzinfo=UTC)
"""Dates that every engine knows, with room to find the period before and after in any time zone."""


@dataclass(frozen=True, slots=True)
class RunRequest:
    """What to run: one check by its id, or what a selector matches. `window`: None for the checks' default."""

    subject: str | CheckSelector
    order: Order = ANY_ORDER
    window: PeriodWindow | None = None
    priority: Priority = Priority.HIGH


async def run_check(
    deps: Deps, who: Principal, check_id: str, order: Order = ANY_ORDER, window: PeriodWindow | None = None
) -> Job:
    """The job that runs the check, enabled or not; a repeated request id gets the first request's job."""
    return await request_run(deps, who, RunRequest(check_id, order, window))


async def run_batch(
    deps: Deps, who: Principal, selector: CheckSelector, order: Order = ANY_ORDER, window: PeriodWindow | None = None
) -> Job:
    """The job that runs all enabled checks that match; a repeated request id gets the first request's job.

    Raises Invalid if none matches.
    """
    return await request_run(deps, who, RunRequest(selector, order, window))


async def request_run(deps: Deps, who: Principal, request: RunRequest) -> Job:
    """The queued job, stored before any worker hears of it."""
    _review(request)
    job = _job(deps, who, request)

    async def find(tx: Tx) -> Work:
        if isinstance(request.subject, str):
            checks = [await tx.checks.get(who.workspace_id, request.subject)]
        else:
            checks = await selected(tx, who, request.subject)
        return Work(units_of(job.id, who.workspace_id, checks), checks)

    hashed = request_hash(job.kind, request.subject, request.window, request.order.timeout)
    return await place_job(deps, job, hashed, find)


def _job(deps: Deps, who: Principal, request: RunRequest) -> Job:
    kind = JobKind.EXECUTE_CHECK if isinstance(request.subject, str) else JobKind.EXECUTE_CHECK_BATCH
    return replace(new_job(deps, who, kind, request.priority, request.order), window=request.window)


def _review(request: RunRequest) -> None:
    review = Review()
    review_order(review, request.order)
    if isinstance(request.subject, CheckSelector):
        review_selector(review, request.subject)
    review_window(review, request.window)
    review.done()


def review_window(review: Review, window: PeriodWindow | None) -> None:
    """Add what is wrong with the dates that a run names."""
    if window is None:
        return
    review.period(window.start, window.end, "window.end_time")
    if window.start < FIRST_WINDOW_START or window.end > LAST_WINDOW_END:
        years = f"{FIRST_WINDOW_START.year} to {LAST_WINDOW_END.year}"
        review.wrong("window", f"must lie within the years {years}.", "INVALID_PERIOD")
    elif window.end - window.start > MAX_WINDOW:
        review.wrong("window", f"spans more than {MAX_WINDOW.days} days.", "INVALID_PERIOD")
