"""arq's worker, made to outlive a Redis that is away."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from arq import Worker
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

AGAIN_AFTER = timedelta(seconds=1)


class PatientWorker(Worker):
    """Goes on with its tasks while Redis cannot be reached, and takes new ones when it is back.

    `finish` ends it: no new tasks, a grace time for the running ones, then they are cancelled.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # arq's own two dozen arguments
        super().__init__(*args, handle_signals=False, **kwargs)
        self._away = False

    async def _poll_iteration(self) -> None:
        try:
            await super()._poll_iteration()
        except (RedisError, OSError, TimeoutError) as error:
            if not self._away:
                log.warning("queue.absent", error=type(error).__name__)
            self._away = True
            await asyncio.sleep(AGAIN_AFTER.total_seconds())
            await self._recount()
        else:
            if self._away:
                log.info("queue.back")
            self._away = False

    async def finish(self, grace: timedelta) -> None:
        """Return when no task runs any more."""
        self.allow_pick_jobs = False
        running = set(self.tasks.values())
        if running:
            _, late = await asyncio.wait(running, timeout=grace.total_seconds())
            for task in late:
                task.cancel()
            await asyncio.wait(running)
        if self.main_task is not None:
            self.main_task.cancel()
            await asyncio.wait({self.main_task})

    async def _recount(self) -> None:
        """Give back the places of tasks that were about to start when Redis went away."""
        running = [task for task in self.tasks.values() if not task.done()]
        self.job_counter = len(running)
        self.sem = asyncio.BoundedSemaphore(self.max_jobs + 1)
        for _ in running:
            await self.sem.acquire()
