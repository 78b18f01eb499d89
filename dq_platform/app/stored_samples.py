"""Error samples that were taken: read by the results server, which needs nothing of what it takes to take some."""

from __future__ import annotations

from dq_platform.app.deps import Deps
from dq_platform.errors import NotFound
from dq_platform.models.sample import ErrorSamples
from dq_platform.models.workspace import Principal


async def get_samples(deps: Deps, who: Principal, result_id: str) -> ErrorSamples:
    """The samples that were taken when the result failed, without the columns that are marked as personal by now.

    Raises NotFound if there are none any more: only the newest failure of a check, group and period has some, and only
    as long as the check wants them.
    """
    async with deps.uow() as tx:
        samples = await tx.samples.of_result(who.workspace_id, result_id)
        check = await tx.checks.get(who.workspace_id, samples.check_id)
        target = check.target
        settings = await tx.tables.settings(target.connection_id, target.schema_name, target.table_name)
    if not check.error_samples:
        raise NotFound("error samples", result_id)
    return samples.masking(settings.pii_columns)
