"""Jobs and the pieces they are done in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import TypeVar

from dq_platform.ids import new_id
from dq_platform.models.check import Check, CheckPlace, CheckSelector, PeriodWindow
from dq_platform.models.job import Unit

Placed = TypeVar("Placed", bound=Check | CheckPlace)
MAX_CHECKS = 500
"""How many checks one unit holds at most."""


def units_of(job_id: str, workspace_id: str, checks: Iterable[Check | CheckPlace]) -> list[Unit]:
    """One unit for each table, or several if it has very many checks; equal tables give equal pieces."""
    return [
        Unit(
            new_id(), job_id, workspace_id, connection_id, tuple(check.id for check in some[start : start + MAX_CHECKS])
        )
        for (connection_id, _, _), some in by_table(checks).items()
        for start in range(0, len(some), MAX_CHECKS)
    ]


def by_table(checks: Iterable[Placed]) -> dict[tuple[str, str, str], list[Placed]]:
    """The checks of each table, by connection id, schema and table, in the order of first appearance."""
    found: dict[tuple[str, str, str], list[Placed]] = {}
    for check in checks:
        target = check.target
        found.setdefault((target.connection_id, target.schema_name, target.table_name), []).append(check)
    return found


def request_hash(kind: str, subject: str | CheckSelector, window: PeriodWindow | None = None) -> str:
    """A digest that tells two requests with one request id apart."""
    about = subject if isinstance(subject, str) else {**asdict(subject), "labels": dict(subject.labels)}
    dates = [window.start.isoformat(), window.end.isoformat()] if window else []
    text = json.dumps([kind, about, dates], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def unit_ids(units: Sequence[Unit]) -> list[str]:
    return [unit.id for unit in units]


def checks_in(units: Sequence[Unit]) -> int:
    return sum(len(unit.check_ids) for unit in units)
