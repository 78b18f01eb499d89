"""What a rule says of a value by all of a check's thresholds at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from dq_platform.checks.rules.registry import RuleType, apply
from dq_platform.checks.rules.verdict import RuleContext, Verdict, decided
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Bounds, ResultBounds
from dq_platform.models.values import Number, Params


@dataclass(frozen=True, slots=True)
class Judgement:
    """How it ends, the verdict that says why, and the verdict of each severity that has a threshold."""

    outcome: Outcome
    telling: Verdict
    verdicts: Mapping[Severity, Verdict]

    @property
    def bounds(self) -> ResultBounds:
        """Infinite ends are open ends, and what is not a number bounds nothing; neither could be stored as JSON."""
        return ResultBounds(**{one.name.lower(): _finite(verdict.bounds) for one, verdict in self.verdicts.items()})


class RuleFailed(Exception):
    """The rule's function raised an exception; the text says which kind."""


def judge(
    rule: RuleType, value: Number | str | None, thresholds: Mapping[Severity, Params], context: RuleContext
) -> Judgement:
    """The judgement by `thresholds`, at least one. Raises RuleFailed."""
    try:
        verdicts = {severity: apply(rule, value, params, context) for severity, params in thresholds.items()}
    except Exception as error:
        # The boundary to rules, which plug-ins write: one that is broken fails its own checks, and must not take the
        # results of the whole table with it.
        message = f"The rule {rule.name!r} raised {type(error).__name__}."
        raise RuleFailed(message) from error
    return Judgement(*decided(verdicts), verdicts)


def _finite(bounds: Bounds) -> Bounds:
    lower, upper = (end if end is not None and math.isfinite(end) else None for end in (bounds.lower, bounds.upper))
    return Bounds(lower, upper)
