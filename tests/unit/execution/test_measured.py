from __future__ import annotations

from datetime import time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from dq_platform.execution.measured import Measured, measured_in
from dq_platform.execution.reading import NO_DATA, NOT_A_NUMBER


@pytest.mark.parametrize("number", [0, -(2**63), 2**64, 0.5, Decimal("0.10")])
def test_a_number_stays_as_it_is(number: Decimal) -> None:
    assert measured_in(number) == Measured(number)


def test_null_and_nan_are_nothing_for_different_reasons() -> None:
    assert measured_in(None) == Measured(None, reason=NO_DATA)
    assert measured_in(float("nan")) == measured_in(Decimal("sNaN")) == Measured(None, reason=NOT_A_NUMBER)


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (time(23, 59), "23:59:00"),
        (timedelta(days=1, hours=2), "1 day, 2:00:00"),
        (UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        ({"b": 1, "a": "ü"}, '{"a": "ü", "b": 1}'),
    ],
)
def test_what_has_no_order_of_its_own_is_a_text(cell: object, text: str) -> None:
    assert measured_in(cell) == Measured(None, text)
