from __future__ import annotations

from prometheus_client import generate_latest

from telemetry.metrics import OTHER, SOURCES, Metrics
from tests.telemetry.scrape import samples, value


def test_connections_beyond_the_limit_share_one_label() -> None:
    metrics = Metrics()
    for _ in range(2):
        for number in range(SOURCES + 7):
            metrics.sources.answered((f"c-{number}", "duckdb"), "ok", 0.5, 3)
    found = samples(generate_latest(metrics.registry).decode())
    counted = {labels for name, labels in found if name == "dq_source_statements_total"}
    assert len(counted) == SOURCES + 1
    assert value(found, "dq_source_statements_total", connection="c-0", engine="duckdb", outcome="ok") == 2
    assert value(found, "dq_source_rows_total", connection=OTHER, engine="duckdb") == 2 * 7 * 3


def test_two_processes_metrics_are_apart() -> None:
    one, other = Metrics(), Metrics()
    one.store.unavailable()
    assert one.store is one.store
    assert value(samples(generate_latest(one.registry).decode()), "dq_store_errors_total") == 1
    assert samples(generate_latest(other.registry).decode()) == {}
