"""Values that travel between a request, a template and a result."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum

Number = int | float | Decimal
"""A measured number in the precision that the engine gave."""


class ValueKind(StrEnum):
    """What a measured value is. Dates and timestamps are one kind: both are moments, and compared as such."""

    NUMBER = "number"
    MOMENT = "date"
    TEXT = "text"


ParamValue = str | int | float | bool | tuple[str, ...] | tuple[int | float, ...]
"""A sensor's or rule's parameter as JSON can carry it; dates are ISO 8601 text."""

Params = Mapping[str, ParamValue]
