"""Running checks now, to look at what they say; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from dq_platform.app.baselines import baselines_of
from dq_platform.app.checks import NewCheck, valid_check
from dq_platform.app.deps import Deps
from dq_platform.app.measuring import Measured, Run, measure_checks
from dq_platform.app.other_tables import sizes_besides
from dq_platform.app.review import Review
from dq_platform.app.runs import review_window
from dq_platform.models.baseline import Baseline
from dq_platform.models.check import Check, PeriodWindow
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Result
from dq_platform.models.workspace import Principal


@dataclass(frozen=True, slots=True)
class Preview:
    """The check that ran, complete, one result for each group and period, and the SQL that measured them."""

    check: Check
    results: Sequence[Result]
    statements: Sequence[str]


async def preview_check(deps: Deps, who: Principal, check_id: str, window: PeriodWindow | None = None) -> Preview:
    """What the stored check says now. Raises SourceError if the source fails, unless the check asks just that."""
    review = Review()
    review_window(review, window)
    review.done()
    async with deps.uow() as tx:
        check = await tx.checks.get(who.workspace_id, check_id)
        baselines = await baselines_of(tx, [check])
    return await _preview(deps, who, Asked(check, baselines, window))


async def preview_draft(deps: Deps, who: Principal, new: NewCheck) -> Preview:
    """What the check would say if it were stored; it has no id. Raises as `create_check` does."""
    ready = await valid_check(deps, who, new)
    baselines = {"": ready.baseline} if ready.baseline else {}
    return await _preview(deps, who, Asked(replace(ready.check, id=""), baselines))


@dataclass(frozen=True, slots=True)
class Asked:
    """What to preview: a check, its baseline by its id if it has one, and the partitions to read."""

    check: Check
    baselines: Mapping[str, Baseline] = field(default_factory=dict)
    window: PeriodWindow | None = None


async def _preview(deps: Deps, who: Principal, asked: Asked) -> Preview:
    measured = await measured_now(deps, await preview_run(deps, who, asked))
    results = [replace(result, id="", job_id="") for result in measured.results]
    return Preview(asked.check, results, measured.statements)


async def preview_run(deps: Deps, who: Principal, asked: Asked) -> Run:
    """A run of the check that belongs to no job."""
    check = asked.check
    target = check.target
    async with deps.uow() as tx:
        connection = await tx.connections.get(who.workspace_id, target.connection_id)
        known = await tx.tables.known(connection.id, target.schema_name, target.table_name)
        others = await sizes_besides(tx, [check])
    return Run("preview", connection, [check], known, asked.window, asked.baselines, others)


async def measured_now(deps: Deps, run: Run) -> Measured:
    """What the run measures. Raises SourceError if the source fails, unless the check asks just that."""
    measured = await measure_checks(deps, run)
    failed = any(result.outcome is Outcome.EXECUTION_ERROR for result in measured.results)
    if failed and measured.stopped_by is not None:
        raise measured.stopped_by
    return measured
