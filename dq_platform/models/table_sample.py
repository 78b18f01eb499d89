"""A part of a table's rows, chosen at random, that a check may be measured on."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum


class SampleMethod(StrEnum):
    """ROW: every row has the same chance. BLOCK: whole blocks of storage have, so that the others need not be read."""

    ROW = "row"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class TableSample:
    """About `percent` of the rows, from LEAST_PERCENT to less than 100; every run chooses anew."""

    method: SampleMethod
    percent: float

    def __str__(self) -> str:
        """Such as `row sample of 5 %`."""
        return f"{self.method} sample of {self.percent_text} %"

    @property
    def percent_text(self) -> str:
        """The percent with all its digits and no exponent."""
        return f"{Decimal(repr(self.percent)).normalize():f}"


LEAST_PERCENT = 0.000001
"""The least share that every engine can take."""
