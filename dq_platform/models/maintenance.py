"""Times in which failures are expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class MaintenanceWindow:
    """From `start_time` until before `end_time`, failures of the matching tables say nothing to incidents.

    `connection_id` empty: all connections of the workspace. `table_pattern` is matched against `schema.table` with `*`
    and `?`; empty: all tables. `created_by` is an API key's name. `version` grows with every change.
    """

    id: str
    workspace_id: str
    start_time: datetime
    end_time: datetime
    reason: str
    create_time: datetime
    update_time: datetime
    connection_id: str = ""
    table_pattern: str = ""
    created_by: str = ""
    version: int = 1
