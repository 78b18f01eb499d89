"""The state of the queue, as our own store knows it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from dq_platform.models.job import Priority


@dataclass(frozen=True, slots=True)
class Backlog:
    """Units of one workspace and priority.

    `waiting` are due and not taken, `oldest_due_time` since when the first of them is; `delayed` wait for their next
    attempt; `running` are held by a worker, `abandoned` by one that does not answer any more; `paused` are none of
    these, for nobody takes them while their connection is paused.
    """

    workspace: str
    priority: Priority
    at: datetime
    waiting: int = 0
    delayed: int = 0
    running: int = 0
    abandoned: int = 0
    paused: int = 0
    oldest_due_time: datetime | None = None

    @property
    def oldest_age(self) -> timedelta:
        """How long the oldest unit that is due has waited; zero if none does."""
        return max(self.at - self.oldest_due_time, timedelta()) if self.oldest_due_time else timedelta()
