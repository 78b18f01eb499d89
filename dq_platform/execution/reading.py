"""What was measured, before anybody judges it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from dq_platform.models.values import Number, ValueKind

NO_DATA = "NO_DATA"
"""There were no rows to measure, or none that the sensor counts."""
NOT_A_NUMBER = "NOT_A_NUMBER"
"""The source answered NaN, an infinity, or a part of a percentage that is no number at all."""

EMPTY_SAMPLE = "EMPTY_SAMPLE"
"""The sample that the check asks for held no row that takes part."""
NO_BASELINE = "NO_BASELINE"
"""Nothing has been accepted yet that the check could compare with."""
NO_SEVERITY = "NO_SEVERITY"
"""The query that brings the severity along returned none."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sensor's value for one check, data group and period. `value` None: there is none, and `reason` says why.

    `data_group` is a compact JSON array, empty without grouping. `expected` is the number that the sensor brought to
    compare with, or that a reference has. `message` says what came in the way of a value that stands for a failure.
    `severity`, 0 to 3, is the source's own judgement, if it gave one.
    `text` is how a date, a timestamp or a text is written, None if a number was measured; `value` is then the seconds
    since 1970 of a date or timestamp, and None of a text. `rows` is how many rows a sample had of the group and period,
    None if all rows were looked at.
    """

    check_id: str
    data_group: str
    time_period: datetime
    value: Number | None
    expected: Number | None = None
    reason: str = ""
    message: str = ""
    severity: int | None = None
    text: str | None = None
    rows: int | None = None

    @property
    def judged(self) -> Number | str | None:
        """What a rule gets: the text if that is all there is."""
        return self.text if self.value is None else self.value

    @property
    def kind(self) -> ValueKind:
        if self.text is None:
            return ValueKind.NUMBER
        return ValueKind.TEXT if self.value is None else ValueKind.MOMENT
