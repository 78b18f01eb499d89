from __future__ import annotations

import pytest

from dq_platform.models.table_sample import SampleMethod, TableSample


@pytest.mark.parametrize(
    ("percent", "text"),
    [(5, "5"), (5.0, "5"), (50.0, "50"), (12.5, "12.5"), (0.000001, "0.000001"), (99.999999, "99.999999")],
)
def test_a_percent_is_written_with_all_its_digits_and_no_exponent(percent: float, text: str) -> None:
    assert TableSample(SampleMethod.ROW, percent).percent_text == text
    assert str(TableSample(SampleMethod.BLOCK, percent)) == f"block sample of {text} %"
