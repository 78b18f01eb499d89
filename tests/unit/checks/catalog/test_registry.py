from __future__ import annotations

import pytest

from dq_platform.checks.catalog.declare import CheckType
from dq_platform.checks.catalog.registry import CHECK_REGISTRY
from dq_platform.checks.params import validate_params
from dq_platform.checks.rules.registry import RULE_REGISTRY
from dq_platform.checks.sensors.registry import SENSOR_REGISTRY
from dq_platform.checks.thresholds import validate_thresholds
from dq_platform.models.check import Mode
from dq_platform.models.outcome import Severity

CHECKS = CHECK_REGISTRY.items()
CATEGORIES = {
    "accepted_values",
    "accuracy",
    "anomaly",
    "availability",
    "bool",
    "comparisons",
    "conversions",
    "custom_sql",
    "datatype",
    "datetime",
    "integrity",
    "nulls",
} | {"numeric", "patterns", "pii", "schema", "text", "timeliness", "uniqueness", "volume", "whitespace"}
COUNT_RULES = (
    "max_count",
    "min_count",
    "between",
    "max_missing",
    "equals_integer",
    "change_percent",
    "value_changed",
    "diff_percent",
)


def test_every_category_is_there() -> None:
    assert {check.category for check in CHECKS} == CATEGORIES
    assert len(CHECKS) >= 131


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_type_is_a_sensor_of_its_level_and_a_rule_that_fits_the_unit(check: CheckType) -> None:
    sensor, rule = SENSOR_REGISTRY.get(check.sensor), RULE_REGISTRY.get(check.rule)
    assert sensor.level is check.level
    if sensor.name.endswith("_percent") and "match_percent" not in sensor.name:
        assert rule.name.endswith("_percent")
    if sensor.name.endswith("_count") and not sensor.name.endswith("word_count"):
        assert rule.name.removeprefix("count_").startswith(COUNT_RULES)
    assert set(check.fixed) <= {spec.name for spec in sensor.params}
    assert sensor.groupable or Mode.PARTITIONED not in check.modes
    assert check.description
    assert check.dimension


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.name)
def test_a_check_types_own_defaults_are_complete_and_in_order(check: CheckType) -> None:
    rule = RULE_REGISTRY.get(check.rule)
    for params in check.defaults.values():
        assert validate_params(rule.params, params, "defaults")[1] == []
    if check.defaults:
        assert set(check.defaults) == set(Severity)
        assert validate_thresholds(check, rule, {severity: {} for severity in Severity})[1] == []


def test_no_sensor_is_without_a_check() -> None:
    assert {check.sensor for check in CHECKS} == {sensor.name for sensor in SENSOR_REGISTRY.items()}


def test_a_share_of_good_rows_has_a_lower_limit() -> None:
    assert CHECK_REGISTRY.get("not_nulls_percent").rule == "min_percent"


def test_an_old_table_is_fatal_later_than_it_is_an_error() -> None:
    defaults = CHECK_REGISTRY.get("data_freshness").defaults
    assert [defaults[severity]["max_days"] for severity in Severity] == [1.0, 2.0, 7.0]
