from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from dq_platform.checks.rules.numbers import is_finite, is_nan


@pytest.mark.parametrize("value", [0, 10**400, -1.5, Decimal("1e400"), Decimal(0)])
def test_numbers_are_numbers_even_if_no_float_is_so_large(value: Any) -> None:
    assert (is_finite(value), is_nan(value)) == (True, False)


@pytest.mark.parametrize("value", [float("nan"), Decimal("NaN"), Decimal("sNaN"), float("inf"), Decimal("-Infinity")])
def test_neither_nan_nor_infinities_are_finite(value: Any) -> None:
    assert not is_finite(value)
    assert is_nan(value) is ("inf" not in str(value).lower())
