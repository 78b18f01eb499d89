"""What a cell of an answer holds: a number, a moment, or a text, whichever driver gave it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dq_platform.checks import moments
from dq_platform.execution.groups import text_of
from dq_platform.execution.reading import NO_DATA, NOT_A_NUMBER
from dq_platform.models.values import Number


@dataclass(frozen=True, slots=True)
class Measured:
    """`number` None: there is none. `text` None unless a date, a timestamp or a text was measured.

    `reason` says why there is neither.
    """

    number: Number | None
    text: str | None = None
    reason: str = ""


def measured_in(cell: object) -> Measured:
    """Numbers as they are, moments as a number and a text, everything else as a text; NaN and infinities as nothing."""
    if cell is None:
        return Measured(None, reason=NO_DATA)
    if isinstance(cell, int):
        return Measured(int(cell))
    if isinstance(cell, float | Decimal):
        finite = math.isfinite(cell) if isinstance(cell, float) else cell.is_finite()
        return Measured(cell) if finite else Measured(None, reason=NOT_A_NUMBER)
    if isinstance(cell, date):
        return Measured(moments.seconds(cell), moments.spelled(cell))
    return Measured(None, text_of(cell))
