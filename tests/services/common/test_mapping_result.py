from __future__ import annotations

import math
from dataclasses import replace
from decimal import Decimal

import pytest

from dq_platform.ids import new_id
from dq_platform.models.check import Mode, Target, TimeScale
from dq_platform.models.outcome import Outcome
from dq_platform.models.result import Bounds, Result, ResultBounds
from dq_platform.models.values import Number
from services.common.mapping_result import result
from tests.services.common.test_times import MOMENT


def made(value: Number | None) -> Result:
    return Result(
        id=new_id(),
        workspace_id=new_id(),
        check_id="c",
        job_id="j",
        target=Target("k", "s", "t"),
        check_type="row_count",
        category="volume",
        dimension="Completeness",
        mode=Mode.MONITORING,
        time_scale=TimeScale.DAILY,
        data_group="",
        time_period=MOMENT,
        executed_at=MOMENT,
        outcome=Outcome.PASSED,
        value=value,
        bounds=ResultBounds(warning=Bounds(lower=1)),
    )


@pytest.mark.parametrize(
    ("value", "double", "digits"),
    [
        (0, 0.0, "0"),
        (25.0, 25.0, "25"),
        (0.1, 0.1, "0.1"),
        (1e20, 1e20, "100000000000000000000"),
        (1e-7, 1e-7, "0.0000001"),
        (2**63 + 1, float(2**63), "9223372036854775809"),
        (Decimal("1.10"), 1.1, "1.10"),
        (Decimal("1E+5"), 1e5, "100000"),
        (10**400, math.inf, "1" + "0" * 400),
    ],
)
def test_a_value_is_shown_as_a_double_and_with_all_its_digits(value: Number, double: float, digits: str) -> None:
    shown = result(made(value))
    assert (shown.value, shown.value_text) == (double, digits)


def test_a_result_without_a_value_shows_none() -> None:
    shown = result(made(None))
    assert not shown.HasField("value")
    assert shown.value_text == ""


def test_an_open_side_of_an_interval_is_unset() -> None:
    bounds = result(made(1)).bounds
    assert bounds.warning.lower == 1
    assert not bounds.warning.HasField("upper")
    assert not bounds.HasField("error")


def test_a_date_is_shown_as_a_number_and_as_it_is_written() -> None:
    shown = result(replace(made(86400), value_text="1970-01-02"))
    assert (shown.value, shown.value_text) == (86400.0, "1970-01-02")


def test_a_text_is_no_number() -> None:
    shown = result(replace(made(None), value_text="12"))
    assert (shown.HasField("value"), shown.value_text) == (False, "12")
