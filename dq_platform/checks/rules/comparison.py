"""Rules that compare a value with fixed limits, or with the number that the sensor brought along."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Annotated

from dq_platform.checks.params import ParamKind
from dq_platform.checks.rules.parameters import Amount, Count, Days, DiffPercent, Margin, Percent, Takes, Whole
from dq_platform.checks.rules.registry import rule
from dq_platform.checks.rules.verdict import RuleContext, Undecided, Verdict, interval
from dq_platform.models.result import Bounds
from dq_platform.models.values import Number, ValueKind

DATA_TYPES = ("integers", "floats", "dates", "datetimes", "timestamps", "booleans", "texts", "mixed")
"""What `string_datatype_detect` can find, in the order of its codes, which start at 1."""

BROUGHT_ALONG = "The severity comes with the value; a value alone tells none."

DetectedType = Annotated[str, Takes(ParamKind.TEXT, "What all texts must be.", choices=DATA_TYPES)]


@rule("max_percent")
def max_percent(actual: Number, *, max_percent: Percent = 0.0) -> Verdict:
    """Fails when the measured percentage exceeds `max_percent`.

    Formula: actual <= max_percent
    """
    return within(actual, upper=max_percent, unit=" %")


@rule("min_percent")
def min_percent(actual: Number, *, min_percent: Percent = 100.0) -> Verdict:
    """Fails when the measured percentage is below `min_percent`.

    Formula: actual >= min_percent
    """
    return within(actual, lower=min_percent, unit=" %")


@rule("between_percent")
def between_percent(
    actual: Number, *, min_percent: Percent | None = None, max_percent: Percent | None = None
) -> Verdict:
    """Fails when the measured percentage is below `min_percent` or above `max_percent`; give one of them or both.

    Formula: min_percent <= actual <= max_percent
    """
    return within(actual, lower=min_percent, upper=max_percent, unit=" %")


@rule("max_count")
def max_count(actual: Number, *, max_count: Count = 0) -> Verdict:
    """Fails when the count exceeds `max_count`.

    Formula: actual <= max_count
    """
    return within(actual, upper=max_count)


@rule("min_count")
def min_count(actual: Number, *, min_count: Count = 1) -> Verdict:
    """Fails when the count is below `min_count`.

    Formula: actual >= min_count
    """
    return within(actual, lower=min_count)


@rule("min_count_1")
def min_count_1(actual: Number) -> Verdict:
    """Fails when the count is 0.

    Formula: actual >= 1
    """
    return within(actual, lower=1)


@rule("count_between")
def count_between(actual: Number, *, min_count: Count | None = None, max_count: Count | None = None) -> Verdict:
    """Fails when the count is below `min_count` or above `max_count`; give one of them or both.

    Formula: min_count <= actual <= max_count
    """
    return within(actual, lower=min_count, upper=max_count)


@rule("between_ints")
def between_ints(actual: Number, *, from_: Whole | None = None, to: Whole | None = None) -> Verdict:
    """Fails when the value is below `from` or above `to`, whole numbers; give one of them or both.

    Formula: from <= actual <= to
    """
    return within(actual, lower=from_, upper=to)


@rule("between_floats")
def between_floats(actual: Number, *, from_: Amount | None = None, to: Amount | None = None) -> Verdict:
    """Fails when the value is below `from` or above `to`; give one of them or both.

    Formula: from <= actual <= to
    """
    return within(actual, lower=from_, upper=to)


@rule("max_value")
def max_value(actual: Number, *, max_value: Amount) -> Verdict:
    """Fails when the value exceeds `max_value`.

    Formula: actual <= max_value
    """
    return within(actual, upper=max_value)


@rule("min_value")
def min_value(actual: Number, *, min_value: Amount) -> Verdict:
    """Fails when the value is below `min_value`.

    Formula: actual >= min_value
    """
    return within(actual, lower=min_value)


@rule("max_days")
def max_days(actual: Number, *, max_days: Days = 1.0) -> Verdict:
    """Fails when more than `max_days` days passed, counted with fractions.

    Formula: actual <= max_days
    """
    return within(actual, upper=max_days, unit=" days")


@rule("equals")
def equals(actual: Number, *, expected_value: Amount, error_margin: Margin = 0.0) -> Verdict:
    """Fails when the value is further than `error_margin` from `expected_value`.

    Formula: expected_value - error_margin <= actual <= expected_value + error_margin
    """
    center, margin = exact(expected_value), exact(error_margin)
    return within(actual, lower=center - margin, upper=center + margin, expected_value=expected_value)


@rule("equals_integer")
def equals_integer(actual: Number, *, expected_value: Whole) -> Verdict:
    """Fails when the value is not `expected_value`.

    Formula: actual = expected_value
    """
    return within(actual, lower=expected_value, upper=expected_value, expected_value=expected_value)


@rule("equals_0")
def equals_0(actual: Number) -> Verdict:
    """Fails when the value is not 0.

    Formula: actual = 0
    """
    return within(actual, lower=0, upper=0, expected_value=0)


@rule("equals_1")
def equals_1(actual: Number) -> Verdict:
    """Fails when the value is not 1.

    Formula: actual = 1
    """
    return within(actual, lower=1, upper=1, expected_value=1)


@rule("detected_datatype_equals")
def detected_datatype_equals(actual: Number, *, expected_datatype: DetectedType) -> Verdict:
    """Fails when the texts are not all of `expected_datatype`.

    Formula: actual = the place of `expected_datatype` among its choices, counted from 1
    """
    code = DATA_TYPES.index(expected_datatype) + 1
    return Verdict(actual == code, f"= {expected_datatype}", Bounds(float(code), float(code)), code)


@rule("max_missing")
def max_missing(actual: Number, context: RuleContext, *, max_missing: Count = 0) -> Verdict:
    """Fails when more than `max_missing` of the expected values do not occur.

    Formula: actual >= max(0, expected - max_missing), `expected` being the number of listed values
    """
    if context.expected is None:
        return Verdict(passed=None, reason="The sensor brought no number of expected values.")
    least = max(exact(context.expected) - max_missing, Decimal(0))
    return within(actual, lower=least, expected_value=context.expected)


@rule("equals_accepted")
def equals_accepted(actual: Number, context: RuleContext) -> Verdict:
    """Fails when the value is not the one that was accepted. Without one there is no verdict.

    Formula: actual = expected, `expected` being the accepted value
    """
    if context.expected is None:
        return Verdict(passed=None, reason="No value has been accepted.")
    return within(actual, lower=context.expected, upper=context.expected, expected_value=context.expected)


@rule("diff_percent", judges_absence=True)
def diff_percent(actual: Number | None, context: RuleContext, *, max_diff_percent: DiffPercent = 0.0) -> Verdict:
    """Fails when the value differs from the reference by more than `max_diff_percent` of the reference.

    A reference of 0 is matched by 0 alone. If only one of the two has a value, it fails; if neither has, there is no
    verdict.

    Formula: |actual - expected| <= |expected| * max_diff_percent / 100, `expected` being the reference's value
    """
    return near_reference(actual, context, lambda reference: abs(reference) * exact(max_diff_percent) / 100)


@rule("pass", judges=frozenset(ValueKind))
def always_pass(actual: Number | str) -> Verdict:  # noqa: ARG001
    """Passes whatever the value is: for recording values without judging them.

    Formula: true
    """
    return Verdict(passed=True, expected="any value")


def near_reference(actual: Number | None, context: RuleContext, margin: Callable[[Decimal], Decimal]) -> Verdict:
    """Whether the value is no further from the reference's than the margin that its value leaves."""
    if context.expected is None:
        return Verdict(passed=False, expected="a reference that has a value", reason="The reference has no value.")
    if not math.isfinite(context.expected):
        return Verdict(passed=None, reason="The reference's value is not a finite number.")
    reference = exact(context.expected)
    lower, upper = reference - margin(reference), reference + margin(reference)
    if actual is None:
        expected = within(reference, lower=lower, upper=upper)
        return replace(
            expected, passed=False, expected_value=context.expected, reason="Only the reference has a value."
        )
    return within(actual, lower=lower, upper=upper, expected_value=context.expected)


@rule("import_severity")
def import_severity(actual: Number) -> Verdict:  # noqa: ARG001
    """Takes the severity from the query: 0 passes, 1 is a warning, 2 an error, 3 fatal.

    A severity for which the check has no threshold passes, and the result says so. Without one there is no verdict.

    Formula: severity = 0, or no threshold for the severity
    """
    raise Undecided(BROUGHT_ALONG)


def within(
    actual: Number,
    *,
    lower: Number | None = None,
    upper: Number | None = None,
    unit: str = "",
    expected_value: Number | None = None,
) -> Verdict:
    """Whether `lower` <= actual <= `upper`; None leaves that side open.

    Decimals and floats are compared as they are written, so that a decimal 0.1 is not below a limit of 0.1.
    """
    value = exact(actual)
    above = lower is None or value >= exact(lower)
    below = upper is None or value <= exact(upper)
    bounds = Bounds(*(None if end is None else float(exact(end)) for end in (lower, upper)))
    return Verdict(above and below, interval(_short(lower), _short(upper), unit), bounds, expected_value)


def exact(number: Number) -> Decimal:
    """The number as it is written, shortest form of a float included."""
    return Decimal(str(number)) if isinstance(number, float) else Decimal(number)


def _short(number: Number | None) -> str | None:
    if number is None:
        return None
    text = f"{exact(number):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
