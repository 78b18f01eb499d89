"""When checks run by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dq_platform.models.check import CheckSelector


@dataclass(frozen=True, slots=True)
class Schedule:
    """Runs the selected checks at every moment that `cron` (five fields) names in `time_zone` (IANA).

    `next_run_time` is None while paused.
    """

    id: str
    workspace_id: str
    display_name: str
    cron: str
    time_zone: str
    selector: CheckSelector
    create_time: datetime
    update_time: datetime
    description: str = ""
    paused: bool = False
    next_run_time: datetime | None = None
    last_run_time: datetime | None = None
    version: int = 1
