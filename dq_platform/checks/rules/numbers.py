"""Which numbers are numbers, whatever type they have and however large they are."""

from __future__ import annotations

import math
from decimal import Decimal

from dq_platform.models.values import Number


def is_nan(value: Number) -> bool:
    if isinstance(value, Decimal):
        return value.is_nan()
    return isinstance(value, float) and math.isnan(value)


def is_finite(value: Number) -> bool:
    if isinstance(value, Decimal):
        return value.is_finite()
    return not isinstance(value, float) or math.isfinite(value)
