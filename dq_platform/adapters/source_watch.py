"""Counts what is asked of sources, and shows it in traces: never the statement's text, which may hold their data."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from time import perf_counter

from dq_platform.connectors.watch import Question
from dq_platform.errors import SourceError
from dq_platform.log import bound
from dq_platform.models.connection import Connection
from telemetry.parts import Telemetry

OK, CANCELLED, CRASHED = "ok", "cancelled", "crashed"
BOUND = ("job_id", "unit_id", "unit_ids", "check_ids")
"""What the log's lines say of a statement's purpose, its span says too."""


class SourceWatch:
    """Watches the source of one connection."""

    def __init__(self, telemetry: Telemetry, connection: Connection) -> None:
        self._metrics = telemetry.metrics.sources
        self._tracer = telemetry.tracer
        self._source = (connection.id, connection.type)

    @contextmanager
    def lending(self) -> Iterator[None]:
        self._metrics.sessions(self._source, 1)
        try:
            yield
        finally:
            self._metrics.sessions(self._source, -1)

    @contextmanager
    def asking(self) -> Iterator[Question]:
        question, outcome, started = Question(), CRASHED, perf_counter()
        connection_id, engine = self._source
        with self._tracer.span("source.statement", "client") as span:
            try:
                yield question
                outcome = OK
            except SourceError as error:
                outcome = error.problem.value.lower()
                raise
            except asyncio.CancelledError:
                outcome = CANCELLED
                raise
            finally:
                self._metrics.answered(self._source, outcome, perf_counter() - started, question.rows)
                if outcome != OK:
                    span.failed(outcome)
                span.set("db.system.name", engine)
                span.set("db.response.returned_rows", question.rows)
                span.set("dq.connection_id", connection_id)
                known = bound()
                for name in BOUND:
                    if name in known:
                        span.set(f"dq.{name}", known[name])
