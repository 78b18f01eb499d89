"""When checks run by themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from dq_platform.models.check import CheckSelector


class Overlap(StrEnum):
    """What a moment brings while the schedule's former job still waits or runs."""

    SKIP = "skip"
    QUEUE = "queue"


class RunOutcome(StrEnum):
    """What came of a schedule's moment, or of a run that somebody asked for."""

    STARTED = "started"
    NOTHING_SELECTED = "nothing_selected"
    SKIPPED = "skipped"
    WAITING = "waiting"
    PAUSED = "paused"
    HELD_BACK = "held_back"


@dataclass(frozen=True, slots=True)
class Schedule:
    """Runs the selected checks at every moment that `cron` (five fields) names in `time_zone` (IANA).

    Each moment is put off by less than `jitter`. `next_run_time` has that in it, and is None while paused. `last_run_*`
    say what came of the last moment, `last_run_note` in words what a person should know of it. `missed_run_count`
    moments from `first_missed_time` on have passed for which no job stands yet; the next one will.
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
    jitter: timedelta = timedelta()
    overlap: Overlap = Overlap.SKIP
    paused: bool = False
    next_run_time: datetime | None = None
    last_run_time: datetime | None = None
    last_run_outcome: RunOutcome | None = None
    last_run_note: str = ""
    last_job_id: str = ""
    missed_run_count: int = 0
    first_missed_time: datetime | None = None
    version: int = 1
