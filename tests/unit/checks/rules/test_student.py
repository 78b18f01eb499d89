from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dq_platform.checks.rules.student import upper_quantile


@pytest.mark.parametrize(
    ("tail", "table"),
    [
        (0.40, 0.267),
        (0.25, 0.727),
        (0.10, 1.476),
        (0.05, 2.015),
        (0.025, 2.571),
        (0.01, 3.365),
        (0.005, 4.032),
        (0.0025, 4.773),
        (0.001, 5.893),
        (0.0005, 6.869),
    ],
)
def test_quantiles_are_those_of_printed_tables(tail: float, table: float) -> None:
    assert round(upper_quantile(tail), 3) == table


@given(st.floats(1e-4, 0.9999))
def test_the_closed_form_of_the_probability_gives_the_tail_to_twelve_digits(tail: float) -> None:
    angle = math.atan(upper_quantile(tail) / math.sqrt(5))
    sine, cosine = math.sin(angle), math.cos(angle)
    within = 2 / math.pi * (angle + sine * (cosine + 2 / 3 * cosine**3))
    assert (1 - within) / 2 == pytest.approx(tail, abs=1e-12)


@given(st.floats(1e-8, 1 - 1e-8))
def test_the_probability_beyond_a_quantile_is_the_tail(tail: float) -> None:
    beyond = _integral_beyond(upper_quantile(tail))
    assert beyond == pytest.approx(tail, rel=1e-7, abs=1e-13)


@given(st.floats(1e-7, 0.5))
def test_the_distribution_is_symmetric(tail: float) -> None:
    assert upper_quantile(1 - tail) == pytest.approx(-upper_quantile(tail), rel=1e-7, abs=1e-12)


def _integral_beyond(t: float) -> float:
    """The density integrated by Simpson's rule over the angle whose tangent is t / √5, where it is 8 cos⁴ / (3 π)."""
    start, end, steps = math.atan(t / math.sqrt(5)), math.pi / 2, 400
    width = (end - start) / steps
    ordinates = [math.cos(start + index * width) ** 4 for index in range(steps + 1)]
    total = ordinates[0] + ordinates[-1] + 4 * sum(ordinates[1:-1:2]) + 2 * sum(ordinates[2:-1:2])
    return 8 / (3 * math.pi) * total * width / 3
