"""Every metric of every process, declared once: name, help, labels.

A metric exists in a process that uses its group, and nowhere else. Labels take few values: methods of the contract,
states, reasons, and at most SOURCES connections; never a table, a check or a caller.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from types import MappingProxyType
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

QUICK: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
"""Bounds of what somebody waits for, in seconds."""
LONG: Final = (0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14400)
"""Bounds of work, in seconds."""
SOURCES: Final = 500
"""So many connections have figures of their own in one process; those that come later share the label `other`."""
OTHER: Final = "other"


class RpcMetrics:
    """Of the three gRPC servers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "dq_rpc_duration_seconds",
            "Time to answer a gRPC call, by method and status code",
            ("method", "code"),
            buckets=QUICK,
            registry=registry,
        )

    def answered(self, method: str, code: str, seconds: float) -> None:
        """`method` is `dq.v1.CheckService/GetCheck`, `code` the name of a gRPC status."""
        self._seconds.labels(method, code).observe(seconds)


class GatewayMetrics:
    """Of the gateway."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._seconds = Histogram(
            "dq_gateway_request_duration_seconds",
            "Time to answer an HTTP request, by the RPC behind it (empty: none) and HTTP status",
            ("method", "code"),
            buckets=QUICK,
            registry=registry,
        )

    def answered(self, method: str, code: int, seconds: float) -> None:
        """`method` is `dq.v1.CheckService/GetCheck`."""
        self._seconds.labels(method, str(code)).observe(seconds)


class StoreMetrics:
    """Of every process with a connection to our own store."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._errors = Counter(
            "dq_store_errors",
            "Transactions that failed because the platform's own store could not be reached or took too long",
            registry=registry,
        )
        self._in_use = Gauge(
            "dq_store_connections_in_use", "Connections to our own store in use at the moment", registry=registry
        )
        self._limit = Gauge(
            "dq_store_connections_limit", "Connections to our own store that may be in use", registry=registry
        )

    def unavailable(self) -> None:
        self._errors.inc()

    def watch_pool(self, in_use: Callable[[], int], limit: int) -> None:
        """`in_use` is asked whenever somebody looks."""
        self._in_use.set_function(in_use)
        self._limit.set(limit)


class SourceMetrics:
    """Of every process that asks customers' sources."""

    def __init__(self, registry: CollectorRegistry) -> None:
        labels = ("connection", "engine")
        self._statements = Counter(
            "dq_source_statements",
            "Questions to a source, those to its catalogue included, by what came of them: ok or the kind of failure",
            (*labels, "outcome"),
            registry=registry,
        )
        self._seconds = Counter(
            "dq_source_statement_seconds",
            "Time that a source took to answer, connecting included, with several questions at once each on its own",
            labels,
            registry=registry,
        )
        self._rows = Counter("dq_source_rows", "Rows that a source's answers had", labels, registry=registry)
        self._sessions = Gauge(
            "dq_source_sessions_in_use", "Sessions with a source in use at the moment", labels, registry=registry
        )
        self._known: set[str] = set()

    def answered(self, source: tuple[str, str], outcome: str, seconds: float, rows: int) -> None:
        """`source` is the connection's id and type."""
        labels = self._labels(source)
        self._statements.labels(*labels, outcome).inc()
        self._seconds.labels(*labels).inc(seconds)
        self._rows.labels(*labels).inc(rows)

    def sessions(self, source: tuple[str, str], more: int) -> None:
        self._sessions.labels(*self._labels(source)).inc(more)

    def _labels(self, source: tuple[str, str]) -> tuple[str, str]:
        connection, engine = source
        if connection not in self._known:
            if len(self._known) >= SOURCES:
                return OTHER, engine
            self._known.add(connection)
        return source


class WorkMetrics:
    """Of workers."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._in_flight = Gauge("dq_units_in_flight", "Units that this worker does at the moment", registry=registry)
        self._waits = Histogram(
            "dq_unit_wait_seconds",
            "Time from when a unit was due to when a worker took it",
            buckets=LONG,
            registry=registry,
        )
        self._units = Histogram(
            "dq_unit_duration_seconds",
            "Time that an attempt at a unit took, by kind of work and what became of it",
            ("kind", "ended"),
            buckets=LONG,
            registry=registry,
        )
        self._attempts = Counter(
            "dq_unit_attempts", "Attempts at units, first ones and repetitions", ("kind",), registry=registry
        )
        self._retries = Counter(
            "dq_unit_retries", "Attempts that will be repeated, by the reason", ("reason",), registry=registry
        )
        self._jobs = Histogram(
            "dq_job_duration_seconds",
            "Time from the request for a job to its end, by kind and final state; of jobs whose last unit a worker did",
            ("kind", "state"),
            buckets=LONG,
            registry=registry,
        )
        self._results = Counter("dq_results_written", "Results stored, by outcome", ("outcome",), registry=registry)

    def began(self, kind: str, waited: float) -> None:
        self._in_flight.inc()
        self._attempts.labels(kind).inc()
        self._waits.observe(max(0.0, waited))

    def stopped(self) -> None:
        """Work on a unit is over, whatever became of it."""
        self._in_flight.dec()

    def ended(self, kind: str, ended: str, seconds: float) -> None:
        self._units.labels(kind, ended).observe(seconds)

    def retried(self, reason: str) -> None:
        self._retries.labels(reason).inc()

    def job_ended(self, kind: str, state: str, seconds: float) -> None:
        self._jobs.labels(kind, state).observe(seconds)

    def results(self, outcome: str, count: int) -> None:
        self._results.labels(outcome).inc(count)


QUEUE_STATES: Mapping[str, str] = MappingProxyType(
    {
        "waiting": "Units that are due and that no worker has taken",
        "delayed": "Units that wait for their next attempt",
        "running": "Units that some worker holds",
        "abandoned": "Units whose worker is gone, and that another one will take",
        "paused": "Units that wait because their connection is paused",
    }
)
"""What a unit that has not ended can be in, each with what its metric says."""


class CronMetrics:
    """Of cron. What it says of the queue is of the whole platform: of several crons, look at one."""

    def __init__(self, registry: CollectorRegistry) -> None:
        by_priority = ("priority",)
        self._units = {
            state: Gauge(f"dq_queue_units_{state}", text, by_priority, registry=registry)
            for state, text in QUEUE_STATES.items()
        }
        self._oldest = Gauge(
            "dq_queue_oldest_age_seconds",
            "How long the oldest unit that is due has waited; 0 if none does",
            by_priority,
            registry=registry,
        )
        self._lag = Gauge(
            "dq_schedule_lag_seconds", "How long the oldest schedule that is due has not fired; 0 if none is",
            registry=registry,
        )  # fmt: skip
        self._notifications = Counter(
            "dq_notification_attempts",
            "Attempts to send a notification, by what came of them: sent, pending (tried again) or dead (given up)",
            ("outcome",),
            registry=registry,
        )
        self._unsent = Gauge(
            "dq_notification_oldest_age_seconds",
            "How long the oldest event or notification that is neither sent nor given up has waited; 0 if none does",
            registry=registry,
        )
        self._chores = Histogram(
            "dq_cron_chore_duration_seconds", "Time that a chore took", ("chore",), buckets=QUICK, registry=registry
        )
        self._failures = Counter(
            "dq_cron_chore_failures", "Chores that failed and will be repeated", ("chore",), registry=registry
        )

    def queue(self, priority: str, units: Mapping[str, int], oldest: float) -> None:
        """How many units are in each of QUEUE_STATES now, and the age of the oldest that waits, in seconds."""
        for state, gauge in self._units.items():
            gauge.labels(priority).set(units[state])
        self._oldest.labels(priority).set(oldest)

    def schedules(self, lag: float) -> None:
        self._lag.set(lag)

    def notified(self, outcome: str) -> None:
        self._notifications.labels(outcome).inc()

    def unsent(self, oldest: float) -> None:
        """In seconds."""
        self._unsent.set(oldest)

    def chore_done(self, chore: str, seconds: float) -> None:
        self._chores.labels(chore).observe(seconds)

    def chore_failed(self, chore: str) -> None:
        self._failures.labels(chore).inc()


class Metrics:
    """The metrics of one process; a group appears in `registry` when it is first asked for."""

    def __init__(self, registry: CollectorRegistry | None = None) -> None:
        self.registry = registry or CollectorRegistry()

    @cached_property
    def rpc(self) -> RpcMetrics:
        return RpcMetrics(self.registry)

    @cached_property
    def gateway(self) -> GatewayMetrics:
        return GatewayMetrics(self.registry)

    @cached_property
    def store(self) -> StoreMetrics:
        return StoreMetrics(self.registry)

    @cached_property
    def sources(self) -> SourceMetrics:
        return SourceMetrics(self.registry)

    @cached_property
    def work(self) -> WorkMetrics:
        return WorkMetrics(self.registry)

    @cached_property
    def cron(self) -> CronMetrics:
        return CronMetrics(self.registry)
