"""arq's worker, made to outlive a Redis that is away, and to go on with the next task when one ends."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import structlog
from arq import Worker
from arq.constants import in_progress_key_prefix
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

AGAIN_AFTER = timedelta(seconds=1)
CANCEL_AGAIN_AFTER = timedelta(milliseconds=100)


class PatientWorker(Worker):
    """Goes on with its tasks while Redis cannot be reached, and takes new ones when it is back.

    `finish` ends it: no new tasks, a grace time for the running ones, then they are cancelled.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  # arq's own two dozen arguments
        super().__init__(*args, handle_signals=False, **kwargs)
        self._away = False
        self._freed = asyncio.Event()

    async def start_jobs(self, job_ids: list[bytes]) -> None:
        """Start those that nobody else does, the next whenever there is a place, until it is time to look again.

        By then others may have come that go first.
        """
        until = self.loop.time() + self.poll_delay_s
        ahead = [job_id for job_id in map(bytes.decode, job_ids) if job_id not in self.tasks]
        while ahead and self.allow_pick_jobs and await self._place(until):
            free = self.max_jobs - self.job_counter
            await self._start(ahead[:free])
            ahead = ahead[free:]

    async def _poll_iteration(self) -> None:
        # Without a place arq would not look at all, and sleep until the next time.
        await self._place(self.loop.time() + self.poll_delay_s)
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

    async def finish(self, grace: timedelta) -> None:
        """Return when no task runs any more."""
        self.allow_pick_jobs = False
        running = set(self.tasks.values())
        if running:
            _, running = await asyncio.wait(running, timeout=grace.total_seconds())
        await _cancelled(running, grace)
        if self.main_task is not None:
            await _cancelled({self.main_task}, CANCEL_AGAIN_AFTER)

    async def _place(self, until: float) -> bool:
        """Whether another task may start, now or before that time."""
        try:
            async with asyncio.timeout_at(until):
                while self.job_counter >= self.max_jobs:
                    self._freed.clear()
                    await self._freed.wait()
        except TimeoutError:
            return False
        return True

    async def _start(self, job_ids: Sequence[str]) -> None:
        """Mark them as ours and start them, but for those that another worker does or has done.

        The mark is set before the look into the queue: a task that ended elsewhere leaves both at once.
        """
        async with self.pool.pipeline(transaction=False) as pipe:
            for job_id in job_ids:
                mark = in_progress_key_prefix + job_id
                pipe.set(mark, b"1", px=int(self.in_progress_timeout_s * 1000), nx=True)
                pipe.zscore(self.queue_name, job_id)
            answers = await pipe.execute()
        now = time.time() * 1000
        gone = []
        for job_id, ours, score in zip(job_ids, answers[::2], answers[1::2], strict=True):
            if ours and (score is None or score > now):
                gone.append(in_progress_key_prefix + job_id)
            elif ours:
                self._run(job_id, int(score))
        if gone:
            await self.pool.delete(*gone)

    def _run(self, job_id: str, score: int) -> None:
        self.job_counter += 1
        task = self.loop.create_task(self.run_job(job_id, score))
        task.add_done_callback(lambda _: self._free())
        self.tasks[job_id] = task

    def _free(self) -> None:
        self.job_counter -= 1
        self._freed.set()


async def _cancelled(tasks: set[asyncio.Task[Any]], patience: timedelta) -> None:
    """Cancel the tasks until they end, again whenever they have not after `patience`.

    Once is not enough: redis-py sends with `asyncio.wait_for`, which in Python 3.11 forgets a cancel that comes in the
    moment in which the sending ends.
    """
    while tasks:
        for task in tasks:
            task.cancel()
        _, tasks = await asyncio.wait(tasks, timeout=patience.total_seconds())
