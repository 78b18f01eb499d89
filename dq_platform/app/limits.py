"""What jobs may take of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from dq_platform.errors import Invalid, QueueFull

MAX_TIMEOUT = timedelta(hours=24)
MAX_QUEUED_UNITS = 100_000


@dataclass(frozen=True, slots=True)
class JobLimits:
    """`timeout` is how long a job may take from the request to its end, unless its request says otherwise.

    `max_queued_units` is how many units the unfinished jobs of a workspace may have to do together.
    """

    timeout: timedelta = MAX_TIMEOUT
    max_queued_units: int = MAX_QUEUED_UNITS

    def has_room(self, queued: int, units: int) -> bool:
        """Whether a job of so many units may join so many that have not ended."""
        return queued + units <= self.max_queued_units

    def require_room(self, queued: int, units: int, field: str) -> None:
        """Raises QueueFull, or Invalid if the job is too large for an empty queue; `field` decides its size."""
        if units > self.max_queued_units:
            text = (
                f"makes a job of {units:,} units, of a table each; at most {self.max_queued_units:,} may wait at once."
            )
            raise Invalid.one(field, f"{text} Divide it.", "TOO_MANY")
        if not self.has_room(queued, units):
            raise QueueFull(queued, units, self.max_queued_units)
