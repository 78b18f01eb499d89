"""Rules in their plainest form, a function of the value and its parameters: `(value, params) -> RuleResult`."""

from __future__ import annotations

import keyword
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from dq_platform.checks.params import ParamSpec
from dq_platform.checks.rules.registry import RuleType, documented
from dq_platform.checks.rules.verdict import Verdict
from dq_platform.models.outcome import Severity
from dq_platform.models.values import Number, ParamValue


@dataclass(frozen=True, slots=True)
class RuleResult:
    """What a plain rule gives.

    `message` is shown with the result of a check that failed. A function may fill in `severity` for its own use: the
    severity of a failure is that of the worst threshold whose parameters the function failed with.
    """

    passed: bool
    severity: Severity | None = None
    message: str | None = None


PlainFunction = Callable[[float, dict[str, ParamValue]], RuleResult]


def plain_rule(name: str, function: PlainFunction, *params: ParamSpec) -> RuleType:
    """Make a plain function a rule; its docstring and `params` are what the catalogue shows.

    The function gets all parameters that have a value or a default, and the value as int or float. As it tells no
    bounds, results have none, and nothing can tell whether a check's three thresholds are in order.
    """

    def judge(actual: Number, /, **given: ParamValue) -> Verdict:
        value = float(actual) if isinstance(actual, Decimal) else actual
        result = function(value, {_spelled(param): one for param, one in given.items()})
        if not isinstance(result, RuleResult):
            message = f"the rule {name!r} must give a RuleResult, not {type(result).__name__}"
            raise TypeError(message)
        return Verdict(passed=result.passed, reason=result.message or "")

    description, formula = documented(function)
    return RuleType(name, description, params, judge, tells_bounds=False, formula=formula)


def _spelled(argument: str) -> str:
    """The parameter's own name: as an argument, one that is a word of Python ends in an underscore."""
    return argument[:-1] if keyword.iskeyword(argument[:-1]) else argument
