"""Jobs and the pieces they are done in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from datetime import timedelta
from typing import TypeVar

from dq_platform.ids import new_id
from dq_platform.models.check import Check, CheckPlace, CheckSelector, PeriodWindow
from dq_platform.models.job import Unit
from dq_platform.models.metadata import TableKey
from dq_platform.ports import Tx

Placed = TypeVar("Placed", bound=Check | CheckPlace)
MAX_CHECKS = 500
"""How many checks one unit holds at most."""
SMALL = 10_000
"""Up to how many rows a table is small: then going to the source and to our store costs more than reading it."""
TOGETHER = 16
"""How many units of small tables one worker takes at once, at most."""


def units_of(job_id: str, workspace_id: str, checks: Iterable[Check | CheckPlace]) -> list[Unit]:
    """One unit for each table, or several if it has very many checks; equal tables give equal pieces."""
    return [
        Unit(
            new_id(), job_id, workspace_id, connection_id, tuple(check.id for check in some[start : start + MAX_CHECKS])
        )
        for (connection_id, _, _), some in by_table(checks).items()
        for start in range(0, len(some), MAX_CHECKS)
    ]


def by_table(checks: Iterable[Placed]) -> dict[TableKey, list[Placed]]:
    """The checks of each table, by connection id, schema and table, in the order of first appearance."""
    found: dict[TableKey, list[Placed]] = {}
    for check in checks:
        found.setdefault(table_of(check), []).append(check)
    return found


def table_of(check: Check | CheckPlace) -> TableKey:
    target = check.target
    return target.connection_id, target.schema_name, target.table_name


def request_hash(
    kind: str, subject: str | CheckSelector, window: PeriodWindow | None = None, timeout: timedelta | None = None
) -> str:
    """A digest that tells two requests with one request id apart."""
    about = subject if isinstance(subject, str) else {**asdict(subject), "labels": dict(subject.labels)}
    dates = [window.start.isoformat(), window.end.isoformat()] if window else []
    allowed = [timeout.total_seconds()] if timeout else []
    text = json.dumps([kind, about, dates, *allowed], sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def in_tasks(units: Iterable[Unit], tables: Mapping[str, TableKey], rows: Mapping[TableKey, int]) -> list[Unit]:
    """The units in tasks that one worker does together: those of small tables of one source, others alone.

    `tables` are those of the checks, by check id, `rows` how many they have, as far as that is known.
    """
    planned: list[Unit] = []
    sharing: dict[str, tuple[str, int]] = {}
    for unit in units:
        small = bool(unit.check_ids) and rows.get(tables[unit.check_ids[0]], SMALL + 1) <= SMALL
        task_id, members = sharing.get(unit.connection_id, ("", TOGETHER)) if small else ("", TOGETHER)
        if members == TOGETHER:
            task_id, members = unit.id, 0
        if small:
            sharing[unit.connection_id] = task_id, members + 1
        planned.append(replace(unit, task_id=task_id))
    return planned


def task_count(units: Iterable[Unit]) -> int:
    """How many tasks they are."""
    return len({unit.task_id for unit in units})


async def plan_tasks(tx: Tx, units: Sequence[Unit], checks: Iterable[Check | CheckPlace]) -> list[Unit]:
    """The units in their tasks, by what is known of their tables."""
    if len(units) == 1:
        return [replace(units[0], task_id=units[0].id)]
    tables = {check.id: table_of(check) for check in checks}
    return in_tasks(units, tables, await tx.tables.rows_of(sorted(set(tables.values()))))


def checks_in(units: Sequence[Unit]) -> int:
    return sum(len(unit.check_ids) for unit in units)
