"""What an operator hears of a worker's units: ids on the log's lines, metrics, spans."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from typing import Final

from dq_platform import log as logging
from dq_platform.adapters.arq_queue import REQUEST_ID
from dq_platform.app.execute import Done, Ended
from dq_platform.models.job import Unit
from dq_platform.models.outcome import Outcome
from telemetry.parts import Telemetry
from telemetry.tracing import Span

CHECKS: Final = "checks"
CATALOGUE: Final = "catalogue"
STOPPED: Final = "WORKER_STOPPED"


class UnitWatch:
    """Watches the units of one worker."""

    def __init__(self, telemetry: Telemetry) -> None:
        self._metrics = telemetry.metrics.work
        self._tracer = telemetry.tracer

    @contextmanager
    def working(self, units: Sequence[Unit], origin: Mapping[str, str], now: datetime) -> Iterator[Span]:
        """The block works on claimed units of one job, on behalf of whom `origin` tells; the span is for `came_to`."""
        first = units[0]
        ids: dict[str, str | Sequence[str]] = {"job_id": first.job_id}
        ids |= {"unit_id": first.id} if len(units) == 1 else {"unit_ids": [unit.id for unit in units]}
        if origin.get(REQUEST_ID):
            ids[REQUEST_ID] = origin[REQUEST_ID]
        with ExitStack() as after:
            for unit in units:
                self._metrics.began(kind_of(unit), (now - (unit.run_after or now)).total_seconds())
                after.callback(self._metrics.stopped)
            after.enter_context(logging.context(**ids))
            span = after.enter_context(self._tracer.span("unit", "consumer", origin))
            for name, value in ids.items():
                span.set(f"dq.{name}", value)
            span.set("dq.attempt", first.attempt)
            span.set("dq.check_count", sum(len(unit.check_ids) for unit in units))
            yield span

    def ended(self, unit: Unit, done: Done, seconds: float) -> None:
        """The attempt is over and what it found is stored."""
        kind = kind_of(unit)
        self._metrics.ended(kind, done.ended.value, seconds)
        if done.ended is Ended.RETRYING and done.error:
            self._metrics.retried(done.error.reason)
        for outcome in Outcome:
            count = getattr(done.outcomes, outcome.name.lower())
            if count:
                self._metrics.results(outcome.name.lower(), count)
        job = done.job
        if job and job.state.is_final and job.end_time:
            self._metrics.job_ended(job.kind.value, job.state.value, (job.end_time - job.create_time).total_seconds())

    def came_to(self, span: Span, found: Sequence[Done]) -> None:
        """Say on the units' span what became of them."""
        span.set("dq.ended", ", ".join(sorted({done.ended.value for done in found})))
        error = next((done.error for done in found if done.error), None)
        if error:
            span.failed(error.reason)

    def handed_back(self) -> None:
        """The worker is told to stop, and another one repeats the attempt."""
        self._metrics.retried(STOPPED)


def kind_of(unit: Unit) -> str:
    """What work it is."""
    return CHECKS if unit.check_ids else CATALOGUE
