"""1,500 checks of one table of 300 columns: what everything but the source's own work costs.

In this process, from the claim to the recorded end: planning, sending, reading, judging, recording.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from statistics import median

from rich.console import Console

from benchmarks.platform import platform, source_settings
from dq_platform.app import access, execute, runs
from dq_platform.app.checks import NewCheck, create_check
from dq_platform.app.connections import ConnectionDraft, create_connection
from dq_platform.app.deps import Deps
from dq_platform.app.execute import ExecuteOptions
from dq_platform.checks.validation import CheckDraft
from dq_platform.compose import parts
from dq_platform.loop import run as run_on_loop
from dq_platform.models.check import CheckSelector, Target
from dq_platform.models.job import Priority
from dq_platform.models.outcome import Severity
from dq_platform.models.page import PageRequest
from dq_platform.models.result import ResultFilter
from dq_platform.models.workspace import Principal, Role
from dq_platform.settings import WorkerSettings
from local.stack import Stack
from telemetry.parts import Telemetry
from workers.retries import Backoff

COLUMNS = 300
ROWS = 1000
ROUNDS = 5
CHECKS: Mapping[str, Mapping[str, int]] = {
    "nulls_count": {},
    "nulls_percent": {},
    "negative_values": {},
    "min_in_range": {"from": 0},
    "max_in_range": {"to": 1_000_000},
}


@dataclass(frozen=True, slots=True)
class Told:
    """A queue that only remembers how much it was told of."""

    tasks: list[int] = field(default_factory=list)

    @contextmanager
    def placing(self, job_id: str) -> Iterator[Mapping[str, str]]:
        del job_id
        yield {}

    async def wake(self, tasks: int, priority: Priority) -> None:
        del priority
        self.tasks.append(tasks)


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds: on the clock, of this process's CPU, and waiting for the source."""

    wall: float
    cpu: float
    source: float


def run(console: Console) -> None:
    """Print medians for each check, and the share of the source."""
    with platform(console, workers=0) as (stack, _):
        stack.postgres.create_database("wide")
        columns = ", ".join(f"(n * {place}) % 1000 AS c{place}" for place in range(COLUMNS))
        with closing(stack.postgres.connect("wide")) as link, link, link.cursor() as cursor:
            cursor.execute(f"CREATE TABLE wide AS SELECT {columns} FROM generate_series(1, {ROWS}) AS n")
        settings = WorkerSettings.model_validate(stack.environment())
        spent = run_on_loop(_rounds(stack, settings))
    checks = COLUMNS * len(CHECKS)
    ours = [one.wall - one.source for one in spent]
    console.print(f"{checks:,} checks of {COLUMNS} columns, everything but the source's work:")
    console.print(f"  wall for each check: {1000 * median(ours) / checks:.3f} ms")
    console.print(f"  CPU for each check, with the driver's: {1000 * median(one.cpu for one in spent) / checks:.3f} ms")
    console.print(f"  wall, against the source's own: {median(ours) / median(one.source for one in spent):.2f}")


async def _rounds(stack: Stack, settings: WorkerSettings) -> list[Spent]:
    async with parts(settings, "bench", Telemetry()) as made:
        deps = replace(made.deps, queue=Told())
        made_workspace = await access.create_workspace(deps, "overhead")
        who = Principal(made_workspace.workspace.id, made_workspace.api_key.id, "bench", Role.ADMIN)
        await _prepare(deps, who, stack)
        await _round(deps, who)
        return [await _round(deps, who) for _ in range(ROUNDS)]


async def _prepare(deps: Deps, who: Principal, stack: Stack) -> None:
    connection = await create_connection(
        deps, who, ConnectionDraft("wide", "postgresql", source_settings(stack, "wide"))
    )
    for place in range(COLUMNS):
        target = Target(connection.id, "public", "wide", f"c{place}")
        for check_type, threshold in CHECKS.items():
            thresholds = {Severity.ERROR: dict(threshold)} if threshold else {}
            await create_check(deps, who, NewCheck(CheckDraft(target, check_type, thresholds=thresholds)))


async def _round(deps: Deps, who: Principal) -> Spent:
    told = Told()
    job = await runs.run_batch(replace(deps, queue=told), who, CheckSelector())
    options = ExecuteOptions(Backoff().pause)
    wall, cpu = time.perf_counter(), time.process_time()
    for task in await execute.claim(deps, sum(told.tasks), options):
        for unit in task.units:
            done = await execute.run_unit(deps, unit, options)
            assert done.ended is execute.Ended.SUCCEEDED, done
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    return Spent(wall, cpu, await _source_seconds(deps, who, job.id))


async def _source_seconds(deps: Deps, who: Principal, job_id: str) -> float:
    async with deps.uow() as tx:
        found = await tx.results.list(who.workspace_id, ResultFilter(job_id=job_id), PageRequest(10_000))
    return sum(result.cost.milliseconds for result in found.items) / 1000
