"""What arq runs: one task, which does units of one job. A unit's row is the truth; arq only brings its id."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import structlog
from arq import Retry

from dq_platform.app import execute
from dq_platform.app.deps import Deps
from dq_platform.app.execute import Done, ExecuteOptions
from dq_platform.app.together import run_together
from dq_platform.errors import StoreUnavailable
from dq_platform.models.job import Unit
from workers.watch import UnitWatch

log = structlog.get_logger(__name__)

TASKS_KEY = "tasks"


@dataclass(frozen=True, slots=True)
class Tasks:
    """The task with what it needs."""

    deps: Deps
    options: ExecuteOptions
    watch: UnitWatch

    async def run_units(self, unit_ids: Sequence[str], origin: Mapping[str, str]) -> None:
        """Do those that are to be had. Raises arq's Retry if some are to be tried again after a pause.

        `origin` tells on whose behalf, as the queue was told.

        While the store is away nothing is done: cron tells of the units again when it is back.
        """
        try:
            await self._run(unit_ids, origin)
        except* StoreUnavailable:
            log.warning("unit.left", unit_ids=unit_ids)

    async def _run(self, unit_ids: Sequence[str], origin: Mapping[str, str]) -> None:
        units = await execute.claim(self.deps, unit_ids, self.options)
        # What failed in company is tried again alone: it may be to blame. All at once, so that no lease ends unseen.
        fresh = [unit for unit in units if unit.attempt == 1]
        alone = [[unit] for unit in units if unit.attempt > 1]
        async with asyncio.TaskGroup() as group:
            doing = [group.create_task(self._do(some, origin)) for some in (fresh, *alone) if some]
        done = [one for task in doing for one in task.result()]
        pauses = [one.pause for one in done if one.pause is not None]
        if pauses:
            raise Retry(defer=max(pauses))

    async def _do(self, units: Sequence[Unit], origin: Mapping[str, str]) -> Sequence[Done]:
        loop = asyncio.get_running_loop()
        started = loop.time()
        with self.watch.working(units, origin, self.deps.clock.now()) as span:
            found = await self._recorded(units)
            self.watch.came_to(span, found)
            for unit, done in zip(units, found, strict=True):
                self.watch.ended(unit, done, loop.time() - started)
                log.info(
                    "unit.finished",
                    unit_id=unit.id,
                    ended=done.ended.value,
                    attempt=unit.attempt,
                    checks=len(unit.check_ids),
                    together=len(units),
                    reason=done.error.reason if done.error else "",
                    ms=round((loop.time() - started) * 1000),
                )
        return found

    async def _recorded(self, units: Sequence[Unit]) -> Sequence[Done]:
        try:
            if len(units) > 1:
                return await run_together(self.deps, units, self.options)
            return [await execute.run_unit(self.deps, units[0], self.options)]
        except asyncio.CancelledError:
            for unit in units:
                await execute.hand_back(self.deps, unit)
                self.watch.handed_back()
                log.info("unit.handed_back", unit_id=unit.id, attempt=unit.attempt)
            raise
        except StoreUnavailable:
            raise
        except Exception:
            # The boundary of a worker's task: whatever it was, it is told once, and the units come to an end.
            log.exception("unit.crashed", unit_ids=[unit.id for unit in units], attempt=units[0].attempt)
            return [await execute.crashed(self.deps, unit, self.options) for unit in units]


async def run_units(context: dict[Any, Any], *unit_ids: str, origin: Mapping[str, str] | None = None) -> None:
    """Arq's entry: `context` holds Tasks."""
    tasks: Tasks = context[TASKS_KEY]
    await tasks.run_units(unit_ids, origin or {})
