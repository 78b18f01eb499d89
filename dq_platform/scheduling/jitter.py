"""How long a schedule's moment is put off, so that what is planned for one minute does not start in one instant."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import blake2b
from itertools import pairwise, takewhile

from dq_platform.errors import Violation
from dq_platform.scheduling.cron import REFERENCE, moments

MAX_JITTER = timedelta(hours=1)
LOOKED_AT = timedelta(days=2)
"""Two runs less than MAX_JITTER apart show in the first days on which an expression fires, if it has any."""
MILLISECOND = timedelta(milliseconds=1)


def offset(schedule_id: str, moment: datetime, jitter: timedelta) -> timedelta:
    """From 0 to less than `jitter`, in milliseconds: the same for the same schedule and moment, else evenly spread."""
    if not jitter:
        return timedelta()
    digest = blake2b(f"{schedule_id} {moment.timestamp():.0f}".encode(), digest_size=8).digest()
    return int.from_bytes(digest) * (jitter // MILLISECOND) // 2**64 * MILLISECOND


def jitter_violations(jitter: timedelta, cron: str, time_zone: str, field: str) -> list[Violation]:
    """What is wrong with the jitter of a schedule whose time can be read."""
    if not jitter:
        return []
    if not MILLISECOND <= jitter <= MAX_JITTER:
        text = f"must be 0, or lie between a millisecond and an hour, not {jitter.total_seconds():g} seconds."
        return [Violation(field, text, "OUT_OF_RANGE")]
    period = shortest_period(cron, time_zone)
    if jitter < period:
        return []
    text = f"must be shorter than the shortest time between two runs, {period.total_seconds():g} seconds"
    return [Violation(field, f"{text}; it has {jitter.total_seconds():g}.", "OUT_OF_RANGE")]


def shortest_period(cron: str, time_zone: str) -> timedelta:
    """The shortest time between two runs, as far as it matters to jitter: days without a change of the clocks.

    Longer than MAX_JITTER if no two are nearer than that.
    """
    runs = moments(cron, time_zone, REFERENCE)
    first = next(runs)
    near = takewhile(lambda moment: moment - first < LOOKED_AT, runs)
    return min((later - earlier for earlier, later in pairwise([first, *near])), default=LOOKED_AT)
