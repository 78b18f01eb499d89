"""`python -m workers.cron` runs cron: schedules, deadlines, incidents, notifications, upkeep. Any number may run."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from dq_platform.app import incident_chores, notifying, queue, stopping, tick
from dq_platform.app.notifying import DeliverOptions
from dq_platform.compose import Parts, parts
from dq_platform.errors import StoreUnavailable
from dq_platform.models.job import Priority
from dq_platform.settings import WorkerSettings
from telemetry.metrics import QUEUE_STATES, CronMetrics
from telemetry.parts import Telemetry
from workers.process import main, ready_file
from workers.retries import Backoff
from workers.stores import answer

log = structlog.get_logger(__name__)

FIRE_EVERY = timedelta(milliseconds=250)
INCIDENTS_EVERY = timedelta(seconds=30)
STOP_EVERY = timedelta(seconds=3)
NOTIFY_EVERY = timedelta(seconds=1)
MEASURE_EVERY = timedelta(seconds=5)
CLEAN_EVERY = timedelta(seconds=10)
UPKEEP_EVERY = timedelta(hours=1)
LONGEST_PAUSE = timedelta(seconds=5)
DELIVERY_PAUSE = timedelta(seconds=20)
"""After the first attempt that failed; half of it on average, for the pause has full jitter."""
LONGEST_DELIVERY_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Chore:
    """Something to do again and again, the first time at once."""

    name: str
    every: timedelta
    do: Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Kept:
    """For how long error samples are kept, and jobs and notifications after their end."""

    samples: timedelta
    jobs: timedelta
    notifications: timedelta


def kept_by(settings: WorkerSettings) -> Kept:
    return Kept(settings.error_sample_retention, settings.job_retention, settings.notification_retention)


def chores(made: Parts, kept: Kept) -> list[Chore]:
    deps, store = made.deps, made.maintenance
    options = DeliverOptions(backoff=Backoff(DELIVERY_PAUSE, LONGEST_DELIVERY_PAUSE).pause)
    return [
        Chore("upkeep", UPKEEP_EVERY, lambda: store.ensure_partitions(deps.clock.now())),
        Chore("samples", UPKEEP_EVERY, lambda: store.delete_samples(deps.clock.now() - kept.samples)),
        Chore("jobs", UPKEEP_EVERY, lambda: store.delete_jobs(deps.clock.now() - kept.jobs)),
        Chore("notifications", UPKEEP_EVERY, lambda: store.delete_notifications(deps.clock.now() - kept.notifications)),
        Chore("results", UPKEEP_EVERY, lambda: store.delete_results(deps.clock.now())),
        Chore("deleted_checks", CLEAN_EVERY, store.delete_results_of_checks),
        Chore("incidents", INCIDENTS_EVERY, lambda: incident_chores.tend(deps)),
        Chore("fire", FIRE_EVERY, lambda: tick.fire_due(deps)),
        Chore("stop", STOP_EVERY, lambda: stopping.end_stopped(deps)),
        Chore("route", NOTIFY_EVERY, lambda: notifying.route_events(deps, made.public_url)),
        Chore("deliver", NOTIFY_EVERY, lambda: deliver(made, options)),
    ]


async def deliver(made: Parts, options: DeliverOptions) -> None:
    """Send what is due, and count what came of it."""
    for state in await notifying.deliver_due(made.deps, made.outlet, options):
        made.telemetry.metrics.cron.notified(state.value)


def measuring(made: Parts) -> Chore:
    """Looks at what waits for those who look at our metrics."""
    return Chore("measure", MEASURE_EVERY, lambda: measure(made))


async def measure(made: Parts) -> None:
    """Write the state of the queue, of schedules and of notifications into the metrics."""
    metrics, found = made.telemetry.metrics.cron, await queue.whole_queue(made.deps)
    for priority in Priority:
        its = [one for one in found if one.priority is priority]
        metrics.queue(
            priority.name.lower(),
            {state: sum(getattr(one, state) for one in its) for state in QUEUE_STATES},
            oldest=max((one.oldest_age.total_seconds() for one in its), default=0.0),
        )
    metrics.schedules((await queue.schedule_lag(made.deps)).total_seconds())
    metrics.unsent((await notifying.oldest_unsent(made.deps)).total_seconds())


async def serve(settings: WorkerSettings, telemetry: Telemetry, stop: asyncio.Event) -> None:
    """Do all chores until `stop` is set."""
    async with parts(settings, "dq-cron", telemetry) as made:
        wanted = chores(made, kept_by(settings))
        if settings.metrics_port:
            wanted.append(measuring(made))
        with ready_file(settings.ready_file) as tell_ready:
            if await answer(made, stop):
                tell_ready()
                log.info("cron.ready")
                await run(wanted, stop, telemetry.metrics.cron)
    log.info("cron.stopped")


async def run(chores: Sequence[Chore], stop: asyncio.Event, metrics: CronMetrics) -> None:
    """Do each chore in its own time until `stop` is set; what is being done then is finished."""
    async with asyncio.TaskGroup() as group:
        for chore in chores:
            group.create_task(repeat(chore, stop, metrics), name=f"cron.{chore.name}")


async def repeat(chore: Chore, stop: asyncio.Event, metrics: CronMetrics) -> None:
    """Do the chore until `stop` is set. One that fails is tried again, after longer and longer pauses."""
    failures = 0
    while not stop.is_set():
        started = time.perf_counter()
        try:
            await chore.do()
        except Exception as error:
            metrics.chore_failed(chore.name)
            # The boundary of cron's loop: told once, tried until it works. An outage needs no traceback.
            if not failures:
                log.error("chore.failing", chore=chore.name, exc_info=not isinstance(error, StoreUnavailable))
            failures += 1
        else:
            metrics.chore_done(chore.name, time.perf_counter() - started)
            if failures:
                log.info("chore.works_again", chore=chore.name, failures=failures)
            failures = 0
        await _pause(chore, failures, stop)


async def _pause(chore: Chore, failures: int, stop: asyncio.Event) -> None:
    longer = min(LONGEST_PAUSE, FIRE_EVERY * 2 ** min(failures, 10)) if failures else chore.every
    with suppress(TimeoutError):
        async with asyncio.timeout(longer.total_seconds()):
            await stop.wait()


if __name__ == "__main__":
    sys.exit(main("cron", serve))
