"""Which results a maintenance window keeps from incidents. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dq_platform.models.maintenance import MaintenanceWindow
from dq_platform.models.result import Result


def outside(results: Sequence[Result], windows: Sequence[MaintenanceWindow]) -> Sequence[Result]:
    """The results without those of each check and data group that failed in a window.

    What passes in a window counts: it is as good as ever. But a check does not pass because its failures are left out.
    """
    failed = {
        (result.check_id, result.data_group)
        for result in results
        if result.outcome.severity is not None and any(covers(window, result) for window in windows)
    }
    return [result for result in results if (result.check_id, result.data_group) not in failed]


def covers(window: MaintenanceWindow, result: Result) -> bool:
    """Whether the result was measured in the window, of a table that it is about."""
    target = result.target
    return (
        window.connection_id in ("", target.connection_id)
        and window.start_time <= result.executed_at < window.end_time
        and _is_like(f"{target.schema_name}.{target.table_name}", window.table_pattern or "*")
    )


def _is_like(name: str, pattern: str) -> bool:
    parts = {"*": ".*", "?": "."}
    return re.fullmatch("".join(parts.get(one) or re.escape(one) for one in pattern), name, re.DOTALL) is not None
