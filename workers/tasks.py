"""What a worker does: claims tasks and does them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import structlog

from dq_platform.app import execute
from dq_platform.app.deps import Deps
from dq_platform.app.execute import Done, ExecuteOptions
from dq_platform.app.together import run_together
from dq_platform.errors import StoreUnavailable
from dq_platform.models.job import Task, Unit
from workers.watch import UnitWatch

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Tasks:
    """The work of a worker with what it needs."""

    deps: Deps
    options: ExecuteOptions
    watch: UnitWatch

    async def claim(self, places: int) -> Sequence[Task]:
        """The tasks whose turn it is, at most `places`; none while the store is away."""
        with _going_on("claim.failed"):
            return await execute.claim(self.deps, places, self.options)
        return ()

    async def do(self, task: Task) -> None:
        """Do the claimed task; if the store goes away meanwhile, its lease ends and somebody does it again."""
        with _going_on("unit.left", unit_ids=[unit.id for unit in task.units]):
            await self._do(task.units, task.origin)

    async def _do(self, units: Sequence[Unit], origin: Mapping[str, str]) -> None:
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


@contextmanager
def _going_on(event: str, **facts: object) -> Iterator[None]:
    """The boundary of a worker: it goes on, whatever happens in the block. An outage of the store is no traceback."""
    try:
        yield
    except* StoreUnavailable:
        log.warning(event, **facts)
    except* Exception:
        log.exception(event, **facts)
