"""Rules that compare a value with that of one earlier period.

Without that period there is no verdict. Where a check keeps one value a month, one, seven and thirty days before are
all the month before.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Context, Decimal

from dq_platform.checks.rules.comparison import exact, within
from dq_platform.checks.rules.history import earlier, newest
from dq_platform.checks.rules.parameters import Change, DiffPercent, ExactDay, Margin, PercentChange
from dq_platform.checks.rules.registry import rule, rules
from dq_platform.checks.rules.verdict import RuleContext, Undecided, Verdict
from dq_platform.models.check import TimeScale
from dq_platform.models.values import Number

OLDEST = 60
"""An earlier period that is further away, in days, is not compared with."""

_DIGITS = Context(prec=100)
"""More digits than any engine's numbers have: a value is not changed by adding nothing to it."""


@dataclass(frozen=True, slots=True)
class Back:
    """How far back the other value lies."""

    days: int

    @property
    def history_points(self) -> int:
        return OLDEST

    @property
    def least(self) -> int:
        return 1

    def value(self, context: RuleContext, *, exact_day: bool) -> Number:
        """The value so long ago or, unless it has to be that day, the newest that is older. Raises Undecided."""
        monthly = context.calendar.scale is TimeScale.MONTHLY
        nearest, furthest = (1, 2) if monthly else (self.days, OLDEST)
        furthest = nearest if exact_day else furthest
        found = [past.value for past in earlier(context) if nearest <= past.age <= furthest]
        if found:
            return found[-1]
        first = context.calendar.date_of(context.calendar.number(context.time_period) - nearest)
        raise Undecided(f"There is no value of {first}{'' if exact_day else f' or up to {OLDEST} days before'}.")


DAY = Back(1)
WEEK_AND_MONTH = (7, 30)


def _named(stem: str) -> dict[str, Back]:
    return {f"{stem}_{days}_days": Back(days) for days in WEEK_AND_MONTH}


@rule("change_percent", history_points=1, least_history=1)
def change_percent(actual: Number, context: RuleContext, *, max_percent: DiffPercent = 10.0) -> Verdict:
    """Fails when the value differs from that of the period before by more than `max_percent` of it.

    After 0 only 0 passes. Without an earlier period there is no verdict.

    Formula: |actual - previous| <= |previous| * max_percent / 100, `previous` being the value of the period before
    """
    return _by_percent(actual, newest(context), -max_percent, max_percent)


@rule("change_percent_1_day", history_points=OLDEST, least_history=1)
def change_percent_1_day(
    actual: Number, context: RuleContext, *, max_percent: DiffPercent = 10.0, exact_day: ExactDay = True
) -> Verdict:
    """Fails when the value differs from that of the day before by more than `max_percent` of it. After 0 only 0 passes.

    Without a value of the day before there is no verdict; without `exact_day` one of up to 60 days before will do.

    Formula: |actual - previous| <= |previous| * max_percent / 100, `previous` being the value of the day before or,
    without `exact_day`, the newest of up to 60 days before
    """
    return _by_percent(actual, DAY.value(context, exact_day=exact_day), -max_percent, max_percent)


@rules(_named("change_percent"))
def change_percent_days(
    actual: Number, context: RuleContext, back: Back, *, max_percent: DiffPercent = 10.0, exact_day: ExactDay = False
) -> Verdict:
    """Fails when the value differs from that of {0.days} days before by more than `max_percent` of it.

    After 0 only 0 passes. The newest value that is {0.days} to 60 days old counts, with `exact_day` only that day's;
    without one there is no verdict.

    Formula: |actual - previous| <= |previous| * max_percent / 100, `previous` being the newest value that is {0.days}
    to 60 days old or, with `exact_day`, that of {0.days} days before
    """
    return _by_percent(actual, back.value(context, exact_day=exact_day), -max_percent, max_percent)


@rule("change_difference", history_points=1, least_history=1)
def change_difference(actual: Number, context: RuleContext, *, max_difference: Margin) -> Verdict:
    """Fails when the value differs from that of the period before by more than `max_difference`.

    Without an earlier period there is no verdict.

    Formula: |actual - previous| <= max_difference, `previous` being the value of the period before
    """
    return _by(actual, newest(context), -max_difference, max_difference)


@rule("change_difference_1_day", history_points=OLDEST, least_history=1)
def change_difference_1_day(
    actual: Number, context: RuleContext, *, max_difference: Margin, exact_day: ExactDay = True
) -> Verdict:
    """Fails when the value differs from that of the day before by more than `max_difference`.

    Without a value of the day before there is no verdict; without `exact_day` one of up to 60 days before will do.

    Formula: |actual - previous| <= max_difference, `previous` being the value of the day before or, without
    `exact_day`, the newest of up to 60 days before
    """
    return _by(actual, DAY.value(context, exact_day=exact_day), -max_difference, max_difference)


@rules(_named("change_difference"))
def change_difference_days(
    actual: Number, context: RuleContext, back: Back, *, max_difference: Margin, exact_day: ExactDay = False
) -> Verdict:
    """Fails when the value differs from that of {0.days} days before by more than `max_difference`.

    The newest value that is {0.days} to 60 days old counts, with `exact_day` only that day's; without one there is no
    verdict.

    Formula: |actual - previous| <= max_difference, `previous` being the newest value that is {0.days} to 60 days old
    or, with `exact_day`, that of {0.days} days before
    """
    return _by(actual, back.value(context, exact_day=exact_day), -max_difference, max_difference)


@rule("between_change", history_points=1, least_history=1)
def between_change(
    actual: Number, context: RuleContext, *, from_: Change | None = None, to: Change | None = None
) -> Verdict:
    """Fails when the value minus that of the period before is below `from` or above `to`; give one of them or both.

    Without an earlier period there is no verdict.

    Formula: from <= actual - previous <= to, `previous` being the value of the period before
    """
    return _by(actual, newest(context), from_, to)


@rule("between_change_1_day", history_points=OLDEST, least_history=1)
def between_change_1_day(
    actual: Number,
    context: RuleContext,
    *,
    from_: Change | None = None,
    to: Change | None = None,
    exact_day: ExactDay = True,
) -> Verdict:
    """Fails when the value minus that of the day before is below `from` or above `to`; give one of them or both.

    Without a value of the day before there is no verdict; without `exact_day` one of up to 60 days before will do.

    Formula: from <= actual - previous <= to, `previous` being the value of the day before or, without `exact_day`, the
    newest of up to 60 days before
    """
    return _by(actual, DAY.value(context, exact_day=exact_day), from_, to)


@rules(_named("between_change"))
def between_change_days(
    actual: Number,
    context: RuleContext,
    back: Back,
    *,
    from_: Change | None = None,
    to: Change | None = None,
    exact_day: ExactDay = False,
) -> Verdict:
    """Fails when the value minus that of {0.days} days before is below `from` or above `to`; give one of them or both.

    The newest value that is {0.days} to 60 days old counts, with `exact_day` only that day's; without one there is no
    verdict.

    Formula: from <= actual - previous <= to, `previous` being the newest value that is {0.days} to 60 days old or,
    with `exact_day`, that of {0.days} days before
    """
    return _by(actual, back.value(context, exact_day=exact_day), from_, to)


@rule("between_percent_change", history_points=1, least_history=1)
def between_percent_change(
    actual: Number,
    context: RuleContext,
    *,
    from_percent: PercentChange | None = None,
    to_percent: PercentChange | None = None,
) -> Verdict:
    """Fails when the change since the period before is below `from_percent` or above `to_percent` of its value.

    Give one of them or both. After 0 only 0 passes. Without an earlier period there is no verdict.

    Formula: previous + |previous| * from_percent / 100 <= actual <= previous + |previous| * to_percent / 100,
    `previous` being the value of the period before
    """
    return _by_percent(actual, newest(context), from_percent, to_percent)


@rule("between_percent_change_1_day", history_points=OLDEST, least_history=1)
def between_percent_change_1_day(
    actual: Number,
    context: RuleContext,
    *,
    from_percent: PercentChange | None = None,
    to_percent: PercentChange | None = None,
    exact_day: ExactDay = True,
) -> Verdict:
    """Fails when the change since the day before is below `from_percent` or above `to_percent` of its value.

    Give one of them or both. After 0 only 0 passes. Without a value of the day before there is no verdict; without
    `exact_day` one of up to 60 days before will do.

    Formula: previous + |previous| * from_percent / 100 <= actual <= previous + |previous| * to_percent / 100,
    `previous` being the value of the day before or, without `exact_day`, the newest of up to 60 days before
    """
    return _by_percent(actual, DAY.value(context, exact_day=exact_day), from_percent, to_percent)


@rules(_named("between_percent_change"))
def between_percent_change_days(
    actual: Number,
    context: RuleContext,
    back: Back,
    *,
    from_percent: PercentChange | None = None,
    to_percent: PercentChange | None = None,
    exact_day: ExactDay = False,
) -> Verdict:
    """Fails when the change since {0.days} days before is below `from_percent` or above `to_percent` of that value.

    Give one of them or both. After 0 only 0 passes. The newest value that is {0.days} to 60 days old counts, with
    `exact_day` only that day's; without one there is no verdict.

    Formula: previous + |previous| * from_percent / 100 <= actual <= previous + |previous| * to_percent / 100,
    `previous` being the newest value that is {0.days} to 60 days old or, with `exact_day`, that of {0.days} days
    before
    """
    return _by_percent(actual, back.value(context, exact_day=exact_day), from_percent, to_percent)


@rule("value_changed", history_points=1, least_history=1)
def value_changed(actual: Number, context: RuleContext) -> Verdict:
    """Fails when the value is not that of the period before. Without an earlier period there is no verdict.

    Formula: actual = previous, `previous` being the value of the period before
    """
    previous = newest(context)
    return within(actual, lower=previous, upper=previous, expected_value=previous)


def _by_percent(actual: Number, previous: Number, low: float | None, high: float | None) -> Verdict:
    size = _DIGITS.abs(exact(previous))
    return _around(actual, previous, *(None if end is None else size * exact(end) / 100 for end in (low, high)))


def _by(actual: Number, previous: Number, low: float | None, high: float | None) -> Verdict:
    return _around(actual, previous, *(None if end is None else exact(end) for end in (low, high)))


def _around(actual: Number, previous: Number, low: Decimal | None, high: Decimal | None) -> Verdict:
    """Expected is the middle of what passes, or the earlier value if one side is open."""
    start = exact(previous)
    lower, upper = (None if end is None else _DIGITS.add(start, end) for end in (low, high))
    middle = previous if low is None or high is None or low == -high else _DIGITS.add(start, (low + high) / 2)
    return within(actual, lower=lower, upper=upper, expected_value=middle)
