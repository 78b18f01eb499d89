"""What every rule is called, takes and looks back at, and what rules make of a history out of the ordinary.

A table beside the code, so that no change of a default or a window goes unseen.
"""

from __future__ import annotations

from typing import Any

import pytest

from dq_platform.checks.params import ParamSpec
from dq_platform.checks.rules.registry import RULE_REGISTRY, RuleType
from tests.unit.checks.rules.builders import by_age, judge

TABLE = """
anomaly_differencing_percentile_moving_average 90/30 anomaly_percent=0.05
anomaly_differencing_percentile_moving_average_30_days 30/10 anomaly_percent=0.05
anomaly_partition_row_count 90/30 anomaly_percent=0.05
anomaly_seasonal 180/30 anomaly_percent=0.05 min_points=30
anomaly_seasonal_delay 180/30 anomaly_percent=0.5 min_points=30
anomaly_stationary_count_values 90/30 anomaly_percent=0.05
anomaly_stationary_percent_values 90/30 anomaly_percent=0.05
anomaly_stationary_percentile_moving_average 90/30 anomaly_percent=0.05
anomaly_stationary_percentile_moving_average_30_days 30/10 anomaly_percent=0.05
anomaly_timeliness_delay 90/30 anomaly_percent=0.5
between_change 1/1 from=None to=None
between_change_1_day 60/1 from=None to=None exact_day=True
between_change_30_days 60/1 from=None to=None exact_day=False
between_change_7_days 60/1 from=None to=None exact_day=False
between_dates 0/0 from=None to=None
between_floats 0/0 from=None to=None
between_ints 0/0 from=None to=None
between_percent 0/0 min_percent=None max_percent=None
between_percent_change 1/1 from_percent=None to_percent=None
between_percent_change_1_day 60/1 from_percent=None to_percent=None exact_day=True
between_percent_change_30_days 60/1 from_percent=None to_percent=None exact_day=False
between_percent_change_7_days 60/1 from_percent=None to_percent=None exact_day=False
between_percent_moving_average_30_days 30/10 max_percent_above=10.0 max_percent_below=10.0
between_percent_moving_average_60_days 60/20 max_percent_above=10.0 max_percent_below=10.0
between_percent_moving_average_7_days 7/3 max_percent_above=10.0 max_percent_below=10.0
between_texts 0/0 from=None to=None
change_difference 1/1 max_difference=required
change_difference_1_day 60/1 max_difference=required exact_day=True
change_difference_30_days 60/1 max_difference=required exact_day=False
change_difference_7_days 60/1 max_difference=required exact_day=False
change_multiply_moving_stdev_30_days 30/10 multiply_stdev_above=None multiply_stdev_below=None
change_multiply_moving_stdev_60_days 60/20 multiply_stdev_above=None multiply_stdev_below=None
change_multiply_moving_stdev_7_days 7/3 multiply_stdev_above=None multiply_stdev_below=None
change_multiply_moving_stdev_within_30_days 30/10 multiply_stdev=required
change_multiply_moving_stdev_within_60_days 60/20 multiply_stdev=required
change_multiply_moving_stdev_within_7_days 7/3 multiply_stdev=required
change_percent 1/1 max_percent=10.0
change_percent_1_day 60/1 max_percent=10.0 exact_day=True
change_percent_30_days 60/1 max_percent=10.0 exact_day=False
change_percent_7_days 60/1 max_percent=10.0 exact_day=False
change_percentile_moving_30_days 30/10 percentile_above=None percentile_below=None
change_percentile_moving_60_days 60/20 percentile_above=None percentile_below=None
change_percentile_moving_7_days 7/3 percentile_above=None percentile_below=None
count_between 0/0 min_count=None max_count=None
detected_datatype_equals 0/0 expected_datatype=required
diff_days 0/0 max_diff_days=0.0
diff_percent 0/0 max_diff_percent=0.0
equals 0/0 expected_value=required error_margin=0.0
equals_0 0/0
equals_1 0/0
equals_accepted 0/0
equals_integer 0/0 expected_value=required
import_severity 0/0
max_count 0/0 max_count=0
max_days 0/0 max_days=1.0
max_failures 60/0 max_failures=0
max_missing 0/0 max_missing=0
max_percent 0/0 max_percent=0.0
max_value 0/0 max_value=required
min_count 0/0 min_count=1
min_count_1 0/0
min_percent 0/0 min_percent=100.0
min_value 0/0 min_value=required
multiply_moving_stdev_30_days 30/10 multiply_stdev_above=None multiply_stdev_below=None
multiply_moving_stdev_60_days 60/20 multiply_stdev_above=None multiply_stdev_below=None
multiply_moving_stdev_7_days 7/3 multiply_stdev_above=None multiply_stdev_below=None
multiply_moving_stdev_within_30_days 30/10 multiply_stdev=required
multiply_moving_stdev_within_60_days 60/20 multiply_stdev=required
multiply_moving_stdev_within_7_days 7/3 multiply_stdev=required
pass 0/0
percent_moving_average 10/5 max_percent_above=None max_percent_below=None
percentile_moving_30_days 30/10 percentile_above=None percentile_below=None
percentile_moving_60_days 60/20 percentile_above=None percentile_below=None
percentile_moving_7_days 7/3 percentile_above=None percentile_below=None
value_changed 1/1
within_percent_moving_average_30_days 30/10 max_percent_within=10.0
within_percent_moving_average_60_days 60/20 max_percent_within=10.0
within_percent_moving_average_7_days 7/3 max_percent_within=10.0
"""
"""A rule's name, how many earlier periods it looks at / needs, and its parameters with their defaults."""

RULES = RULE_REGISTRY.items()
LOOKING_BACK = [rule for rule in RULES if rule.history_points]
WAVE = [100 + day * 37 % 11 for day in range(90)]
GAP = by_age({age + 3: value for age, value in enumerate(reversed(WAVE), 1)})
"""Ninety ordinary days, and then three without a value."""
SITUATIONS: dict[str, tuple[Any, Any]] = {
    "no history": (10, []),
    "two days": (10, [10, 11]),
    "always the same, and now too": (10, [10] * 90),
    "always the same, and now another": (20, [10] * 90),
    "always 0, and now too": (0, [0] * 90),
    "always 0, and now 9": (9, [0] * 90),
    "three missing days, and a usual value": (104, GAP),
    "three missing days, and an unusual value": (900, GAP),
}
ENDINGS = {True: "passes", False: "fails", None: "-"}
SCATTER = ["-", "-", "-", "fails", "-", "fails", "passes", "fails"]
AVERAGE = ["-", "-", "passes", "fails", "passes", "fails", "passes", "fails"]
PREVIOUS = ["-", "passes", "passes", "fails", "passes", "fails", "passes", "fails"]
YESTERDAY = [*PREVIOUS[:6], "-", "-"]
OUTCOMES = {
    "anomaly": SCATTER,
    "anomaly_stationary_percent_values": [*SCATTER[:6], "-", "-"],
    "percentile_moving": SCATTER,
    "change_percentile_moving": SCATTER,
    "multiply_moving_stdev": SCATTER,
    "change_multiply_moving_stdev": SCATTER,
    "percent_moving_average": AVERAGE,
    "within_percent_moving_average": AVERAGE,
    "between_percent_moving_average": AVERAGE,
    "change_percent": PREVIOUS,
    "change_percent_1_day": YESTERDAY,
    "change_percent_7_days": AVERAGE,
    "change_percent_30_days": AVERAGE,
    "between_percent_change": PREVIOUS,
    "between_percent_change_1_day": YESTERDAY,
    "between_percent_change_7_days": AVERAGE,
    "between_percent_change_30_days": AVERAGE,
    "change_difference": PREVIOUS,
    "change_difference_1_day": YESTERDAY,
    "change_difference_7_days": AVERAGE,
    "change_difference_30_days": AVERAGE,
    "between_change": PREVIOUS,
    "between_change_1_day": YESTERDAY,
    "between_change_7_days": AVERAGE,
    "between_change_30_days": AVERAGE,
    "value_changed": ["-", "fails", "passes", "fails", "passes", "fails", "passes", "fails"],
    "max_failures": ["passes", "fails", "fails", "fails", "passes", "passes", "fails", "fails"],
}
"""How the situations end, by what a rule's name begins with; the longest that fits. `-`: no verdict."""
PARAMS = {
    "from": -8.0,
    "to": 8.0,
    "from_percent": -10.0,
    "to_percent": 10.0,
    "max_difference": 8.0,
    "multiply_stdev": 6.0,
    "multiply_stdev_above": 3.0,
    "multiply_stdev_below": 3.0,
    "percentile_above": 0.1,
    "percentile_below": 0.1,
    "max_percent_above": 10.0,
    "max_percent_below": 10.0,
    "max_failures": 1,
}


def shown(rule: RuleType) -> str:
    parameters = " ".join(f"{spec.name}={_default(spec)}" for spec in rule.params)
    return f"{rule.name} {rule.history_points}/{rule.least_history} {parameters}".rstrip()


def _default(spec: ParamSpec) -> object:
    return "required" if spec.required else spec.default


def wanted(rule: RuleType) -> list[str]:
    return OUTCOMES[max((name for name in OUTCOMES if rule.name.startswith(name)), key=len)]


def test_every_rule_has_the_parameters_defaults_and_history_of_the_table() -> None:
    assert [shown(rule) for rule in RULES] == TABLE.strip().splitlines()


@pytest.mark.parametrize("rule", LOOKING_BACK, ids=lambda rule: rule.name)
def test_a_history_out_of_the_ordinary_ends_as_documented(rule: RuleType) -> None:
    given = {spec.name: PARAMS[spec.name] for spec in rule.params if spec.name in PARAMS}
    verdicts = [judge(rule.name, value, earlier, **given) for value, earlier in SITUATIONS.values()]
    assert dict(zip(SITUATIONS, [ENDINGS[one.passed] for one in verdicts], strict=True)) == dict(
        zip(SITUATIONS, wanted(rule), strict=True)
    )


@pytest.mark.parametrize("rule", LOOKING_BACK, ids=lambda rule: rule.name)
def test_a_rule_that_may_give_no_verdict_says_when(rule: RuleType) -> None:
    says = "verdict" in rule.description or "Learns as `anomaly_seasonal` does" in rule.description
    assert says == (wanted(rule)[0] == "-")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_has_a_formula_without_holes(rule: RuleType) -> None:
    assert rule.formula
    assert not set("{}") & set(rule.formula + rule.description)
