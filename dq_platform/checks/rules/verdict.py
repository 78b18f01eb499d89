"""What a rule gets and what it gives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from dq_platform.checks.rules.periods import Calendar
from dq_platform.models.outcome import Outcome, Severity
from dq_platform.models.result import Bounds, HistoryPoint
from dq_platform.models.values import Number


@dataclass(frozen=True, slots=True)
class RuleContext:
    """What a rule may know besides the value: the sensor's own expected value and earlier periods, oldest first.

    `history` has one point a period; whoever gives it leaves out the periods that a rule must not learn from.
    `calendar` says what a period is.
    """

    time_period: datetime
    expected: Number | None = None
    history: Sequence[HistoryPoint] = ()
    calendar: Calendar = field(default_factory=Calendar)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Passed or not, against what. `passed` None: nothing can be said, and `reason` tells why.

    `expected` is for people (`<= 5 %`), `bounds` is the accepted interval, `expected_value` the single best guess.
    `value` is what was judged if that is not the measured value itself; the result and the history have it then.
    """

    passed: bool | None
    expected: str = ""
    bounds: Bounds = field(default_factory=Bounds)
    expected_value: Number | None = None
    reason: str = ""
    value: Number | None = None


def interval(lower: str | None, upper: str | None, unit: str = "") -> str:
    """Limits for people; None leaves that side open."""
    if lower is not None and upper is not None:
        return f"= {lower}{unit}" if lower == upper else f"{lower} to {upper}{unit}"
    if lower is not None:
        return f">= {lower}{unit}"
    return "any value" if upper is None else f"<= {upper}{unit}"


class Undecided(Exception):
    """Raised by a rule that cannot tell; its text is the verdict's reason."""


def decided(verdicts: Mapping[Severity, Verdict]) -> tuple[Outcome, Verdict]:
    """How a check ends that has these verdicts, at least one, and which of them says why.

    The worst severity that fails; without one, inconclusive if any is undecided.
    """
    failing = [severity for severity, verdict in verdicts.items() if verdict.passed is False]
    undecided = [severity for severity, verdict in verdicts.items() if verdict.passed is None]
    if failing:
        return Outcome(max(failing)), verdicts[max(failing)]
    if undecided:
        return Outcome.INCONCLUSIVE, verdicts[min(undecided)]
    return Outcome.PASSED, verdicts[min(verdicts)]
