"""Rules that compare dates and timestamps, which they get as seconds since 1970."""

from __future__ import annotations

from dataclasses import replace

from dq_platform.checks.moments import DAY, first_second, last_second, spelled_number
from dq_platform.checks.rules.comparison import exact, near_reference, within
from dq_platform.checks.rules.parameters import Days, Moment
from dq_platform.checks.rules.registry import rule
from dq_platform.checks.rules.verdict import RuleContext, Verdict, interval
from dq_platform.models.values import Number, ValueKind

MOMENTS = frozenset({ValueKind.MOMENT})


@rule("between_dates", judges=MOMENTS)
def between_dates(actual: Number, *, from_: Moment | None = None, to: Moment | None = None) -> Verdict:
    """Fails when the date or timestamp is before `from` or after `to`; give one of them or both.

    A `from` without a time of day is the beginning of that day in UTC, a `to` without one the end of it.

    Formula: from <= value <= to
    """
    lower = None if from_ is None else first_second(from_)
    upper = None if to is None else last_second(to)
    return replace(within(actual, lower=lower, upper=upper), expected=interval(from_, to))


@rule("diff_days", judges_absence=True, judges=MOMENTS)
def diff_days(actual: Number | None, context: RuleContext, *, max_diff_days: Days = 0.0) -> Verdict:
    """Fails when the date or timestamp is more than `max_diff_days` days away from the reference's.

    If only one of the two has a value, it fails; if neither has, there is no verdict.

    Formula: |value - reference| <= max_diff_days
    """
    margin = exact(max_diff_days) * DAY
    verdict = near_reference(actual, context, lambda _: margin)
    if context.expected is None:
        return verdict
    about = f" ± {max_diff_days:g} days" if max_diff_days else ""
    return replace(verdict, expected=f"= {spelled_number(context.expected)}{about}")
