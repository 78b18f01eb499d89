"""Rules that count how often something has failed in a row."""

from __future__ import annotations

from itertools import takewhile
from typing import Annotated

from dq_platform.checks.params import ParamKind
from dq_platform.checks.rules.parameters import Takes
from dq_platform.checks.rules.registry import rule
from dq_platform.checks.rules.verdict import RuleContext, Verdict
from dq_platform.models.result import Bounds
from dq_platform.models.values import Number

LOOKS_BACK = 60
"""How many earlier periods are looked at: a longer run of failures is not told from one of this length."""

Failures = Annotated[
    int, Takes(ParamKind.INT, "Number of failures in a row, 0 or more.", minimum=0, maximum=LOOKS_BACK)
]


@rule("max_failures", history_points=LOOKS_BACK, learns=False)
def max_failures(actual: Number, context: RuleContext, *, max_failures: Failures = 0) -> Verdict:
    """Fails when more than `max_failures` periods in a row have failed, this one included.

    A period failed if the newest run in it measured more than 0. The result's value is the number of failures in a
    row.

    Formula: number of periods in a row with a value above 0, this one included, <= max_failures
    """
    values = (actual, *(point.value for point in reversed(context.history)))
    failures = sum(1 for _ in takewhile(lambda value: value > 0, values))
    return Verdict(
        passed=failures <= max_failures,
        expected=f"<= {max_failures} failures in a row",
        bounds=Bounds(upper=float(max_failures)),
        expected_value=0,
        value=failures,
    )
