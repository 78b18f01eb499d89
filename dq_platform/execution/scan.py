"""From rows to readings: whose number each cell is, for which group and period, in the precision the engine gave."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dq_platform.connectors.base import Rows
from dq_platform.connectors.zones import start_of_day
from dq_platform.execution.problems import TooManyGroups
from dq_platform.execution.reading import NO_DATA, NOT_A_NUMBER, Reading
from dq_platform.execution.statement import Cells, Demand, Statement
from dq_platform.models.check import GroupBy
from dq_platform.models.values import Number

Row = Sequence[Any]
"""A row as the driver gave it: its types are the engine's."""


def readings(statement: Statement, answer: Rows, time_zone: str) -> list[Reading]:
    """One reading for each demand and row.

    A row whose period is NULL is left out: it holds rows of the table that belong to no partition. Raises
    TooManyGroups if there are more groups than the frame allows.
    """
    frame = statement.frame
    rows = [row for row in answer.rows if not frame.period or row[0] is not None]
    first_group = 1 if frame.period else 0
    if frame.groups:
        groups = {tuple(row[first_group : len(frame.keys)]) for row in rows}
        if len(groups) > frame.max_groups:
            raise TooManyGroups(frame.max_groups)
    return [
        _reading(demand, cells, row, row[first_group : len(frame.keys)], _period(row, demand, statement, time_zone))
        for row in rows
        for demand, cells in zip(statement.demands, statement.cells, strict=True)
    ]


def known(demand: Demand, value: Number | None) -> Reading:
    """The reading of a number that is known without asking the source."""
    return Reading(
        demand.check_id,
        group_key(demand.group_by, ()),
        demand.time_period,
        value,
        reason=NO_DATA if value is None else "",
    )


def group_key(levels: Sequence[GroupBy], values: Sequence[Any]) -> str:
    """The group as a compact JSON array with a text or null for each level, tags included; empty without levels.

    `values` are those of the levels that are columns, in order.
    """
    if not levels:
        return ""
    columns: Iterator[Any] = iter(values)
    texts = [_text(next(columns)) if level.column else level.tag for level in levels]
    return json.dumps(texts, ensure_ascii=False, separators=(",", ":"))


def percent(part: Number, whole: Number) -> float | None:
    """100 × part / whole, None where the whole is 0; exact until the one division when both are whole numbers."""
    return float(100 * _exact(part) / _exact(whole)) if whole else None


def _reading(demand: Demand, cells: Cells, row: Row, group: Row, period: datetime) -> Reading:
    value, reason = _number(row[cells.value])
    expected, _ = (None, "") if cells.expected is None else _number(row[cells.expected])
    if cells.of is not None and value is not None:
        whole, reason = _number(row[cells.of])
        value = None if whole is None else percent(value, whole)
        reason = reason or (NO_DATA if value is None else "")
    return Reading(demand.check_id, group_key(demand.group_by, group), period, value, expected, reason)


def _number(cell: object) -> tuple[Number | None, str]:
    """The cell as a number, or the reason why it is none."""
    if cell is None:
        return None, NO_DATA
    if isinstance(cell, bool):
        return int(cell), ""
    if isinstance(cell, int | float | Decimal) and math.isfinite(cell):
        return cell, ""
    return None, NOT_A_NUMBER


def _exact(number: Number) -> int | float | Fraction:
    """Floats stay floats: they have no more digits to lose."""
    return number if isinstance(number, int | float) else Fraction(number)


def _period(row: Row, demand: Demand, statement: Statement, time_zone: str) -> datetime:
    """The row's own period if it has one; drivers give a DATE as date or as midnight."""
    if not statement.frame.period:
        return demand.time_period
    day = row[0].date() if isinstance(row[0], datetime) else row[0]
    return start_of_day(day, time_zone)


def _text(value: object) -> str | None:
    """A group's value in one spelling, whichever type the driver gave it."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return (value.astimezone(UTC) if value.tzinfo else value).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return _decoded(bytes(value))
    return f"{value.normalize():f}" if isinstance(value, Decimal) and value.is_finite() else str(value)


def _decoded(value: bytes) -> str:
    """Texts that the engine compares as bytes come back as text, other bytes as hexadecimal digits."""
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.hex()
