"""arq's worker, which takes its work from our store: Redis only tells it to look, and it may be away."""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from datetime import timedelta
from typing import Any

import structlog
from arq import Worker
from arq.worker import func
from redis.exceptions import RedisError

from dq_platform.models.job import Task
from workers.tasks import Tasks

log = structlog.get_logger(__name__)

LOOK = "look"
LOOK_EVERY = timedelta(seconds=1)
"""How long a place stays free, about, before the worker looks for work without having been told."""
AGAIN_AFTER = timedelta(seconds=1)
CANCEL_AGAIN_AFTER = timedelta(milliseconds=100)


class PatientWorker(Worker):
    """Does as many tasks at once as there are places, and looks for the next when one ends.

    `finish` ends it: no new tasks, a grace time for the running ones, then they are cancelled.
    """

    def __init__(self, tasks: Tasks, **options: Any) -> None:  # noqa: ANN401  # arq's own two dozen arguments
        # arq types its functions as taking anything.
        look = func(self.look, name=LOOK)  # type: ignore[arg-type]
        super().__init__(functions=[look], handle_signals=False, **options)
        self._doing = tasks
        self._looking = asyncio.Lock()
        self._next_look = 0.0
        self._draw = random.SystemRandom()
        self._away = False

    async def look(self, _context: object = None) -> int:
        """Claim tasks for all free places and begin them; returns how many. One look at a time."""
        async with self._looking:
            free = self.max_jobs - self.job_counter
            if not self.allow_pick_jobs or free <= 0:
                return 0
            # Not all workers in the same moment.
            self._next_look = self.loop.time() + LOOK_EVERY.total_seconds() * self._draw.uniform(0.75, 1.25)
            claimed = await self._doing.claim(free)
            for task in claimed:
                self._begin(task)
            return len(claimed)

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Look once for all that tell of work, and forget those that have been seen to.

        If places stay free, there was no more to be had when these were read: what they told of was stored before.
        """
        if not job_ids:
            return
        begun = await self.look()
        seen_to = job_ids if self.job_counter < self.max_jobs else job_ids[:begun]
        if seen_to:
            await self.pool.zrem(self.queue_name, *seen_to)

    async def finish(self, grace: timedelta) -> None:
        """Return when no task runs any more."""
        self.allow_pick_jobs = False
        with suppress(TimeoutError):
            async with asyncio.timeout(grace.total_seconds()), self._looking:
                pass  # what is being claimed begins, and is handed back like the others
        running = set(self.tasks.values())
        if running:
            _, running = await asyncio.wait(running, timeout=grace.total_seconds())
        await _cancelled(running, grace)
        if self.main_task is not None:
            await _cancelled({self.main_task}, CANCEL_AGAIN_AFTER)

    async def _poll_iteration(self) -> None:
        if self.loop.time() >= self._next_look:
            await self.look()
        try:
            await super()._poll_iteration()
        except (RedisError, OSError, TimeoutError) as error:
            if not self._away:
                log.warning("queue.absent", error=type(error).__name__)
            self._away = True
            await asyncio.sleep(AGAIN_AFTER.total_seconds())
        else:
            if self._away:
                log.info("queue.back")
            self._away = False

    def _begin(self, task: Task) -> None:
        self.job_counter += 1
        first = task.units[0]
        self.tasks[f"{first.id} {first.attempt}"] = self.loop.create_task(self._do(task))

    async def _do(self, task: Task) -> None:
        try:
            await self._doing.do(task)
        finally:
            self.job_counter -= 1
        self.jobs_complete += 1
        await self.look()


async def _cancelled(tasks: set[asyncio.Task[Any]], patience: timedelta) -> None:
    """Cancel the tasks until they end, again whenever they have not after `patience`.

    Once is not enough: redis-py sends with `asyncio.wait_for`, which in Python 3.11 forgets a cancel that comes in the
    moment in which the sending ends.
    """
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=patience.total_seconds())
