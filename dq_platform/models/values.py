"""Values that travel between a request, a template and a result."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

Number = int | float | Decimal
"""A measured number in the precision that the engine gave."""

ParamValue = str | int | float | bool | tuple[str, ...] | tuple[int | float, ...]
"""A sensor's or rule's parameter as JSON can carry it; dates are ISO 8601 text."""

Params = Mapping[str, ParamValue]
