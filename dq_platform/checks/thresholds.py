"""Thresholds of a check: complete, in order, and such that something can pass and something can fail."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.params import validate_params
from dq_platform.checks.rules.registry import RuleType, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.errors import Violation
from dq_platform.models.check import Thresholds
from dq_platform.models.outcome import Severity
from dq_platform.models.result import HistoryPoint
from dq_platform.models.values import Params, ValueKind

PATH = "check.thresholds"
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)
_TYPICAL = 100.0
_TYPICAL_TEXT = "a"
_TYPICAL_HISTORY = 50.0  # A percentage, a count or a number of days alike.


def validate_thresholds(
    check_type: CheckType, rule: RuleType, given: Mapping[Severity, Mapping[str, object]]
) -> tuple[Thresholds, list[Violation]]:
    """The thresholds with defaults filled in, and everything that is wrong with them.

    None given: the check type's default severity. A severity given without parameters takes those that the check type
    has for it; a parameter left out takes the rule's default.
    """
    chosen = given or {check_type.default_severity: {}}
    complete: dict[Severity, Params] = {}
    violations: list[Violation] = []
    for severity in sorted(chosen):
        raw: Mapping[str, object] = chosen[severity] or dict(check_type.defaults.get(severity, {}))
        params, wrong = validate_params(rule.params, raw, _path(severity))
        wrong = wrong or _limits(rule, params, severity)
        violations += wrong
        if not wrong:
            complete[severity] = params
    if not violations:
        violations = _order(rule, complete)
    by_name = {severity.name.lower(): params for severity, params in complete.items()}
    return Thresholds(**by_name), violations


def _path(severity: Severity) -> str:
    return f"{PATH}.{severity.name.lower()}"


def _limits(rule: RuleType, params: Params, severity: Severity) -> list[Violation]:
    """A threshold that accepts everything, or nothing, is a slip of the pen."""
    if rule.judges == {ValueKind.TEXT}:
        verdict = apply(rule, _TYPICAL_TEXT, params, RuleContext(_EPOCH))
        return [Violation(_path(severity), verdict.reason, "MISSING_PARAMETER")] if verdict.passed is None else []
    if not rule.params or not rule.tells_bounds:
        return []
    bounds = _probe(rule, params).bounds
    if bounds.lower is None and bounds.upper is None:
        names = " or ".join(repr(spec.name) for spec in rule.params)
        return [Violation(_path(severity), f"sets no limit; give {names}.", "MISSING_PARAMETER")]
    if bounds.lower is not None and bounds.upper is not None and bounds.lower > bounds.upper:
        text = f"the lower limit is above the upper limit ({_shown(params)}), so that nothing can pass."
        return [Violation(_path(severity), text, "THRESHOLD_EMPTY")]
    return []


def _order(rule: RuleType, complete: Mapping[Severity, Params]) -> list[Violation]:
    """What a milder severity accepts, a worse one must accept too; otherwise the milder could never be the result."""
    if not rule.tells_bounds:
        return []
    violations = []
    for (mild, mild_params), (worse, worse_params) in pairwise(sorted(complete.items())):
        inner, outer = _probe(rule, mild_params).bounds, _probe(rule, worse_params).bounds
        lower_kept = outer.lower is None or (inner.lower is not None and inner.lower >= outer.lower)
        upper_kept = outer.upper is None or (inner.upper is not None and inner.upper <= outer.upper)
        if not (lower_kept and upper_kept):
            violations.append(_disorder(mild, mild_params, worse, worse_params))
    return violations


def _disorder(mild: Severity, mild_params: Params, worse: Severity, worse_params: Params) -> Violation:
    names = mild.name.lower(), worse.name.lower()
    text = (
        f"{names[1]} ({_shown(worse_params)}) fails for values that {names[0]} ({_shown(mild_params)}) accepts; "
        f"{names[1]} must accept everything that {names[0]} accepts."
    )
    return Violation(_path(worse), text, "THRESHOLDS_OUT_OF_ORDER")


def _shown(params: Params) -> str:
    return ", ".join(f"{name} {value}" for name, value in params.items()) or "no parameters"


def _probe(rule: RuleType, params: Params) -> Verdict:
    """The rule's verdict on a typical value, for the sake of its bounds.

    They depend on the parameters only, or on a history which is the same for all of them and varies a little.
    """
    days = range(rule.history_points, 0, -1)
    history = [HistoryPoint(_EPOCH - timedelta(days=day), _TYPICAL_HISTORY + day * 7 % 11) for day in days]
    return apply(rule, _TYPICAL, params, RuleContext(_EPOCH, expected=_TYPICAL, history=history))
