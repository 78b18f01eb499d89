"""What arq runs: one task, which does one unit. The unit's row is the truth; arq only brings its id."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog
from arq import Retry

from dq_platform.app import execute
from dq_platform.app.deps import Deps
from dq_platform.app.execute import Done, ExecuteOptions
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

    async def run_unit(self, unit_id: str, origin: Mapping[str, str]) -> None:
        """Do the unit, if it is to be had. Raises arq's Retry if it is to be tried again after a pause.

        `origin` tells on whose behalf, as the queue was told.

        While the store is away nothing is done: cron tells of the unit again when it is back.
        """
        try:
            await self._run(unit_id, origin)
        except StoreUnavailable:
            log.warning("unit.left", unit_id=unit_id)

    async def _run(self, unit_id: str, origin: Mapping[str, str]) -> None:
        unit = await execute.claim(self.deps, unit_id, self.options)
        if unit is None:
            return
        with self.watch.working(unit, origin, self.deps.clock.now()) as span:
            done = await self._do(unit)
            self.watch.came_to(span, done)
        if done.pause is not None:
            raise Retry(defer=done.pause)

    async def _do(self, unit: Unit) -> Done:
        loop = asyncio.get_running_loop()
        started = loop.time()
        done = await self._recorded(unit)
        self.watch.ended(unit, done, loop.time() - started)
        log.info(
            "unit.finished",
            ended=done.ended.value,
            attempt=unit.attempt,
            checks=len(unit.check_ids),
            reason=done.error.reason if done.error else "",
            ms=round((loop.time() - started) * 1000),
        )
        return done

    async def _recorded(self, unit: Unit) -> Done:
        try:
            return await execute.run_unit(self.deps, unit, self.options)
        except asyncio.CancelledError:
            await execute.hand_back(self.deps, unit)
            self.watch.handed_back()
            log.info("unit.handed_back", attempt=unit.attempt)
            raise
        except StoreUnavailable:
            raise
        except Exception:
            # The boundary of a worker's task: whatever it was, it is told once, and the unit comes to an end.
            log.exception("unit.crashed", attempt=unit.attempt)
            return await execute.crashed(self.deps, unit, self.options)


async def run_unit(context: dict[Any, Any], unit_id: str, origin: Mapping[str, str] | None = None) -> None:
    """Arq's entry: `context` holds Tasks."""
    tasks: Tasks = context[TASKS_KEY]
    await tasks.run_unit(unit_id, origin or {})
