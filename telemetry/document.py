"""Prints the table of all metrics as docs/operations.md has it."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

from telemetry.metrics import CronMetrics, GatewayMetrics, RpcMetrics, SourceMetrics, StoreMetrics, WorkMetrics

GROUPS = (
    ("gateway", GatewayMetrics),
    ("servers", RpcMetrics),
    ("workers", WorkMetrics),
    ("cron", CronMetrics),
    ("servers, workers, cron", StoreMetrics),
    ("servers, workers", SourceMetrics),
)
"""Where each group is, and what makes it."""


class _Collected(CollectorRegistry):
    """Keeps the collectors in the order of their declaration."""

    def __init__(self) -> None:
        super().__init__()
        self.declared: list[MetricWrapperBase] = []

    def register(self, collector: object) -> None:
        if isinstance(collector, MetricWrapperBase):
            self.declared.append(collector)


def table() -> str:
    """One line for each metric: name, type, labels, where it is, help."""
    return "\n".join(["| metric | type | labels | of | what it is |", "|---|---|---|---|---|", *_lines()])


def _lines() -> Iterator[str]:
    for place, make in GROUPS:
        registry = _Collected()
        make(registry)
        for metric in registry.declared:
            [family] = metric.describe()
            name = f"{family.name}_total" if family.type == "counter" else family.name
            labels = ", ".join(f"`{label}`" for label in metric._labelnames)  # noqa: SLF001  # nothing public tells them
            yield f"| `{name}` | {family.type} | {labels} | {place} | {family.documentation} |"


if __name__ == "__main__":
    sys.stdout.write(f"{table()}\n")
