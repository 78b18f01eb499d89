"""How the shop judges, in both forms that a rule can have."""

from __future__ import annotations

from dq_platform.checks.params import ParamKind, ParamSpec
from dq_platform.checks.rules import RuleResult, plain_rule
from dq_platform.checks.rules.comparison import within
from dq_platform.checks.rules.parameters import Whole
from dq_platform.checks.rules.registry import rule
from dq_platform.checks.rules.verdict import Verdict
from dq_platform.models.outcome import Severity
from dq_platform.models.values import Number, ParamValue


def evaluate_at_most(value: float, params: dict[str, ParamValue]) -> RuleResult:
    """Fails when the value exceeds `threshold`."""
    threshold = float(str(params.get("threshold", 0)))
    passed = value <= threshold
    return RuleResult(
        passed=passed,
        severity=Severity.ERROR if not passed else None,
        message=f"Value {value} exceeds threshold {threshold}" if not passed else None,
    )


AT_MOST = plain_rule(
    "shop_at_most",
    evaluate_at_most,
    ParamSpec("threshold", ParamKind.FLOAT, "The largest value that passes.", default=0),
)


@rule("shop_round_price")
def round_prices(actual: Number, *, step: Whole = 10) -> Verdict:
    """Fails when the value is not a multiple of `step`."""
    nearest = round(float(actual) / step) * step
    return within(actual, lower=nearest, upper=nearest, expected_value=nearest)
