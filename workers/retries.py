"""How long to wait before a unit is tried again."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Backoff:
    """Exponential, with full jitter, so that workers that failed together do not come back together.

    The pause after the first attempt is anything up to `base`, after the second anything up to twice that, and so on,
    never more than `longest`.
    """

    base: timedelta = timedelta(seconds=2)
    longest: timedelta = timedelta(minutes=2)
    draw: random.Random = field(default_factory=random.SystemRandom)

    def pause(self, attempt: int) -> timedelta:
        """The pause after the n-th attempt, counted from 1."""
        bound = min(self.longest, self.base * float(2 ** min(attempt - 1, 30)))
        return bound * self.draw.random()
