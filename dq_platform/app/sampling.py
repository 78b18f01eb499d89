"""Error samples: the rows behind a result, taken when it fails or when somebody asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from dq_platform.app.deps import Deps
from dq_platform.app.measuring import Measured, Run
from dq_platform.app.preview import Asked, measured_now, preview_run
from dq_platform.app.review import Review
from dq_platform.app.runs import review_window
from dq_platform.errors import DomainError, WrongState
from dq_platform.execution.ledger import charged
from dq_platform.execution.sample_plan import SampleRequest, has_samples, plan_samples
from dq_platform.execution.sampling import Taken, failed, take
from dq_platform.models.check import PeriodWindow
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from dq_platform.models.sample import ErrorSamples
from dq_platform.models.workspace import Principal


@dataclass(frozen=True, slots=True)
class SamplePreview:
    """What a check says now, and the rows behind it: of its failures, or, where nothing fails, of what it counted."""

    results: Sequence[Result]
    samples: Sequence[ErrorSamples]


async def samples_of_failures(deps: Deps, run: Run, measured: Measured) -> Taken:
    """Samples for every failing result whose check wants them, or why there are none; never raises DomainError."""
    sampled = {check.id for check in run.checks if check.error_samples and has_samples(check)}
    failing = [one for one in measured.results if one.outcome.severity is not None and one.check_id in sampled]
    if not failing:
        return Taken()
    try:
        if measured.stopped_by is not None:
            raise measured.stopped_by
        return await _taken(deps, run, measured, failing)
    except DomainError as error:
        return Taken([failed(result, error) for result in failing])


async def preview_samples(
    deps: Deps, who: Principal, check_id: str, window: PeriodWindow | None = None
) -> SamplePreview:
    """The stored check's rows now; nothing is stored.

    Raises WrongState if single rows say nothing about it, SourceError if the source fails.
    """
    review = Review()
    review_window(review, window)
    review.done()
    async with deps.uow() as tx:
        check = await tx.checks.get(who.workspace_id, check_id)
    if not has_samples(check):
        message = f"{check.check_type!r} judges no single rows, so it has no error samples."
        raise WrongState("NO_ERROR_SAMPLES", message, check_type=check.check_type)
    run = await preview_run(deps, who, Asked(check, window=window))
    measured = await measured_now(deps, run)
    judged = [result for result in measured.results if result.outcome is not Outcome.EXECUTION_ERROR]
    failing = [result for result in judged if result.outcome.severity is not None]
    taken = await _taken(deps, run, measured, failing or judged)
    return SamplePreview(
        [replace(result, id="", job_id="") for result in charged(measured.results, taken.costs)],
        [replace(one, result_id="") for one in taken.samples],
    )


async def _taken(deps: Deps, run: Run, measured: Measured, results: Sequence[Result]) -> Taken:
    """Raises DomainError if no session with the source is to be had."""
    planned = plan_samples(SampleRequest(run.checks, results, measured.context, run.known.settings, measured.allowance))
    async with deps.sources.session(run.connection) as session:
        return await take(session, planned, tag=run.tag)
