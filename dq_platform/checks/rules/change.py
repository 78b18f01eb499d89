"""Rules that compare a value with that of the period before."""

from __future__ import annotations

from dq_platform.checks.rules.comparison import exact, within
from dq_platform.checks.rules.parameters import DiffPercent
from dq_platform.checks.rules.registry import rule
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.values import Number

NO_PREVIOUS = Verdict(passed=None, reason="There is no earlier period to compare with.")


@rule("change_percent", history_points=1)
def change_percent(actual: Number, context: RuleContext, *, max_percent: DiffPercent = 10.0) -> Verdict:
    """Fails when the value differs from that of the period before by more than `max_percent` of it.

    After 0 only 0 passes. Without an earlier period there is no verdict.
    """
    if not context.history:
        return NO_PREVIOUS
    previous = context.history[-1].value
    margin = abs(exact(previous)) * exact(max_percent) / 100
    return within(actual, lower=exact(previous) - margin, upper=exact(previous) + margin, expected_value=previous)


@rule("value_changed", history_points=1)
def value_changed(actual: Number, context: RuleContext) -> Verdict:
    """Fails when the value is not that of the period before. Without an earlier period there is no verdict."""
    if not context.history:
        return NO_PREVIOUS
    previous = context.history[-1].value
    return within(actual, lower=previous, upper=previous, expected_value=previous)
