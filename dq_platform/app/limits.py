"""What jobs may take of the platform."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

MAX_TIMEOUT = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class JobLimits:
    """`timeout` is how long a job may take from the request to its end, unless its request says otherwise."""

    timeout: timedelta = MAX_TIMEOUT
