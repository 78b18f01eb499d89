"""From rows to readings: whose number each cell is, for which group and period, in the precision the engine gave."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from dq_platform.connectors.base import Rows
from dq_platform.connectors.zones import start_of_day
from dq_platform.errors import DomainError
from dq_platform.execution.frame import Frame
from dq_platform.execution.groups import group_key, text_of
from dq_platform.execution.measured import Measured, measured_in
from dq_platform.execution.problems import RowsMultiplied, TooManyGroups, keeps_from_reading
from dq_platform.execution.reading import NO_DATA, NOT_A_NUMBER, Reading
from dq_platform.execution.statement import Cells, Demand, Statement
from dq_platform.models.values import Number

Row = Sequence[Any]
"""A row as the driver gave it: its types are the engine's."""


@dataclass(frozen=True, slots=True)
class _Key:
    """What a row is about: its period, None unless partitioned, and its values of the grouping columns."""

    period: datetime | None
    group: tuple[str | None, ...]


def readings(statement: Statement, answer: Rows, time_zone: str) -> list[Reading]:
    """One reading for each demand and row, and for each partition without rows where the demand knows its number.

    A row whose period is NULL is left out: it holds rows of the table that belong to no partition. Raises
    RowsMultiplied if a group has several rows in a period, TooManyGroups if there are more groups than allowed.
    """
    frame = statement.frame
    rows = [row for row in answer.rows if not frame.period or row[0] is not None]
    keys = [_key(row, statement, time_zone) for row in rows]
    if len(set(keys)) < len(keys):
        raise RowsMultiplied
    if len({key.group for key in keys}) > frame.max_groups:
        raise TooManyGroups(frame.max_groups)
    found = [
        _reading(demand, key, row, cells)
        for key, row in zip(keys, rows, strict=True)
        for demand, cells in zip(statement.demands, statement.cells, strict=True)
    ]
    return [*found, *_of_empty_partitions(statement, {key.period for key in keys}, time_zone)]


def known(demand: Demand, value: Number | None) -> Reading:
    """The reading of a number that is known without asking the source."""
    return _reading(demand, _Key(None, ()), (value,), Cells(0))


def in_place_of_failure(demand: Demand, error: DomainError) -> Reading | None:
    """The reading of a demand that wants to know whether the table can be read, if the error says that it cannot."""
    if demand.on_failure is None or not keeps_from_reading(error):
        return None
    return replace(known(demand, demand.on_failure), message=error.message)


def percent(part: Number, whole: Number) -> float | None:
    """100 × part / whole, None where the whole is 0; exact until the one division when both are whole numbers."""
    return float(100 * _exact(part) / _exact(whole)) if whole else None


def _of_empty_partitions(statement: Statement, answered: Set[datetime | None], time_zone: str) -> Iterator[Reading]:
    """With groups there are none: nobody knows which groups a partition lacks."""
    telling = [demand for demand in statement.demands if demand.on_no_rows is not None]
    if not telling or statement.frame.groups:
        return
    for day in statement.frame.begins:
        period = start_of_day(day, time_zone)
        if period not in answered:
            yield from (_reading(demand, _Key(period, ()), (demand.on_no_rows,), Cells(0)) for demand in telling)


def _key(row: Row, statement: Statement, time_zone: str) -> _Key:
    """Drivers give a DATE as a date or as its midnight, and engines without that type as ISO 8601 text."""
    frame = statement.frame
    if not frame.period:
        return _Key(None, _group(row, frame))
    return _Key(start_of_day(_day(row[0]), time_zone), _group(row[1:], frame))


def _day(cell: str | date) -> date:
    if isinstance(cell, str):
        return date.fromisoformat(cell)
    return cell.date() if isinstance(cell, datetime) else cell


def _group(cells: Row, frame: Frame) -> tuple[str | None, ...]:
    texts = map(text_of, cells[: len(frame.groups)])
    return tuple(text and text.removesuffix(frame.text_end) for text in texts)


def _reading(demand: Demand, key: _Key, row: Row, cells: Cells) -> Reading:
    found = measured_in(row[cells.value])
    if cells.of is not None:
        found = _percent(found, measured_in(row[cells.of]))
    return Reading(
        demand.check_id,
        group_key(demand.group_by, key.group),
        key.period or demand.time_period,
        found.number,
        None if cells.expected is None else measured_in(row[cells.expected]).number,
        found.reason,
        text=found.text,
        rows=None if cells.rows is None else int(row[cells.rows]),
    )


def _percent(part: Measured, whole: Measured) -> Measured:
    """Only numbers have parts: of anything else there is no percentage."""
    if part.text is not None or whole.text is not None:
        return Measured(None, reason=NOT_A_NUMBER)
    if part.number is None or whole.number is None:
        return Measured(None, reason=part.reason or whole.reason)
    value = percent(part.number, whole.number)
    return Measured(value, reason=NO_DATA if value is None else "")


def _exact(number: Number) -> int | float | Fraction:
    """Floats stay floats: they have no more digits to lose."""
    return number if isinstance(number, int | float) else Fraction(number)
