"""From the row of a user's query to a reading that has its severity already."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from dq_platform.checks.user_sql import ACTUAL, EXPECTED, SEVERITY
from dq_platform.connectors.base import Rows
from dq_platform.execution.measured import measured_in
from dq_platform.execution.problems import ImportFailed
from dq_platform.execution.reading import NO_SEVERITY, Reading
from dq_platform.execution.statement import Statement
from dq_platform.models.values import Number

SEVERITIES = range(4)


def imported(statement: Statement, answer: Rows) -> list[Reading]:
    """One reading for each demand; without a severity if there is no row or if it is NULL.

    Raises ImportFailed for several rows, for a row without a column `severity`, and for numbers that are none; what was
    returned instead may be anybody's data and is not told.
    """
    if len(answer.rows) > 1:
        raise ImportFailed("The query returned several rows; it must return one.")
    names = [name.lower() for name in answer.columns]
    if SEVERITY not in names:
        raise ImportFailed(f"The query returned no column {SEVERITY!r}, only {', '.join(answer.columns)}.")
    row: Mapping[str, object] = dict(zip(names, answer.rows[0], strict=True)) if answer.rows else {}
    severity = _severity(row.get(SEVERITY))
    value, expected = _number(row, ACTUAL), _number(row, EXPECTED)
    reason = NO_SEVERITY if severity is None else ""
    return [
        Reading(demand.check_id, "", demand.time_period, value, expected, reason, severity=severity)
        for demand in statement.demands
    ]


def _severity(cell: object) -> int | None:
    if cell is None:
        return None
    if isinstance(cell, bool) or not isinstance(cell, int | float | Decimal) or cell not in SEVERITIES:
        raise ImportFailed(f"The query returned a {SEVERITY} that is not 0, 1, 2 or 3.")
    return int(cell)


def _number(row: Mapping[str, object], name: str) -> Number | None:
    cell = row.get(name)
    number = measured_in(cell).number
    if cell is not None and number is None:
        raise ImportFailed(f"The query returned an {name} that is not a finite number.")
    return number
